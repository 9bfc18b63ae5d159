"""Having papers marked again that were put aside."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job

_AGAIN = text(
    """
    UPDATE sheets s SET grade_tries = 0
    FROM grading_failures f
    WHERE f.attempt_id = s.attempt_id AND f.solved_at IS NULL AND s.state = 'submitted'
      AND s.exam_id = :exam_id AND s.attempt_id = ANY(:attempt_ids)
    RETURNING s.attempt_id
    """
)
_SOLVED = text(
    """
    UPDATE grading_failures SET solved_at = :at
    WHERE attempt_id = ANY(:attempt_ids) AND solved_at IS NULL
    """
)


def mark_again(exam_id: int, attempt_ids: Sequence[int], at: datetime) -> int:
    """Give papers that were put aside three fresh tries, and wake grading; return how many.

    One that fails again comes back to the list. Papers of other exams, void or marked ones are left alone."""
    found = list(db.session.scalars(_AGAIN, {"exam_id": exam_id, "attempt_ids": list(attempt_ids)}))
    if not found:
        return 0
    db.session.execute(_SOLVED, {"attempt_ids": found, "at": at})
    for attempt_id in sorted(found):
        record("attempt.mark-again", "attempt", attempt_id)
    enqueue(Job.GRADE_PENDING, exam_id=exam_id)
    return len(found)
