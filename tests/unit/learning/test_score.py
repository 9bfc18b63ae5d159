"""Points to learning score."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.learning.rules.score import learning_score


@pytest.mark.parametrize(
    ("points", "full", "score"),
    [
        ("0", 300, "0.0000"),
        ("100", 300, "33.3333"),
        ("200", 300, "66.6667"),
        ("300", 300, "100.0000"),
        ("450.5", 300, "100.0000"),
        ("-5", 300, "0.0000"),
        ("0.01", 20_000, "0.0001"),  # exactly half of the last place goes up
    ],
)
def test_points_become_a_score_capped_at_full(points: str, full: int, score: str) -> None:
    assert str(learning_score(Decimal(points), full)) == score


@given(st.decimals(-10, 100_000, places=2), st.integers(1, 50_000))
def test_score_is_the_exact_quotient_rounded_half_up(points: Decimal, full: int) -> None:
    exact = Fraction(min(max(points, Decimal(0)), Decimal(full))) * 100 / full
    score = Fraction(learning_score(points, full))
    assert exact - Fraction(1, 20_000) < score <= exact + Fraction(1, 20_000)


@pytest.mark.parametrize("full", [0, -1])
def test_full_points_must_be_positive(full: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        learning_score(Decimal(1), full)
