"""Dates that move: who takes part and what hangs on a date stand above contests, so packages above say who is told
and what moves along."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from webapp.contests.models import Event, Stage
from webapp.contests.rules.effects import Moved, effect
from webapp.contests.rules.instants import Delay, Instant, delays
from webapp.contests.rules.instants_said import instants_between
from webapp.contests.rules.schema import Contest
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.words import Message

MoveTeller = Callable[[int, Contest, Sequence[Moved], datetime], int]
_tellers: list[MoveTeller] = []


@dataclass(frozen=True)
class LaterStage:
    """A stage that had not opened and opens later. by: longer than nothing."""

    stage_id: int
    by: timedelta


@dataclass(frozen=True)
class Along:
    """What moves along with an event, or stays beside it. instants: one by one. notes: what people have to see to."""

    instants: tuple[Instant, ...] = ()
    notes: tuple[Message, ...] = ()


Foreseer = Callable[[int, Sequence[LaterStage], datetime], Along]
"""(event id, its stages that would open later, now) -> what would move along. Changes nothing."""
Mover = Callable[[Sequence[LaterStage], datetime], None]
"""Moves what hangs on the opening of these stages; runs in the transaction of the change, once the rows of the contest say
the new dates."""
_foreseers: list[Foreseer] = []
_movers: list[Mover] = []


def tell_moves_with(teller: MoveTeller) -> MoveTeller:
    """Register who tells people that the dates of their event have moved."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def move_along_with(foreseer: Foreseer, mover: Mover | None = None) -> None:
    """Register what hangs on the opening of a stage: who names it beforehand and who moves it."""
    if foreseer not in _foreseers:
        _foreseers.append(foreseer)
    if mover is not None and mover not in _movers:
        _movers.append(mover)


def tell_moves(contest_id: int, before: Contest, after: Contest, now: datetime) -> int:
    """Have everybody told whose dates are others under `after`; return how many notices that made."""
    moved = effect(before, after, now).moved
    return sum(teller(contest_id, after, moved, now) for teller in _tellers) if moved else 0


def move_along(contest_id: int, before: Contest, after: Contest, now: datetime) -> None:
    """Have everything moved that hangs on stages which `after` opens later; whom it concerns is told."""
    found = _later_stages(contest_id, delays(before, after, now))
    for mover in _movers if found else ():
        mover(found, now)


def foresee(contest_id: int, event_code: str, before: Contest, after: Contest, now: datetime) -> Along:
    """What would move along with one event, and what would stay beside it: of the file first, then what other
    packages know of. Changes nothing."""
    late = [one for one in delays(before, after, now) if one.event_code == event_code]
    found = _later_stages(contest_id, late)
    event_id = db.session.scalar(
        select(Event.id).where(Event.contest_id == contest_id, Event.code == event_code)
    )
    parts = [foreseer(event_id, found, now) for foreseer in _foreseers] if event_id is not None else []
    return Along(
        instants_between(before, after, event_code, now)
        + tuple(one for part in parts for one in part.instants),
        tuple(one for part in parts for one in part.notes),
    )


def _later_stages(contest_id: int, late: Sequence[Delay]) -> list[LaterStage]:
    wanted = {(one.event_code, one.stage_code): one.by for one in late}
    if not wanted:
        return []
    rows = db.session.execute(
        select(Stage.id, Stage.code, Event.code.label("event_code"))
        .join(Event, Event.id == Stage.event_id)
        .where(Event.contest_id == contest_id, Event.code.in_({code for code, _stage in wanted}))
        .order_by(Stage.id)
    )
    return [
        LaterStage(row.id, wanted[row.event_code, row.code])
        for row in rows
        if (row.event_code, row.code) in wanted
    ]
