"""Comments on questions: said once, settled or opened again; nobody's words are changed."""

from sqlalchemy import select

from webapp.audit import service as audit
from webapp.banks.errors import NothingSaid
from webapp.banks.models import Question, QuestionComment
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound

LONGEST = 2000


def comment(bank_id: int, key: str, said: str, account_id: int) -> int:
    """Say something about a question; the id of the comment. raise (NothingSaid, NotFound)."""
    if not said.strip():
        raise NothingSaid
    question_id = db.session.scalar(
        select(Question.id).where(Question.bank_id == bank_id, Question.key == key)
    )
    if question_id is None:
        raise NotFound
    row = QuestionComment(
        question_id=question_id, account_id=account_id, said=said.replace("\0", "").strip()[:LONGEST]
    )
    db.session.add(row)
    db.session.flush()
    audit.record("bank.question.comment", "bank", bank_id, key=key, comment_id=row.id)
    return row.id


def settle(bank_id: int, comment_id: int, account_id: int, *, is_settled: bool) -> str:
    """Settle a comment, or open it again; the key of its question. raise (NotFound)."""
    found = db.session.execute(
        select(QuestionComment, Question.key)
        .join(Question, Question.id == QuestionComment.question_id)
        .where(QuestionComment.id == comment_id, Question.bank_id == bank_id)
        .with_for_update(of=QuestionComment)
    ).one_or_none()
    if found is None:
        raise NotFound
    row, key = found
    row.resolved_at = clock.now() if is_settled else None
    row.resolved_by_account_id = account_id if is_settled else None
    action = "bank.question.comment.settle" if is_settled else "bank.question.comment.reopen"
    audit.record(action, "bank", bank_id, key=key, comment_id=comment_id)
    return str(key)
