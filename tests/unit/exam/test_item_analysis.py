"""Item analysis: the definitions, what is undefined, and the published values of others."""

import csv
import math
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.banks.rules.marking import MarkingPolicy, MarkingRule
from webapp.banks.rules.schema import PublicQuestion, QuestionKey, QuestionType
from webapp.exam.rules.item_analysis.analyse import BINS, analyse
from webapp.exam.rules.item_analysis.groups import group_size, lower_weights, upper_weights
from webapp.exam.rules.item_analysis.guessing import guess_share, key_letters, letters_of
from webapp.exam.rules.item_analysis.reading import Reading, read_item, read_test
from webapp.exam.rules.item_analysis.shapes import Analysis, Item, Sitting

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "item-analysis"
if not DATA.exists():
    # A worktree stands one folder deeper than the repository.
    DATA = Path(__file__).parents[3].parent.parent / "shared" / "data" / "item-analysis"


def single(version_id: int, key: str = "A", options: int = 4, maximum: float = 1.0) -> Item:
    return Item(version_id, "s", "single", maximum, "ABCDEFGH"[:options], key, 1 / options)


def whole(rows: list[list[float]], items: list[Item] | None = None) -> Analysis:
    """All questions on every paper, nothing known of the picks."""
    items = items or [single(at) for at in range(len(rows[0]))]
    return analyse(items, [Sitting(range(len(row)), row, [""] * len(row)) for row in rows])


untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Tests assert figures, never seconds: a busy machine is no fault."""

matrices = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 4).map(lambda n: n / 4), min_size=width, max_size=width),
        min_size=1,
        max_size=14,
    )
)


@pytest.mark.skipif(not DATA.exists(), reason="third-party test data is not here")
def test_the_published_values_are_reproduced() -> None:
    states = list(csv.DictReader((DATA / "mdl_question_states.csv").open(encoding="utf-8")))
    full = {int(row["slot"]): float(row["maxmark"]) for row in states}
    items = [Item(slot, "s", "", full[slot]) for slot in sorted(full)]
    sittings = []
    for start in range(0, len(states), len(items)):
        rows = states[start : start + len(items)]
        sittings.append(
            Sitting([int(row["slot"]) - 1 for row in rows], [float(row["mark"]) for row in rows], [""] * 20)
        )
    analysis = analyse(items, sittings)
    assert (analysis.test.attempts, analysis.is_mixed) == (22, False)
    expected = list(csv.DictReader((DATA / "expected.csv").open(encoding="utf-8")))
    assert len(expected) == len(analysis.items) == 20
    for row, found in zip(expected, analysis.items, strict=True):
        assert found.version_id == int(row["slot"])
        close(row["facility_percent"], None if found.facility is None else 100 * found.facility)
        close(row["sd_times_1000"] or "0", None if found.sd is None else 1000 * found.sd)
        close(row["effective_weight_percent"], found.effective_weight)
        close(row["discrimination_index_percent"], found.discrimination)
        close(row["discriminative_efficiency_percent"], found.efficiency)


def close(wanted: str, found: float | None) -> None:
    if wanted == "":
        assert found is None
    else:
        assert found is not None
        assert abs(found - float(wanted)) < 1e-6


def test_a_small_exam_worked_by_hand() -> None:
    analysis = whole([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]])
    first = analysis.items[0]
    assert first.facility == 0.75
    assert first.corrected_facility == pytest.approx((4 * 0.75 - 1) / 3)
    assert first.sd == pytest.approx(0.5)
    # marks 1 1 1 0 against the rest 2 1 0 0: cov = 1/4, variances 1/4 and 11/12
    assert first.discrimination == pytest.approx(100 * 0.25 / math.sqrt(0.25 * 11 / 12))
    assert first.efficiency == pytest.approx(100)
    assert first.intended_weight == pytest.approx(100 / 3)
    # (M1 - M0) / s_T sqrt(p q): (2 - 0) / sqrt(1.25) sqrt(0.75 x 0.25)
    assert first.point_biserial == pytest.approx(2 / math.sqrt(1.25) * math.sqrt(0.1875))
    assert (first.upper, first.lower, first.upper_lower) == (1.0, 0.0, 1.0)
    # k/(k-1) (1 - sum of variances / variance of totals): 3/2 (1 - (1/4 + 1/3 + 1/4) / (5/3)) = 3/4
    assert analysis.test.alpha == pytest.approx(0.75)
    assert analysis.test.error_ratio == pytest.approx(50)
    assert analysis.test.error == pytest.approx(0.5 * math.sqrt(5 / 3))
    assert (analysis.test.mean, analysis.test.median) == (1.5, 1.5)
    assert analysis.test.skewness == pytest.approx(0)
    assert analysis.test.kurtosis == pytest.approx(-1.2)


def test_what_is_undefined_is_none() -> None:
    assert whole([[1.0, 0.0]]).items[0].sd is None
    alone = whole([[1.0]] * 3).items[0]
    assert (alone.discrimination, alone.efficiency, alone.point_biserial) == (None, None, None)
    assert whole([[1.0], [0.0]]).test.alpha is None
    nothing = analyse([single(1)], [])
    assert (nothing.items, nothing.test.mean, nothing.test.sd) == ((), None, None)
    left_out = whole([[0, 1], [0, 0]], [single(1, maximum=0), single(2)]).items[0]
    assert (left_out.facility, left_out.upper_lower, left_out.intended_weight) == (None, None, 0.0)


def test_thirds_of_a_mark_leave_no_false_spread() -> None:
    analysis = whole([[1 / 3, 2 / 3], [2 / 3, 1 / 3], [0.1 + 0.2, 0.7]])
    assert analysis.items[0].discrimination == pytest.approx(-100)
    assert analysis.test.alpha is None


def test_mixed_papers_have_no_alpha_but_their_variants_do() -> None:
    items = [single(at) for at in range(3)]
    first = [Sitting([0, 1], marks, ["A", "A"]) for marks in ([1, 1], [0, 0], [1, 0])]
    second = [Sitting([2, 1], [1, 0], ["A", "B"])]
    analysis = analyse(items, first + second)
    assert analysis.is_mixed
    assert analysis.test.alpha is None
    assert [item.attempts for item in analysis.items] == [3, 4, 1]
    assert all(item.effective_weight is None for item in analysis.items)
    assert [item.intended_weight for item in analysis.items] == [50, 50, 50]
    (variant,) = analysis.variants
    assert variant.attempts == 3
    assert variant.alpha == whole([[1, 1], [0, 0], [1, 0]]).test.alpha


def test_the_order_of_questions_does_not_make_papers_different() -> None:
    items = [single(at) for at in range(2)]
    analysis = analyse(items, [Sitting([0, 1], [1, 0], ["", ""]), Sitting([1, 0], [1, 0], ["", ""])])
    assert not analysis.is_mixed


def test_options_tell_who_picked_them() -> None:
    picks = ["A", "A", "B", "B", "C", "C", "", "C"]
    marks = [1.0, 1.0, 0, 0, 0, 0, 0, 0]
    items = [single(1), single(2)]
    # The second question makes those who picked B the best: A, the key, attracts the weakest.
    sittings = [
        Sitting([0, 1], [mark, 9.0 * (pick == "B")], [pick, ""])
        for mark, pick in zip(marks, picks, strict=True)
    ]
    found = analyse([items[0], single(2, maximum=9)], sittings).items[0]
    assert [option.share for option in found.options] == [0.25, 0.25, 0.375, 0]
    assert [option.flag for option in found.options] == ["", "attracts", "", "unused"]
    assert found.blank == 0.125
    assert {Reading.UNUSED_OPTION, Reading.ATTRACTIVE_OPTION} <= set(found.readings)


def test_a_key_that_the_weakest_pick_is_flagged() -> None:
    sittings = [
        Sitting([0, 1], [0.0, 9.0], ["B", ""]),
        Sitting([0, 1], [0.0, 9.0], ["B", ""]),
        Sitting([0, 1], [1.0, 0.0], ["A", ""]),
    ]
    found = analyse([single(1, options=2), single(2, maximum=9)], sittings).items[0]
    assert [option.flag for option in found.options] == ["repels", "attracts"]
    assert Reading.CHECK_KEY in found.readings


@pytest.mark.parametrize(
    ("kind", "options", "letters", "rule", "share"),
    [
        ("single", 4, "B", MarkingRule.ALL_OR_NOTHING, 1 / 4),
        ("multiple", 3, "AB", MarkingRule.ALL_OR_NOTHING, 1 / 7),
        ("multiple", 3, "AB", MarkingRule.HALF_FOR_SUBSET, (1 + 0.5 + 0.5) / 7),
        ("fill", 0, "", MarkingRule.ALL_OR_NOTHING, None),
    ],
)
def test_blind_picking_is_marked_by_the_rule(
    kind: str, options: int, letters: str, rule: MarkingRule, share: float | None
) -> None:
    question = PublicQuestion(QuestionType(kind), "?", tuple("abcdef"[:options]))
    found = guess_share(question, QuestionKey(letters=letters), MarkingPolicy(Decimal(2), rule))
    assert found == (None if share is None else pytest.approx(share))


def test_blind_picking_of_true_or_false_pays_for_wrong_answers() -> None:
    question, key = PublicQuestion(QuestionType.TRUE_FALSE, "?"), QuestionKey(truth=True)
    assert (letters_of(question), key_letters(question, key)) == ("TF", "T")
    assert guess_share(question, key, MarkingPolicy(Decimal(1))) == 0.5
    assert guess_share(question, key, MarkingPolicy(Decimal(1), wrong_true_false=Decimal("-0.5"))) == 0.25


def test_reading_aids_follow_their_limits() -> None:
    assert read_item(0.3, 40, 50, ()) == (Reading.BALANCED, Reading.VERY_GOOD, Reading.EFFICIENT)
    assert read_item(0.29, 30, 49.9, ()) == (Reading.HARD, Reading.GOOD, Reading.INEFFICIENT)
    assert read_item(0.71, 20, None, ()) == (Reading.EASY, Reading.REVISE)
    assert read_item(None, 19.9, None, ()) == (Reading.CHECK_KEY,)
    assert read_test(0.75, 0.5, 0.12) == (Reading.RELIABLE, Reading.MEAN_USUAL, Reading.SPREAD_USUAL)
    assert read_test(0.64, 0.76, 0.19) == (
        Reading.FAIRLY_RELIABLE,
        Reading.MEAN_HIGH,
        Reading.SPREAD_WIDE,
    )
    assert read_test(-0.2, 0.4, 0.1) == (Reading.UNRELIABLE, Reading.MEAN_LOW, Reading.SPREAD_NARROW)


@untimed
@given(matrices)
def test_figures_stay_within_their_bounds(rows: list[list[float]]) -> None:
    analysis = whole(rows)
    assert sum(analysis.test.bins) == len(rows)
    assert len(analysis.test.bins) == BINS
    assert analysis.test.alpha is None or analysis.test.alpha <= 1 + 1e-9
    for item in analysis.items:
        assert item.facility is not None
        assert 0 <= item.facility <= 1
        for value in (item.discrimination, item.efficiency):
            assert value is None or value <= 100 + 1e-6
        assert item.discrimination is None or item.discrimination >= -100 - 1e-6
        assert item.upper_lower is None or -1 - 1e-9 <= item.upper_lower <= 1 + 1e-9
    weights = [item.effective_weight for item in analysis.items if item.effective_weight is not None]
    assert not weights or math.isclose(sum(weights), 100, abs_tol=1e-6) or sum(weights) == 0


@untimed
@given(matrices, st.randoms())
def test_the_order_of_the_attempts_makes_no_difference(rows: list[list[float]], chance: object) -> None:
    again = list(rows)
    chance.shuffle(again)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    for one, other in pairwise([whole(rows), whole(again)]):
        assert one.test == other.test
        for mine, theirs in zip(one.items, other.items, strict=True):
            for name in (
                "facility",
                "sd",
                "discrimination",
                "efficiency",
                "effective_weight",
                "upper",
                "lower",
            ):
                a, b = getattr(mine, name), getattr(theirs, name)
                assert a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


@untimed
@given(st.lists(st.integers(0, 5).map(float), min_size=2, max_size=30))
def test_the_groups_share_the_places_at_the_cut(totals: list[float]) -> None:
    upper, lower = upper_weights(totals), lower_weights(totals)
    size = group_size(len(totals))
    assert math.isclose(math.fsum(upper), size)
    assert math.isclose(math.fsum(lower), size)
    assert all(0 <= weight <= 1 for weight in upper + lower)
    for total, weight in zip(totals, upper, strict=True):
        assert all(weight >= other for value, other in zip(totals, upper, strict=True) if value <= total)


@untimed
@given(matrices.filter(lambda rows: len(rows) > 1))
def test_point_biserial_is_shown_only_for_marks_that_are_all_or_nothing(rows: list[list[float]]) -> None:
    for at, item in enumerate(whole(rows).items):
        if {row[at] for row in rows} - {0.0, 1.0}:
            assert item.point_biserial is None
