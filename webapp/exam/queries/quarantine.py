"""Papers that could not be marked and wait for a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.core.db import db


@dataclass(frozen=True)
class Quarantined:
    """One paper that was put aside. error: what the grader said; it may name a question, never an answer."""

    attempt_id: int
    participation_id: int
    number: str
    name: str
    error: str
    at: datetime
    submitted_at: datetime | None
    tries: int


_LIST = text(
    """
    SELECT f.attempt_id, p.id AS participation_id, p.number, person.name, f.error, f.at, s.submitted_at,
           s.grade_tries AS tries
    FROM grading_failures f
    JOIN sheets s ON s.attempt_id = f.attempt_id
    JOIN participations p ON p.id = s.participation_id
    JOIN persons person ON person.id = p.person_id
    WHERE s.exam_id = :exam_id AND f.solved_at IS NULL AND s.state = 'submitted'
    ORDER BY f.at, f.attempt_id LIMIT 200
    """
)


def quarantined(exam_id: int) -> list[Quarantined]:
    """The papers of an exam that wait, the oldest first."""
    return [Quarantined(**row) for row in db.session.execute(_LIST, {"exam_id": exam_id}).mappings()]
