"""Where a list that an organisation sent stands."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.stages.rules.states import ListState
from webapp.stages.rules.submissions import WAITING, Standing, Submission, may_send, sends_until, standing

STATES = st.none() | st.sampled_from(list(ListState))
INSTANTS = st.none() | st.integers(0, 400).map(
    lambda day: datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=day)
)


@given(st.sampled_from(list(Submission)), STATES, STATES)
def test_the_host_has_to_act_exactly_where_nothing_of_it_stands_on_a_list(
    state: Submission, own: ListState | None, posted: ListState | None
) -> None:
    now = standing(state, own, posted)
    is_given_up = state is Submission.TAKEN and own is ListState.DROPPED
    assert (now in WAITING) == (state is Submission.SENT or is_given_up)
    if state is not Submission.TAKEN:
        assert now == state.value, "lists tell nothing of what was not taken in"


def test_whoever_was_taken_in_follows_the_list_and_what_supersedes_it() -> None:
    taken = Submission.TAKEN
    assert standing(taken, ListState.RECHECKING, None) is Standing.TAKEN
    assert standing(taken, ListState.POSTED, ListState.POSTED) is Standing.POSTED
    assert standing(taken, ListState.FINAL, ListState.FINAL) is Standing.FINAL
    assert standing(taken, ListState.RECHECKING, ListState.FINAL) is Standing.TAKEN, (
        "an earlier list is not its own"
    )
    assert standing(taken, ListState.SUPERSEDED, ListState.POSTED) is Standing.POSTED


@given(INSTANTS, INSTANTS)
def test_sending_ends_with_the_first_known_end(closes: datetime | None, after: datetime | None) -> None:
    until = sends_until(closes, after)
    assert (until is None) == (closes is None and after is None)
    assert all(until <= one for one in (closes, after) if until is not None and one is not None)


def test_a_file_that_names_no_level_lets_every_level_send() -> None:
    assert may_send((), "industry")
    assert may_send(("county", "city"), "city")
    assert not may_send(("county", "city"), "unit")
