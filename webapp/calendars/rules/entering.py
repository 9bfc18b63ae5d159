"""What somebody writes of a year: one holiday a line, one worked day a line → days, or what is wrong."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.core.words import N_, Message
from webapp.core.working_days import SATURDAY

FIRST_YEAR, LAST_YEAR = 2020, 2100
MOST_DAYS_OF_A_HOLIDAY = 31
DAY = r"\d{4}-\d{1,2}-\d{1,2}"
HOLIDAY = re.compile(rf"^(?P<name>[^\d]*?)[\s:：,，]*(?P<first>{DAY})(?:[\s~～至—–,，.]+(?P<last>{DAY}))?$")


@dataclass(frozen=True)
class Holiday:
    """first, last: both inclusive."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=ahead) for ahead in range((self.last - self.first).days + 1))


@dataclass(frozen=True)
class Year:
    """A year as it was written. problems: empty when it can be taken over."""

    year: int
    holidays: tuple[Holiday, ...]
    worked: tuple[date, ...]
    problems: tuple[Message, ...] = ()


def read_year(year: int, off: str, work: str) -> Year:
    """The days of a year, one holiday (name, first day, last day) and one worked weekend day a line.

    Every line that is wrong is named; so is a day that is off and worked, or stands twice."""
    problems: list[Message] = []
    holidays = [one for number, line in _lines(off) if (one := _holiday(year, number, line, problems))]
    worked = [day for number, line in _lines(work) if (day := _worked(year, number, line, problems))]
    if not FIRST_YEAR <= year <= LAST_YEAR:
        problems.append(
            Message(
                N_("The year is between %(first)s and %(last)s."), {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        )
    if not holidays:
        problems.append(Message(N_("Name at least one holiday.")))
    days = [day for holiday in holidays for day in holiday.days]
    for day in sorted({day for day in days if days.count(day) > 1}):
        problems.append(Message(N_("%(day)s stands in two holidays."), {"day": day.isoformat()}))
    for day in sorted(set(days) & set(worked)):
        problems.append(Message(N_("%(day)s cannot be a holiday and worked."), {"day": day.isoformat()}))
    ordered = tuple(sorted(holidays, key=lambda one: one.first))
    return Year(year, ordered, tuple(sorted(set(worked))), tuple(problems))


def _lines(text: str) -> list[tuple[int, str]]:
    """(number from 1, words) of the lines that are not empty."""
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]


def _holiday(year: int, number: int, line: str, problems: list[Message]) -> Holiday | None:
    found = HOLIDAY.match(line)
    first = _day(found["first"]) if found else None
    last = _day(found["last"]) if found and found["last"] else first
    told = {"line": number}
    if found is None or first is None or last is None:
        problems.append(
            Message(
                N_(
                    "Holidays, line %(line)s: write a name, the first and the last day, for example New Year 2027-01-01 2027-01-03."
                ),
                told,
            )
        )
    elif last < first or (last - first).days >= MOST_DAYS_OF_A_HOLIDAY:
        problems.append(
            Message(
                N_("Holidays, line %(line)s: the last day stands before the first, or a month after it."),
                told,
            )
        )
    elif {first.year, last.year} != {year}:
        problems.append(
            Message(
                N_(
                    "Holidays, line %(line)s: the days are of another year. Days across the new year stand in both years."
                ),
                told,
            )
        )
    else:
        name = "".join(character for character in found["name"] if character.isprintable()).strip()
        return Holiday(name or "–", first, last)
    return None


def _worked(year: int, number: int, line: str, problems: list[Message]) -> date | None:
    day, told = _day(line), {"line": number}
    if day is None:
        problems.append(
            Message(N_("Worked days, line %(line)s: write one day, for example 2027-02-20."), told)
        )
    elif day.year != year:
        problems.append(Message(N_("Worked days, line %(line)s: the day is of another year."), told))
    elif day.weekday() < SATURDAY:
        problems.append(
            Message(
                N_("Worked days, line %(line)s: this is no Saturday or Sunday; it is worked anyway."), told
            )
        )
    else:
        return day
    return None


def _day(text: str) -> date | None:
    if not re.fullmatch(DAY, text):
        return None
    try:
        return date(*(int(part) for part in text.split("-")))
    except ValueError:
        return None
