"""How failed sign-ins slow down and lock (RELIABILITY row X07)."""

from datetime import datetime, timedelta

SLOW_AFTER = 5
LOCK_AFTER = 10
LOCK = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(minutes=15)
"""Failures older than this count no more."""


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


def counted(failures: int, last_failure_at: datetime | None, now: datetime) -> int:
    """The failures that still count: an old series is forgotten."""
    if last_failure_at is None or now - last_failure_at >= FORGOTTEN_AFTER:
        return 0
    return failures
