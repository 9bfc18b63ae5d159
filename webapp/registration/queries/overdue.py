"""Registrations that wait too long at a link of the review: which are late, who was told, whom to tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from webapp.access.permissions import Role, ScopeKind
from webapp.calendars.queries import work_calendar
from webapp.contests import queries as contests
from webapp.contests.models import Contest, Event
from webapp.contests.rules.escalation import Escalation
from webapp.core.db import db
from webapp.organisations.models import RoleGrant
from webapp.registration.models import Application, ReviewEscalation
from webapp.registration.queries.events import EventContext
from webapp.registration.rules.overdue import due, rule_of
from webapp.registration.rules.review import Link, State, read_chain

ESCALATED, REMINDED = "escalated", "reminded"


@dataclass(frozen=True)
class Rule:
    """A level's rule with the events it holds for."""

    event_ids: tuple[int, ...]
    rule: Escalation


@dataclass(frozen=True)
class Waiting:
    """How a registration in review stands against the file's days. to: the link that was told, None: nobody was."""

    due_at: datetime
    is_overdue: bool
    to: Link | None = None


def is_escalated(*further: ColumnElement[bool]) -> ColumnElement[bool]:
    """The application has gone to somebody else as well at the link where it waits now. One look at all of them, so
    that a queue of tens of thousands is not looked up row by row."""
    at_link = aliased(Application)
    return Application.id.in_(
        select(ReviewEscalation.application_id)
        .join(
            at_link,
            and_(
                at_link.id == ReviewEscalation.application_id,
                at_link.revision == ReviewEscalation.revision,
                at_link.step == ReviewEscalation.step,
                at_link.state == State.IN_REVIEW,
            ),
        )
        .where(ReviewEscalation.kind == ESCALATED, *further)
    )


def rules_in_force() -> list[Rule]:
    """The decided rules of all contests, each with its events that take place."""
    found = []
    rows = db.session.execute(
        select(Event.id, Event.contest_id, Event.code)
        .join(Contest, Contest.id == Event.contest_id)
        .where(Event.is_withdrawn.is_(False))
        .order_by(Event.contest_id, Event.position)
    ).all()
    for contest_id in dict.fromkeys(row.contest_id for row in rows):
        file = contests.rules_of(contest_id)
        profiles = {event.code: event.profile for event in file.events}
        for profile in file.profiles:
            ids = tuple(
                row.id
                for row in rows
                if row.contest_id == contest_id and profiles.get(row.code) == profile.code
            )
            found += [Rule(ids, rule) for rule in profile.review.escalation if ids]
    return found


def late(found: Rule, kind: str, came_before: datetime, batch: int) -> Sequence[Application]:
    """Up to `batch` applications that came to the rule's level before that instant and have no row of this kind
    yet, locked; what somebody else holds at this moment is left for the next time."""
    waits_at = Application.chain.op("->")(Application.step).op("->>")("level")
    known = exists(
        select(ReviewEscalation.id).where(
            ReviewEscalation.application_id == Application.id,
            ReviewEscalation.revision == Application.revision,
            ReviewEscalation.step == Application.step,
            ReviewEscalation.kind == kind,
        )
    )
    return db.session.scalars(
        select(Application)
        .where(
            Application.event_id.in_(found.event_ids),
            Application.state == State.IN_REVIEW,
            Application.step_since < came_before,
            waits_at == found.rule.level,
            ~known,
        )
        .order_by(Application.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    ).all()


def waiting(row: Application, event: EventContext, told: Link | None, now: datetime) -> Waiting | None:
    """How an application stands; None where it does not wait, or the file says nothing of its level."""
    chain = read_chain(row.chain)
    if row.state != State.IN_REVIEW or row.step_since is None or row.step >= len(chain):
        return None
    rule = rule_of(event.escalation, chain[row.step].level)
    if rule is None:
        return None
    due_at = due(row.step_since, rule, work_calendar()).due_at
    return Waiting(due_at, now >= due_at, told)


def told_of(application_ids: Iterable[int]) -> dict[int, Link]:
    """application id -> the link it has gone to as well, where it waits now."""
    rows = db.session.execute(
        select(
            ReviewEscalation.application_id, ReviewEscalation.to_level, ReviewEscalation.to_organisation_id
        )
        .join(
            Application,
            and_(
                Application.id == ReviewEscalation.application_id,
                Application.revision == ReviewEscalation.revision,
                Application.step == ReviewEscalation.step,
            ),
        )
        .where(
            ReviewEscalation.application_id.in_(set(application_ids)),
            ReviewEscalation.kind == ESCALATED,
            ReviewEscalation.to_level != "",
        )
    )
    return {row.application_id: Link(row.to_level, row.to_organisation_id) for row in rows}


def people_at(link: Link, event_ids: Iterable[int], contest_ids: Iterable[int]) -> list[int]:
    """Who decides at a link: reviewers of its organisation; at the organiser also those whose role is for one of
    the events or contests."""
    scopes: list[ColumnElement[bool]] = []
    if link.organisation_id is not None:
        scopes.append(_scope(ScopeKind.ORGANISATION, [link.organisation_id]))
    if link.is_organiser:
        scopes += [_scope(ScopeKind.EVENT, event_ids), _scope(ScopeKind.CONTEST, contest_ids)]
    if not scopes:
        return []
    role = Role.ORGANISER if link.is_organiser else Role.UNION_REVIEWER
    return list(
        db.session.scalars(
            select(RoleGrant.person_id)
            .where(RoleGrant.role == role.value, RoleGrant.revoked_at.is_(None), or_(*scopes))
            .distinct()
            .order_by(RoleGrant.person_id)
        )
    )


def _scope(kind: ScopeKind, ids: Iterable[int]) -> ColumnElement[bool]:
    return and_(RoleGrant.scope_kind == kind.value, RoleGrant.scope_id.in_(set(ids)))
