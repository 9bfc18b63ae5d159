"""How long a notice or a period lasts: working days in China, counted from the day after it began."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))

SATURDAY = 5
MOST_CALENDAR_DAYS = 400
"""Further than this nobody counts: the calendar would be wrong."""


@dataclass(frozen=True)
class WorkCalendar:
    """Which days differ from the plain week. off: public holidays; work: weekend days that are worked.

    years: those for which the State Council's arrangement is known; in other years only weekends count."""

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def with_days(self, off: Iterable[date] = (), work: Iterable[date] = ()) -> "WorkCalendar":
        """The calendar with further days that a host has named; what the host says counts."""
        more_off, more_work = frozenset(off), frozenset(work)
        return WorkCalendar((self.off | more_off) - more_work, (self.work | more_work) - more_off, self.years)

    def is_working(self, day: date) -> bool:
        if day in self.work:
            return True
        return day not in self.off and day.weekday() < SATURDAY


@dataclass(frozen=True)
class Lasting:
    """From posting to the end, half-open. days: the working days that count; without_table: years among the
    days gone through whose holidays nobody has entered."""

    ends_at: datetime
    days: tuple[date, ...]
    without_table: tuple[int, ...]


def lasting(posted_at: datetime, working_days: int, calendar: WorkCalendar) -> Lasting:
    """When a notice of so many working days ends: at the end of the last one, in Shanghai.

    The day of posting does not count, whatever the hour. ends_at: UTC, half-open: at that instant the notice
    is over. raise (ValueError): fewer than one day, or no such day within 400 days."""
    if working_days < 1:
        raise ValueError(f"a notice lasts at least one working day, not {working_days}")
    posted_on = posted_at.astimezone(SHANGHAI).date()
    counted: list[date] = []
    years = {posted_on.year}
    for ahead in range(1, MOST_CALENDAR_DAYS):
        day = posted_on + timedelta(days=ahead)
        years.add(day.year)
        if calendar.is_working(day):
            counted.append(day)
        if len(counted) == working_days:
            end = datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI).astimezone(UTC)
            return Lasting(end, tuple(counted), tuple(sorted(years - calendar.years)))
    raise ValueError(f"{working_days} working days do not fit into {MOST_CALENDAR_DAYS} days")
