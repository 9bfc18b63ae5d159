"""What hosts do while an exam runs: give time, void. With a second person where set."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.errors import Conflict
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.core.words import N_
from webapp.exam.errors import ActionNotFound, AttemptNotFound, GrantRefused, OwnRequest, ReasonMissing
from webapp.exam.models import ExamAction, TimeGrant
from webapp.exam.queries.plans import plan
from webapp.exam.service.papers import draw_attempt
from webapp.exam.service.sweeping import RECONCILE_SQL
from webapp.notifications.service import notify

MOST_MINUTES = 240
"""A slip of the finger must not give a week."""


@dataclass(frozen=True)
class Who:
    """For whom time is given: one attempt, one hall, or everybody when both are empty."""

    attempt_id: int | None = None
    hall: str = ""


_RECONCILE = text(RECONCILE_SQL.format(scope="AND o.exam_id = :exam_id"))
_ATTEMPT = text(
    """
    SELECT s.participation_id, s.person_id, s.state, a.number FROM sheets s
    JOIN attempts a ON a.id = s.attempt_id
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


def ask_extend(
    exam_id: int, who: Who, minutes: int, reason: str, account_id: int, two_person: bool
) -> ExamAction:
    """Give extra minutes: at once, or after a second person has agreed.

    raise (GrantRefused): not 1 .. MOST_MINUTES: time is never taken away. raise (ReasonMissing)."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise GrantRefused(most=MOST_MINUTES)
    if who.attempt_id is not None:
        _attempt(exam_id, who.attempt_id)
    payload = {"attempt_id": who.attempt_id, "hall": who.hall, "minutes": minutes}
    return _ask(exam_id, "extend", payload, reason, account_id, two_person)


def ask_void(
    exam_id: int, attempt_id: int, again: bool, reason: str, account_id: int, two_person: bool
) -> ExamAction:
    """Declare an attempt void; again=True lets the person write a new paper instead."""
    _attempt(exam_id, attempt_id)
    payload = {"attempt_id": attempt_id, "again": again}
    return _ask(exam_id, "void", payload, reason, account_id, two_person)


def decide(action_id: int, account_id: int, agree: bool, at: datetime) -> ExamAction:
    """The second person's word. raise (OwnRequest): asker and decider are one. raise (Conflict): decided."""
    action = db.session.scalars(
        select(ExamAction).where(ExamAction.id == action_id).with_for_update()
    ).one_or_none()
    if action is None:
        raise ActionNotFound
    if action.state != "waiting":
        raise Conflict
    if action.asked_by_account_id == account_id:
        raise OwnRequest
    action.decided_by_account_id = account_id
    action.decided_at = at
    if agree:
        _do(action)
    else:
        action.state = "refused"
    record(
        f"exam.{action.kind}.{'approve' if agree else 'refuse'}", "exam", action.exam_id, why=action.reason
    )
    return action


def _ask(
    exam_id: int, kind: str, payload: dict[str, Any], reason: str, account_id: int, two_person: bool
) -> ExamAction:
    if not reason.strip():
        raise ReasonMissing
    action = ExamAction(
        exam_id=exam_id,
        kind=kind,
        payload=payload,
        reason=reason.strip()[:500],
        asked_by_account_id=account_id,
        state="waiting",
    )
    db.session.add(action)
    db.session.flush()
    record(f"exam.{kind}.ask", "exam", exam_id, why=action.reason, **payload)
    if not two_person:
        _do(action)
    return action


def _do(action: ExamAction) -> None:
    action.state = "done"
    if action.kind == "extend":
        _extend(action)
    else:
        _void(action)
    db.session.flush()


def _extend(action: ExamAction) -> None:
    db.session.add(
        TimeGrant(
            exam_id=action.exam_id,
            attempt_id=action.payload["attempt_id"],
            hall=action.payload["hall"] or None,
            extra_s=action.payload["minutes"] * 60,
            reason=action.reason,
            granted_by_account_id=action.asked_by_account_id,
            approved_by_account_id=action.decided_by_account_id,
        )
    )
    db.session.flush()
    moved = db.session.execute(_RECONCILE, {"exam_id": action.exam_id}).all()
    record("exam.extend", "exam", action.exam_id, why=action.reason, running=len(moved), action_id=action.id)


def _void(action: ExamAction) -> None:
    attempt_id = action.payload["attempt_id"]
    sheet = _attempt(action.exam_id, attempt_id)
    values = {"attempt_id": attempt_id, "exam_id": action.exam_id, "reason": action.reason}
    if db.session.execute(_VOID, values).one_or_none() is None:
        raise Conflict
    frozen = plan(action.exam_id)
    if action.payload["again"]:
        draw_attempt(frozen, sheet.participation_id, sheet.person_id, sheet.number + 1, attempt_id)
    if frozen.kind == "formal":
        enqueue(Job.COMBINE_SCORES, stage_id=frozen.stage_id, participation_ids=str(sheet.participation_id))
    record("attempt.void", "attempt", attempt_id, why=action.reason, action_id=action.id)
    again = N_("One of your exam attempts was declared void: %(reason)s You may write a new paper.")
    plain = N_("One of your exam attempts was declared void: %(reason)s")
    words = again if action.payload["again"] else plain
    notify(sheet.person_id, words, {"reason": action.reason}, link="/exams")


def _attempt(exam_id: int, attempt_id: int) -> Any:
    row = db.session.execute(_ATTEMPT, {"attempt_id": attempt_id, "exam_id": exam_id}).one_or_none()
    if row is None:
        raise AttemptNotFound
    return row
