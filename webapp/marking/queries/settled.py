"""Settled marks and how they came about. Never who gave them."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from webapp.banks.rules.schema import MEDIA
from webapp.core.db import db


@dataclass(frozen=True)
class SettledAnswer:
    """A written answer with its mark. number: of its question, from 1; part: of a passage, from 1, 0 = the question
    itself."""

    answer_id: int
    number: int
    part: int
    stem: str
    mark: Decimal
    out_of: Decimal


@dataclass(frozen=True)
class MarkLine:
    """One mark of an answer's history. kind: marker | arbiter | correction; before: of a correction."""

    kind: str
    mark: Decimal
    before: Decimal | None
    said: str


_ANSWERS = text(
    """
    SELECT e.id AS answer_id, e.slot + 1 AS number,
           CASE WHEN q.type = 'passage' THEN e.part + 1 ELSE 0 END AS part,
           CASE WHEN q.type = 'passage' THEN q.extra->'parts'->(e.part::int)->>'stem' ELSE q.stem END AS stem,
           e.mark, e.out_of
    FROM essay_answers e JOIN question_versions q ON q.id = e.question_version_id
    JOIN sheets s ON s.attempt_id = e.attempt_id
    WHERE e.attempt_id = :attempt_id AND e.mark IS NOT NULL AND s.state = 'graded' ORDER BY e.slot, e.part
    """
)
_MARKS = text(
    """
    SELECT kind, mark, before, said FROM (
        SELECT kind, mark, NULL::numeric AS before, comment AS said,
               CASE kind WHEN 'marker' THEN 0 ELSE 1 END AS late, CASE kind WHEN 'marker' THEN mark END AS by, id
        FROM essay_marks WHERE answer_id = :answer_id
        UNION ALL
        SELECT 'correction', mark, before, reason, 2, NULL, id FROM essay_corrections
        WHERE answer_id = :answer_id) found
    ORDER BY late, by, id
    """
)


def settled_answers(attempt_id: int) -> list[SettledAnswer]:
    """The settled written answers of a graded paper, in its order."""
    rows = db.session.execute(_ANSWERS, {"attempt_id": attempt_id}).mappings()
    return [SettledAnswer(**{**row, "stem": MEDIA.sub("", row["stem"] or "")}) for row in rows]


def marks_of(answer_id: int) -> list[MarkLine]:
    """The markers' marks by size, which tells nothing of who came first; the chief judge's; corrections in order."""
    rows = db.session.execute(_MARKS, {"answer_id": answer_id}).mappings()
    return [MarkLine(**row) for row in rows]
