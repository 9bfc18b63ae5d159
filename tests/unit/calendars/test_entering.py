"""A year as somebody writes it: read, written as a file, read again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.calendars.formats.calendar import lines_of, written
from webapp.calendars.rules.entering import read_year
from webapp.core.holidays import CalendarUnreadable, read_calendar

OFF = "元旦 2027-01-01 2027-01-03\n春节 2027-02-05 2027-02-11"


def test_a_year_is_read_and_written_so_that_it_reads_the_same() -> None:
    read = read_year(2027, OFF, "2027-02-20")
    assert read.problems == ()
    calendar = read_calendar(written(read))
    assert (len(calendar.off), set(calendar.work), set(calendar.years)) == (10, {date(2027, 2, 20)}, {2027})
    assert lines_of(written(read)) == (2027, OFF, "2027-02-20")


@pytest.mark.parametrize(
    "line", ["元旦 2027-1-1～2027-1-3", "2027-01-01 2027-01-03", "元旦：2027-01-01至2027-01-03"]
)
def test_holidays_are_read_as_people_write_them(line: str) -> None:
    [holiday] = read_year(2027, line, "").holidays
    assert (holiday.first, holiday.last) == (date(2027, 1, 1), date(2027, 1, 3))


@pytest.mark.parametrize(
    ("off", "work", "words"),
    [
        ("", "", "at least one"),
        ("元旦", "", "line 1: write a name"),
        (f"{OFF}\n清明 2027-04-05 2027-04-03", "", "line 3: the last day"),
        ("元旦 2027-12-31 2028-01-02", "", "another year"),
        ("元旦 2027-02-30", "", "write a name"),
        (f"{OFF}\n除夕 2027-02-05", "", "two holidays"),
        (OFF, "2027-02-06", "cannot be a holiday and worked"),
        (OFF, "2027-02-22", "no Saturday"),
        (OFF, "2028-02-19", "another year"),
        (OFF, "soon", "write one day"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(off: str, work: str, words: str) -> None:
    problems = [one.text % one.params for one in read_year(2027, off, work).problems]
    assert any(words in one for one in problems), problems


@given(st.dates(date(2027, 1, 1), date(2027, 12, 31)), st.integers(0, 9), st.text(max_size=8))
def test_whatever_is_taken_over_can_be_read_again(first: date, more: int, name: str) -> None:
    last = min(first + timedelta(days=more), date(2027, 12, 31))
    read = read_year(2027, f"{name} {first} {last}", "")
    if not read.problems:
        assert read_calendar(written(read)).off == set(read.holidays[0].days)
        assert (read.holidays[0].first, read.holidays[0].last) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "year = 2027", "year = 'x'\noff = []\nwork = []", "off = [", "year = 1\noff = [1]\nwork = []"],
)
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(CalendarUnreadable):
        lines_of(text)
