"""Seats in sessions: who may choose, and the public rule for whoever has not chosen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.exam.errors import BookingClosed, SessionClosed, SessionFull
from webapp.exam.rules.sessions import Seats, assign, booking_is_open, require_open, require_seat

NOW = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def session(
    session_id: int, seats: int = 10, taken: int = 0, opens_h: int = 24, closed: bool = False
) -> Seats:
    opens = NOW + opens_h * HOUR
    return Seats(session_id, opens, opens + HOUR, seats, taken, closed)


@st.composite
def halls(draw: st.DrawFn) -> list[Seats]:
    found = []
    for session_id in range(1, draw(st.integers(0, 6)) + 1):
        seats = draw(st.integers(1, 12))
        taken = draw(st.integers(0, seats))
        found.append(session(session_id, seats, taken, draw(st.integers(-3, 3)), draw(st.booleans())))
    return found


@given(st.sets(st.integers(1, 10_000), max_size=40), halls(), st.randoms())
def test_assignment_fills_free_seats_and_never_more(
    people: set[int], sessions: list[Seats], chance: object
) -> None:
    found = assign(people, sessions, NOW)
    open_ones = {one.session_id: one for one in sessions if one.takes_people(NOW)}
    for session_id, one in open_ones.items():
        assert sum(1 for place in found.values() if place == session_id) <= one.free
    assert set(found.values()) <= set(open_ones), "closed and past sessions take nobody"
    free = sum(one.free for one in open_ones.values())
    assert len(found) == min(len(people), free), "nobody stays out while a seat is free"
    assert set(found) == set(sorted(people)[: len(found)]), "first confirmed, first served"
    mixed, turned = list(people), list(sessions)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    chance.shuffle(turned)  # type: ignore[attr-defined]
    assert assign(mixed, turned, NOW) == found, "the order of asking changes nothing"


def test_the_emptiest_session_comes_first_then_the_earlier_one() -> None:
    sessions = [session(1, 3, opens_h=30), session(2, 3, opens_h=24), session(3, 5, opens_h=40)]
    assert assign([9, 7, 8, 5, 6], sessions, NOW) == {5: 3, 6: 3, 7: 2, 8: 1, 9: 3}


@pytest.mark.parametrize(
    ("at", "expected"),
    [(NOW - timedelta(microseconds=1), False), (NOW, True), (NOW + HOUR - timedelta(microseconds=1), True), (NOW + HOUR, False)],
)  # fmt: skip
def test_booking_is_half_open(at: datetime, expected: bool) -> None:
    assert booking_is_open(NOW, NOW + HOUR, at) is expected
    if not expected:
        with pytest.raises(BookingClosed):
            require_open(NOW, NOW + HOUR, at)


def test_an_exam_without_a_booking_window_takes_no_bookings() -> None:
    with pytest.raises(BookingClosed):
        require_open(None, None, NOW)


def test_a_seat_needs_an_open_session_with_room() -> None:
    assert require_seat(session(1, 10, 9), None, NOW) is True
    assert require_seat(session(1, 10, 10), 1, NOW) is False, (
        "booking one's own session again changes nothing"
    )
    with pytest.raises(SessionFull):
        require_seat(session(1, 10, 10), 2, NOW)
    with pytest.raises(SessionClosed):
        require_seat(session(1, closed=True), None, NOW)
    with pytest.raises(SessionClosed):
        require_seat(session(1, opens_h=-1), None, NOW)
