"""The running exams in one look: two statements however many exams and people there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from webapp.core.db import db

SILENT_AFTER = timedelta(seconds=75)


@dataclass(frozen=True)
class ExamFigures:
    """What goes on in one exam, and how many alarms stand there."""

    writing: int = 0
    silent: int = 0
    submitted: int = 0
    alarms: int = 0


_FIGURES = text(
    """
    SELECT e.id AS exam_id, coalesce(s.writing, 0) AS writing, coalesce(s.silent, 0) AS silent,
           coalesce(s.submitted, 0) AS submitted,
           (SELECT count(*) FROM exam_alarms a WHERE a.exam_id = e.id AND a.ended_at IS NULL) AS alarms
    FROM exams e
    LEFT JOIN (
        SELECT x.exam_id, count(*) FILTER (WHERE x.state = 'open') AS writing,
               count(*) FILTER (WHERE x.state = 'open' AND x.seen_at < :silent_before) AS silent,
               count(*) FILTER (WHERE x.state IN ('submitted', 'graded')) AS submitted
        FROM sheets x WHERE x.exam_id = ANY(:exam_ids) GROUP BY x.exam_id
    ) s ON s.exam_id = e.id
    WHERE e.id = ANY(:exam_ids)
    """
)


def overview(exam_ids: Sequence[int], at: datetime) -> dict[int, ExamFigures]:
    """By exam: who writes, is silent, has handed in (each paper counts, repeats too), and alarms."""
    if not exam_ids:
        return {}
    rows = db.session.execute(_FIGURES, {"exam_ids": list(exam_ids), "silent_before": at - SILENT_AFTER})
    return {row.exam_id: ExamFigures(row.writing, row.silent, row.submitted, row.alarms) for row in rows}
