"""How many will share the score at the line: told before an exam opens, so that nobody is surprised.

An estimate for reading, in floating point. Every question brings its whole mark or nothing, with the share of
right answers that the file expects of its difficulty; people differ (SPREAD). Learning points are taken as full
for everybody, which is the case with most ties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from webapp.contests.rules.blueprint import Blueprint, Fairness
from webapp.leaderboard.rules.rank import cut_size

SPREAD = 0.12
"""One standard deviation of what people know, as a share of right answers."""
LEVELS = (-1.59, -0.97, -0.59, -0.28, 0.0, 0.28, 0.59, 0.97, 1.59)
"""The middles of nine equal parts of a normal distribution."""
LEAST, MOST = 0.03, 0.98
UNIT = Decimal("0.01")
TIME_BREAKERS = frozenset({"time_used", "submitted_at"})


@dataclass(frozen=True)
class TieForecast:
    """What is to be expected at the line. score: there, 0-100. tied: share it; going_on: by the file's rule for
    ties; full: have full marks. by_time: the file breaks ties by time, so that hardly anybody stays tied."""

    people: int
    quota: int
    score: Decimal
    tied: int
    going_on: int
    full: int
    by_time: bool


def forecast(
    blueprint: Blueprint, people: int, quota: int | None, cut: str, breakers: Sequence[str]
) -> TieForecast | None:
    """The forecast for so many contestants; None where there is no line to be tied at, or marks that people give.

    Source: CONTESTS "what goes wrong": ties are forecast before an exam opens."""
    if quota is None or people <= quota or not _is_countable(blueprint):
        return None
    shares = score_shares(blueprint)
    better = 0.0
    for score, share in sorted(shares.items(), reverse=True):
        here = share * people
        if better + here >= quota:
            tied = max(1, round(here))
            above = min(round(better), quota - 1)
            going = cut_size(people, quota, above, tied, cut)
            return TieForecast(
                people=people,
                quota=quota,
                score=score,
                tied=tied,
                going_on=quota if going is None else going,
                full=round(people * shares.get(Decimal(100), 0.0)),
                by_time=bool(TIME_BREAKERS & set(breakers)),
            )
        better += here
    return None


def score_shares(blueprint: Blueprint) -> dict[Decimal, float]:
    """score (0-100, two places) -> share of people who reach it; the shares add up to 1."""
    return dict(_shares(_questions(blueprint), int(blueprint.full_mark / UNIT)))


@lru_cache(maxsize=64)
def _shares(questions: tuple[tuple[int, float], ...], full: int) -> Mapping[Decimal, float]:
    found: dict[Decimal, float] = {}
    for level in LEVELS:
        for mark, share in _marks(questions, level * SPREAD).items():
            score = (Decimal(100 * mark) / full).quantize(UNIT)
            found[score] = found.get(score, 0.0) + share / len(LEVELS)
    return found


def _is_countable(blueprint: Blueprint) -> bool:
    return blueprint.full_mark > 0 and all(section.question_type != "essay" for section in blueprint.sections)


def _questions(blueprint: Blueprint) -> tuple[tuple[int, float], ...]:
    """(mark in hundredths, expected share of right answers) of every question of a paper."""
    fairness = blueprint.fairness or Fairness()
    return tuple(
        (int(section.mark / UNIT), float(fairness.facility(cell.difficulty or "")))
        for section in blueprint.sections
        for cell in section.cells
        for _number in range(cell.count)
    )


def _marks(questions: Sequence[tuple[int, float]], shift: float) -> dict[int, float]:
    """mark -> probability, for somebody who knows so much more or less than the file expects."""
    found = {0: 1.0}
    for mark, facility in questions:
        right = min(MOST, max(LEAST, facility + shift))
        after: dict[int, float] = {}
        for total, share in found.items():
            after[total] = after.get(total, 0.0) + share * (1 - right)
            after[total + mark] = after.get(total + mark, 0.0) + share * right
        found = after
    return found
