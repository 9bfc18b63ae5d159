"""The combined score and its derivation."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.schema import Component
from webapp.leaderboard.rules.combine import Derivation, combine

WEIGHTS = (Component("learning", Decimal(30)), Component("theory", Decimal(70)))
scores = st.decimals(0, 100, places=4)


def test_every_step_can_be_followed_by_hand() -> None:
    made = combine({"learning": Decimal("66.6667"), "theory": Decimal("81.5000")}, WEIGHTS)
    assert made is not None
    assert [(term.component, str(term.product)) for term in made.terms] == [
        ("learning", "20.00001"),
        ("theory", "57.0500"),
    ]
    assert (made.total, made.combined) == (Decimal("77.05001"), Decimal("77.05"))


def test_half_goes_up_once_at_the_end() -> None:
    low = combine({"learning": Decimal("0.0167"), "theory": Decimal("0.0000")}, WEIGHTS)
    assert low is not None
    assert str(low.combined) == "0.01"  # 0.00501
    even = combine({"learning": Decimal("0.1500"), "theory": Decimal("0.0000")}, WEIGHTS)
    assert even is not None
    assert str(even.combined) == "0.05"  # 0.045: half to even would give 0.04


def test_who_has_no_paper_is_not_ranked() -> None:
    assert combine({"learning": Decimal(100)}, WEIGHTS) is None


@given(scores, scores, st.decimals(0, 100, places=2))
def test_combined_score_equals_exact_fractions(learning: Decimal, theory: Decimal, weight: Decimal) -> None:
    weights = (Component("learning", weight), Component("theory", 100 - weight))
    made = combine({"learning": learning, "theory": theory}, weights)
    assert made is not None
    exact = Fraction(learning) * Fraction(weight) / 100 + Fraction(theory) * Fraction(100 - weight) / 100
    assert Fraction(made.total) == exact
    assert Fraction(made.combined) == Fraction(int((exact * 200 + 1) // 2), 100)
    assert Derivation.from_json(made.as_json()) == made


@pytest.mark.parametrize("score", ["-0.0001", "100.0001"])
def test_a_score_outside_its_range_is_refused(score: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        combine({"learning": Decimal(score), "theory": Decimal(0)}, WEIGHTS)


def test_weights_must_add_up() -> None:
    with pytest.raises(ValueError, match="add up"):
        combine({"theory": Decimal(1)}, WEIGHTS[1:])
