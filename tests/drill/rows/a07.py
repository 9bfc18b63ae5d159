"""A07 at full size: everybody leaves; the clock process is killed at work; two sweepers share it."""

import threading
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import text

from tests.drill import people, sizes
from tests.drill.figures import Figure, at_most, exactly
from tests.drill.site import kill, running_site, seconds_until
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.exam.jobs import sweep_expired

ROW = "A07"
CLOSED_S = 60.0
AHEAD_S = 5

_LEAVE = text(
    """
    UPDATE sheets SET started_at = clock_timestamp() - interval '1 hour',
           deadline_at = clock_timestamp() - make_interval(secs => grace_s - :ahead),
           answers[1] = 'A', seqs[1] = 1
    WHERE exam_id = :exam_id AND state = 'open'
    """
)
_OPEN = text("SELECT count(*) FROM sheets WHERE exam_id = :exam_id AND state = 'open'")
_WRONG = text(
    """
    SELECT count(*) FILTER (WHERE s.submitted_at IS DISTINCT FROM s.deadline_at) AS finish,
           count(*) FILTER (WHERE s.answers[1] <> 'A') AS answers,
           count(*) FILTER (WHERE s.state <> 'graded') AS ungraded,
           count(*) FILTER (WHERE closings.times <> 1) AS closings
    FROM sheets s
    CROSS JOIN LATERAL (SELECT count(*) AS times FROM audit_rows a WHERE a.target_kind = 'attempt'
                        AND a.target_id = s.attempt_id::text AND a.action = 'attempt.close-at-deadline') closings
    WHERE s.exam_id = :exam_id
    """
)


def run() -> Iterator[Figure]:
    """The grace of all ends in the same second."""
    with running_site() as site:
        app = site.app()
        with app.app_context():
            exam = people.open_an_exam()
            people.sitters(app, exam, sizes.LEAVERS)
            with transaction():
                db.session.execute(_LEAVE, {"exam_id": exam.exam_id, "ahead": AHEAD_S})
            seconds_until(lambda: _count(exam.exam_id) < sizes.LEAVERS, AHEAD_S + 10)
            kill(site.pids("clock"))
            others = [threading.Thread(target=_sweep, args=(app,)) for _ in range(2)]
            for other in others:
                other.start()
            closed_s = seconds_until(lambda: _count(exam.exam_id) == 0, 2 * CLOSED_S)
            for other in others:
                other.join()
            seconds_until(lambda: _wrong(exam.exam_id)[2] == 0, CLOSED_S)
            finish, answers, ungraded, closings = _wrong(exam.exam_id)
            done = f"{sizes.LEAVERS} leave, the clock is killed at work, two more sweepers: all closed after"
            yield at_most(ROW, done, closed_s, CLOSED_S, "s")
            yield exactly(ROW, "finish time is not the deadline", finish)
            yield exactly(ROW, "acknowledged answers missing", answers)
            yield exactly(ROW, "papers not graded a minute later", ungraded)
            yield exactly(ROW, "papers closed more or less than once", closings)


def _sweep(app: Flask) -> None:
    with app.app_context():
        sweep_expired()


def _count(exam_id: int) -> int:
    found = int(db.session.scalar(_OPEN, {"exam_id": exam_id}) or 0)
    db.session.rollback()
    return found


def _wrong(exam_id: int) -> tuple[int, int, int, int]:
    row = db.session.execute(_WRONG, {"exam_id": exam_id}).one()
    db.session.rollback()
    return row.finish, row.answers, row.ungraded, row.closings
