"""Beats that no page of ours would send are refused whole."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.learning.errors import BadBeat
from webapp.learning.rules.beats import LAST_SECOND, Sent, read_beat, read_number
from webapp.learning.rules.watching import MAX_SPANS

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["spans", "at", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def test_a_beat_is_read_and_claimed_totals_are_not() -> None:
    body = {"spans": [[0, 15], [40, 40]], "at": 15, "credited_s": 9999, "elapsed_s": 9999}
    assert read_beat(body) == Sent(((0, 15), (40, 40)), 15)
    assert read_beat({}) == Sent((), 0)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"spans": {}},
        {"spans": [[5, 4]]},
        {"spans": [[-1, 4]]},
        {"spans": [[0.5, 4]]},
        {"spans": [[True, 4]]},
        {"spans": [["0", 4]]},
        {"spans": [[0, 1, 2]]},
        {"spans": [[0, LAST_SECOND + 1]]},
        {"spans": [[0, 1]] * (MAX_SPANS + 1)},
        {"at": None},
    ],
)
def test_what_is_no_beat_is_refused(body: Any) -> None:
    with pytest.raises(BadBeat):
        read_beat(body)


@pytest.mark.parametrize("body", [None, {}, {"number": "1"}, {"number": -1}])
def test_an_answer_names_its_question(body: Any) -> None:
    with pytest.raises(BadBeat):
        read_number(body)


@given(json)
def test_any_json_is_a_beat_or_refused(body: Any) -> None:
    try:
        sent = read_beat(body)
    except BadBeat:
        return
    assert all(0 <= start_s <= end_s <= LAST_SECOND for start_s, end_s in sent.spans)
