import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.awards.rules.levels import LEVEL_WORDS, ORDER, SkillLevel, level_named, raised

L = SkillLevel
levels = st.sampled_from(ORDER)
maybe = st.one_of(st.none(), levels)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (None, L.TECHNICIAN),
        (L.INTERMEDIATE, L.TECHNICIAN),
        (L.SENIOR, L.TECHNICIAN),
        (L.TECHNICIAN, L.SENIOR_TECHNICIAN),
        (L.SENIOR_TECHNICIAN, None),
        (L.CHIEF_TECHNICIAN, None),
    ],
)
def test_ranks_one_to_three_become_technicians_and_technicians_senior_technicians(
    held: L | None, expected: L | None
) -> None:
    assert raised(L.TECHNICIAN, held, L.SENIOR_TECHNICIAN).to == expected


@pytest.mark.parametrize("held", [L.SENIOR, L.TECHNICIAN, L.SENIOR_TECHNICIAN])
def test_senior_worker_is_not_repeated_for_holders(held: L) -> None:
    made = raised(L.SENIOR, held)
    assert made.to is None
    assert made.why.text == "Holds %(held)s already: no further promotion is due."


@given(levels, maybe, maybe)
def test_nobody_is_taken_down_or_given_what_they_hold(target: L, held: L | None, holders: L | None) -> None:
    to = raised(target, held, holders).to
    assert to in (None, target, holders)
    if to is not None and held is not None:
        assert ORDER.index(held) < ORDER.index(to)


@pytest.mark.parametrize(
    ("value", "level"),
    [(3, L.SENIOR), (1, L.SENIOR_TECHNICIAN), ("technician", L.TECHNICIAN), ("undecided", None), (True, None), (9, None), (None, None)],
)  # fmt: skip
def test_levels_are_named_by_code_or_number(value: object, level: L | None) -> None:
    assert level_named(value) == level


def test_every_level_has_words() -> None:
    assert set(LEVEL_WORDS) == set(ORDER)
