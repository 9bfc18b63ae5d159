"""Which answer a marker gets next. Two markers at most hold or have marked an answer at any time."""

from datetime import datetime, timedelta

from sqlalchemy import text

from webapp.access.interests import ConflictOfInterest, Deed, require_no_conflict
from webapp.core.db import db
from webapp.exam.queries.results import is_over
from webapp.marking.errors import StillWritten
from webapp.marking.rules.scale import MARKERS

CLAIM_FOR = timedelta(minutes=30)
"""So long an answer is kept for the marker who took it (p)."""
CANDIDATES = 20

_OWN = text(
    """
    SELECT e.id FROM essay_claims c JOIN essay_answers e ON e.id = c.answer_id
    JOIN sheets s ON s.attempt_id = e.attempt_id
    WHERE c.account_id = :me AND c.until > :at AND e.exam_id = :exam_id AND e.mark IS NULL AND s.state = 'submitted'
      AND NOT EXISTS (SELECT FROM essay_marks m WHERE m.answer_id = e.id AND m.account_id = :me)
    ORDER BY c.until, e.id LIMIT 1
    """
)
# Question by question, begun answers first; within that an order that differs from marker to marker and
# tells nothing about who wrote when.
_FREE = text(
    """
    SELECT e.id, e.attempt_id FROM essay_answers e JOIN sheets s ON s.attempt_id = e.attempt_id
    WHERE e.exam_id = :exam_id AND e.mark IS NULL AND s.state = 'submitted' AND NOT e.id = ANY(:seen)
      AND NOT EXISTS (SELECT FROM essay_marks m WHERE m.answer_id = e.id AND m.account_id = :me)
      AND NOT EXISTS (
          SELECT FROM bank_version_questions b JOIN bank_versions v ON v.id = b.bank_version_id
          WHERE b.question_version_id = e.question_version_id AND v.created_by_account_id = :me)
      AND (SELECT count(*) FROM (
              SELECT m.account_id FROM essay_marks m WHERE m.answer_id = e.id
              UNION SELECT c.account_id FROM essay_claims c WHERE c.answer_id = e.id AND c.until > :at) seats) < :markers
    ORDER BY e.question_version_id, e.part,
             (SELECT count(*) FROM essay_marks m WHERE m.answer_id = e.id) DESC, md5(e.id || ':' || :me)
    LIMIT :most
    """
)
_LOCK = text("SELECT mark FROM essay_answers WHERE id = :answer_id FOR NO KEY UPDATE")
_SEATS = text(
    """
    SELECT count(*) FROM (
        SELECT m.account_id FROM essay_marks m WHERE m.answer_id = :answer_id
        UNION SELECT c.account_id FROM essay_claims c WHERE c.answer_id = :answer_id AND c.until > :at) seats
    WHERE account_id <> :me
    """
)
_CLAIM = text(
    """
    INSERT INTO essay_claims (answer_id, account_id, until) VALUES (:answer_id, :me, :until)
    ON CONFLICT (answer_id, account_id) DO UPDATE SET until = excluded.until
    """
)
_HELD = text("SELECT until FROM essay_claims WHERE answer_id = :answer_id AND account_id = :me")


_HOLD = text("SELECT pg_advisory_xact_lock(:space, :exam_id)")
SEATS_LOCK = 7202


def hold_seats(exam_id: int) -> None:
    """One at a time gives seats of an exam away: two that each looked at several answers would wait for each other."""
    db.session.execute(_HOLD, {"space": SEATS_LOCK, "exam_id": exam_id})


def take_next(exam_id: int, account_id: int, at: datetime) -> int | None:
    """Keep an answer for this marker for CLAIM_FOR and return its id; None: nothing is left for them.

    Who holds one gets it again. Left out: what they marked, what they brought in as a question, and whose
    author they have an interest in. raise (StillWritten): the exam is not over for everybody."""
    if not is_over(exam_id, at):
        raise StillWritten
    values = {"exam_id": exam_id, "me": account_id, "at": at, "markers": MARKERS, "most": CANDIDATES}
    hold_seats(exam_id)
    own: int | None = db.session.scalar(_OWN, values)
    if own is not None:
        return own
    seen: list[int] = []
    while found := db.session.execute(_FREE, {**values, "seen": seen}).all():
        for row in found:
            seen.append(row.id)
            if _stands_aside(account_id, row.attempt_id) or not has_seat(row.id, account_id, at):
                continue
            db.session.execute(_CLAIM, {"answer_id": row.id, "me": account_id, "until": at + CLAIM_FOR})
            return int(row.id)
    return None


def has_seat(answer_id: int, account_id: int, at: datetime) -> bool:
    """Lock an answer and say whether one of its two seats is free for this marker (or theirs already)."""
    locked = db.session.execute(_LOCK, {"answer_id": answer_id}).one_or_none()
    if locked is None or locked.mark is not None:
        return False
    # Counted after the lock: a claim that came before it is seen.
    taken = db.session.scalar(_SEATS, {"answer_id": answer_id, "me": account_id, "at": at}) or 0
    return taken < MARKERS


def held_until(answer_id: int, account_id: int) -> datetime | None:
    """Until when an answer is or was kept for this marker; None: it never was, or they have marked it."""
    found: datetime | None = db.session.scalar(_HELD, {"answer_id": answer_id, "me": account_id})
    return found


def _stands_aside(account_id: int, attempt_id: int) -> bool:
    try:
        require_no_conflict(account_id, Deed.ATTEMPT, attempt_id)
    except ConflictOfInterest:
        return True
    return False
