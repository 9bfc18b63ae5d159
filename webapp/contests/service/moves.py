"""Dates that move: who takes part and what hangs on a date stand above contests, so packages above say who is told
and what moves along."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from webapp.contests.models import Event, Stage
from webapp.contests.rules.effects import Moved, effect
from webapp.contests.rules.instants import Delay, Instant, delays
from webapp.contests.rules.instants_said import instants_between, notes_on
from webapp.contests.rules.schema import Contest, Window
from webapp.contests.rules.schema import Stage as StageRules
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.words import Message

MoveTeller = Callable[[int, Contest, Sequence[Moved], datetime], int]
_tellers: list[MoveTeller] = []


@dataclass(frozen=True)
class LaterStage:
    """A stage that had not opened and opens later. by: longer than nothing. rules, window: of this very event, as they are
    afterwards."""

    stage_id: int
    event_id: int
    by: timedelta
    rules: StageRules
    window: Window


@dataclass
class Along:
    """What moves along with an event, or stays beside it. said: by the contest file, one by one; known: beside it; notes:
    what people have to see to."""

    said: tuple[Instant, ...] = ()
    known: list[Instant] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    @property
    def instants(self) -> tuple[Instant, ...]:
        """All of them, of the file first."""
        return (*self.said, *self.known)


Foreseer = Callable[
    [Collection[int], Sequence[LaterStage], datetime], Iterable[tuple[int, Instant | Message]]
]
"""(ids of the events whose dates move, their stages that would open later, now) -> event id and an instant or a note, however
many events with a few statements. Changes nothing."""
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
    found = _later_stages(contest_id, delays(before, after, now), after)
    for mover in _movers if found else ():
        mover(found, now)


def foresee(
    contest_id: int, event_codes: Collection[str], before: Contest, after: Contest, now: datetime
) -> dict[str, Along]:
    """Of each of these events what would move along, and what would stay beside it. Changes nothing; how many statements it
    takes does not grow with the events."""
    wanted = set(event_codes)
    late = _later_stages(
        contest_id, [one for one in delays(before, after, now) if one.event_code in wanted], after
    )
    ids = _event_ids(contest_id, wanted)
    rules_of: dict[int, list[StageRules]] = {}
    for one in late:
        rules_of.setdefault(one.event_id, []).append(one.rules)
    found = {
        ids[code]: Along(
            instants_between(before, after, code, now), notes=list(notes_on(rules_of.get(ids[code], ())))
        )
        for code in ids
    }
    for foreseer in _foreseers:
        for event_id, said in foreseer(list(found), late, now):
            along = found[event_id]
            along.known.append(said) if isinstance(said, Instant) else along.notes.append(said)
    return {code: found[ids[code]] for code in event_codes if code in ids}


def _event_ids(contest_id: int, codes: Collection[str]) -> dict[str, int]:
    rows = db.session.execute(
        select(Event.code, Event.id).where(Event.contest_id == contest_id, Event.code.in_(codes))
    )
    return {row.code: row.id for row in rows}


def _later_stages(contest_id: int, late: Sequence[Delay], after: Contest) -> list[LaterStage]:
    wanted = {(one.event_code, one.stage_code): one.by for one in late}
    if not wanted:
        return []
    rows = db.session.execute(
        select(Stage.id, Stage.code, Event.code.label("event_code"), Event.id.label("event_id"))
        .join(Event, Event.id == Stage.event_id)
        .where(Event.contest_id == contest_id, Event.code.in_({code for code, _stage in wanted}))
        .order_by(Stage.id)
    )
    found = []
    for row in rows:
        if (row.event_code, row.code) in wanted:
            event = after.event(row.event_code)
            rules = after.stage_of(event, row.code)
            window = after.window(event, rules.window)
            if window is not None:
                by = wanted[row.event_code, row.code]
                found.append(LaterStage(row.id, row.event_id, by, rules, window))
    return found
