"""Running the steps: event by event in several processes, all of a step before the next."""

import gc
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext

from flask import Flask

from webapp.contests.queries import StageView
from webapp.core import clock
from webapp.core.db import db
from webapp.rehearsal.play import EventPlay, Play, StepReport
from webapp.rehearsal.steps import AFTER, BEFORE, STAGE, Step

STOPS = (signal.SIGTERM, signal.SIGINT)
Task = tuple[str, int, int]
"""Name of the step, position of the event, position of the stage (-1: none)."""


class Runner:
    """Plays the steps of one rehearsal. processes: 1 plays everything in this process."""

    def __init__(self, app: Flask, play: Play, events: Sequence[EventPlay], processes: int = 1) -> None:
        self.app, self.play, self.events, self.processes = app, play, tuple(events), processes
        self.stopped: set[str] = set()
        """Events in which a step failed: nothing more is played there."""

    def run(self) -> Iterator[StepReport]:
        """Every step in order; the reports as they come."""
        gc.freeze()  # what is loaded by now stays: no collection looks through it again and again
        for step in BEFORE:
            yield from self._step(step, -1)
        for stage in range(max((len(event.stages) for event in self.events), default=0)):
            for step in STAGE:
                yield from self._step(step, stage)
        for step in AFTER:
            yield from self._step(step, -1)
        clock.travel(None)
        gc.unfreeze()

    def _step(self, step: Step, stage: int) -> Iterator[StepReport]:
        going = [event for event in self.events if event.code not in self.stopped]
        for report in self._of_all(step, going, stage) if step.of_all else self._of_events(step, stage):
            if report.facts.pop("stopped", False):
                self.stopped.add(report.event)
            yield report

    def _of_all(self, step: Step, going: Sequence[EventPlay], stage: int) -> Iterator[StepReport]:
        assert step.of_all is not None
        call = step.of_all
        with self.app.app_context():
            report = _guarded(step.name, "", lambda: call(self.play, going, stage))
        if report is not None:
            yield report

    def _of_events(self, step: Step, stage: int) -> Iterator[StepReport]:
        tasks = [
            (step.name, position, stage)
            for position, event in sorted(enumerate(self.events), key=lambda one: -one[1].people)
            if event.code not in self.stopped and stage < len(event.stages)
        ]
        if step.in_order(self.play) or self.processes == 1 or len(tasks) < 2:
            tasks.sort(key=lambda one: one[1])
            found = (play_task(self.app, self.play, self.events, task) for task in tasks)
            yield from self._told(step.name, found, len(tasks))
            return
        with _pool(self, min(self.processes, len(tasks))) as pool:
            with _undisturbed():
                coming = pool.map(_in_child, tasks)
            yield from self._told(step.name, coming, len(tasks))

    def _told(self, label: str, found: Iterator[StepReport | None], total: int) -> Iterator[StepReport]:
        for number, report in enumerate(found, 1):
            self.play.progress(label, number, total)
            if report is not None:
                yield report


def play_task(app: Flask, play: Play, events: Sequence[EventPlay], task: Task) -> StepReport | None:
    """One step of one event; what it raises becomes a problem of the report, and the event stops there."""
    name, position, stage = task
    step = next(one for one in (*BEFORE, *STAGE, *AFTER) if one.name == name)
    event = events[position]
    view: StageView | None = event.stages[stage] if stage >= 0 else None
    call = step.of_event
    assert call is not None
    with app.app_context():
        return _guarded(name, event.code, lambda: call(play, event, view), view.code if view else "")


def _guarded(
    name: str, event: str, call: Callable[[], StepReport | None], stage: str = ""
) -> StepReport | None:
    began, spent = time.monotonic(), time.process_time()
    try:
        report = call()
    except Exception as error:
        db.session.rollback()
        where = "".join(traceback.format_tb(error.__traceback__)[-2:]).strip()
        said = f"{event or 'all events'}: {name} failed: {type(error).__name__}: {error}"
        report = StepReport(name, stage, event, problems=[said], facts={"stopped": True, "where": where})
    finally:
        db.session.remove()
    if report is not None:
        report.seconds, report.cpu_seconds = time.monotonic() - began, time.process_time() - spent
    return report


_inherited: Runner | None = None
"""What a forked process plays; set before the fork."""


def _in_child(task: Task) -> StepReport | None:
    assert _inherited is not None
    return play_task(_inherited.app, _inherited.play, _inherited.events, task)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A stop that comes within is heard afterwards: a process whose making was cut short would be known to nobody, and go on."""
    heard: list[int] = []
    before = {one: signal.signal(one, lambda number, frame: heard.append(number)) for one in STOPS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        for number in heard:
            signal.raise_signal(number)


def _settle() -> None:
    """In a forked process: the one that made it hears Ctrl-C and ends it, and it ends with that one however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_it() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end_with_it, daemon=True).start()


@contextmanager
def _pool(runner: Runner, processes: int) -> Iterator[ProcessPoolExecutor]:
    """Forked processes with the app as it is; no connection is open when they are made."""
    global _inherited  # noqa: PLW0603 - the way of multiprocessing to hand on what cannot be pickled
    context = multiprocessing.get_context("fork")
    let_go_of_connections(runner.app)
    runner.play.lane = context.Lock()
    _inherited = runner
    try:
        with ProcessPoolExecutor(processes, mp_context=context, initializer=_settle) as pool:
            try:
                yield pool
            except BaseException:  # Ctrl-C or a stop: nobody waits for what is still being played
                for child in multiprocessing.active_children():
                    child.kill()
                raise
    finally:
        _inherited = None
        runner.play.lane = nullcontext()


def let_go_of_connections(app: Flask) -> None:
    """Close every connection of this process: a forked one must not inherit any."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    app.extensions["redis"].close()


def most_processes() -> int:
    """So many play at once when nobody says otherwise."""
    return min(2, os.cpu_count() or 1)
