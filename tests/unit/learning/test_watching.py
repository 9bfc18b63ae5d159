"""Which seconds count, whatever a browser claims (the arithmetic behind rows P01 and P02)."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.learning.rules.watching import (
    QUIET_END_S,
    SLACK_S,
    Span,
    Watched,
    answered,
    beat,
    bounded,
    credited_seconds,
    cut,
    enough_seconds,
    first_seconds,
    is_enough,
    presence_gap,
    reading_seconds,
    seconds_of,
    union,
    without,
)

LENGTH_S = 90
SPEED = Decimal("1.5")

spans = st.lists(
    st.tuples(st.integers(0, 120), st.integers(0, 40)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=8,
)
elapsed = st.decimals(0, 40, places=3)


def each(many: list[Span] | tuple[Span, ...]) -> set[int]:
    """The spans second by second: the slow and plain way to the same thing."""
    return {second for start_s, end_s in many for second in range(start_s, end_s)}


@pytest.mark.parametrize(
    ("claimed", "credited_s"),
    [
        ([], 0),
        ([(0, 90)], 90),
        ([(0, 10), (5, 15), (15, 20)], 20),
        ([(80, 200)], 10),
        ([(100, 200)], 0),
        ([(7, 7)], 0),
    ],
    ids=["nothing", "all", "overlapping", "past-the-end", "beyond", "empty-span"],
)
def test_each_second_of_the_video_counts_once(claimed: list[Span], credited_s: int) -> None:
    assert credited_seconds(claimed, LENGTH_S) == credited_s


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        union([(10, 5)])


@given(spans, spans)
def test_sets_of_seconds_are_what_counting_second_by_second_gives(one: list[Span], other: list[Span]) -> None:
    assert each(union(one, other)) == each(one) | each(other)
    assert each(without(one, other)) == each(one) - each(other)
    assert each(cut(one, LENGTH_S)) == each(one) & set(range(LENGTH_S))
    assert seconds_of(one) == len(each(one))


@given(spans, st.integers(-3, 60))
def test_first_seconds_are_the_earliest_of_the_video(many: list[Span], most_s: int) -> None:
    assert sorted(each(first_seconds(many, most_s))) == sorted(each(many))[: max(0, most_s)]


@given(spans)
def test_the_union_is_sorted_and_apart(many: list[Span]) -> None:
    found = union(many)
    assert all(end_s > start_s for start_s, end_s in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))
    assert union(found, many) == found


@given(spans, elapsed, st.decimals("0.5", 3, places=2))
def test_no_claim_beats_the_clock(many: list[Span], elapsed_s: Decimal, speed: Decimal) -> None:
    kept = bounded(many, elapsed_s, speed)
    assert seconds_of(kept) <= elapsed_s * speed + SLACK_S
    assert each(kept) <= each(many)


@pytest.mark.parametrize(
    ("length_s", "pct", "needed_s"),
    [(100, 90, 90), (101, 90, 91), (1, 90, 1), (0, 90, 1), (60, 100, 60)],
)
def test_enough_is_rounded_up_and_never_nothing(length_s: int, pct: int, needed_s: int) -> None:
    assert enough_seconds(length_s, pct) == needed_s
    assert is_enough(needed_s, length_s, pct)
    assert not is_enough(needed_s - 1, length_s, pct)


def test_reading_the_text_takes_as_long_as_watching_at_full_speed() -> None:
    assert reading_seconds(100, 90, SPEED) == 60
    assert reading_seconds(101, 90, SPEED) == 61  # 91 / 1.5 = 60.67


@given(st.integers(1, 400), st.integers(0, 400), st.text(min_size=1), st.integers(0, 50))
def test_the_gap_to_the_question_lies_in_the_range_of_the_contest(
    from_s: int, more_s: int, session: str, number: int
) -> None:
    gap_s = presence_gap(b"secret", session, number, from_s, from_s + more_s)
    assert from_s <= gap_s <= from_s + more_s
    assert gap_s == presence_gap(b"secret", session, number, from_s, from_s + more_s)


def test_the_gap_cannot_be_told_without_the_secret() -> None:
    told = {presence_gap(secret, "session", 0, 60, 100_000) for secret in (b"one", b"two", b"three")}
    assert len(told) == 3
    assert len({presence_gap(b"one", "session", number, 60, 100_000) for number in range(5)}) == 5


def test_an_empty_range_of_gaps_is_refused() -> None:
    with pytest.raises(ValueError, match="no gap"):
        presence_gap(b"secret", "session", 0, 10, 9)


beats = st.lists(st.tuples(spans, elapsed), max_size=12)


@given(beats, st.none() | st.integers(1, 60))
def test_a_session_never_counts_more_than_its_time_at_the_allowed_speed(
    sent: list[tuple[list[Span], Decimal]], presence_left_s: int | None
) -> None:
    state, played_s, claimed = Watched(presence_left_s=presence_left_s), Decimal(0), set()
    for many, elapsed_s in sent:
        before, state = state, beat(state, many, elapsed_s, LENGTH_S, SPEED, in_time=True)
        played_s += elapsed_s
        claimed |= each(many)
        counted = each(state.spans) | each(state.held)
        assert len(counted) <= played_s * SPEED + SLACK_S
        assert counted <= claimed & set(range(LENGTH_S))
        assert each(before.spans) <= each(state.spans)
        assert not each(state.spans) & each(state.held)
        assert state.budget_s <= SLACK_S


@given(beats, st.integers(1, 200))
def test_repeating_a_beat_without_time_changes_little_and_only_once(
    sent: list[tuple[list[Span], Decimal]], times: int
) -> None:
    state = Watched()
    for many, elapsed_s in sent:
        state = beat(state, many, elapsed_s, LENGTH_S, SPEED, in_time=True)
    if not sent:
        return
    again = state
    for _ in range(times):
        again = beat(again, sent[-1][0], Decimal(0), LENGTH_S, SPEED, in_time=True)
    assert seconds_of(again.spans) - seconds_of(state.spans) <= SLACK_S


def test_nothing_counts_past_an_open_question_until_it_is_answered() -> None:
    state = beat(Watched(presence_left_s=20), [(0, 30)], Decimal(30), LENGTH_S, SPEED, in_time=True)
    assert state.is_asked
    assert state.spans == ((0, 20),)
    assert state.held == ((20, 30),)
    state = beat(state, [(30, 40)], Decimal(10), LENGTH_S, SPEED, in_time=True)
    assert state.spans == ((0, 20),)
    assert answered(state, 60, in_time=True).spans == ((0, 40),)
    assert answered(state, 60, in_time=True).presence_left_s == 60
    late = beat(state, [(40, 50)], Decimal(100), LENGTH_S, SPEED, in_time=False)
    assert late.held == ((20, 40),)
    assert answered(late, 60, in_time=False) == Watched(((0, 20),), (), late.budget_s, 60, False)


def test_nobody_is_asked_in_the_last_seconds() -> None:
    state = Watched(spans=((0, 80),), presence_left_s=3)
    state = beat(state, [(80, 90)], Decimal(10), LENGTH_S, SPEED, in_time=True)
    assert not state.is_asked
    assert state.spans == ((0, 90),)
    assert state.presence_left_s == QUIET_END_S
