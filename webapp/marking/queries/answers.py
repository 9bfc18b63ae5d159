"""One written answer as markers see it: the question, its key and the text. Never who wrote it."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from webapp.core.db import db
from webapp.exam.queries.contents import QuestionContent, contents
from webapp.exam.queries.essays import EssayPlace
from webapp.exam.queries.keys import marked_questions
from webapp.exam.rules.essays import text_at
from webapp.marking.models import EssayMark


@dataclass(frozen=True)
class ToMark:
    """question: the essay itself; passage: the text it belongs to, '' without one. paragraphs: of the answer."""

    answer_id: int
    exam_id: int
    question: QuestionContent
    passage: str
    paragraphs: tuple[str, ...]
    length: int
    reference: str
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class OtherMark:
    """A mark without the name of whoever gave it."""

    mark: Decimal
    comment: str


def to_mark(place: EssayPlace) -> ToMark:
    """What a marker works with. The key is read here, after the exam and for its markers only: callers have
    checked both."""
    content = contents([place.version_id])[place.version_id]
    one = marked_questions([place.version_id], place.exam_id)[place.version_id]
    text = text_at(one.public, place.stored, place.part)
    is_part = bool(content.parts)
    key = one.key.parts[place.part] if is_part else one.key
    return ToMark(
        place.answer_id,
        place.exam_id,
        content.parts[place.part] if is_part else content,
        content.stem if is_part else "",
        tuple(line for line in text.split("\n") if line.strip()),
        len("".join(text.split())),
        key.reference,
        key.keywords,
    )


def marks_given(answer_id: int) -> list[OtherMark]:
    """The markers' marks of an answer, without names, in the order of size: it tells nothing of who came first."""
    rows = db.session.scalars(
        select(EssayMark)
        .where(EssayMark.answer_id == answer_id, EssayMark.kind == "marker")
        .order_by(EssayMark.mark)
    )
    return [OtherMark(row.mark, row.comment) for row in rows]


def has_marked(answer_id: int, account_id: int) -> bool:
    """Whether one of the marks of an answer is this account's."""
    own = select(EssayMark.id).where(EssayMark.answer_id == answer_id, EssayMark.account_id == account_id)
    return db.session.scalar(own) is not None
