"""Evidence of an outage: when nothing arrived from one person, and whether the whole hall was silent then."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.core.db import db

SHORTEST_S = 60
"""Thinking about a question takes a minute; only longer pauses are listed."""


@dataclass(frozen=True)
class Gap:
    """A pause between two saves of one attempt. others: saves of the hall (or the exam) meanwhile."""

    begins_at: datetime
    ends_at: datetime
    seconds: int
    others: int

    @property
    def is_shared(self) -> bool:
        """Nothing arrived from anybody: a sign of an outage, not of thinking."""
        return self.others == 0


_GAPS = text(
    """
    WITH own AS (
        SELECT s.attempt_id, s.exam_id, p.hall, s.started_at,
               least(coalesce(s.submitted_at, clock_timestamp()), s.deadline_at) AS ended_at
        FROM sheets s JOIN participations p ON p.id = s.participation_id
        WHERE s.attempt_id = :attempt_id AND s.exam_id = :exam_id AND s.started_at IS NOT NULL
    ), marks AS (
        SELECT started_at AS at FROM own UNION SELECT ended_at FROM own
        UNION SELECT e.arrived_at FROM answer_events e, own
              WHERE e.attempt_id = own.attempt_id AND e.arrived_at BETWEEN own.started_at AND own.ended_at
    ), gaps AS (
        SELECT lag(at) OVER (ORDER BY at) AS begins_at, at AS ends_at FROM marks
    )
    SELECT g.begins_at, g.ends_at, floor(extract(epoch FROM g.ends_at - g.begins_at))::int AS seconds,
           (SELECT count(*) FROM answer_events o
            JOIN sheets os ON os.attempt_id = o.attempt_id
            JOIN participations op ON op.id = os.participation_id
            WHERE o.exam_id = own.exam_id AND o.attempt_id <> own.attempt_id AND op.hall = own.hall
              AND o.arrived_at > g.begins_at AND o.arrived_at < g.ends_at) AS others
    FROM gaps g, own
    WHERE g.ends_at - g.begins_at >= make_interval(secs => :shortest_s)
    ORDER BY seconds DESC LIMIT 20
    """
)


def gaps_of(exam_id: int, attempt_id: int) -> list[Gap]:
    """The longest pauses of an attempt, the longest first."""
    values = {"exam_id": exam_id, "attempt_id": attempt_id, "shortest_s": SHORTEST_S}
    return [Gap(**row) for row in db.session.execute(_GAPS, values).mappings()]


def proposal_s(gaps: list[Gap]) -> int:
    """Seconds that might be given back: the pauses in which nobody of the hall got through."""
    return sum(gap.seconds for gap in gaps if gap.is_shared)
