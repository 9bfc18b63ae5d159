"""Which questions a round takes, what is too fast, and when a question leaves the wrong-answer book."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.learning.rules.quizzes import (
    BookState,
    Past,
    PoolQuestion,
    book_after,
    choose,
    is_too_fast,
    option_order,
    wait_left_s,
)

AT = datetime(2026, 5, 5, tzinfo=UTC)

questions = st.builds(
    PoolQuestion, st.integers(1, 30), st.integers(1, 90), st.sampled_from(["fire", "power"])
)
pools = st.lists(questions, max_size=60)
distinct = st.lists(questions, max_size=60, unique_by=lambda one: one.question_id)
"""As a bank version holds them: each question once."""
pasts = st.dictionaries(
    st.integers(1, 30),
    st.builds(
        lambda ever, last, ago: Past(ever or last, last, AT - timedelta(hours=ago)),
        st.booleans(),
        st.booleans(),
        st.integers(0, 500),
    ),
)
seeds = st.text("0123456789abcdef", min_size=8, max_size=8)


def need(past: Past | None) -> int:
    """0: never right; 1: wrong the last time; 2: right."""
    if past is None or not past.ever_right:
        return 0
    return 2 if past.last_right else 1


@given(pools, pasts, st.integers(0, 12), seeds)
def test_a_round_has_no_question_twice_and_leaves_out_none_it_should_prefer(
    pool: list[PoolQuestion], past: dict[int, Past], count: int, seed: str
) -> None:
    taken = choose(pool, past, (), count, seed)
    ids = [one.question_id for one in taken]
    everything = {one.question_id for one in pool}
    assert len(set(ids)) == len(ids) == min(count, len(everything))
    assert set(taken) <= set(pool)
    left = everything - set(ids)
    if taken and left:
        worst = max(need(past.get(one)) for one in ids)
        assert worst <= min(need(past.get(one)) for one in left)
        if worst == 2:
            newest = max(past[one].last_at for one in ids if need(past.get(one)) == 2)
            assert newest <= min(past[one].last_at for one in left if need(past.get(one)) == 2)


@given(distinct, pasts, st.integers(0, 12), seeds)
def test_the_same_seed_gives_the_same_round_whatever_the_order_of_the_pool(
    pool: list[PoolQuestion], past: dict[int, Past], count: int, seed: str
) -> None:
    assert choose(pool, past, (), count, seed) == choose(pool[::-1], past, (), count, seed)


@given(pools, st.integers(1, 12), seeds)
def test_a_round_keeps_to_its_topics(pool: list[PoolQuestion], count: int, seed: str) -> None:
    assert {one.topic for one in choose(pool, {}, ["fire"], count, seed)} <= {"fire"}


def test_a_question_in_two_versions_is_asked_in_the_newer() -> None:
    pool = [PoolQuestion(1, 10, "fire"), PoolQuestion(1, 12, "fire"), PoolQuestion(1, 11, "fire")]
    assert choose(pool, {}, (), 5, "seed") == [PoolQuestion(1, 12, "fire")]


def test_different_seeds_ask_different_questions() -> None:
    pool = [PoolQuestion(n, n, "fire") for n in range(100)]
    rounds = {tuple(one.question_id for one in choose(pool, {}, (), 5, str(seed))) for seed in range(20)}
    assert len(rounds) > 15


@given(seeds, st.integers(0, 30), st.integers(1, 8))
def test_options_are_shown_each_once(seed: str, slot: int, options: int) -> None:
    assert sorted(option_order(seed, slot, options)) == list(range(options))


@pytest.mark.parametrize(
    ("took", "minimum", "fast"),
    [("0.2", 2, True), ("1.999", 2, True), ("2", 2, False), ("0", 0, False), ("90000", 2, False)],
)
def test_an_answer_is_too_fast_below_the_minimum(took: str, minimum: int, fast: bool) -> None:
    assert is_too_fast(Decimal(took), minimum) is fast


@pytest.mark.parametrize(
    ("flags", "ago_s", "left"),
    [
        ([True, True, True], 0, 20),
        ([True, True, True], 19.5, 1),
        ([True, True, True], 20, 0),
        ([True, True], 0, 0),
        ([False, True, True, True], 0, 0),
        ([True, True, False], 0, 0),
        ([], 0, 0),
    ],
)
def test_three_fast_answers_in_a_row_make_one_wait(flags: list[bool], ago_s: float, left: int) -> None:
    assert wait_left_s(flags, AT - timedelta(seconds=ago_s), AT) == left


def test_nobody_waits_before_the_first_answer() -> None:
    assert wait_left_s([], None, AT) == 0


@given(st.lists(st.booleans(), max_size=12))
def test_the_book_holds_a_question_from_a_wrong_answer_until_two_right_ones(answers: list[bool]) -> None:
    held: BookState | None = None
    for is_right in answers:
        held = book_after(held, is_right)
    if all(answers):
        assert held is None
        return
    assert held is not None
    last_wrong = max(at for at, is_right in enumerate(answers) if not is_right)
    assert held.wrong_count == answers.count(False)
    assert held.right_streak == len(answers) - 1 - last_wrong
    assert held.is_in is (held.right_streak < 2)
