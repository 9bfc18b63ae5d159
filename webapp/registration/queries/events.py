"""What the contest's rules say about registering for an event: the one place that reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Row, any_, bindparam, func, select

from webapp.contests import queries as contests
from webapp.contests.models import Contest, ContestVersion, Event, Stage
from webapp.contests.rules.entry import AgeRange, SpotRule
from webapp.contests.rules.escalation import Escalation
from webapp.contests.rules.schema import Contest as ContestFile
from webapp.contests.rules.schema import Rule
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.models import Participation
from webapp.registration.rules.eligibility import Condition, EventRules, Force, Track

REVIEW_WINDOW = "review"
"""A contest file may name a window of this name: the review ends with it."""


@dataclass(frozen=True)
class EventHeader:
    """What lists show of an event. Titles are {zh, en}."""

    event_id: int
    contest_id: int
    contest_code: str
    contest_title: dict[str, str]
    code: str
    title: dict[str, str]
    track: Track
    position: int
    organiser_id: int | None
    review_ends_at: datetime | None = None


@dataclass(frozen=True)
class EventContext:
    """An event with its rules of registration and review.

    levels: the union levels of the chain; with_organiser: False for the popularisation track. has_learning:
    there is something to learn for points. own_unit_stands_aside: see the file's ReviewRules.
    may_learn_early: points may be earned while the review is pending. escalation: what happens at which level when
    an application waits too long."""

    header: EventHeader
    rules: EventRules
    levels: tuple[str, ...]
    with_organiser: bool
    has_learning: bool = False
    own_unit_stands_aside: bool = False
    may_learn_early: bool = False
    sealed_lists: SpotRule | None = None
    escalation: tuple[Escalation, ...] = ()

    @property
    def event_id(self) -> int:
        return self.header.event_id

    @property
    def contest_id(self) -> int:
        return self.header.contest_id

    @property
    def title(self) -> dict[str, str]:
        return self.header.title

    @property
    def organiser_id(self) -> int | None:
        return self.header.organiser_id

    @property
    def position(self) -> int:
        return self.header.position

    @property
    def review_ends_at(self) -> datetime | None:
        return self.header.review_ends_at


@dataclass(frozen=True)
class StageDate:
    """A stage and its half-open window, for "what comes next"."""

    event_id: int
    title: dict[str, str]
    kind: str
    opens_at: datetime | None
    closes_at: datetime | None


def contexts(event_ids: Iterable[int]) -> dict[int, EventContext]:
    """These events with their rules, by id, in one statement."""
    wanted = set(event_ids)
    if not wanted:
        return {}
    return {row.id: _known(row) for row in db.session.execute(_EVENTS, {"ids": list(wanted)})}


_EVENTS = (
    select(
        Event.id,
        Event.contest_id,
        Event.code,
        Event.title,
        Event.track,
        Event.position,
        Event.organiser_id,
        Event.is_withdrawn,
        Contest.code.label("contest_code"),
        Contest.title.label("contest_title"),
        ContestVersion.id.label("version_id"),
        ContestVersion.digest,
    )
    .join(Contest, Contest.id == Event.contest_id)
    .join(ContestVersion, ContestVersion.id == Contest.current_version_id)
    .where(Event.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
)
_contexts: dict[tuple[object, ...], EventContext] = {}
"""By everything that can be another one while the version is the same; at most MOST_KEPT."""
MOST_KEPT = 1000


def _known(row: Row[Any]) -> EventContext:
    key = (row.id, row.version_id, row.digest, row.organiser_id, row.position, row.is_withdrawn, row.track)
    found = _contexts.get(key)
    if found is None:
        if len(_contexts) >= MOST_KEPT:
            _contexts.clear()
        found = _contexts[key] = _context(row, contests.rules_at(row.version_id, row.digest))
    return found


def context(event_id: int) -> EventContext:
    """One event with its rules. Raise NotFound when there is none."""
    found = contexts([event_id]).get(event_id)
    if found is None:
        raise NotFound
    return found


def headers(event_ids: Iterable[int]) -> dict[int, EventHeader]:
    """The headers of these events, by id."""
    return {event_id: event.header for event_id, event in contexts(event_ids).items()}


def ids_of_contest(contest_id: int) -> list[int]:
    """The events of a contest that take place, in the order of the file."""
    return list(
        db.session.scalars(
            select(Event.id)
            .where(Event.contest_id == contest_id, Event.is_withdrawn.is_(False))
            .order_by(Event.position)
        )
    )


def trades_of_contest(contest_id: int) -> dict[int, str]:
    """The trade of each event of a contest, by event id: its title where the file names none."""
    rows = db.session.execute(select(Event.id, Event.code).where(Event.contest_id == contest_id))
    named = {event.code: event.trade or event.title.zh for event in contests.rules_of(contest_id).events}
    return {row.id: named.get(row.code, "") for row in rows}


def stage_dates(event_ids: Iterable[int]) -> list[StageDate]:
    """All stages of these events, in order."""
    rows = db.session.scalars(
        select(Stage).where(Stage.event_id.in_(set(event_ids))).order_by(Stage.event_id, Stage.position)
    )
    return [StageDate(row.event_id, row.title, row.kind, row.opens_at, row.closes_at) for row in rows]


def _context(event: Row[Any], file: ContestFile) -> EventContext:
    event_file = next((one for one in file.events if one.code == event.code), None)
    if event_file is None:  # it left the file: nothing can be applied for any more
        rules = EventRules(event.id, event.contest_id, Track(event.track), None, None, is_withdrawn=True)
        return EventContext(_header(event, None), rules, (), True)
    profile = file.profile_of(event_file)
    window = file.registration(event_file)
    review = file.window(event_file, REVIEW_WINDOW)
    rules = EventRules(
        event_id=event.id,
        contest_id=event.contest_id,
        track=Track(profile.track),
        opens_at=window.opens_at if window else None,
        closes_at=window.closes_at if window else None,
        is_withdrawn=event.is_withdrawn,
        needs_unit=profile.needs_unit or any(rule.code == "unit-required" for rule in profile.eligibility),
        conditions=tuple(
            _condition(rule)
            for rule in profile.eligibility
            if not rule.classes or event_file.event_class in rule.classes
        ),
        events_per_person=profile.events_per_person,
        trade=event_file.trade or event_file.title.zh,
        in_service_on=profile.in_service_on(event_file),
    )
    return EventContext(
        _header(event, review.closes_at if review else None),
        rules,
        profile.review_levels,
        profile.organiser_confirms,
        profile.learning is not None,
        profile.review.own_unit_stands_aside,
        profile.learning is not None and profile.learning.may_be_provisional,
        profile.review.sealed_lists,
        profile.review.escalation,
    )


def _condition(rule: Rule) -> Condition:
    note = {"zh": rule.note.zh, "en": rule.note.en} if rule.note.zh else None
    if isinstance(rule.value, AgeRange):
        return Condition(rule.code, Force(rule.force), note=note, ages=rule.value)
    value = rule.value if isinstance(rule.value, list) else [rule.value] if rule.value else []
    return Condition(rule.code, Force(rule.force), frozenset(str(one) for one in value), note)


def _header(event: Row[Any], review_ends_at: datetime | None) -> EventHeader:
    return EventHeader(
        event.id,
        event.contest_id,
        event.contest_code,
        event.contest_title,
        event.code,
        event.title,
        Track(event.track),
        event.position,
        event.organiser_id,
        review_ends_at,
    )


def people_by_event(event_ids: Sequence[int]) -> dict[int, int]:
    """Event id -> people who take part. One statement."""
    rows = db.session.execute(
        select(Participation.event_id, func.count())
        .where(Participation.event_id.in_(event_ids), Participation.state == "active")
        .group_by(Participation.event_id)
    )
    return {row[0]: row[1] for row in rows}
