"""What a ticket has to say."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.entry.errors import TicketRefused
from webapp.entry.rules.claims import LEEWAY, LONGEST, read_ticket

NOW = datetime(2026, 5, 22, 9, 0, tzinfo=UTC)
GOOD: dict[str, object] = {
    "iss": "app",
    "aud": "jiangsai",
    "sub": "u-1",
    "jti": "t-1",
    "iat": NOW.timestamp(),
    "exp": (NOW + timedelta(minutes=2)).timestamp(),
    "name": "林晓䶮",
}


def read(at: datetime = NOW, /, **changes: object) -> str:
    return read_ticket({**GOOD, **changes}, "app", "jiangsai", at).outsider.subject


def test_a_good_ticket_tells_who_has_come() -> None:
    found = read_ticket(GOOD, "app", "jiangsai", NOW)
    assert (found.outsider.subject, found.outsider.name, found.number) == ("u-1", "林晓䶮", "t-1")
    assert read(aud=["other", "jiangsai"]) == "u-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other"},
        {"aud": "other"},
        {"aud": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 201},
        {"sub": "a\nb"},
        {"jti": None},
        {"exp": None},
        {"iat": None},
        {"exp": True},
        {"exp": float("inf")},
        {"exp": (NOW + LONGEST + timedelta(seconds=1)).timestamp()},
    ],
)
def test_whatever_is_missing_or_wrong_refuses_the_ticket(changes: dict[str, object]) -> None:
    with pytest.raises(TicketRefused):
        read(NOW, **changes)


def test_a_ticket_lasts_from_its_making_to_its_end_with_little_leeway() -> None:
    assert read(NOW - LEEWAY)
    assert read(NOW + timedelta(minutes=2) + LEEWAY - timedelta(seconds=1))
    for at in (NOW - LEEWAY - timedelta(seconds=1), NOW + timedelta(minutes=2) + LEEWAY):
        with pytest.raises(TicketRefused):
            read(at)


@given(
    st.dictionaries(st.sampled_from(list(GOOD)), st.none() | st.text() | st.integers() | st.lists(st.text()))
)
def test_odd_claims_are_refused_and_nothing_else_happens(changes: dict[str, object]) -> None:
    with suppress(TicketRefused):
        assert read_ticket({**GOOD, **changes}, "app", "jiangsai", NOW).outsider.subject
