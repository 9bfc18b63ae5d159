"""Where a question of a bank stood in exams, and which exams may still draw it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.core.db import db


@dataclass(frozen=True)
class Exposure:
    """papers: drawn papers that hold any version of it; exams: in which they are; last_at: of the last one."""

    papers: int
    exams: int
    last_at: datetime | None


@dataclass(frozen=True)
class OpenExam:
    """An exam that is not over and may draw a question. version_id: the version that its bank version holds."""

    exam_id: int
    title: dict[str, str]
    version_id: int


# Only papers of exams whose bank version holds the question are looked at: they are found by their exam.
_EXPOSURE = text(
    """
    SELECT count(*) AS papers, count(DISTINCT a.exam_id) AS exams, max(a.created_at) AS last_at
    FROM question_versions q
    JOIN bank_version_questions b ON b.question_version_id = q.id
    JOIN exams e ON e.bank_version_id = b.bank_version_id
    JOIN attempts a ON a.exam_id = e.id AND q.id = ANY(a.paper)
    WHERE q.question_id = :question_id
    """
)
_OPEN = text(
    """
    SELECT e.id, e.title, q.id AS version_id
    FROM question_versions q
    JOIN bank_version_questions b ON b.question_version_id = q.id
    JOIN exams e ON e.bank_version_id = b.bank_version_id
    WHERE q.question_id = :question_id AND e.closes_at > clock_timestamp()
    ORDER BY e.id
    """
)


def exposure(question_id: int) -> Exposure:
    """How often a question was drawn, in all its versions."""
    row = db.session.execute(_EXPOSURE, {"question_id": question_id}).one()
    return Exposure(row.papers, row.exams, row.last_at)


def open_exams(question_id: int) -> list[OpenExam]:
    """The exams not over yet whose bank version holds any version of a question."""
    rows = db.session.execute(_OPEN, {"question_id": question_id})
    return [OpenExam(row.id, row.title, row.version_id) for row in rows]
