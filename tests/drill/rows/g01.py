"""G01: kill -9 of the worker while it grades ten thousand papers."""

import random
import time
from collections.abc import Iterator
from functools import partial

from sqlalchemy import text

from tests.drill import people, sizes
from tests.drill.figures import Figure, at_most, exactly, told
from tests.drill.site import Site, kill, running_site, seconds_until
from webapp.core.db import db
from webapp.core.transaction import transaction

ROW = "G01"
LAST_S = 120.0
BACK_S = 5.0
IDLE = 3
"""Processes of a worker that has nothing to do: the parent and its lanes."""

_PORTION = "s.exam_id = :exam_id AND s.attempt_id % :parts = :part"
_OPEN = text(
    f"""
    UPDATE sheets s SET state = 'open', started_at = clock_timestamp(),
           deadline_at = clock_timestamp() + interval '1 hour',
           answers = (SELECT array_agg(CASE WHEN i <= 30 THEN chr(65 + (s.attempt_id + i)::int % 4) ELSE '' END
                                       ORDER BY i) FROM generate_series(1, cardinality(s.answers)) AS i),
           seqs = array_fill(1::bigint, ARRAY[cardinality(s.seqs)])
    WHERE {_PORTION} AND s.state = 'created'
    """
)
_SUBMIT = text(
    f"""
    UPDATE sheets s SET state = 'submitted', submitted_at = clock_timestamp(), submitted_by = 'person',
           time_used_s = 60
    WHERE {_PORTION} AND s.state = 'open'
    """
)
_COUNT = text("SELECT count(*) FROM sheets WHERE exam_id = :exam_id AND state = :state")
_EFFECTIVE = text(
    """
    SELECT count(*) FILTER (WHERE s.state <> 'graded' OR s.current_grade_id IS NULL) AS missing,
           count(*) FILTER (WHERE n.grades <> 1) AS doubled,
           count(*) FILTER (WHERE g.attempt_id IS DISTINCT FROM s.attempt_id) AS foreign_grades
    FROM sheets s
    CROSS JOIN LATERAL (SELECT count(*) AS grades FROM grades x WHERE x.attempt_id = s.attempt_id) n
    LEFT JOIN grades g ON g.id = s.current_grade_id
    WHERE s.exam_id = :exam_id
    """
)


def run() -> Iterator[Figure]:
    """Papers come in portions, one before each kill, so that every kill meets a worker at work."""
    with running_site() as site, site.app().app_context():
        exam = people.open_an_exam()
        people.add_people(exam, sizes.GRADED)
        chance = random.Random(1)
        back, busy, kills = [], 0, sizes.WORKER_KILLS
        for number in range(kills):
            before = _graded(exam.exam_id)
            with transaction():
                for statement in (_OPEN, _SUBMIT):
                    db.session.execute(statement, {"exam_id": exam.exam_id, "parts": kills, "part": number})
            _until_at_work(site, exam.exam_id, before)
            time.sleep(chance.uniform(0.0, 0.4))
            victims = site.pids("worker")
            busy += len(victims) > IDLE
            kill(victims)
            dead = frozenset(victims)
            back.append(seconds_until(partial(_is_back, site, dead)))
        last_s = seconds_until(lambda: _graded(exam.exam_id) >= sizes.GRADED, 2 * LAST_S)
        row = db.session.execute(_EFFECTIVE, {"exam_id": exam.exam_id}).one()
        db.session.rollback()
        done = f"kill -9 of the worker {kills}x while grading {sizes.GRADED} papers"
        yield at_most(ROW, f"{done}: last graded after the last kill", last_s, LAST_S, "s")
        yield told(ROW, "kills that met a job being worked on", f"{busy} of {kills}")
        yield at_most(ROW, "a killed worker process was started again after at most", max(back), BACK_S, "s")
        yield exactly(ROW, "papers without their one effective grade", row.missing + row.foreign_grades)
        yield exactly(ROW, "papers with more than one grade", row.doubled)


def _until_at_work(site: Site, exam_id: int, before: int) -> None:
    """Until the worker has forked for a job, or grades without our having seen it."""
    seconds_until(lambda: len(site.pids("worker")) > IDLE or _graded(exam_id) > before, 15)


def _is_back(site: Site, dead: frozenset[int]) -> bool:
    return bool(set(site.pids("worker")) - dead)


def _graded(exam_id: int) -> int:
    count = int(db.session.scalar(_COUNT, {"exam_id": exam_id, "state": "graded"}) or 0)
    db.session.rollback()
    return count
