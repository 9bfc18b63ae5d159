"""Row A07: who leaves is closed at the deadline with all acknowledged answers, once, by any sweeper."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.integration.exam.exams import make_exam, sit
from tests.integration.exam.races import together
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.models import Attempt, Grade, Sheet
from webapp.exam.rules.receipt import Submission, submission_digest
from webapp.exam.rules.saving import Item
from webapp.exam.service import hot
from webapp.exam.service.sweeping import close_expired

PEOPLE = 40


def desert(people: int = PEOPLE) -> list[int]:
    """People whose time ran out a minute ago, each with one acknowledged answer."""
    exam_id = make_exam()
    begun = clock.now() - timedelta(seconds=3670)
    attempts = []
    for _ in range(people):
        sat = sit(exam_id, at=begun)
        hot.save(sat.attempt_id, sat.person_id, sat.lease, [Item(2, 1, "A")], begun + timedelta(seconds=5))
        attempts.append(sat.attempt_id)
    return attempts


def sweep(batch: int = 7) -> int:
    closed = 0
    while True:
        with transaction():
            count = close_expired(clock.now(), batch)
        closed += count
        if count == 0:
            return closed


def assert_all_closed(session: Session, attempts: list[int]) -> None:
    session.expire_all()
    for sheet in session.scalars(select(Sheet)):
        assert sheet.state == "submitted"
        assert sheet.submitted_at == sheet.deadline_at
        assert sheet.submitted_by == "deadline"
        assert sheet.time_used_s == 3600
        assert sheet.answers[2] == "A"
        paper = session.get_one(Attempt, sheet.attempt_id).paper_digest
        frozen = Submission(sheet.attempt_id, sheet.participation_id, paper, sheet.answers, sheet.seqs)
        assert sheet.receipt == submission_digest(frozen)
    closings = session.scalar(select(func.count()).where(AuditRow.action == "attempt.close-at-deadline"))
    assert closings == len(attempts), "each attempt was closed once"


def test_a07_two_sweepers_close_every_attempt_once(app: Flask, committed_db: Session) -> None:
    attempts = desert()
    closed = together(app, [sweep, sweep])
    assert sum(closed) == len(attempts)
    assert_all_closed(committed_db, attempts)
    jobs.grade_pending(committed_db.get_one(Sheet, attempts[0]).exam_id)
    committed_db.rollback()
    committed_db.expire_all()
    grades = committed_db.scalars(select(Grade)).all()
    assert sorted(grade.attempt_id for grade in grades) == sorted(attempts), "each is graded, once"


def test_a07_a_sweeper_killed_in_the_middle_leaves_nothing_half_done(
    app: Flask, committed_db: Session
) -> None:
    attempts = desert(12)
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED, app.config["SQLALCHEMY_DATABASE_URI"]], stdout=subprocess.PIPE
    )
    assert killed.stdout is not None
    assert killed.stdout.readline().strip() == b"closed, not committed"
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    assert committed_db.scalar(select(func.count()).where(Sheet.state == "open")) == 12
    while committed_db.scalar(
        text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'killed'")
    ):
        db.session.rollback()
    assert sweep() == 12
    assert_all_closed(committed_db, attempts)


KILLED = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from tests.conftest import make_app
    from webapp.core import clock
    from webapp.core.db import db
    from webapp.core.transaction import transaction
    from webapp.exam.service.sweeping import close_expired
    app = make_app(sys.argv[1], "redis://nowhere", Path("/nonexistent"))
    with app.app_context(), transaction():
        db.session.connection().exec_driver_sql("SET application_name = 'killed'")
        close_expired(clock.now())
        db.session.flush()
        print("closed, not committed", flush=True)
        time.sleep(60)
    """
)


def test_a07_nobody_is_closed_within_the_grace(app: Flask, committed_db: Session) -> None:
    sat = sit(make_exam())
    edge = sat.running.deadline_at + timedelta(seconds=10)
    with transaction():
        assert close_expired(edge - timedelta(microseconds=1)) == 0
        assert close_expired(edge) == 1
