"""Who goes on, checked against a plain reading of the rule."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.stages.rules.promotion import Ranked, promote

CUTS = ("all_tied", "none_tied", "ordinal")


def board(ties: Sequence[int]) -> list[Ranked]:
    """Entries 1, 2, 3, … with these tie keys, best first."""
    return [Ranked(at, key.to_bytes(4, "big")) for at, key in enumerate(sorted(ties), 1)]


boards = st.lists(st.integers(0, 12), max_size=40).map(board)
quotas = st.one_of(st.none(), st.integers(1, 45))
taken = st.sets(st.integers(1, 40), max_size=12)


def oracle(rows: list[Ranked], quota: int | None, cut: str) -> set[int]:
    """The rule said once more, entry by entry."""
    inside = set()
    for at, row in enumerate(rows):
        better = sum(other.tie_key < row.tie_key for other in rows)
        tied = sum(other.tie_key == row.tie_key for other in rows)
        fits = {
            "all_tied": quota is None or better < quota,
            "none_tied": quota is None or better + tied <= quota,
            "ordinal": quota is None or at < quota,
        }[cut]
        if fits:
            inside.add(row.entry_id)
    return inside


@given(boards, quotas, st.sampled_from(CUTS), taken)
def test_everybody_above_the_cut_who_is_not_excluded_is_in_and_nobody_else(
    rows: list[Ranked], quota: int | None, cut: str, off: set[int]
) -> None:
    made = promote(rows, quota, cut, off)
    left = [row for row in rows if row.entry_id not in off]
    assert set(made.going_on) == oracle(left, quota, cut)
    assert list(made.going_on) == sorted(made.going_on)


@given(boards, st.integers(1, 45), st.sampled_from(CUTS), taken)
def test_the_quota_is_exceeded_only_by_ties_and_only_where_all_tied_go_on(
    rows: list[Ranked], quota: int, cut: str, off: set[int]
) -> None:
    made = promote(rows, quota, cut, off)
    if len(made.going_on) > quota:
        assert cut == "all_tied"
        assert made.straddling
        assert set(made.going_on[quota - 1 :]) <= set(made.straddling)


@given(boards, quotas, st.sampled_from(CUTS), taken, taken)
def test_taking_people_off_never_displaces_anybody(
    rows: list[Ranked], quota: int | None, cut: str, first: set[int], then: set[int]
) -> None:
    before = set(promote(rows, quota, cut, first).going_on)
    after = set(promote(rows, quota, cut, first | then).going_on)
    assert before - then <= after


@given(boards, quotas, st.sampled_from(CUTS), taken)
def test_substitutes_stood_below_the_line_and_come_in_rank_order(
    rows: list[Ranked], quota: int | None, cut: str, off: set[int]
) -> None:
    made = promote(rows, quota, cut, off)
    assert all(entry > made.above for entry in made.substitutes)
    assert list(made.substitutes) == sorted(made.substitutes)
    order = [*made.substitutes, *made.waiting]
    assert order == sorted(order), "nobody waits who stands before a substitute"


@given(boards, quotas, st.sampled_from(CUTS), taken, taken)
def test_who_leaves_after_the_hour_leaves_an_empty_place(
    rows: list[Ranked], quota: int | None, cut: str, early: set[int], late: set[int]
) -> None:
    without = promote(rows, quota, cut, early)
    made = promote(rows, quota, cut, early, late)
    gone = (late - early) & set(without.going_on)
    assert set(made.going_on) == set(without.going_on) - gone
    assert made.vacancies == len(gone)


def test_an_ineligible_contestant_is_replaced_by_the_next() -> None:
    made = promote(board([1, 2, 3, 4, 5]), 3, "all_tied", {2})
    assert made.going_on == (1, 3, 4)
    assert made.substitutes == (4,)
    assert made.waiting == (5,)


def test_a_tie_across_the_line_is_named() -> None:
    rows = board([1, 2, 2, 2, 3])
    assert promote(rows, 2, "all_tied").straddling == (2, 3, 4)
    assert promote(rows, 2, "all_tied").going_on == (1, 2, 3, 4)
    assert promote(rows, 2, "none_tied").going_on == (1,)
    assert promote(rows, 2, "ordinal").going_on == (1, 2)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no such rule"):
        promote(board([1, 2, 2]), 2, "lottery")
