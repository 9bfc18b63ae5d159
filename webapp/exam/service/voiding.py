"""Declaring an attempt void; the person may be given a new paper."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.errors import Conflict
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.core.words import N_, Message
from webapp.exam.errors import AttemptNotFound, AttemptVoid
from webapp.exam.queries.plans import plan
from webapp.exam.service.actions import Deed, Effect, Kind, register
from webapp.exam.service.papers import draw_attempt
from webapp.notifications.service import notify


@dataclass(frozen=True)
class Voiding:
    """The attempt; again: the person writes a new paper instead."""

    attempt_id: int = 0
    again: bool = False


_ATTEMPT = text(
    """
    SELECT s.participation_id, s.person_id, s.state, s.void_reason, a.number,
           cardinality(array_remove(s.answers, '')) AS answered
    FROM sheets s JOIN attempts a ON a.id = s.attempt_id
    WHERE s.attempt_id = :attempt_id AND s.exam_id = :exam_id
    """
)
_VOID = text(
    """
    UPDATE sheets SET state = 'void', void_reason = :reason
    WHERE attempt_id = :attempt_id AND exam_id = :exam_id AND state <> 'void'
    RETURNING participation_id
    """
)


def _attempt(exam_id: int, attempt_id: int) -> Any:
    row = db.session.execute(_ATTEMPT, {"attempt_id": attempt_id, "exam_id": exam_id}).one_or_none()
    if row is None:
        raise AttemptNotFound
    return row


def _check(exam_id: int, wanted: Voiding) -> None:
    row = _attempt(exam_id, wanted.attempt_id)
    if row.state == "void":
        raise AttemptVoid(reason=row.void_reason)


def _preview(exam_id: int, wanted: Voiding) -> Effect:
    row = _attempt(exam_id, wanted.attempt_id)
    lines = [
        Message(
            N_("Attempt number %(number)s with %(answered)s answers will not count."),
            {"number": row.number, "answered": row.answered},
        )
    ]
    if wanted.again:
        lines.append(Message(N_("A new paper is drawn; it can be started while the exam is open.")))
    return Effect(1, tuple(lines))


def _carry_out(deed: Deed, wanted: Voiding) -> None:
    sheet = _attempt(deed.exam_id, wanted.attempt_id)
    values = {"attempt_id": wanted.attempt_id, "exam_id": deed.exam_id, "reason": deed.reason}
    if db.session.execute(_VOID, values).one_or_none() is None:
        raise Conflict
    frozen = plan(deed.exam_id)
    if wanted.again:
        draw_attempt(
            frozen,
            sheet.participation_id,
            sheet.person_id,
            sheet.number + 1,
            wanted.attempt_id,
            origin="resit",
        )
    if frozen.kind == "formal":
        enqueue(Job.COMBINE_SCORES, stage_id=frozen.stage_id, participation_ids=str(sheet.participation_id))
    record("attempt.void", "attempt", wanted.attempt_id, why=deed.reason, action_id=deed.action_id)
    again = N_("One of your exam attempts was declared void: %(reason)s You may write a new paper.")
    plain = N_("One of your exam attempts was declared void: %(reason)s")
    notify(sheet.person_id, again if wanted.again else plain, {"reason": deed.reason}, link="/exams")


def _describe(wanted: Voiding) -> Message:
    words = N_("Void attempt %(n)s, with a new paper") if wanted.again else N_("Void attempt %(n)s")
    return Message(words, {"n": wanted.attempt_id})


VOID = Kind("void", Voiding, _describe, _check, _preview, _carry_out)
register(VOID)
