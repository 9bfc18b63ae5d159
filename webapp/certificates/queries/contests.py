"""The contests whose certificates a host or supervisor looks after, event by event."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.certificates.queries.prints import NEEDED
from webapp.certificates.queries.stages import READING
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.organisations import queries as organisations

_EVENTS = text(
    """
    SELECT c.title AS contest_title, e.id, e.title, e.organiser_id, e.is_withdrawn
    FROM events e JOIN contests c ON c.id = e.contest_id
    WHERE c.id = :contest_id AND c.current_version_id IS NOT NULL
    ORDER BY e.position, e.id
    """
)


@dataclass(frozen=True)
class EventScope:
    """One event that the person may read the certificates of. may_issue: or issue them too; may_see_awards: or read what
    people decide about its awards."""

    event_id: int
    title: Mapping[str, str]
    may_issue: bool
    may_see_awards: bool
    is_withdrawn: bool


@dataclass(frozen=True)
class ContestScope:
    """A contest as far as the person's grants cover it. all_events: in the contest's order, withdrawn ones among them."""

    contest_id: int
    title: Mapping[str, str]
    all_events: tuple[EventScope, ...]
    may_print: bool

    @cached_property
    def events(self) -> tuple[EventScope, ...]:
        """Those that take place."""
        return tuple(one for one in self.all_events if not one.is_withdrawn)

    @cached_property
    def issuable(self) -> tuple[int, ...]:
        """The events whose certificates the person may issue."""
        return tuple(one.event_id for one in self.events if one.may_issue)

    @cached_property
    def readable(self) -> frozenset[int]:
        """All events, withdrawn ones too: what was begun before may be watched and stopped."""
        return frozenset(one.event_id for one in self.all_events)

    def may_issue_all(self, event_ids: Collection[int]) -> bool:
        """Whether the person may issue the certificates of all these events."""
        return {one.event_id for one in self.all_events if one.may_issue} >= set(event_ids)


def contest_in_scope(who: Principal, contest_id: int) -> ContestScope:
    """A contest with those of its events that a grant to read certificates covers. Two statements, however many there are.

    raise (NotFound): there is none, or no such event."""
    rows = db.session.execute(_EVENTS, {"contest_id": contest_id}).all()
    paths = organisations.paths(row.organiser_id for row in rows if row.organiser_id is not None)

    def allows(row: Row[Any], permission: Permission) -> bool:
        path = paths.get(row.organiser_id, ())
        return who.allows(permission, contest_id=contest_id, event_id=row.id, organisation_path=path)

    events = tuple(
        EventScope(
            row.id,
            row.title,
            allows(row, Permission.MANAGE_CERTIFICATES),
            allows(row, Permission.SEE_FULL_BOARDS),
            row.is_withdrawn,
        )
        for row in rows
        if any(allows(row, one) for one in READING)
    )
    if not any(not one.is_withdrawn for one in events):
        raise NotFound
    may_print = all(who.allows(one, contest_id=contest_id) for one in NEEDED)
    return ContestScope(contest_id, rows[0].contest_title, events, may_print)
