"""A question leaves its bank and all future draws at once; a second person may let it back in.

It is stopped in every exam that is not over (service/stopping.py), so that the published draws can still be
checked; exams opened later leave it out (service/exams.py)."""

from dataclasses import dataclass

from sqlalchemy import select

from webapp.audit.service import record
from webapp.banks.errors import AlreadyDecided, ReasonNeeded, SamePerson
from webapp.banks.models import Question, QuestionVersion, RetiredQuestion
from webapp.banks.service.drafts import member_of, open_draft, replace_member, seal_digest
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.exam.errors import AlreadyStopped, QuestionNotFound, TooFewLeft
from webapp.exam.queries.exposure import OpenExam, open_exams
from webapp.exam.service.stopping import stop_question


@dataclass(frozen=True)
class Retired:
    """What retiring did. draft: number of the bank version without it; stopped: exams that draw it no more;
    short: exams that could not fill their papers without it and go on with it until somebody rules there."""

    draft: int
    stopped: int
    short: tuple[OpenExam, ...]


def retire(bank_id: int, key: str, reason: str, account_id: int) -> Retired:
    """Take a question out; one person suffices, since every minute counts when it has leaked.

    raise (ReasonNeeded, NotFound). raise (AlreadyDecided): it is out already."""
    if not reason.strip():
        raise ReasonNeeded
    question = _question(bank_id, key)
    draft = open_draft(bank_id, account_id)
    if _out(question.id) is not None:
        raise AlreadyDecided
    last = member_of(draft, question.id) or _last_version(question.id)
    db.session.add(
        RetiredQuestion(
            question_id=question.id,
            question_version_id=last,
            reason=reason.strip()[:500],
            retired_by_account_id=account_id,
        )
    )
    if member_of(draft, question.id) is not None:
        replace_member(draft, last, None)
        seal_digest(draft)
    db.session.flush()
    stopped, short = _stop_everywhere(question.id, reason, account_id)
    record(
        "bank.question.retire",
        "bank",
        bank_id,
        why=reason.strip(),
        key=key,
        version=draft.number,
        stopped=stopped,
        short=[exam.exam_id for exam in short],
    )
    return Retired(draft.number, stopped, tuple(short))


def _stop_everywhere(question_id: int, reason: str, account_id: int) -> tuple[int, list[OpenExam]]:
    stopped, short = 0, []
    for exam in open_exams(question_id):
        try:
            stop_question(exam.exam_id, exam.version_id, reason, account_id)
        except (AlreadyStopped, QuestionNotFound):
            continue  # it cannot be drawn there in any case
        except TooFewLeft:
            short.append(exam)
        else:
            stopped += 1
    return stopped, short


def ask_back(bank_id: int, key: str, reason: str, account_id: int) -> None:
    """Ask that a retired question comes back. raise (ReasonNeeded, NotFound, AlreadyDecided)."""
    if not reason.strip():
        raise ReasonNeeded
    row = _out(_question(bank_id, key).id)
    if row is None or row.restore_asked_by_account_id is not None:
        raise AlreadyDecided
    row.restore_reason, row.restore_asked_by_account_id = reason.strip()[:500], account_id
    record("bank.question.restore.ask", "bank", bank_id, why=row.restore_reason, key=key)


def restore(bank_id: int, key: str, account_id: int) -> int:
    """Let a question back into the open draft, as it was; the number of the draft.

    Exams that stopped it stay without it. raise (SamePerson): whoever asked cannot confirm.
    raise (NotFound, AlreadyDecided)."""
    question = _question(bank_id, key)
    row = _out(question.id)
    if row is None or row.restore_asked_by_account_id is None:
        raise AlreadyDecided
    if row.restore_asked_by_account_id == account_id:
        raise SamePerson
    # The draft counts as edited by whoever asked: whoever confirms may still approve it.
    draft = open_draft(bank_id, row.restore_asked_by_account_id)
    if member_of(draft, question.id) is None:
        replace_member(draft, None, row.question_version_id)
        seal_digest(draft)
    row.restored_by_account_id, row.restored_at = account_id, clock.now()
    record("bank.question.restore", "bank", bank_id, why=row.restore_reason, key=key, version=draft.number)
    return draft.number


def _question(bank_id: int, key: str) -> Question:
    found = db.session.scalars(
        select(Question).where(Question.bank_id == bank_id, Question.key == key).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _last_version(question_id: int) -> int:
    return db.session.scalars(
        select(QuestionVersion.id)
        .where(QuestionVersion.question_id == question_id)
        .order_by(QuestionVersion.number.desc())
        .limit(1)
    ).one()


def _out(question_id: int) -> RetiredQuestion | None:
    return db.session.scalars(
        select(RetiredQuestion)
        .where(RetiredQuestion.question_id == question_id, RetiredQuestion.restored_at.is_(None))
        .with_for_update()
    ).one_or_none()
