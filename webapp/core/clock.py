"""One time for everybody: the process clock plus its measured offset to the database.

Browser time is display only (RELIABILITY rule 7)."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from threading import Event, Lock, Thread

from flask import g, has_request_context
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

__all__ = [
    "MAX_OFFSET",
    "SHANGHAI",
    "arrival",
    "datetime",
    "keep_measuring",
    "measure_offset",
    "now",
    "offset",
    "travel",
]

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has had one time zone without daylight saving since 1991."""

MAX_OFFSET = timedelta(milliseconds=500)
"""A node whose clock is further off than this leaves the pool (RELIABILITY rule 7)."""

_lock = Lock()
_offset = timedelta(0)
_stopped_at: datetime | None = None


def now() -> datetime:
    """The present instant in UTC, in database time."""
    return _stopped_at or datetime.now(UTC) + _offset


def travel(to: datetime | None) -> None:
    """Stop the clock of this process at an instant; None: it runs again.

    Only a rehearsal does this, in processes and on a database of its own (decision 0053). What the database
    stamps by itself (when a row was made) stays in real time; no rule reads it."""
    global _stopped_at  # noqa: PLW0603 - one clock a process is the point
    _stopped_at = to


def arrival() -> datetime:
    """When the present request arrived, in database time; outside a request: now."""
    if has_request_context():
        if "arrival" not in g:
            g.arrival = now()
        stamped: datetime = g.arrival
        return stamped
    return now()


def offset() -> timedelta:
    """Database clock minus process clock, as last measured."""
    return _offset


def measure_offset(engine: Engine) -> timedelta:
    """Ask the database for its time and remember how far this process is off.

    The best of three short round trips counts; half of the trip is taken as the way there."""
    best: tuple[float, timedelta] | None = None
    with engine.connect() as connection:
        for _ in range(3):
            started = time.monotonic()
            before = datetime.now(UTC)
            database = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            trip = time.monotonic() - started
            measured = database - before - timedelta(seconds=trip / 2)
            if best is None or trip < best[0]:
                best = (trip, measured)
    assert best is not None
    global _offset  # noqa: PLW0603 - one clock a process is the point
    with _lock:
        _offset = best[1]
    return best[1]


def keep_measuring(
    engine: Engine, every_s: float = 10.0, then: Callable[[], object] = lambda: None
) -> Callable[[], None]:
    """Measure the offset every few seconds in the background, for as long as the process lives.

    then: called after each measuring. The result ends it: it comes back when nothing measures any more."""
    ended = Event()

    def run() -> None:
        while not ended.is_set():
            with suppress(SQLAlchemyError):  # the last offset stays; readiness tells of the database
                measure_offset(engine)
                then()
            ended.wait(every_s)

    thread = Thread(target=run, name="clock-offset", daemon=True)
    thread.start()

    def end() -> None:
        ended.set()
        thread.join()

    return end
