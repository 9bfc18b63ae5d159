"""Entering a year of holidays: a new version, audited; what was counted before stays as it was."""

import hashlib

from sqlalchemy import func, select

from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.calendars import queries
from webapp.calendars.errors import YearRefused, YearUnchanged
from webapp.calendars.formats.calendar import written
from webapp.calendars.models import WorkCalendarYear
from webapp.calendars.rules.entering import read_year
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.holidays import read_calendar

MOST_REASON = 500
YEAR_LOCK = 7_304_020


def enter_year(year: int, off: str, work: str, reason: str, who: Principal, now: datetime) -> int:
    """Take a year over; return the number of its version. Deadlines that were counted before stay.

    raise (YearRefused): with every mistake. raise (YearUnchanged)."""
    read = read_year(year, off, work)
    if read.problems:
        raise YearRefused(read.problems)
    text = written(read)
    present = queries.texts().get(year)
    if present is not None and read_calendar(present) == read_calendar(text):
        raise YearUnchanged
    db.session.execute(select(func.pg_advisory_xact_lock(YEAR_LOCK)))
    number = (
        db.session.scalar(select(func.max(WorkCalendarYear.number)).where(WorkCalendarYear.year == year)) or 0
    ) + 1
    digest = hashlib.sha256(text.encode()).hexdigest()
    db.session.add(
        WorkCalendarYear(
            year=year,
            number=number,
            text=text,
            digest=digest,
            reason=reason.strip()[:MOST_REASON],
            entered_by=who.name,
            entered_by_account_id=who.account_id,
            entered_at=now,
        )
    )
    record("calendar.enter", "calendar", year, reason.strip()[:MOST_REASON], version=number, digest=digest)
    db.session.flush()
    return number
