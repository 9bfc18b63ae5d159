"""How far an exam is prepared: what the hosts' list tells before the opening."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.core.db import db
from webapp.registration.queries.entrants import SITS


@dataclass(frozen=True)
class Readiness:
    """People who may sit (in a later stage those with a place), and how many of them have a drawn paper. has_sessions: bookable ones."""

    admitted: int
    drawn: int
    has_sessions: bool

    @property
    def missing(self) -> int:
        return self.admitted - self.drawn


_READY = text(
    f"""
    SELECT e.id, count(p.id) AS admitted, count(drawn.participation_id) AS drawn,
           EXISTS (SELECT FROM exam_sessions x WHERE x.exam_id = e.id) AS has_sessions
    FROM exams e
    LEFT JOIN participations p ON p.event_id = e.event_id AND p.state = 'active' AND {SITS}
    LEFT JOIN LATERAL (
        SELECT a.participation_id FROM attempts a
        WHERE a.exam_id = e.id AND a.participation_id = p.id LIMIT 1
    ) drawn ON true
    WHERE e.id = ANY(:ids) AND e.kind = 'formal' AND e.closes_at > :at
    GROUP BY e.id
    """  # noqa: S608 - no value of anybody is spliced in
)


def readiness(exam_ids: Sequence[int], at: datetime) -> dict[int, Readiness]:
    """By exam id, for those of the formal exams that are not over. One statement."""
    rows = db.session.execute(_READY, {"ids": list(exam_ids), "at": at})
    return {row.id: Readiness(row.admitted, row.drawn, row.has_sessions) for row in rows}
