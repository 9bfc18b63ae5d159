"""When an attempt ends, and what an answer's arrival means. All instants are aware; intervals are
half-open: an answer that arrives exactly at the end is too late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

_SECOND = timedelta(seconds=1)


def deadline(
    started_at: datetime,
    duration_s: int,
    personal_factor: Decimal,
    window_closes_at: datetime | None,
    grants_s: Sequence[int] = (),
) -> datetime:
    """The instant at which writing ends: min(start + duration x factor, end of window) + grants.

    duration_s: > 0. personal_factor: >= 1 (extra time for a disability); the product is rounded up to
    a whole second, in the contestant's favour. window_closes_at: None = the window has no end.
    grants_s: extensions in seconds, each > 0; they reach beyond the window.
    raise (ValueError): a value out of its range; shortening is never possible. Source: RELIABILITY 8."""
    if duration_s <= 0 or personal_factor < 1:
        raise ValueError("duration must be positive, the personal factor at least 1")
    if any(grant <= 0 for grant in grants_s):
        raise ValueError("a grant adds time, it never shortens")
    seconds = int((duration_s * personal_factor).to_integral_value(ROUND_CEILING))
    end = started_at + timedelta(seconds=seconds)
    if window_closes_at is not None:
        end = min(end, window_closes_at)
    return end + timedelta(seconds=sum(grants_s))


@dataclass(frozen=True)
class Arrival:
    """Whether an answer counts, and whether it came within the grace period."""

    accepted: bool
    late: bool


def accepts(arrival: datetime, ends_at: datetime, grace_s: int) -> Arrival:
    """Accepted while arrival < deadline + grace; late from the deadline on.

    grace_s: >= 0, one public setting for all; it covers the way through the network, not thinking."""
    return Arrival(accepted=arrival < ends_at + timedelta(seconds=grace_s), late=arrival >= ends_at)


def remaining_s(now: datetime, ends_at: datetime) -> int:
    """Whole seconds left, a started one counted, 0 from the deadline on. For display only."""
    return max(0, -((now - ends_at) // _SECOND))


def window_is_open(now: datetime, opens_at: datetime | None, closes_at: datetime | None) -> bool:
    """Half-open [opens_at, closes_at); None leaves that side open."""
    return (opens_at is None or now >= opens_at) and (closes_at is None or now < closes_at)


def minutes_if_started(now: datetime, duration_s: int, factor: Decimal, closes_at: datetime | None) -> int:
    """Whole minutes that a start at `now` would leave: what the waiting page tells a late-comer."""
    return max(0, int((deadline(now, duration_s, factor, closes_at) - now).total_seconds()) // 60)
