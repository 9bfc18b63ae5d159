"""What contestants and hosts see of bookable sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from webapp.core.db import db
from webapp.exam.rules.sessions import Seats
from webapp.registration.queries.entrants import SITS

PAGE = 50


@dataclass(frozen=True)
class SessionView:
    """One session with its fill."""

    session_id: int
    key: str
    title: dict[str, str]
    places: list[str]
    opens_at: datetime
    starts_until: datetime
    closes_at: datetime
    seats: int
    taken: int
    is_closed: bool

    def as_seats(self) -> Seats:
        """What the rules go by."""
        return Seats(
            self.session_id, self.opens_at, self.starts_until, self.seats, self.taken, self.is_closed
        )


@dataclass(frozen=True)
class BookingFrame:
    """When people choose among the sessions of an exam."""

    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True)
class Sitter:
    """One contestant in the hosts' list. source: '' (no seat) | self | assigned | host.
    state: '' (no paper) | created | open | submitted | graded | void."""

    participation_id: int
    name: str
    number: str
    unit: str
    session_id: int | None
    session_title: dict[str, str] | None
    source: str
    state: str

    @property
    def may_move(self) -> bool:
        return self.state in {"", "created", "void"}


_SESSIONS = """
    SELECT id AS session_id, key, title, places, opens_at, starts_until, closes_at, seats, taken, is_closed
    FROM exam_sessions WHERE exam_id = :exam_id ORDER BY {order} {lock}
"""
_FRAME = text("SELECT booking_opens_at, booking_closes_at FROM exams WHERE id = :exam_id")
_HELD = text(
    "SELECT session_id FROM session_bookings WHERE exam_id = :exam_id AND participation_id = :participation_id"
)
_WITHOUT = text(
    f"""
    SELECT count(*) FROM participations p JOIN exams e ON e.event_id = p.event_id
    WHERE e.id = :exam_id AND p.state = 'active' AND {SITS}
      AND NOT EXISTS (SELECT FROM session_bookings b WHERE b.exam_id = e.id AND b.participation_id = p.id)
    """  # noqa: S608 - no value of anybody is spliced in
)
_SITTERS = text(
    f"""
    SELECT p.id AS participation_id, person.name, p.number, coalesce(unit.name, '') AS unit, b.session_id,
           x.title AS session_title, coalesce(b.source, '') AS source, coalesce(latest.state, '') AS state,
           count(*) OVER () AS total
    FROM participations p
    JOIN exams e ON e.event_id = p.event_id
    JOIN persons person ON person.id = p.person_id
    LEFT JOIN organisations unit ON unit.id = p.unit_id
    LEFT JOIN session_bookings b ON b.exam_id = e.id AND b.participation_id = p.id
    LEFT JOIN exam_sessions x ON x.id = b.session_id
    LEFT JOIN LATERAL (
        SELECT s.state FROM sheets s JOIN attempts a ON a.id = s.attempt_id
        WHERE s.exam_id = e.id AND s.participation_id = p.id ORDER BY a.number DESC LIMIT 1
    ) latest ON true
    WHERE e.id = :exam_id AND p.state = 'active' AND ({SITS} OR latest.state <> 'created')
      AND (:shown = 0 OR (:shown = -1 AND b.id IS NULL) OR b.session_id = :shown)
      AND (:words = '' OR strpos(person.name, :words) > 0 OR p.number = :words)
    ORDER BY p.number LIMIT :page_size OFFSET :offset
    """  # noqa: S608 - no value of anybody is spliced in
)


def sessions(exam_id: int) -> list[SessionView]:
    """The sessions of an exam by their opening."""
    return _read(exam_id, "opens_at, id", "")


def lock_sessions(exam_id: int) -> list[SessionView]:
    """The sessions of an exam in the order of their ids, held until the transaction ends."""
    return _read(exam_id, "id", "FOR UPDATE")


def frame(exam_id: int) -> BookingFrame:
    """When contestants of this exam choose; both None where it has no sessions."""
    row = db.session.execute(_FRAME, {"exam_id": exam_id}).one_or_none()
    return BookingFrame(row.booking_opens_at, row.booking_closes_at) if row else BookingFrame(None, None)


def held_session(exam_id: int, participation_id: int) -> int | None:
    """The session in which this participation holds a seat, or None."""
    found: int | None = db.session.scalar(_HELD, {"exam_id": exam_id, "participation_id": participation_id})
    return found


def count_without(exam_id: int) -> int:
    """How many active contestants hold no seat."""
    return int(db.session.scalar(_WITHOUT, {"exam_id": exam_id}) or 0)


def sitters(exam_id: int, shown: int, words: str, page: int) -> tuple[list[Sitter], int]:
    """One page of the contestants by number. shown: a session id, -1 for those without a seat, 0 for all."""
    values = {
        "exam_id": exam_id,
        "shown": shown,
        "words": words.strip(),
        "page_size": PAGE,
        "offset": (max(1, page) - 1) * PAGE,
    }
    rows = db.session.execute(_SITTERS, values).mappings().all()
    found = [Sitter(**{name: row[name] for name in row if name != "total"}) for row in rows]
    return found, int(rows[0]["total"]) if rows else 0


def _read(exam_id: int, order: str, lock: str) -> list[SessionView]:
    statement = text(_SESSIONS.format(order=order, lock=lock))
    rows: Any = db.session.execute(statement, {"exam_id": exam_id}).mappings()
    return [SessionView(**row) for row in rows]
