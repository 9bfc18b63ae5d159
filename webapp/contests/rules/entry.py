"""Rules of entry and review as frozen values: ages, and who keeps away from a review."""

from dataclasses import dataclass
from datetime import date

from webapp.contests.rules.escalation import Escalation


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
class SpotRule:
    """How many of a list are checked: `pct` of it, rounded up, at least `least`, never more than all."""

    pct: int
    least: int

    def count(self, size: int) -> int:
        return min(size, max(self.least, -(-size * self.pct // 100)))


@dataclass(frozen=True)
class ReviewRules:
    """own_unit_stands_aside: above the unit's own link nobody decides about people of the unit they work for, and
    nobody marks their answers. sealed_lists: a unit's liaison may confirm its people as a whole with a sealed list,
    of which the level above checks so many; None: not so here. escalation: what happens at which level when a
    registration waits too long; a level without a rule, or with undecided days, has none."""

    own_unit_stands_aside: bool = False
    sealed_lists: SpotRule | None = None
    escalation: tuple[Escalation, ...] = ()


def full_years(born_on: date, day: date) -> int:
    """The age in full years on a day: it grows on the birthday; who is born on 29 February has it on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
