"""What was said about questions."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.core.clock import datetime
from webapp.core.db import db

MOST = 100


@dataclass(frozen=True)
class CommentView:
    """One comment. key: of its question; is_open: nobody has settled it yet."""

    comment_id: int
    key: str
    author: str
    said: str
    created_at: datetime
    is_open: bool


_SELECT = """
    SELECT c.id, q.key, coalesce(p.name, '') AS author, c.said, c.created_at, c.resolved_at IS NULL AS is_open
    FROM question_comments c JOIN questions q ON q.id = c.question_id
    LEFT JOIN accounts a ON a.id = c.account_id LEFT JOIN persons p ON p.id = a.person_id
    WHERE {where} ORDER BY c.id LIMIT :most
    """
_OF_QUESTION = text(_SELECT.format(where="c.question_id = :question_id"))
_OPEN = text(
    _SELECT.format(
        where="""c.resolved_at IS NULL AND EXISTS (
            SELECT FROM bank_version_questions b JOIN question_versions v ON v.id = b.question_version_id
            WHERE b.bank_version_id = :bank_version_id AND v.question_id = c.question_id)"""
    )
)


def comments_on(question_id: int) -> list[CommentView]:
    """The first hundred comments on a question, oldest first. One query."""
    return _views(db.session.execute(_OF_QUESTION, {"question_id": question_id, "most": MOST}).all())


def open_comments(bank_version_id: int) -> list[CommentView]:
    """What is not settled yet about the questions of a bank version, oldest first. One query."""
    return _views(db.session.execute(_OPEN, {"bank_version_id": bank_version_id, "most": MOST}).all())


def _views(rows: object) -> list[CommentView]:
    return [CommentView(*row) for row in rows]  # type: ignore[attr-defined]  # rows of the select above
