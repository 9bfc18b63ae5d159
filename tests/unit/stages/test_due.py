"""What a host has to do next about a list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.stages.rules.due import Due, Facts, due
from webapp.stages.rules.states import ListState

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
PAST, AHEAD = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
OVER = Facts(None, ends_at=PAST, has_results=True)
FACTS = st.builds(
    Facts,
    state=st.none() | st.sampled_from(list(ListState)),
    ends_at=st.sampled_from([None, PAST, AHEAD]),
    notice_ends_at=st.sampled_from([None, PAST, AHEAD]),
    is_nominated=st.booleans(),
    next_is_over=st.booleans(),
    has_waiting=st.booleans(),
    has_results=st.booleans(),
    submissions=st.integers(0, 2),
    objections=st.integers(0, 2),
    asked=st.booleans(),
    closes_alone=st.booleans(),
    is_held=st.booleans(),
)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (OVER, Due.FREEZE),
        (replace(OVER, ends_at=AHEAD), None),
        (replace(OVER, ends_at=None), None),
        (replace(OVER, has_waiting=True), None),
        (replace(OVER, has_results=False), None),
        (replace(OVER, closes_alone=True), None),
        (replace(OVER, ends_at=AHEAD, is_held=True), Due.GATHER),
        (Facts(None, is_nominated=True, submissions=1, is_held=True), Due.GATHER),
        (Facts(ListState.FROZEN, is_held=True), Due.RECHECK),
        (replace(OVER, is_nominated=True, has_results=False), Due.BRING),
        (replace(OVER, is_nominated=True, next_is_over=True), None),
        (Facts(None, is_nominated=True, submissions=1), Due.TAKE),
        (Facts(ListState.FROZEN), Due.RECHECK),
        (Facts(ListState.RECHECKING), Due.RECHECK),
        (Facts(ListState.RECHECKED), Due.COMPUTE),
        (Facts(ListState.REGRADED), Due.POST),
        (Facts(ListState.REGRADED, submissions=1), Due.TAKE),
        (Facts(ListState.READY, submissions=1), Due.AGREE),
        (Facts(ListState.POSTED, notice_ends_at=AHEAD), None),
        (Facts(ListState.POSTED, notice_ends_at=PAST), Due.FINALISE),
        (Facts(ListState.POSTED, notice_ends_at=PAST, objections=1), Due.ANSWER),
        (Facts(ListState.POSTED, notice_ends_at=PAST, asked=True), Due.AGREE),
        (Facts(ListState.POSTED, notice_ends_at=AHEAD, submissions=1), Due.TAKE),
        (Facts(ListState.FINAL), None),
        (Facts(ListState.FINAL, submissions=1), Due.TAKE),
    ],
)
def test_the_next_step_of_a_list(facts: Facts, expected: Due | None) -> None:
    assert due(facts, NOW) is expected


@given(FACTS)
def test_nothing_is_due_while_a_worker_is_at_it_and_nothing_comes_and_goes_with_time_alone(
    facts: Facts,
) -> None:
    assert due(replace(facts, is_working=True), NOW) is None
    first = due(facts, NOW)
    assert first is None or due(facts, NOW + timedelta(days=300)) is not None, (
        "what is due stays due until it is done"
    )
