"""How many people of an exam do what, hall by hall: one aggregate statement, read at most once a second
by one process however many hosts watch. Never answers, never keys."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import text

from webapp.core.db import db
from webapp.registration.queries.entrants import SITS

CACHE_S = 1.0


@dataclass(frozen=True)
class Counts:
    """People by what they are doing. silent are among writing, graded among submitted; late: of whom an
    answer was saved in the grace after the deadline; quarantined: whose paper waits for a person."""

    admitted: int = 0
    waiting: int = 0
    writing: int = 0
    silent: int = 0
    late: int = 0
    submitted: int = 0
    graded: int = 0
    void: int = 0
    quarantined: int = 0


@dataclass(frozen=True)
class HallCounts:
    """The people of one hall; hall '' = without a hall."""

    hall: str
    counts: Counts


@dataclass(frozen=True)
class Live:
    """The numbers of one exam at one moment, by hall, and in all."""

    at: datetime
    halls: tuple[HallCounts, ...]
    total: Counts

    def of(self, hall: str | None) -> Counts:
        """One hall's numbers; None = all. A hall that is not there has nobody."""
        if hall is None:
            return self.total
        return next((line.counts for line in self.halls if line.hall == hall), Counts())


# A participation counts with its newest paper: the one that no other supersedes.
_COUNTS = text(
    f"""
    SELECT p.hall, count(*) AS admitted,
           count(*) FILTER (WHERE s.state IS NULL OR s.state = 'created') AS waiting,
           count(*) FILTER (WHERE s.state = 'open') AS writing,
           count(*) FILTER (WHERE s.state = 'open' AND s.seen_at < :silent_before) AS silent,
           count(*) FILTER (WHERE s.late_count > 0) AS late,
           count(*) FILTER (WHERE s.state IN ('submitted', 'graded')) AS submitted,
           count(*) FILTER (WHERE s.state = 'graded') AS graded,
           count(*) FILTER (WHERE s.state = 'void') AS void,
           count(f.attempt_id) AS quarantined
    FROM participations p
    JOIN exams e ON e.id = :exam_id
    LEFT JOIN (
        SELECT x.attempt_id, x.participation_id, x.state, x.seen_at, x.late_count FROM sheets x
        WHERE x.exam_id = :exam_id
          AND NOT EXISTS (SELECT FROM attempts newer WHERE newer.supersedes_id = x.attempt_id)
    ) s ON s.participation_id = p.id
    LEFT JOIN grading_failures f ON f.attempt_id = s.attempt_id AND f.solved_at IS NULL
    WHERE p.event_id = :event_id AND p.state = 'active' AND (s.state <> 'created' OR {SITS})
    GROUP BY p.hall ORDER BY p.hall
    """  # noqa: S608 - no value of anybody is spliced in
)
_cache: dict[int, tuple[float, Live]] = {}
_lock = Lock()


def live(exam_id: int, event_id: int, at: datetime, silent_after_s: int) -> Live:
    """The present numbers, at most CACHE_S seconds old; hosts who ask together share one reading."""
    with _lock:
        hit = _cache.get(exam_id)
        if hit is None or hit[0] < time.monotonic():
            hit = (time.monotonic() + CACHE_S, read(exam_id, event_id, at, silent_after_s))
            _cache[exam_id] = hit
        return hit[1]


def read(exam_id: int, event_id: int, at: datetime, silent_after_s: int) -> Live:
    """The numbers as they are, past the cache. silent_after_s: from which silence on somebody is silent."""
    rows = db.session.execute(
        _COUNTS,
        {
            "exam_id": exam_id,
            "event_id": event_id,
            "silent_before": at - timedelta(seconds=silent_after_s),
        },
    ).mappings()
    halls = tuple(
        HallCounts(row["hall"], Counts(**{name: row[name] for name in row if name != "hall"})) for row in rows
    )
    return Live(at, halls, _sum(line.counts for line in halls))


def forget_numbers() -> None:
    """Empty the cache: between tests."""
    with _lock:
        _cache.clear()


def _sum(counts: Iterable[Counts]) -> Counts:
    every = list(counts)
    return Counts(*(sum(getattr(one, field.name) for one in every) for field in fields(Counts)))
