"""Marks in steps, the tolerance between two markers, and what they come to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.marking.rules.agreement import Given, figures
from webapp.marking.rules.scale import Scale, Stand, outcome, said

STEPS = st.sampled_from([Decimal(text) for text in ("0.25", "0.5", "1", "2")])
FULL = st.sampled_from([Decimal(text) for text in ("1", "2.5", "3.3333", "10", "15", "20")])


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    full = draw(FULL)
    return Scale(full, min(draw(STEPS), full), Decimal(draw(st.integers(0, 100))))


def choices(scale: Scale) -> list[Decimal]:
    """All marks that may be given."""
    marks = [scale.step * at for at in range(int(scale.out_of / scale.step) + 1)]
    return [*marks, scale.out_of]


@given(scales(), st.data())
def test_two_marks_settle_between_them_or_wait_for_a_third(scale: Scale, data: st.DataObject) -> None:
    one, other = (data.draw(st.sampled_from(choices(scale))) for _ in range(2))
    found = outcome(scale, [one, other])
    assert found == outcome(scale, [other, one]), "who came first does not matter"
    if abs(one - other) * 100 > scale.out_of * scale.tolerance_pct:
        assert found.stand is Stand.DIFFERING
        assert found.mark is None
        return
    assert found.stand is Stand.SETTLED
    assert found.mark is not None
    assert scale.allows(found.mark)
    assert min(one, other) <= found.mark <= max(one, other)
    assert abs(found.mark - (one + other) / 2) <= scale.step / 2


@given(scales(), st.data())
def test_the_third_person_decides_alone(scale: Scale, data: st.DataObject) -> None:
    one, other, third = (data.draw(st.sampled_from(choices(scale))) for _ in range(3))
    assert outcome(scale, [one, other], third).mark == third


@pytest.mark.parametrize("marks", [[], [Decimal(3)]])
def test_one_mark_settles_nothing(marks: list[Decimal]) -> None:
    assert outcome(Scale(Decimal(10), Decimal(1), Decimal(100)), marks).stand is Stand.WAITING


def test_the_mean_is_rounded_half_up_to_the_step() -> None:
    scale = Scale(Decimal(10), Decimal("0.5"), Decimal(10))
    assert outcome(scale, [Decimal(7), Decimal("7.5")]).mark == Decimal("7.5")
    assert outcome(scale, [Decimal(7), Decimal(8)]).mark == Decimal("7.5")
    assert outcome(scale, [Decimal(7), Decimal("8.5")]).stand is Stand.DIFFERING


@pytest.mark.parametrize(
    ("typed", "read"),
    [("7", "7"), (" 7.50 ", "7.5"), ("10", "10"), ("0", "0"), ("10.5", None), ("-1", None), ("7.3", None),
     ("NaN", None), ("Infinity", None), ("1e999", None), ("", None), ("七", None)],
)  # fmt: skip
def test_only_marks_on_the_scale_are_read(typed: str, read: str | None) -> None:
    found = Scale(Decimal(10), Decimal("0.5"), Decimal(10)).read(typed)
    assert found == (None if read is None else Decimal(read))


def test_a_full_mark_off_the_steps_can_be_given() -> None:
    scale = Scale(Decimal("3.3333"), Decimal("0.5"), Decimal(10))
    assert scale.read("3.2") is None
    assert scale.read("3.3333") == Decimal("3.3333")


def test_marks_are_said_without_zeros_at_their_end() -> None:
    assert [said(Decimal(text)) for text in ("10.0000", "7.50", "0.00")] == ["10", "7.5", "0"]


def test_who_marks_higher_than_all_others_is_named() -> None:
    given_marks = [Given(at, 1, 0.9) for at in range(12)] + [Given(at, 2, 0.6) for at in range(12)]
    strict, mild = figures(given_marks, dict.fromkeys(range(12), 0.1))[::-1]
    assert (mild.drifts, strict.drifts) == (True, True)
    assert mild.lean == pytest.approx(0.3)
    assert strict.lean == pytest.approx(-0.3)
    assert (mild.pairs, mild.agreeing, mild.count) == (12, 0, 12)


def test_few_answers_name_nobody() -> None:
    given_marks = [Given(at, who, 0.9 if who == 1 else 0.1) for at in range(3) for who in (1, 2)]
    assert not any(one.drifts for one in figures(given_marks, dict.fromkeys(range(3), 0.1)))


def test_a_mark_without_a_second_one_is_no_pair() -> None:
    (alone,) = figures([Given(1, 1, 0.5)], {1: 0.1})
    assert (alone.count, alone.pairs, alone.agreeing, alone.spread) == (1, 0, 0, 0.0)
