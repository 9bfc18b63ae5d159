"""The waiting room: when a page opens, when it asks again, and who is asked before a late start."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

RELEASE_BEFORE_S = 120
"""So long before the opening the pictures of a paper go to its own waiting room, and not earlier."""

ASK_EVERY_S = 60
"""How often a waiting page asks whether its window has moved."""

LATE_FROM_S = 60
"""Whoever would lose this much of the writing time or more is asked before the clock starts."""

LEAST_SPREAD_S = 3
"""Starts are spread over at least so many seconds even where the window leaves no room for it."""


def full_time_s(duration_s: int, factor: Decimal) -> int:
    """A person's whole writing time in seconds, extra time included; rounded up as the deadline is."""
    return int((duration_s * factor).to_integral_value(ROUND_CEILING))


def lost_s(at: datetime, closes_at: datetime, duration_s: int, factor: Decimal) -> int:
    """Seconds of the writing time that a start at `at` loses because the window closes first; 0 or more.

    A started second counts. duration_s: > 0; factor: >= 1; closes_at: the end of the own window."""
    left = (closes_at - at) // timedelta(seconds=1)
    return max(0, full_time_s(duration_s, factor) - max(0, left))


def is_late(at: datetime, closes_at: datetime, duration_s: int, factor: Decimal) -> bool:
    """Whether a start at `at` must be confirmed first. Source: issue point “whoever starts late is told
    the minutes left and asked first”; seconds that the pacing of starts costs ask nobody."""
    return lost_s(at, closes_at, duration_s, factor) >= LATE_FROM_S


def spread_s(wanted_s: int, opens_at: datetime, closes_at: datetime, full_s: int) -> int:
    """Over how many seconds the starts of an exam are spread: 0 .. wanted_s.

    Nobody loses writing time to it: at most the room between writing time and window, and only
    LEAST_SPREAD_S where there is none (the server would be too busy to serve all at once anyway)."""
    room = int((closes_at - opens_at).total_seconds()) - full_s
    return max(0, min(wanted_s, max(LEAST_SPREAD_S, room)))


def offset_ms(attempt_id: int, spread: int) -> int:
    """This attempt's own place in the spread: 0 <= offset < spread x 1000 milliseconds.

    Made from the attempt id alone: a reload gives the same place, neighbours stand far apart."""
    if spread <= 0:
        return 0
    digest = hashlib.sha256(f"start:{attempt_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % (spread * 1000)


@dataclass(frozen=True)
class Pace:
    """opens_in_ms: until this page opens, 0 when it is open. ask_in_ms: until it asks the server again.
    is_released: whether the paper may be drawn and its pictures sent."""

    opens_in_ms: int
    ask_in_ms: int
    is_released: bool


def pace(at: datetime, opens_at: datetime, offset: int) -> Pace:
    """What a waiting page does next. offset: milliseconds from `offset_ms`.

    Asking is spread too: by a share of ASK_EVERY_S that comes from the same offset, so that pages that
    were loaded together do not ask together, and nobody asks in the seconds around the opening."""
    to_opening = (opens_at - at) / timedelta(milliseconds=1)
    to_release = to_opening - RELEASE_BEFORE_S * 1000
    share = offset * 7919 % (ASK_EVERY_S * 500)
    every = ASK_EVERY_S * 500 + share
    if to_release > 0:
        ask = min(every, to_release + share)
    elif to_opening > every + 10_000:
        ask = every
    else:
        ask = max(to_opening, 0) + ASK_EVERY_S * 1000 + share
    return Pace(int(max(0, to_opening + offset)), int(ask), to_release <= 0)
