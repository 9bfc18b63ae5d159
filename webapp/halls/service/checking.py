"""Check-in at the hall: who came, who looked at the document, who may start."""

import time
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core.db import db, let_go
from webapp.halls.errors import (
    AlreadyCheckedIn,
    NotCheckedIn,
    NotIdentified,
    NotYetThere,
    ReasonNeeded,
    StartedAlready,
)
from webapp.halls.models import HallCheck
from webapp.halls.queries.halls import exams_that_check, plan_of
from webapp.halls.queries.seats import seat_of

TICKET, LIST = "ticket", "list"
KNOWN_FOR_S = 5.0
"""For so long a process remembers which exams ask for check-in: others start without a query of ours."""


@dataclass(frozen=True)
class Identity:
    """What the checker has ticked."""

    document_seen: bool
    face_agrees: bool


_IN = text(
    """
    UPDATE hall_seats SET checked_in_at = :at, checked_in_by_account_id = :account_id
    WHERE exam_id = :exam_id AND participation_id = :participation_id AND checked_in_at IS NULL
    RETURNING hall_id
    """
)
_OUT = text(
    """
    UPDATE hall_seats SET checked_in_at = NULL, checked_in_by_account_id = NULL
    WHERE exam_id = :exam_id AND participation_id = :participation_id AND checked_in_at IS NOT NULL
    RETURNING hall_id
    """
)
_MISSING = text(
    """
    SELECT h.name, s.label FROM participations p
    JOIN hall_seats s ON s.participation_id = p.id AND s.exam_id = :exam_id
    JOIN halls h ON h.id = s.hall_id
    WHERE p.person_id = :person_id AND p.state = 'active' AND h.needs_check_in AND s.checked_in_at IS NULL
    """
)


def check_in(
    exam_id: int, participation_id: int, identity: Identity, how: str, account_id: int, at: datetime
) -> bool:
    """Note that an identified person is there; True when it was after the stated time.

    how: 'ticket' (code read or typed) or 'list'. Two checkers at once: one of them is told that it is done.
    raise (SeatNotFound, AlreadyCheckedIn). raise (NotIdentified): a box is not ticked."""
    if not (identity.document_seen and identity.face_agrees):
        raise NotIdentified
    seat_of(exam_id, participation_id)
    values = {"exam_id": exam_id, "participation_id": participation_id, "at": at, "account_id": account_id}
    hall_id = db.session.execute(_IN, values).scalar_one_or_none()
    if hall_id is None:
        raise AlreadyCheckedIn
    late_from = plan_of(exam_id).late_from
    is_late = late_from is not None and at >= late_from
    db.session.add(
        HallCheck(
            exam_id=exam_id, participation_id=participation_id, hall_id=hall_id, kind="in", how=how,
            document_seen=True, face_agrees=True, is_late=is_late, by_account_id=account_id, at=at,
        )
    )  # fmt: skip
    record("hall.check-in", "participation", participation_id, exam_id=exam_id, how=how, late=is_late)
    return is_late


def undo(exam_id: int, participation_id: int, reason: str, account_id: int, at: datetime) -> None:
    """Take a check-in back, with the reason. raise (SeatNotFound, ReasonNeeded, NotYetThere).

    raise (StartedAlready): the person has begun to write."""
    if not reason.strip():
        raise ReasonNeeded
    if seat_of(exam_id, participation_id).state not in {"", "created", "void"}:
        raise StartedAlready
    values = {"exam_id": exam_id, "participation_id": participation_id}
    hall_id = db.session.execute(_OUT, values).scalar_one_or_none()
    if hall_id is None:
        raise NotYetThere
    db.session.add(
        HallCheck(
            exam_id=exam_id, participation_id=participation_id, hall_id=hall_id, kind="undone",
            reason=reason.strip()[:500], by_account_id=account_id, at=at,
        )
    )  # fmt: skip
    record("hall.check-in.undo", "participation", participation_id, why=reason.strip()[:500], exam_id=exam_id)


_known: tuple[float, frozenset[int]] = (0.0, frozenset())
_lock = Lock()


def may_start(exam_id: int, person_id: int) -> None:
    """The exam package asks this before a start. raise (NotCheckedIn): the person's hall asks for check-in.

    Who has no seat in a hall starts as in any online exam."""
    if exam_id not in _exams_that_check():
        return
    row = db.session.execute(_MISSING, {"exam_id": exam_id, "person_id": person_id}).first()
    let_go()
    if row is not None:
        raise NotCheckedIn(hall=row.name, label=row.label)


def forget_exams() -> None:
    """Look again at the next start: after halls changed here."""
    global _known  # noqa: PLW0603 - one memory a process is the point
    with _lock:
        _known = (0.0, frozenset())


def _exams_that_check() -> frozenset[int]:
    global _known  # noqa: PLW0603
    until, found = _known
    if time.monotonic() < until:
        return found
    found = exams_that_check()
    let_go()
    with _lock:
        _known = (time.monotonic() + KNOWN_FOR_S, found)
    return found
