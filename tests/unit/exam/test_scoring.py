"""Marks to scores in exact decimals; row G08's oracle uses whole fractions."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from webapp.exam.rules.scoring import SlotMark, component_score, score_paper, section_totals


def slot(section: str, mark: str, maximum: str = "1") -> SlotMark:
    return SlotMark(section, Decimal(mark), Decimal(maximum))


def test_sections_keep_the_order_of_the_paper() -> None:
    totals = section_totals([slot("judge", "1"), slot("single", "0"), slot("judge", "1")])
    assert [(t.section, t.mark, t.maximum, t.questions) for t in totals] == [
        ("judge", Decimal(2), Decimal(2), 2),
        ("single", Decimal(0), Decimal(1), 1),
    ]


def test_a_section_never_falls_below_zero_and_does_not_eat_into_others() -> None:
    score = score_paper([slot("judge", "-0.5"), slot("judge", "-0.5"), slot("single", "2", "2")])
    assert [section.mark for section in score.sections] == [Decimal(0), Decimal(2)]
    assert (score.mark, score.maximum, score.score) == (Decimal(2), Decimal(4), Decimal("50.0000"))


@pytest.mark.parametrize(
    ("mark", "maximum", "score"),
    [
        ("0", "100", "0.0000"),
        ("100", "100", "100.0000"),
        ("1", "3", "33.3333"),
        ("2", "3", "66.6667"),
        ("1", "2000000", "0.0001"),  # exactly half of the last place goes up
        ("0.9999999", "2000000", "0.0000"),
        ("89.5", "130", "68.8462"),
    ],
)
def test_component_score_is_rounded_half_up_once(mark: str, maximum: str, score: str) -> None:
    assert str(component_score(Decimal(mark), Decimal(maximum))) == score


@pytest.mark.parametrize(("mark", "maximum"), [("1", "0"), ("-1", "10"), ("11", "10")])
def test_impossible_marks_are_refused(mark: str, maximum: str) -> None:
    with pytest.raises(ValueError, match="mark"):
        component_score(Decimal(mark), Decimal(maximum))


def test_an_empty_paper_has_no_score() -> None:
    with pytest.raises(ValueError, match="mark"):
        score_paper([])


def test_a_mark_above_its_maximum_is_refused() -> None:
    with pytest.raises(ValueError, match="above"):
        score_paper([slot("single", "2", "1")])


def oracle(mark: Fraction, maximum: Fraction) -> Decimal:
    """Half up in whole numbers, written without the module under test."""
    scaled = mark / maximum * 1_000_000
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole).scaleb(-4)


def test_g08_a_hundred_thousand_scores_equal_the_oracle() -> None:
    source = random.Random(20260522)
    for _ in range(100_000):
        maximum = source.randrange(1, 40_000)
        mark = source.randrange(0, maximum + 1)
        places = source.choice((0, 1, 2, 4))
        low, high = Decimal(mark).scaleb(-places), Decimal(maximum).scaleb(-places)
        assert component_score(low, high) == oracle(Fraction(mark), Fraction(maximum))
