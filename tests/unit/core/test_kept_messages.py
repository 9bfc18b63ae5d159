"""A message that is kept is said later as it would have been said at once."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.blueprint import Text
from webapp.core.problems import message_from_json, message_to_json
from webapp.core.words import Message

EARLY, LATE = datetime(2000, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
plain = st.one_of(st.text(max_size=20), st.integers(-(10**6), 10**6), st.booleans(), st.none())
instants = st.datetimes(EARLY, LATE, timezones=st.just(UTC))
pairs = st.fixed_dictionaries({"zh": st.text(max_size=9), "en": st.text(max_size=9)})
names = st.text(alphabet="abcdefgh", min_size=1, max_size=6)
messages = st.recursive(
    st.builds(
        Message, st.text(max_size=20), st.dictionaries(names, st.one_of(plain, instants, pairs), max_size=4)
    ),
    lambda inner: st.builds(
        Message, st.text(max_size=20), st.dictionaries(names, st.one_of(plain, inner), max_size=3)
    ),
    max_leaves=4,
)


@given(messages)
def test_what_is_kept_is_read_back(message: Message) -> None:
    assert message_from_json(message_to_json(message)) == message


def test_pairs_of_a_contest_file_and_sums_are_kept_as_they_are_said() -> None:
    kept = message_to_json(Message("x", {"title": Text("焊工", "Welder"), "sum": Decimal("1.50")}))
    assert message_from_json(kept).params == {"title": {"zh": "焊工", "en": "Welder"}, "sum": "1.50"}
