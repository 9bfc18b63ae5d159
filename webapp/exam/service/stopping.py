"""A wrong or leaked question during the exam: it is drawn no more, at once; papers that nobody has started
are drawn anew. Who is writing keeps the paper; what becomes of the question is ruled after the close."""

from dataclasses import replace

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.exam.errors import AlreadyStopped, QuestionNotFound, ReasonMissing, TooFewLeft
from webapp.exam.models import StoppedQuestion
from webapp.exam.queries.plans import Plan, plan
from webapp.exam.rules.draw import PoolQuestion, can_satisfy
from webapp.exam.rules.supply import Kind
from webapp.exam.service.papers import draw_attempt, undrawable

BATCH = 100

_LOCK = text("SELECT id FROM exams WHERE id = :exam_id FOR UPDATE")
_TO_REDRAW = text(
    """
    SELECT s.attempt_id, s.participation_id, s.person_id, a.number
    FROM sheets s JOIN attempts a ON a.id = s.attempt_id
    WHERE s.exam_id = :exam_id AND s.state = 'created'
      AND a.paper && (SELECT array_agg(q.question_version_id::int) FROM stopped_questions q
                      WHERE q.exam_id = :exam_id)
    ORDER BY s.attempt_id LIMIT :batch FOR NO KEY UPDATE OF s SKIP LOCKED
    """
)
_SET_ASIDE = text(
    "UPDATE sheets SET state = 'void', void_reason = :reason WHERE attempt_id = :attempt_id AND state = 'created'"
)
REDRAWN = "redrawn: a question was stopped"


def stop_question(exam_id: int, version_id: int, reason: str, account_id: int) -> int:
    """Draw a question no more in an exam, from now on; one person suffices. Papers that hold it and are not
    started yet are drawn anew by a job. Return the id of the stop.

    raise (ReasonMissing, QuestionNotFound, AlreadyStopped). raise (TooFewLeft): the bank version could no
    longer fill the blueprint; nothing has changed."""
    if not reason.strip():
        raise ReasonMissing
    db.session.execute(_LOCK, {"exam_id": exam_id})
    frozen = plan(exam_id)
    _, stopped = undrawable(exam_id)
    if version_id in stopped:
        raise AlreadyStopped
    if version_id not in {question.version_id for question in frozen.pool}:
        raise QuestionNotFound
    _require_enough(frozen, stopped | {version_id})
    row = StoppedQuestion(
        exam_id=exam_id,
        question_version_id=version_id,
        reason=reason.strip()[:500],
        stopped_by_account_id=account_id,
    )
    db.session.add(row)
    db.session.flush()
    record(
        "exam.question.stop", "exam", exam_id, why=row.reason, question_version_id=version_id, stop_id=row.id
    )
    enqueue(Job.REDRAW_PAPERS, exam_id=exam_id)
    return row.id


def _require_enough(frozen: Plan, stopped: frozenset[int]) -> None:
    left: list[PoolQuestion] = [one for one in frozen.pool if one.version_id not in stopped]
    counts: dict[Kind, int] = {}
    for question in left:
        counts[question.kind] = counts.get(question.kind, 0) + 1
    check = can_satisfy(frozen.blueprint, counts)
    if check.shortages:  # a leaked question is stopped even if others then appear more often
        raise TooFewLeft(missing=sum(shortage.missing for shortage in check.shortages))


def redraw_papers(exam_id: int, batch: int = BATCH) -> int:
    """Draw up to `batch` papers anew that hold a stopped question and that nobody has started; how many.

    The old paper stays, void; the new one supersedes it. A paper that is being started at this moment is
    left to its writer. Call it in a transaction of its own until it returns 0."""
    rows = db.session.execute(_TO_REDRAW, {"exam_id": exam_id, "batch": batch}).all()
    frozen = plan(exam_id)
    for row in rows:
        db.session.execute(_SET_ASIDE, {"attempt_id": row.attempt_id, "reason": REDRAWN})
        draw_attempt(
            frozen, row.participation_id, row.person_id, row.number + 1, row.attempt_id, origin="redrawn"
        )
        record("attempt.redraw", "attempt", row.attempt_id, why=REDRAWN, actor="redrawing")
    return len(rows)


def plan_without(frozen: Plan, stopped: frozenset[int]) -> Plan:
    """The plan as a draw sees it that knows these stops."""
    return replace(frozen, pool=tuple(one for one in frozen.pool if one.version_id not in stopped))
