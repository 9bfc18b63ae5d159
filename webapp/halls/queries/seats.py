"""Who sits where, and who has come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.core.db import db
from webapp.halls.errors import SeatNotFound
from webapp.halls.rules.seating import Seatee
from webapp.registration.queries.entrants import SITS

BY_SEAT, BY_PINYIN = "seat", "pinyin"


@dataclass(frozen=True)
class SeatView:
    """One person on a seat. document: masked. state: '' (no paper) | created | open | submitted | graded | void."""

    participation_id: int
    person_id: int
    name: str
    pinyin: str
    document: str
    number: str
    unit: str
    hall_id: int
    hall: str
    label: str
    place: int
    code: str
    checked_in_at: datetime | None
    checked_in_by: str
    state: str


# Whose place in the stage was given on stays on no list, unless the person has come or has begun.
_SEATS = text(
    f"""
    SELECT s.participation_id, p.person_id, person.name, person.pinyin, person.document_mask AS document,
           p.number, coalesce(unit.name, '') AS unit, s.hall_id, h.name AS hall, s.label,
           coalesce(array_position(h.labels, s.label), 0) AS place, s.code, s.checked_in_at,
           coalesce(checker.name, '') AS checked_in_by, coalesce(latest.state, '') AS state
    FROM hall_seats s
    JOIN exams e ON e.id = s.exam_id
    JOIN halls h ON h.id = s.hall_id
    JOIN participations p ON p.id = s.participation_id
    JOIN persons person ON person.id = p.person_id
    LEFT JOIN organisations unit ON unit.id = p.unit_id
    LEFT JOIN accounts a ON a.id = s.checked_in_by_account_id
    LEFT JOIN persons checker ON checker.id = a.person_id
    LEFT JOIN LATERAL (
        SELECT x.state FROM sheets x JOIN attempts t ON t.id = x.attempt_id
        WHERE x.exam_id = s.exam_id AND x.participation_id = s.participation_id
        ORDER BY t.number DESC LIMIT 1
    ) latest ON true
    WHERE s.exam_id = :exam_id AND (:hall_id = 0 OR s.hall_id = :hall_id)
      AND (:participation_id = 0 OR s.participation_id = :participation_id)
      AND (:code = '' OR s.code = :code)
      AND (NOT :absent OR s.checked_in_at IS NULL)
      AND (s.checked_in_at IS NOT NULL OR latest.state <> 'created' OR {SITS})
    ORDER BY h.position, h.id, place, s.label
    """  # noqa: S608 - no value of anybody is spliced in
)
_UNSEATED = text(
    f"""
    SELECT p.id, p.unit_id, person.pinyin, p.number
    FROM participations p JOIN exams e ON e.event_id = p.event_id JOIN persons person ON person.id = p.person_id
    WHERE e.id = :exam_id AND p.state = 'active' AND {SITS}
      AND (:everybody OR NOT EXISTS (SELECT FROM hall_seats s
                                     WHERE s.exam_id = e.id AND s.participation_id = p.id))
      AND (NOT :to_come OR NOT EXISTS (SELECT FROM sheets x
                                       WHERE x.exam_id = e.id AND x.participation_id = p.id
                                         AND x.state NOT IN ('created', 'void')))
    ORDER BY p.id
    """  # noqa: S608 - no value of anybody is spliced in
)
_OWN = text(
    f"""
    SELECT e.id AS exam_id, p.id AS participation_id FROM participations p
    JOIN exams e ON e.event_id = p.event_id
    JOIN hall_seats s ON s.exam_id = e.id AND s.participation_id = p.id
    WHERE p.person_id = :person_id AND p.state = 'active' AND (:exam_id = 0 OR e.id = :exam_id)
      AND {SITS}
    ORDER BY e.opens_at, e.id
    """  # noqa: S608 - no value of anybody is spliced in
)
_BUSY = text(
    """
    SELECT EXISTS (SELECT FROM hall_seats WHERE exam_id = :exam_id AND checked_in_at IS NOT NULL)
        OR EXISTS (SELECT FROM sheets WHERE exam_id = :exam_id AND state NOT IN ('created', 'void'))
    """
)


def seats(exam_id: int, hall_id: int = 0, order: str = BY_SEAT, absent: bool = False) -> list[SeatView]:
    """Everybody who sits in an exam, or in one hall; by seat or by pinyin. absent: only who has not come."""
    found = _read(exam_id, hall_id=hall_id, absent=absent)
    return sorted(found, key=lambda one: (one.pinyin, one.number)) if order == BY_PINYIN else found


def seat_of(exam_id: int, participation_id: int) -> SeatView:
    """One person's seat. raise (SeatNotFound)."""
    found = _read(exam_id, participation_id=participation_id) if participation_id else []
    if not found:
        raise SeatNotFound
    return found[0]


def seat_by_code(exam_id: int, code: str) -> SeatView:
    """The seat whose ticket has this code. raise (SeatNotFound): none in this exam."""
    found = _read(exam_id, code=code) if code else []
    if not found:
        raise SeatNotFound
    return found[0]


def _read(
    exam_id: int, hall_id: int = 0, participation_id: int = 0, code: str = "", absent: bool = False
) -> list[SeatView]:
    values = {
        "exam_id": exam_id, "hall_id": hall_id, "participation_id": participation_id, "code": code,
        "absent": absent,
    }  # fmt: skip
    return [SeatView(**row) for row in db.session.execute(_SEATS, values).mappings()]


def to_seat(exam_id: int, everybody: bool = False) -> list[Seatee]:
    """Active people of the exam without a seat, or all of them."""
    return _seatees(exam_id, everybody=everybody)


def still_to_seat(exam_id: int) -> list[Seatee]:
    """Who has no seat and has not begun: whoever writes without a seat goes on where they are."""
    return _seatees(exam_id, to_come=True)


def _seatees(exam_id: int, everybody: bool = False, to_come: bool = False) -> list[Seatee]:
    rows = db.session.execute(_UNSEATED, {"exam_id": exam_id, "everybody": everybody, "to_come": to_come})
    return [Seatee(row.id, row.unit_id, row.pinyin, row.number) for row in rows]


def own_seats(person_id: int, exam_id: int = 0) -> list[tuple[int, int]]:
    """(exam, participation) of a person's own seats, the next exam first."""
    rows = db.session.execute(_OWN, {"person_id": person_id, "exam_id": exam_id})
    return [(row.exam_id, row.participation_id) for row in rows]


def is_under_way(exam_id: int) -> bool:
    """Whether somebody is checked in or has begun to write."""
    return bool(db.session.scalar(_BUSY, {"exam_id": exam_id}))


@dataclass(frozen=True)
class Someone:
    """A person in a preview."""

    name: str
    number: str
    unit: str


_PEOPLE = text(
    f"""
    SELECT p.id, person.name, p.number, coalesce(unit.name, '') AS unit
    FROM participations p JOIN exams e ON e.event_id = p.event_id JOIN persons person ON person.id = p.person_id
    LEFT JOIN organisations unit ON unit.id = p.unit_id
    WHERE e.id = :exam_id AND p.state = 'active' AND {SITS}
    """  # noqa: S608 - no value of anybody is spliced in
)


def people_by_id(exam_id: int) -> dict[int, Someone]:
    """Everybody of the exam, by participation id."""
    rows = db.session.execute(_PEOPLE, {"exam_id": exam_id})
    return {row.id: Someone(row.name, row.number, row.unit) for row in rows}
