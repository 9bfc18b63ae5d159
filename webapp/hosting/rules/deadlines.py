"""Until when an organiser hands in the performance file and the scores, when reminders are due, how long a bar lasts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from webapp.core.working_days import SHANGHAI, WorkCalendar, lasting

OVERDUE = "overdue"


@dataclass(frozen=True)
class Due:
    """at: half-open instant in UTC. without_table: years gone through whose holidays nobody has entered."""

    at: datetime
    without_table: tuple[int, ...] = ()


def after_weeks(ended_on: date, weeks: int) -> Due:
    """The end, in Shanghai, of the day that lies so many weeks after the last day of the event."""
    day = ended_on + timedelta(weeks=weeks, days=1)
    return Due(datetime.combine(day, time(), tzinfo=SHANGHAI).astimezone(UTC))


def after_working_days(ended_on: date, days: int, calendar: WorkCalendar) -> Due:
    """The end of the last of so many working days after the last day of the event, which does not count itself.

    raise (ValueError): fewer than one day. Source: CONTESTS 4 (within 10 working days after an event)."""
    span = lasting(datetime.combine(ended_on, time(12), tzinfo=SHANGHAI), days, calendar)
    return Due(span.ends_at, span.without_table)


def reminders(
    kind: str, due: datetime, days: Iterable[int], reminded: Collection[str], now: datetime
) -> tuple[str, ...]:
    """Keys of the reminders that are due by now and were not sent: 'file-7', 'file-overdue'.

    Of several that are due at once only the last is sent; the earlier ones count as sent with it."""
    if now >= due:
        wanted = [f"{kind}-{OVERDUE}"]
    else:
        wanted = [f"{kind}-{day}" for day in sorted(days, reverse=True) if now >= due - timedelta(days=day)]
    return tuple(key for key in wanted if key not in reminded)


def days_left(due: datetime, now: datetime) -> int:
    """Whole or begun days until a deadline; 0 when it is over."""
    return max(0, -(-int((due - now).total_seconds()) // 86_400))


def barred_until(decided_on: date, years: int) -> date:
    """The first day on which a barred organisation may apply again; 29 February becomes 1 March.

    Source: CONTESTS 4 (two years)."""
    try:
        return decided_on.replace(year=decided_on.year + years)
    except ValueError:
        return date(decided_on.year + years, 3, 1)


def longest_bar(bars: Iterable[tuple[date, date]], on: date) -> date | None:
    """The last end among the bars [from, until) in force on a day; None when there is none."""
    return max((until for since, until in bars if since <= on < until), default=None)
