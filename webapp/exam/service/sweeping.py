"""Closing what nobody submitted: every expired attempt, with the answers that were acknowledged."""

from datetime import datetime

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.exam.rules.receipt import TITLE
from webapp.exam.service.submitting import RECEIPT_SQL

BATCH = 500

# A grant that committed while an attempt was being started is applied here before anything is closed.
RECONCILE_SQL = """
UPDATE sheets s
SET deadline_at = due.deadline_at
FROM (
    SELECT o.attempt_id,
           least(o.started_at + make_interval(secs => ceil(e.duration_s * p.time_factor)), coalesce(o.closes_at, e.closes_at))
               + make_interval(secs => sum(g.extra_s)) AS deadline_at
    FROM sheets o
    JOIN exams e ON e.id = o.exam_id
    JOIN participations p ON p.id = o.participation_id
    JOIN time_grants g ON g.exam_id = e.id
        AND (g.attempt_id IS NULL OR g.attempt_id = o.attempt_id)
        AND (g.participation_id IS NULL OR g.participation_id = p.id)
        AND (g.hall IS NULL OR g.hall = p.hall)
    WHERE o.state = 'open' {scope}
    GROUP BY o.attempt_id, o.started_at, o.closes_at, e.duration_s, p.time_factor, e.closes_at
) due
WHERE s.attempt_id = due.attempt_id AND s.state = 'open' AND s.deadline_at < due.deadline_at
RETURNING s.attempt_id
"""
_RECONCILE = text(RECONCILE_SQL.format(scope="AND o.deadline_at + make_interval(secs => o.grace_s) <= :at"))

# The finish time is the deadline: neither the sweeper's delay nor the grace counts as time used.
_CLOSE = text(
    f"""
    UPDATE sheets s
    SET state = 'submitted', submitted_at = s.deadline_at, submitted_by = 'deadline',
        time_used_s = ceil(extract(epoch FROM s.deadline_at - s.started_at)),
        receipt = {RECEIPT_SQL.format(title=TITLE)}
    FROM attempts a, (
        SELECT attempt_id FROM sheets
        WHERE state = 'open' AND deadline_at + make_interval(secs => grace_s) <= :at
        ORDER BY deadline_at LIMIT :batch FOR UPDATE SKIP LOCKED
    ) due
    WHERE s.attempt_id = due.attempt_id AND a.id = s.attempt_id
      AND s.state = 'open' AND s.deadline_at + make_interval(secs => s.grace_s) <= :at
    RETURNING s.attempt_id, s.exam_id
    """  # noqa: S608 - no value of anybody is spliced in
)


def close_expired(at: datetime, batch: int = BATCH) -> int:
    """Close up to `batch` attempts whose deadline and grace are over at `at`; return how many.

    Call it in a transaction of its own until it returns 0. Two sweepers share the work (SKIP LOCKED);
    one that dies mid-batch leaves everything as it was."""
    db.session.execute(_RECONCILE, {"at": at})
    closed = db.session.execute(_CLOSE, {"at": at, "batch": batch}).all()
    for row in closed:
        record("attempt.close-at-deadline", "attempt", row.attempt_id, actor="sweeper")
    for exam_id in sorted({row.exam_id for row in closed}):
        enqueue(Job.GRADE_PENDING, exam_id=exam_id)
    return len(closed)
