"""Several judges, several modules, one practical score; all exact until the end."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.practical import PracticalModule
from webapp.judging.rules.scores import (
    JudgeScore,
    deviations,
    median,
    module_score,
    practical_score,
    rounded,
)

D = Decimal
MODULE = PracticalModule("m1", Text("模块一"), D(100), D(60), 5, drop_extremes=True, deviation_pct=D(10))
OTHER = replace(MODULE, code="m2", mark=D(30), share_pct=D(40), drop_extremes=False)
MARKS = st.lists(st.integers(0, 400).map(lambda n: D(n) / 4), min_size=1, max_size=9)


def of(*totals: str | Decimal, out: int = 0) -> list[JudgeScore]:
    return [JudgeScore(n, D(total), n < out) for n, total in enumerate(totals)]


def test_highest_and_lowest_drop_once_each_from_three_judges_on() -> None:
    assert module_score(of("90", "80", "10", "90", "85"), drop_extremes=True) == Fraction(255, 3)
    assert module_score(of("90", "80", "10"), drop_extremes=True) == 80
    assert module_score(of("90", "81"), drop_extremes=True) == Fraction(171, 2), "two judges: the mean"
    assert module_score(of("1", "0", "0"), drop_extremes=False) == Fraction(1, 3), "nothing is rounded here"


def test_more_than_half_of_the_judges_disqualify_a_work() -> None:
    assert module_score(of("0", "0", "90", out=2), drop_extremes=False) == 0
    assert module_score(of("0", "90", out=1), drop_extremes=False) == 45, "half is not more than half"


def test_a_work_without_sheets_has_no_score() -> None:
    with pytest.raises(ValueError, match="without any sheet"):
        module_score([], drop_extremes=True)


def test_a_sheet_alarms_only_beyond_the_limit() -> None:
    found = deviations(of("80", "90", "70", "69.9", "80"), MODULE)
    assert [one.is_alarm for one in found] == [False, False, False, True, False]
    assert found[3].percent == D("-10.1")
    assert not any(one.is_alarm for one in deviations(of("0", "100"), replace(MODULE, deviation_pct=None)))
    assert all(one.is_alarm for one in deviations(of("0", "0", out=1), MODULE)), "differ over disqualifying"


def test_the_practical_score_is_rounded_once_at_the_end() -> None:
    scores = {"m1": Fraction(200, 3), "m2": Fraction(10, 3)}
    exact = Fraction(200, 3) / 100 * 60 + Fraction(10, 3) / 30 * 40
    assert practical_score((MODULE, OTHER), scores) == rounded(exact, D("0.0001")) == D("44.4444")
    assert practical_score((MODULE, OTHER), {"m1": Fraction(100)}) == 60, "a missing module counts nothing"
    with pytest.raises(ValueError, match="m2"):
        practical_score((MODULE, OTHER), {"m2": Fraction(31)})


@pytest.mark.parametrize(
    ("number", "shown"), [("1/8", "0.13"), ("-1/8", "-0.13"), ("1/3", "0.33"), ("0", "0.00")]
)
def test_halves_go_away_from_zero(number: str, shown: str) -> None:
    assert str(rounded(Fraction(number), D("0.01"))) == shown


@given(MARKS, st.randoms(use_true_random=False))
def test_order_of_judges_changes_nothing_and_the_score_lies_between_them(
    totals: list[Decimal], chance: Random
) -> None:
    made = module_score(of(*totals), drop_extremes=True)
    mixed = list(totals)
    chance.shuffle(mixed)
    assert module_score(of(*mixed), drop_extremes=True) == made
    assert min(totals) <= made <= max(totals)
    assert min(totals) <= median(totals) <= max(totals)


@given(MARKS, st.integers(0, 8), st.integers(1, 40))
def test_a_higher_sheet_never_lowers_the_score(totals: list[Decimal], at: int, more: int) -> None:
    better = list(totals)
    better[at % len(totals)] += D(more) / 4
    for drop in (True, False):
        assert module_score(of(*better), drop_extremes=drop) >= module_score(of(*totals), drop_extremes=drop)
