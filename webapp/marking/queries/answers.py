"""One written answer as markers see it: the question, its key and the text. Never who wrote it."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, text

from webapp.banks.queries.contents import QuestionContent, contents
from webapp.core.db import db
from webapp.exam.queries.essays import EssayPlace
from webapp.exam.queries.keys import marked_questions
from webapp.exam.queries.plans import plan
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
    written = text_at(one.public, place.stored, place.part)
    is_part = bool(content.parts)
    key = one.key.parts[place.part] if is_part else one.key
    return ToMark(
        place.answer_id,
        place.exam_id,
        content.parts[place.part] if is_part else content,
        content.stem if is_part else "",
        tuple(line for line in written.split("\n") if line.strip()),
        len("".join(written.split())),
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


_COMMENTS = text(
    """
    SELECT e.slot, e.section, m.comment FROM essay_marks m
    JOIN essay_answers e ON e.id = m.answer_id JOIN sheets s ON s.attempt_id = e.attempt_id
    WHERE e.attempt_id = :attempt_id AND s.person_id = :person_id AND s.state = 'graded' AND m.comment <> ''
    ORDER BY e.slot, e.part, m.kind DESC, m.mark, m.id
    """
)


def comments_on(attempt_id: int, person_id: int, exam_id: int) -> list[tuple[int, str]]:
    """(question number from 1, comment) on a person's own graded paper, where the contest's file lets them read
    it. Whether keys are released is for the caller."""
    sections = plan(exam_id).blueprint.sections
    rows = db.session.execute(_COMMENTS, {"attempt_id": attempt_id, "person_id": person_id})
    return [
        (row.slot + 1, row.comment)
        for row in rows
        if (marking := sections[row.section].marking) is not None and marking.comments
    ]


def has_marked(answer_id: int, account_id: int) -> bool:
    """Whether one of the marks of an answer is this account's."""
    own = select(EssayMark.id).where(EssayMark.answer_id == answer_id, EssayMark.account_id == account_id)
    return db.session.scalar(own) is not None
