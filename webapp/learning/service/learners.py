"""Who learns, in which event, by which rules: the door of every learning page."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from webapp.access.principal import Principal
from webapp.contests import queries as contests
from webapp.contests.queries import EventView
from webapp.contests.rules.schema import Learning, Window
from webapp.core.clock import SHANGHAI, datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.learning.errors import LearningClosed, LearningNotOpen
from webapp.registration.models import Participation

PROVISIONAL = "provisional"
LEARNING = ("active", PROVISIONAL)
"""States of a participation in which one may learn for points."""


@dataclass(frozen=True)
class Learner:
    """A participation with the learning rules of its event. window: half-open; None while undecided.

    combining: stages that are being sat now and count learning: new points change their standings.
    is_provisional: the review is pending; the points count once the person is confirmed."""

    participation_id: int
    person_id: int
    contest_id: int
    contest_code: str
    event_id: int
    event_code: str
    event_title: dict[str, str]
    track: str
    learning: Learning
    window: Window | None
    combining: tuple[str, ...]
    is_provisional: bool = False

    def is_open(self, at: datetime) -> bool:
        """Whether points count at this instant."""
        return self.window is not None and self.window.contains(at)

    def require_open(self, at: datetime) -> None:
        """Raise LearningNotOpen or LearningClosed with the day; nothing when points count."""
        if self.window is None or at < self.window.opens_at:
            raise LearningNotOpen(opens=_day(self.window.opens_at if self.window else None))
        if at >= self.window.closes_at:
            raise LearningClosed(closes=_day(self.window.closes_at))


def learner(who: Principal, contest_code: str, event_code: str, now: datetime) -> Learner:
    """The signed-in person as a learner of this event.

    Raise NotFound when the event has no learning or the person does not take part in it."""
    event = contests.event_by_code(contest_code, event_code, now)
    held = db.session.execute(
        select(Participation.id, Participation.person_id, Participation.state).where(
            Participation.person_id == who.person_id,
            Participation.event_id == event.event_id,
            Participation.state.in_(LEARNING),
        )
    ).one_or_none()
    if held is None:
        raise NotFound
    return _held(of_event(held.id, held.person_id, event, now), held.state)


def learners(who: Principal, now: datetime) -> list[Learner]:
    """Every event with learning that the person takes part in, newest participation first."""
    rows = db.session.execute(
        select(Participation.id, Participation.person_id, Participation.event_id, Participation.state)
        .where(Participation.person_id == who.person_id, Participation.state.in_(LEARNING))
        .order_by(Participation.id.desc())
    ).all()
    found = []
    for row in rows:
        event = contests.event_by_id(row.event_id, now)
        if event.profile.learning is not None:
            found.append(_held(of_event(row.id, row.person_id, event, now), row.state))
    return found


def of_participation(participation_id: int, now: datetime) -> Learner:
    """A participation as a learner, for hosts and jobs. Raise NotFound."""
    row = db.session.execute(
        select(Participation.id, Participation.person_id, Participation.event_id, Participation.state).where(
            Participation.id == participation_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return _held(of_event(row.id, row.person_id, contests.event_by_id(row.event_id, now), now), row.state)


def _held(found: Learner, state: str) -> Learner:
    """The learner as the state of the participation says."""
    return replace(found, is_provisional=state == PROVISIONAL)


def of_event(participation_id: int, person_id: int, event: EventView, now: datetime) -> Learner:
    """The learner of a participation in this event. Raise NotFound when the event has no learning."""
    learning = event.profile.learning
    if learning is None:
        raise NotFound
    return Learner(
        participation_id=participation_id,
        person_id=person_id,
        contest_id=event.contest_id,
        contest_code=event.contest_code,
        event_id=event.event_id,
        event_code=event.code,
        event_title=event.title,
        track=event.track,
        learning=learning,
        window=event.windows.learning,
        combining=_combining(event, now),
    )


def _combining(event: EventView, now: datetime) -> tuple[str, ...]:
    stage, exam = event.online_stage, event.windows.exam
    if stage is None or exam is None or now < exam.opens_at:
        return ()
    return (stage.code,) if any(part.key == "learning" for part in stage.components) else ()


def _day(at: datetime | None) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d") if at else "-"
