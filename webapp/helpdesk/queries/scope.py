"""Whom and what the help desk and the hosts may see."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_, true

from webapp.access.permissions import Grant, Permission, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts.queries import desk
from webapp.helpdesk.models import Ticket
from webapp.registration.queries import desk as participants

STAFF = (Permission.HELP_PEOPLE, Permission.RUN_EXAMS)
"""Either of them works on tickets and takes time lines away, each within its scope."""
LOOKING = (*STAFF, Permission.WATCH_EXAMS)
"""Any of them reads both."""


def is_in_scope(who: Principal, person_id: int) -> bool:
    """Whether the help desk's grants cover this person."""
    grants = who.scopes(Permission.HELP_PEOPLE)
    return desk.is_within(person_id, grants) or participants.takes_part_within(person_id, grants)


def may_follow(
    who: Principal, person_id: int, contest_id: int, event_id: int, by: Sequence[Permission] = LOOKING
) -> bool:
    """Whether somebody may read this person's time line of an exam: hosts, supervisors and help desk of the
    event, or the help desk of the person's unit. by: the permissions that count."""
    if any(who.allows(one, contest_id=contest_id, event_id=event_id) for one in by):
        return True
    return desk.is_within(person_id, who.scopes(Permission.HELP_PEOPLE))


def visible(who: Principal, by: Sequence[Permission] = LOOKING) -> ColumnElement[bool]:
    """Tickets in somebody's scope: for the help desk those of its people and those about nobody in particular;
    for hosts and supervisors those about their contests and events. by: the permissions that count."""
    conditions: list[ColumnElement[bool]] = []
    helping = who.scopes(Permission.HELP_PEOPLE)
    if helping:
        conditions += [
            Ticket.person_id.is_(None),
            Ticket.person_id.in_(desk.ids_within(helping)),
            Ticket.person_id.in_(participants.ids_within(helping)),
        ]
    for permission in by:
        if permission is not Permission.HELP_PEOPLE:
            conditions += [_about(grant) for grant in who.scopes(permission)]
    return or_(false(), *conditions)


def _about(grant: Grant) -> ColumnElement[bool]:
    match grant.scope_kind:
        case ScopeKind.EVERYTHING:
            return Ticket.contest_id.is_not(None) & true()
        case ScopeKind.CONTEST:
            return Ticket.contest_id == grant.scope_id
        case ScopeKind.EVENT:
            return Ticket.event_id == grant.scope_id
        case _:
            return false()
