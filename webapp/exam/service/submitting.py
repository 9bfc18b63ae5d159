"""Closing an attempt: by the person, or by the sweeper when its time is over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from webapp.audit.service import record
from webapp.core import idempotency
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.exam.errors import AttemptNotFound
from webapp.exam.rules.receipt import TITLE, receipt_code
from webapp.exam.service import refusals

RECEIPT_SQL = """encode(sha256(convert_to(concat_ws(E'\\n', '{title}', s.attempt_id, s.participation_id,
    a.paper_digest, (SELECT string_agg(s.seqs[i] || ':' || octet_length(s.answers[i]) || ':' || s.answers[i],
                                       E'\\n' ORDER BY i)
                     FROM generate_series(1, cardinality(s.seqs)) AS i)), 'UTF8')), 'hex')"""
"""`rules/receipt.submission_digest` in SQL, so that one statement closes one attempt or thousands."""

_SUBMIT = text(
    f"""
    UPDATE sheets s
    SET state = 'submitted', submitted_at = CAST(:arrival AS timestamptz), submitted_by = 'person',
        seen_at = CAST(:arrival AS timestamptz),
        time_used_s = ceil(extract(epoch FROM
            least(CAST(:arrival AS timestamptz), s.deadline_at) - s.started_at)),
        receipt = {RECEIPT_SQL.format(title=TITLE)}
    FROM attempts a
    WHERE a.id = s.attempt_id AND s.attempt_id = :attempt_id AND s.person_id = :person_id
      AND s.state = 'open' AND s.lease = :lease
      AND :arrival < s.deadline_at + make_interval(secs => s.grace_s)
    RETURNING s.attempt_id, s.exam_id, s.participation_id, s.submitted_at, s.submitted_by, s.receipt,
              s.time_used_s, s.answers
    """  # noqa: S608 - no value of anybody is spliced in
)
_CLOSED = text(
    """
    SELECT s.attempt_id, s.exam_id, s.participation_id, s.state, s.submitted_at, s.submitted_by, s.receipt,
           s.time_used_s, s.answers, s.deadline_at, s.void_reason
    FROM sheets s WHERE s.attempt_id = :attempt_id AND s.person_id = :person_id
    """
)


@dataclass(frozen=True)
class Receipt:
    """What a contestant keeps of a submission."""

    attempt_id: int
    exam_id: int
    participation_id: int
    submitted_at: datetime
    submitted_by: str
    digest: str
    code: str
    answered: int
    questions: int
    time_used_s: int


def submit(attempt_id: int, person_id: int, lease: str, arrival: datetime) -> Receipt:
    """Close a person's own attempt with the answers that are stored, and have it graded.

    Repeating it gives the same receipt. An attempt that the sweeper closed gives that receipt.
    raise (TooLate, LeaseLost, AttemptVoid, AttemptNotStarted, AttemptNotFound)."""
    row = db.session.execute(
        _SUBMIT, {"attempt_id": attempt_id, "person_id": person_id, "lease": lease, "arrival": arrival}
    ).one_or_none()
    if row is not None:
        record("attempt.submit", "attempt", attempt_id)
        enqueue(Job.GRADE_PENDING, exam_id=row.exam_id)
        return _receipt(row)
    db.session.expire_all()
    closed = _closed(attempt_id, person_id)
    if closed is not None and closed.submitted_at is not None and closed.state != "void":
        return _receipt(closed)
    raise refusals.reason(attempt_id, person_id, lease, arrival)


def receipt_of(attempt_id: int, person_id: int) -> Receipt:
    """The receipt of a closed attempt. raise (AttemptNotFound): not closed, or not this person's."""
    row = _closed(attempt_id, person_id)
    if row is None or row.submitted_at is None:
        raise AttemptNotFound
    return _receipt(row)


def _closed(attempt_id: int, person_id: int) -> Row[Any] | None:
    return db.session.execute(_CLOSED, {"attempt_id": attempt_id, "person_id": person_id}).one_or_none()


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(
        attempt_id=row.attempt_id,
        exam_id=row.exam_id,
        participation_id=row.participation_id,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
        digest=row.receipt,
        code=receipt_code(row.receipt, row.submitted_at),
        answered=sum(1 for answer in row.answers if answer),
        questions=len(row.answers),
        time_used_s=row.time_used_s or 0,
    )


def submit_with_key(
    attempt_id: int, person_id: int, account_id: int, lease: str, key: str, arrival: datetime
) -> dict[str, Any]:
    """`submit` behind an idempotency key; the JSON values of the receipt.

    Same key and same attempt: the first answer again. raise (KeyReused): it belongs to another attempt."""
    body = {"attempt_id": attempt_id}
    first = idempotency.begin(account_id, "exam.submit", key, body)
    if first is not None:
        return first
    receipt = submit(attempt_id, person_id, lease, arrival)
    response = {"attempt_id": attempt_id, "digest": receipt.digest, "code": receipt.code}
    idempotency.finish(account_id, "exam.submit", key, response)
    return response
