"""From the sheets of several judges over modules to the practical score. Exact fractions, rounded once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from webapp.contests.rules.practical import PracticalModule

PLACES = Decimal("0.0001")
"""A component score has four places; only the combined score is rounded further."""
HUNDRED = 100
FEWEST_TO_DROP = 3


@dataclass(frozen=True)
class JudgeScore:
    """What one judge's signed sheet gave one work."""

    judge_id: int
    total: Decimal
    is_disqualified: bool = False


def module_score(scores: Sequence[JudgeScore], *, drop_extremes: bool) -> Fraction:
    """The mean of the sheets of one work; with `drop_extremes` and three or more sheets without one highest and
    one lowest. A work that more than half of the judges disqualify has 0. The order does not matter.

    raise (ValueError): no sheet at all."""
    if not scores:
        raise ValueError("a work without any sheet has no score")
    if sum(one.is_disqualified for one in scores) * 2 > len(scores):
        return Fraction(0)
    totals = sorted(Fraction(one.total) for one in scores)
    if drop_extremes and len(totals) >= FEWEST_TO_DROP:
        totals = totals[1:-1]
    return sum(totals, Fraction(0)) / len(totals)


def median(totals: Sequence[Decimal]) -> Fraction:
    """The middle one, or the mean of the two in the middle. raise (ValueError): there is none."""
    if not totals:
        raise ValueError("nothing has no median")
    found = sorted(Fraction(one) for one in totals)
    middle = len(found) // 2
    return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2


@dataclass(frozen=True)
class Deviation:
    """How far a sheet lies from the median of its work, in percent of the module's mark; signed, one place."""

    judge_id: int
    total: Decimal
    percent: Decimal
    is_alarm: bool


def deviations(scores: Sequence[JudgeScore], module: PracticalModule) -> tuple[Deviation, ...]:
    """Each sheet against the median, in the order given. An alarm: further away than `deviation_pct` (measured
    exactly, before the percent shown is rounded), or judges who differ over a disqualification."""
    if not scores:
        return ()
    middle = median([one.total for one in scores])
    split = len({one.is_disqualified for one in scores}) > 1
    limit = None if module.deviation_pct is None else Fraction(module.deviation_pct)
    found = []
    for one in scores:
        away = (Fraction(one.total) - middle) * HUNDRED / Fraction(module.mark)
        alarm = split or (limit is not None and abs(away) > limit)
        found.append(Deviation(one.judge_id, one.total, rounded(away, Decimal("0.1")), alarm))
    return tuple(found)


def practical_score(modules: Sequence[PracticalModule], scores: Mapping[str, Fraction]) -> Decimal:
    """The practical score, 0-100: each module's share of its mark, by its share of the whole, summed exactly and
    rounded half up to four places. A module without a score (absent, nothing handed in) counts 0.

    raise (ValueError): a score is above its module's mark or below 0."""
    total = Fraction(0)
    for module in modules:
        score = scores.get(module.code, Fraction(0))
        if not 0 <= score <= Fraction(module.mark):
            raise ValueError(f"{module.code}: {score} is not in 0 .. {module.mark}")
        total += score / Fraction(module.mark) * Fraction(module.share_pct)
    return rounded(total, PLACES)


def rounded(number: Fraction, places: Decimal) -> Decimal:
    """Half away from zero to these places, from the exact value."""
    steps = number / Fraction(places)
    below, rest = divmod(abs(steps), 1)
    count = int(below) + (1 if rest * 2 >= 1 else 0)
    made = Decimal(count if number >= 0 else -count) * places
    return made.quantize(places, ROUND_HALF_UP)
