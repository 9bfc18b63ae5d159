"""The second grader reads numbers as the first does, and never works on absurd ones."""

from fractions import Fraction

import pytest

from webapp.exam.rules.regrade import _fraction


@pytest.mark.parametrize(
    ("text", "number"), [("10", Fraction(10)), ("0.5", Fraction(1, 2)), ("1e3", Fraction(1000))]
)
def test_numbers_are_exact(text: str, number: Fraction) -> None:
    assert _fraction(text) == number


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999", "NaN", "Infinity", "十", ""])
def test_what_nobody_means_is_no_number(text: str) -> None:
    assert _fraction(text) is None
