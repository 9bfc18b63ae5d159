"""How big the drills are. Every size is a setting: DRILL_<NAME>=… make drill ROWS="A01".

FACTOR divides the long waits of the plan (ten minutes without network become one with 10), so that a
whole drill fits into half an hour; FACTOR=1 is the plan itself."""

import os


def _size(name: str, default: float) -> float:
    return float(os.environ.get(f"DRILL_{name}", default))


FACTOR = _size("FACTOR", 10)
SAVERS = int(_size("SAVERS", 1000))
"""People who save at the same time in A01, A02, G02 and G03."""

PACE_S = _size("PACE_S", 5)
"""Seconds between two answers of one person, on average."""

WEB_KILLS = int(_size("WEB_KILLS", 20))
DATABASE_KILLS = int(_size("DATABASE_KILLS", 5))
WORKER_KILLS = int(_size("WORKER_KILLS", 20))
GRADED = int(_size("GRADED", 10_000))
ROLLING_SAVERS = int(_size("ROLLING_SAVERS", 500))
SLOW_SOCKETS = int(_size("SLOW_SOCKETS", 5000))
STARTS = int(_size("STARTS", 500))
LEAVERS = int(_size("LEAVERS", 1000))
ASKED = int(_size("ASKED", 300))
"""Requests of each kind where response times are compared."""


def scaled(seconds: float) -> float:
    """A long wait of the plan, divided by FACTOR."""
    return seconds / FACTOR
