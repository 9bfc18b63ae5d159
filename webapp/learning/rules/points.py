"""What one activity earns now: rules of the contest file against what the ledger holds. Exact decimals."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from webapp.contests.rules.schema import Activity, Learning

HUNDREDTH = Decimal("0.01")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Totals:
    """What the ledger holds, reversed entries left out. Days and weeks are Shanghai's.

    day, week, total: all activities. activity_day, activity_total: this kind. source: this very source in
    its period (ever, when it counts once)."""

    day: Decimal = ZERO
    week: Decimal = ZERO
    total: Decimal = ZERO
    activity_day: Decimal = ZERO
    activity_total: Decimal = ZERO
    source: Decimal = ZERO


@dataclass(frozen=True)
class Award:
    """points: granted now, never negative. cut_by: what kept it below the wanted points, '' when nothing did:
    already | activity-daily-cap | activity-total-cap | daily-cap | weekly-cap | total-cap."""

    points: Decimal
    wanted: Decimal
    cut_by: str


def award(activity: Activity, learning: Learning, totals: Totals, share: Decimal = Decimal(1)) -> Award:
    """How many points this source earns now.

    share: 0-1 of the activity's points (a drill's score); the product is rounded half up to two places once.
    What the source already earned counts against it; then every cap bites, the tightest decides.
    raise (ValueError): a share outside 0-1. Source: RELIABILITY 17, the contest file."""
    if not 0 <= share <= 1:
        raise ValueError(f"share {share} lies outside 0-1")
    wanted = (activity.points * share).quantize(HUNDREDTH, ROUND_HALF_UP)
    points, cut_by = wanted, ""
    for name, room in _rooms(activity, learning, totals, wanted):
        if max(room, ZERO) < points:
            points, cut_by = max(room, ZERO), name
    return Award(points, wanted, cut_by)


def _rooms(
    activity: Activity, learning: Learning, totals: Totals, wanted: Decimal
) -> Iterator[tuple[str, Decimal]]:
    """Each limit with the points it still leaves."""
    yield "already", wanted - totals.source
    limits = (
        ("activity-daily-cap", activity.daily_cap, totals.activity_day),
        ("activity-total-cap", activity.total_cap, totals.activity_total),
        ("daily-cap", learning.daily_cap, totals.day),
        ("weekly-cap", learning.weekly_cap, totals.week),
        ("total-cap", learning.total_cap, totals.total),
    )
    for name, cap, used in limits:
        if cap is not None:
            yield name, cap - used


def period_of(activity: Activity, today: date) -> str:
    """The span in which a source counts once: '' for ever, a day, or an ISO week such as 2026-W18."""
    match activity.period:
        case "day":
            return today.isoformat()
        case "week":
            return week_of(today)
        case _:
            return ""


def rest_period(today: date) -> str:
    """The period of an entry that brings what a cap had cut off earlier."""
    return f"rest-{today.isoformat()}"


def week_of(day: date) -> str:
    """The ISO week of a day, for example 2026-W18."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
