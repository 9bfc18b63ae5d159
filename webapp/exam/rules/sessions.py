"""Bookable sessions (场次): who may choose what, and who is put where when the choice is over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.exam.errors import BookingClosed, SessionClosed, SessionFull


@dataclass(frozen=True)
class Seats:
    """One session as booking sees it. taken: 0 .. seats."""

    session_id: int
    opens_at: datetime
    starts_until: datetime
    seats: int
    taken: int
    is_closed: bool

    @property
    def free(self) -> int:
        return self.seats - self.taken

    def takes_people(self, at: datetime) -> bool:
        """Whether anybody can still come to it: not closed, and its latest start lies ahead."""
        return not self.is_closed and at < self.starts_until


def booking_is_open(opens_at: datetime | None, closes_at: datetime | None, at: datetime) -> bool:
    """Half-open [opens_at, closes_at); an exam without a booking window takes no bookings."""
    return opens_at is not None and closes_at is not None and opens_at <= at < closes_at


def require_open(opens_at: datetime | None, closes_at: datetime | None, at: datetime) -> None:
    """raise (BookingClosed): contestants may not choose, change or cancel at `at`."""
    if not booking_is_open(opens_at, closes_at, at):
        raise BookingClosed


def require_seat(session: Seats, held_id: int | None, at: datetime) -> bool:
    """Whether the booking changes anything: False when the person already holds a seat there.

    raise (SessionClosed): it takes nobody any more. raise (SessionFull): no seat is free."""
    if session.session_id == held_id:
        return False
    if not session.takes_people(at):
        raise SessionClosed
    if session.free < 1:
        raise SessionFull
    return True


def assign(people: Iterable[int], sessions: Sequence[Seats], at: datetime) -> dict[int, int]:
    """Seats for people who have chosen none: participation id -> session id.

    The public rule: people come in the order of their participation (first confirmed, first served);
    each gets a seat in the session with the most free seats; among equals in the one that opens first,
    then in the one that the file names first (the lower id). Sessions that are closed or whose latest
    start has passed take nobody. Who finds no seat is missing from the answer. The same people and
    sessions give the same answer in whatever order they are handed in."""
    places = {session.session_id: session for session in sessions if session.takes_people(at)}
    free = {session_id: session.free for session_id, session in places.items()}
    found: dict[int, int] = {}
    for participation_id in sorted(set(people)):
        best = min(
            (session_id for session_id, left in free.items() if left > 0),
            key=lambda session_id: (-free[session_id], places[session_id].opens_at, session_id),
            default=None,
        )
        if best is None:
            break
        free[best] -= 1
        found[participation_id] = best
    return found
