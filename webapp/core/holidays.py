"""The calendar of working days: one file a year with the public holidays that the State Council arranges."""

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from webapp.config import ROOT
from webapp.core.working_days import WorkCalendar

CALENDARS = ROOT / "webapp" / "core" / "calendars"


class CalendarUnreadable(ValueError):
    """A calendar file is wrong; the text says where."""


@lru_cache(maxsize=1)
def shipped() -> tuple[tuple[int, str], ...]:
    """(year, its file) of the tables that come with the program; a host's own take their place."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(CALENDARS.glob("*.toml"))]
    return tuple((next(iter(read_calendar(text).years)), text) for text in texts)


def read_calendar(text: str) -> WorkCalendar:
    """The days of one file: `year`, `off` (spans of first and last day) and `work` (single days).

    raise (CalendarUnreadable): another year's day, a worked weekday, or a span that runs backwards."""
    told = tomllib.loads(text)
    year = told["year"]
    off = {day for span in told["off"] for day in _days(span)}
    work = {date.fromisoformat(day) for day in told["work"]}
    wrong = {day for day in off | work if day.year != year} | {day for day in work if day.weekday() < 5}
    if wrong or off & work:
        raise CalendarUnreadable(f"{year}: {sorted(wrong | off & work)}")
    return WorkCalendar(frozenset(off), frozenset(work), frozenset({year}))


def merged(calendars: Iterable[WorkCalendar]) -> WorkCalendar:
    """Several years as one calendar."""
    known = list(calendars)
    return WorkCalendar(
        frozenset().union(*(one.off for one in known)),
        frozenset().union(*(one.work for one in known)),
        frozenset().union(*(one.years for one in known)),
    )


def _days(span: dict[str, Any]) -> list[date]:
    first, last = date.fromisoformat(span["first"]), date.fromisoformat(span["last"])
    if last < first:
        raise CalendarUnreadable(f"{first} to {last} runs backwards")
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
