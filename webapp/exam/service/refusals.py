"""Why a guarded statement touched no row, in words, and the evidence that is kept of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import text

from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.exam.errors import (
    AttemptClosed,
    AttemptNotFound,
    AttemptNotStarted,
    AttemptVoid,
    ExamHeldBack,
    ExamNotOpen,
    ExamOver,
    ExamStopped,
    LeaseLost,
    TooLate,
)
from webapp.exam.rules.saving import Running
from webapp.exam.rules.states import AttemptState
from webapp.exam.rules.timing import accepts, remaining_s

_LOOK = text(
    """
    SELECT s.state, s.lease, s.lease_device, s.deadline_at, s.grace_s, s.void_reason, s.exam_id,
           e.state = 'blocked' AS is_held_back, coalesce(s.opens_at, e.opens_at) AS opens_at,
           coalesce(s.starts_until, e.closes_at) AS closes_at
    FROM sheets s JOIN exams e ON e.id = s.exam_id
    WHERE s.attempt_id = :attempt_id AND s.person_id = :person_id
    """
)

# One row per item; a foreign attempt leaves nothing. Repeats are kept once per lease and change.
_KEEP = """
INSERT INTO answer_events (exam_id, attempt_id, slot, seq, answer, lease, is_late, outcome, arrived_at)
SELECT s.exam_id, s.attempt_id, sent.slot, sent.seq, sent.answer, %(lease)s::text,
       coalesce(%(arrival)s::timestamptz >= s.deadline_at, false),
       CASE WHEN s.state <> 'open' THEN 'refused-' || s.state
            WHEN s.lease <> %(lease)s::text THEN 'refused-lease' ELSE 'refused-late' END,
       %(arrival)s::timestamptz
FROM sheets s,
     unnest(%(slots)s::int[], %(seqs)s::bigint[], %(answers)s::text[]) AS sent(slot, seq, answer)
WHERE s.attempt_id = %(attempt_id)s AND s.person_id = %(person_id)s
  AND NOT EXISTS (SELECT FROM answer_events e
                  WHERE e.attempt_id = s.attempt_id AND e.slot = sent.slot AND e.seq = sent.seq
                    AND e.lease = %(lease)s::text AND e.answer = sent.answer)
"""


def keep_evidence(cursor: Any, values: dict[str, Any]) -> None:
    """Append what was refused to the answer events: it settles disputes. values: those of the save."""
    cursor.execute(_KEEP, values)


def reason(attempt_id: int, person_id: int, lease: str, arrival: datetime) -> DomainError:
    """The refusal to raise after a save, heartbeat or submit of an attempt found nothing to change."""
    row = _look(attempt_id, person_id)
    if row is None:
        return AttemptNotFound()
    refusal = _by_state(row)
    if refusal is not None:
        return refusal
    if row["lease"] != lease:
        return LeaseLost()
    if not accepts(arrival, row["deadline_at"], row["grace_s"]).accepted:
        return TooLate()
    # It was refused a moment ago and would be taken now (an extension came in between): try again.
    return ExamStopped()


def running_or_reason(attempt_id: int, person_id: int, device: str, arrival: datetime) -> Running:
    """After a start found no drawn paper: the attempt that already runs on this device, or why not."""
    row = _look(attempt_id, person_id)
    if row is None:
        raise AttemptNotFound
    if row["state"] == AttemptState.OPEN:
        if row["lease_device"] != device:
            raise LeaseLost
        return Running(
            row["exam_id"], row["deadline_at"], remaining_s(arrival, row["deadline_at"]), lease=row["lease"]
        )
    if row["state"] == AttemptState.CREATED:
        if arrival < row["opens_at"]:
            raise ExamNotOpen(opens=row["opens_at"])
        if arrival >= row["closes_at"]:
            raise ExamOver
        if row["is_held_back"]:
            raise ExamHeldBack
        raise ExamStopped
    raise _by_state(row) or AttemptNotFound()


def _by_state(row: dict[str, Any]) -> DomainError | None:
    match row["state"]:
        case AttemptState.CREATED:
            return AttemptNotStarted()
        case AttemptState.VOID:
            return AttemptVoid(reason=row["void_reason"])
        case AttemptState.SUBMITTED | AttemptState.GRADED:
            return AttemptClosed()
        case _:
            return None


def _look(attempt_id: int, person_id: int) -> dict[str, Any] | None:
    row = (
        db.session.execute(_LOOK, {"attempt_id": attempt_id, "person_id": person_id}).mappings().one_or_none()
    )
    return dict(row) if row is not None else None
