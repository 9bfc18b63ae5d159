"""What the contest's rules say about registering for an event: the one place that reads them."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from webapp.contests.models import Contest, ContestVersion, Event, Stage
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.rules.eligibility import EventRules, Force, Occupation, Track


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

    levels: the union levels of the chain; with_organiser: False for the popularisation track."""

    header: EventHeader
    rules: EventRules
    levels: tuple[str, ...]
    with_organiser: bool

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


def headers(event_ids: Iterable[int]) -> dict[int, EventHeader]:
    """The headers of these events, by id."""
    wanted = set(event_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Event, Contest, ContestVersion.text)
        .join(Contest, Contest.id == Event.contest_id)
        .join(ContestVersion, ContestVersion.id == Contest.current_version_id)
        .where(Event.id.in_(wanted))
    ).all()
    return {event.id: _header(event, contest, _terms(text, event)) for event, contest, text in rows}


def context(event_id: int) -> EventContext:
    """One event with its rules. Raise NotFound when there is none."""
    row = db.session.execute(
        select(Event, Contest, ContestVersion.text)
        .join(Contest, Contest.id == Event.contest_id)
        .join(ContestVersion, ContestVersion.id == Contest.current_version_id)
        .where(Event.id == event_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    event, contest, text = row
    terms = _terms(text, event)
    is_open_track = event.track == Track.POPULARISATION
    rules = EventRules(
        event_id=event.id,
        contest_id=event.contest_id,
        track=Track(event.track),
        opens_at=terms.get("opens_at"),
        closes_at=terms.get("closes_at"),
        is_withdrawn=event.is_withdrawn,
        needs_unit=terms.get("needs_unit", not is_open_track),
        regions=frozenset(terms.get("regions", ())),
        region_force=Force(terms.get("region_force", "hard")),
        occupations=frozenset(Occupation(one) for one in terms.get("occupations", ())),
        occupation_force=Force(terms.get("occupation_force", "hard")),
        events_per_person=terms.get("events_per_person"),
    )
    return EventContext(
        _header(event, contest, terms), rules, tuple(terms.get("chain", ())), not is_open_track
    )


def stage_dates(event_ids: Iterable[int]) -> list[StageDate]:
    """All stages of these events, in order."""
    rows = db.session.scalars(
        select(Stage).where(Stage.event_id.in_(set(event_ids))).order_by(Stage.event_id, Stage.position)
    )
    return [StageDate(row.event_id, row.title, row.kind, row.opens_at, row.closes_at) for row in rows]


def _header(event: Event, contest: Contest, terms: dict[str, Any]) -> EventHeader:
    return EventHeader(
        event.id,
        event.contest_id,
        contest.code,
        contest.title,
        event.code,
        event.title,
        Track(event.track),
        event.position,
        event.organiser_id,
        terms.get("review_ends_at"),
    )


def _terms(text: str, event: Event) -> dict[str, Any]:
    read = tomllib.loads(text)
    return {**read.get("registration", {}), **read.get("events", {}).get(event.code, {})}
