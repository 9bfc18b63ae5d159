"""Rules of entry and review as frozen values: ages, and who keeps away from a review."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class AgeRange:
    """Full years of age (周岁), both ends included. None: no bound. on: the day on which the age is judged, in
    Shanghai; None while the host has not named it."""

    least: int | None = None
    most: int | None = None
    on: date | None = None

    def contains(self, born_on: date, today: date) -> bool:
        """Whether somebody born on this day is of such an age, on the day of the file, else today."""
        age = full_years(born_on, self.on or today)
        return (self.least is None or age >= self.least) and (self.most is None or age <= self.most)


@dataclass(frozen=True)
class ReviewRules:
    """own_unit_stands_aside: above the unit's own link nobody decides about people of the unit they work for, and
    nobody marks their answers."""

    own_unit_stands_aside: bool = False


def full_years(born_on: date, day: date) -> int:
    """The age in full years on a day: it grows on the birthday; who is born on 29 February has it on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
