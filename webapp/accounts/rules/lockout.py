"""How failed sign-ins slow down and lock (RELIABILITY row X07)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

SLOW_AFTER = 5
LOCK_AFTER = 10
LOCK = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(minutes=15)
"""After so long without a failure those before count no more."""
ADDRESS_FREE = 300
"""So many failures from one address in `FORGOTTEN_AFTER` are a factory on the morning of an exam (p)."""
ADDRESS_PAUSE = timedelta(seconds=2)
"""Beyond that, one try in this time from unknown browsers there: a guesser crawls, nobody is locked out."""


def pause(failures: int) -> timedelta:
    """How long after its last failure an account answers again: nothing up to the fourth failure,
    then 2, 4, 8, 16, 32 seconds, and the lock from the tenth on."""
    if failures < SLOW_AFTER:
        return timedelta(0)
    if failures < LOCK_AFTER:
        return timedelta(seconds=2 ** (failures - SLOW_AFTER + 1))
    return LOCK


def closed_for(failures: int, last_failure_at: datetime | None, now: datetime) -> timedelta:
    """What remains of the pause at `now`; zero when sign-in is open."""
    if last_failure_at is None:
        return timedelta(0)
    return max(last_failure_at + pause(failures) - now, timedelta(0))


def counted(failures_at: Sequence[datetime], now: datetime) -> int:
    """The failures that still count, of those given with the newest first: the series that goes on.

    A series ends when `FORGOTTEN_AFTER` goes by without a failure. A failure that counts does so until its
    series ends; else a lock would open early, as its first failures grow old."""
    count, later = 0, now
    for at in failures_at:
        if later - at >= FORGOTTEN_AFTER:
            break
        count, later = count + 1, at
    return count


def address_closed_for(failures: int, last_failure_at: datetime | None, now: datetime) -> timedelta:
    """How long unknown browsers at an address wait for their next try; zero when sign-in is open."""
    if last_failure_at is None or failures < ADDRESS_FREE:
        return timedelta(0)
    return max(last_failure_at + ADDRESS_PAUSE - now, timedelta(0))
