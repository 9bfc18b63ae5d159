"""What every step of a rehearsal is given, and what it hands back.

A step is a function `play(play, event, stage) -> StepReport` for one event (see steps.py). It may run in any of
the processes of a rehearsal, each with the app and connections of its own; the clock of that process is the
step's to move. Whatever must come out alike on a replay is drawn from `Play.chance`."""

import random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app

from webapp.access.permissions import Role
from webapp.access.principal import Principal
from webapp.contests.queries import StageView
from webapp.contests.rules.schema import Contest, EventRules, Profile
from webapp.core import clock
from webapp.core.db import db
from webapp.core.queue import GATHERED, SWEEPING, Job, function_of

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class EventPlay:
    """One event that is played. people: how many register; first: the serial of the first of them, the others
    follow without a gap (people.py makes a person of a serial). stages: in order."""

    event_id: int
    code: str
    rules: EventRules
    profile: Profile
    people: int
    first: int
    stages: tuple[StageView, ...]


@dataclass
class StepReport:
    """What one step did in one event. event, stage: '' where it concerns all. people_in: how many it began with,
    people_out: how many come through. problems: broken invariants, in words; none means green.
    seconds: by the clock on the wall, waits
    for others included; cpu_seconds: of the process that played it, the database not counted.
    facts: further counts and digests for the report; equal on a replay."""

    step: str
    stage: str
    event: str
    people_in: int = 0
    people_out: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Play:
    """One rehearsal. staff: principals by role, at least two of each (a second person agrees to what two do).
    units: organisations that contestants work for. reviewers: by the organisation at whose link they decide.
    full: every answer of a paper is given. lane: held by whoever works off what all events share."""

    contest: Contest
    contest_id: int
    seed: int
    contestants: int
    staff: Mapping[Role, tuple[Principal, ...]]
    units: tuple[int, ...] = ()
    reviewers: Mapping[int, Principal] = field(default_factory=dict)
    liaisons: Mapping[int, Principal] = field(default_factory=dict)
    full: bool = False
    progress: Progress = lambda label, done, total: None
    lane: AbstractContextManager[Any] = field(default_factory=nullcontext)

    def chance(self, *words: object) -> random.Random:
        """The dice for one thing, for example chance("sitting", event.code, number): the same whenever asked."""
        return random.Random(f"{self.seed}|" + "|".join(map(str, words)))  # noqa: S311 - invented people

    def who(self, role: Role, nth: int = 0) -> Principal:
        """A member of staff; nth 0 and 1 are two people."""
        held = self.staff[role]
        return held[nth % len(held)]

    def travel(self, to: datetime) -> datetime:
        """Stop this process's clock at an instant, and return it."""
        clock.travel(to)
        return to

    def work(self) -> int:
        """Do the background work that was queued in this process, and what it queues in turn; how many jobs ran.

        Call it outside of a transaction. What sweeps runs once, however often it was asked for."""
        done = 0
        pending: list[tuple[Job, Mapping[str, Any]]] = current_app.extensions["jobs_inline"]
        while pending:
            batch, seen = list(pending), set()
            pending.clear()
            for name, args in batch:
                key = (name, tuple(sorted(args.items())))
                if name in SWEEPING and key in seen:
                    continue
                seen.add(key)
                with self.lane if name in GATHERED else nullcontext():
                    function_of(name)(**args)
                done += 1
        db.session.remove()
        return done

    def drop(self, name: Job) -> None:
        """Forget the wake-ups of a job that a later step does for its event."""
        pending = current_app.extensions["jobs_inline"]
        pending[:] = [one for one in pending if one[0] is not name]
