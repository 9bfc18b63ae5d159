"""Exam scores for whoever combines them: the attempt that counts, by the exam's own rule."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text

from webapp.core.db import db


@dataclass(frozen=True)
class ExamScore:
    """The counting attempt of one participation in one component. score: 0-100, four places."""

    participation_id: int
    component: str
    score: Decimal
    grade_id: int
    attempt_id: int
    mark: Decimal
    full_mark: Decimal
    time_used_s: int
    submitted_at: datetime


_COUNTING = text(
    """
    SELECT DISTINCT ON (s.participation_id, e.component)
           s.participation_id, e.component, coalesce(i.score, g.score) AS score, g.id AS grade_id, s.attempt_id, g.mark, g.full_mark,
           coalesce(s.time_used_s, 0) AS time_used_s, s.submitted_at
    FROM sheets s
    JOIN exams e ON e.id = s.exam_id
    JOIN attempts a ON a.id = s.attempt_id
    JOIN grades g ON g.id = s.current_grade_id
    LEFT JOIN jsonb_to_recordset(CAST(:instead AS jsonb)) AS i(attempt_id bigint, score numeric)
        ON i.attempt_id = s.attempt_id
    WHERE e.stage_id = :stage_id AND e.kind = 'formal' AND s.state = 'graded'
      AND s.participation_id = ANY(:ids)
      AND NOT EXISTS (SELECT FROM attempts n WHERE n.supersedes_id = a.id AND n.origin <> 'own')
    ORDER BY s.participation_id, e.component,
             CASE WHEN e.blueprint->>'counting_attempt' = 'best' THEN coalesce(i.score, g.score) END DESC NULLS LAST,
             CASE WHEN e.blueprint->>'counting_attempt' = 'last' THEN -a.number ELSE a.number END
    """
)


def counting_scores(
    stage_id: int, participation_ids: Collection[int], instead: Mapping[int, Decimal] | None = None
) -> list[ExamScore]:
    """The counting graded attempt of each participation and component. Void attempts never count, nor does
    one that hosts reopened or replaced by a resit.

    instead: attempt -> score, as if these attempts had these scores (to weigh a ruling).

    Among several attempts: 'best' takes the highest score (the earlier of equals), 'first' and 'last'
    go by number. Who has none is missing from the answer."""
    others = [{"attempt_id": one, "score": str(score)} for one, score in (instead or {}).items()]
    values = {"stage_id": stage_id, "ids": list(participation_ids), "instead": json.dumps(others)}
    rows = db.session.execute(_COUNTING, values).mappings()
    return [ExamScore(**row) for row in rows]
