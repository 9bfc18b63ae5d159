"""Written answers as grading reads them, and how many wait."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text

from webapp.core.db import db

ESSAY_MARKS = """
    (SELECT jsonb_agg(jsonb_build_array(e.slot, e.part, e.mark::text, e.out_of::text, e.answer_digest)
                      ORDER BY e.slot, e.part)
     FROM essay_answers e WHERE e.attempt_id = s.attempt_id AND e.mark IS NOT NULL) AS essays
"""
"""A column of statements over `sheets s`: what rules.essays.settled_marks reads."""

WAITS_FOR_PEOPLE = "EXISTS (SELECT FROM essay_answers e WHERE e.attempt_id = s.attempt_id AND e.mark IS NULL)"
"""A condition over `sheets s`: written answers of this sheet have no mark yet."""


@dataclass(frozen=True)
class EssayPlace:
    """Where a written answer stands, with the stored answer of its slot."""

    answer_id: int
    exam_id: int
    attempt_id: int
    slot: int
    part: int
    section: int
    version_id: int
    out_of: Decimal
    mark: Decimal | None
    settled_at: datetime | None
    sheet_state: str
    stored: str
    digest: str


_PLACE = text(
    """
    SELECT e.id AS answer_id, e.exam_id, e.attempt_id, e.slot, e.part, e.section,
           e.question_version_id AS version_id, e.out_of, e.mark, e.settled_at, s.state AS sheet_state,
           s.answers[e.slot + 1] AS stored, e.answer_digest AS digest
    FROM essay_answers e JOIN sheets s ON s.attempt_id = e.attempt_id
    WHERE e.id = :answer_id
    """
)


def essay_place(answer_id: int) -> EssayPlace | None:
    """One written answer, or None."""
    row = db.session.execute(_PLACE, {"answer_id": answer_id}).mappings().one_or_none()
    return None if row is None else EssayPlace(**row)


def waits_for_people(attempt_id: int) -> bool:
    """Whether people have yet to mark something on this sheet."""
    found = text(f"SELECT {WAITS_FOR_PEOPLE} FROM sheets s WHERE s.attempt_id = :id")  # noqa: S608 - no value of anybody is spliced in
    return bool(db.session.scalar(found, {"id": attempt_id}))
