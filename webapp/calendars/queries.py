"""Which days are worked: the shipped years, and in their place those that a host entered."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from webapp.calendars.formats.calendar import lines_of
from webapp.calendars.models import WorkCalendarYear
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.holidays import merged, read_calendar, shipped
from webapp.core.working_days import WorkCalendar


@dataclass(frozen=True)
class YearView:
    """A year as its page shows it. number: 0 for the shipped one. off, work: a line each."""

    year: int
    number: int
    off: str
    work: str
    holidays: int
    worked: int
    entered_by: str
    entered_at: datetime | None
    reason: str


def work_calendar() -> WorkCalendar:
    """All years together. One statement."""
    return _read(tuple(text for _year, text in sorted(_texts().items())))


def texts() -> dict[int, str]:
    """The file in force of each year."""
    return _texts()


def years() -> list[YearView]:
    """The years in force, the newest first."""
    newest = {row.year: row for row in _newest()}
    return [_view(year, text, newest.get(year)) for year, text in sorted(_texts().items(), reverse=True)]


def versions(year: int) -> list[YearView]:
    """Every version of a year that a host entered, the newest first."""
    rows = db.session.scalars(
        select(WorkCalendarYear).where(WorkCalendarYear.year == year).order_by(WorkCalendarYear.number.desc())
    )
    return [_view(row.year, row.text, row) for row in rows]


def _view(year: int, text: str, row: WorkCalendarYear | None) -> YearView:
    _told, off, work = lines_of(text)
    days = read_calendar(text)
    return YearView(
        year=year,
        number=row.number if row is not None else 0,
        off=off,
        work=work,
        holidays=len(days.off),
        worked=len(days.work),
        entered_by=row.entered_by if row is not None else "",
        entered_at=row.entered_at if row is not None else None,
        reason=row.reason if row is not None else "",
    )


def _texts() -> dict[int, str]:
    found = dict(shipped())
    found.update({row.year: row.text for row in _newest()})
    return found


def _newest() -> list[WorkCalendarYear]:
    """The newest version of each year that a host entered; there are few."""
    rows = db.session.scalars(select(WorkCalendarYear).order_by(WorkCalendarYear.number))
    return list({row.year: row for row in rows}.values())


@lru_cache(maxsize=4)
def _read(files: tuple[str, ...]) -> WorkCalendar:
    return merged(read_calendar(text) for text in files)
