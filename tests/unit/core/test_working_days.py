"""Working days in China, across weekends and holidays."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.holidays import CalendarUnreadable, merged, read_calendar
from webapp.core.working_days import SHANGHAI, WorkCalendar, lasting

TABLES = Path(__file__).resolve().parents[3] / "webapp/core/calendars"
SHIPPED = merged(read_calendar(path.read_text(encoding="utf-8")) for path in sorted(TABLES.glob("*.toml")))


def at(text: str) -> datetime:
    """A Shanghai time."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("posted", "days", "ends"),
    [
        pytest.param("2026-06-01 09:00", 5, "2026-06-09 00:00", id="Monday: to the end of next Monday"),
        pytest.param("2026-06-05 23:59", 1, "2026-06-09 00:00", id="Friday night: Monday counts"),
        pytest.param("2026-06-06 10:00", 1, "2026-06-09 00:00", id="Saturday: Monday counts"),
        pytest.param("2026-06-16 10:00", 3, "2026-06-23 00:00", id="Dragon Boat Festival is left out"),
        pytest.param("2026-04-30 10:00", 3, "2026-05-09 00:00", id="May Day: 6, 7, 8 May"),
        pytest.param("2026-05-08 10:00", 1, "2026-05-10 00:00", id="the worked Saturday 9 May counts"),
        pytest.param("2026-09-30 10:00", 2, "2026-10-10 00:00", id="National Day"),
        pytest.param("2026-09-30 10:00", 3, "2026-10-11 00:00", id="the worked Saturday 10 October counts"),
        pytest.param("2026-02-13 10:00", 2, "2026-02-25 00:00", id="Spring Festival: 14 and 24 February"),
    ],
)
def test_a_notice_ends_with_its_last_working_day(posted: str, days: int, ends: str) -> None:
    found = lasting(at(posted), days, SHIPPED)
    assert found.ends_at == at(ends)
    assert found.ends_at.tzinfo == UTC
    assert len(found.days) == days
    assert found.without_table == ()


def test_the_day_of_posting_is_the_shanghai_day() -> None:
    late = datetime(2026, 6, 1, 16, 30, tzinfo=UTC)  # half past midnight of 2 June in Shanghai
    assert lasting(late, 1, SHIPPED).days == (date(2026, 6, 3),)


def test_a_year_without_a_table_is_named() -> None:
    found = lasting(at("2026-12-30 10:00"), 3, SHIPPED)
    assert found.without_table == (2027,)


def test_days_of_the_host_count_before_the_table() -> None:
    calendar = SHIPPED.with_days(off=[date(2026, 6, 3)], work=[date(2026, 6, 6)])
    assert lasting(at("2026-06-02 10:00"), 3, calendar).days == (
        date(2026, 6, 4),
        date(2026, 6, 5),
        date(2026, 6, 6),
    )


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),  # noqa: DTZ001 - zone set below
    st.integers(1, 20),
    st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20),
)
def test_exactly_the_working_days_between_are_counted(posted: datetime, days: int, off: set[date]) -> None:
    calendar = WorkCalendar(frozenset(off), frozenset(), frozenset({2026}))
    here = posted.replace(tzinfo=SHANGHAI)
    found = lasting(here, days, calendar)
    last = (found.ends_at.astimezone(SHANGHAI) - timedelta(days=1)).date()
    span = [here.date() + timedelta(days=n) for n in range(1, (last - here.date()).days + 1)]
    assert [day for day in span if day.weekday() < 5 and day not in off] == list(found.days)
    assert found.days[-1] == last


def test_fewer_than_one_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        lasting(at("2026-06-01 09:00"), 0, SHIPPED)


def test_shipped_tables_hold_seven_holidays_each() -> None:
    assert SHIPPED.years == {2026}
    assert len(SHIPPED.off) == 33
    assert all(day.weekday() >= 5 for day in SHIPPED.work)


def test_a_worked_weekday_is_a_mistake_in_the_table() -> None:
    with pytest.raises(CalendarUnreadable):
        read_calendar('year = 2026\noff = []\nwork = ["2026-06-01"]\n')
