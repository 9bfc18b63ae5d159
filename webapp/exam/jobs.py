"""Background work of exams. Every job takes ids and may run twice."""

import logging

from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.outbox import enqueue
from webapp.core.queue import Job, job
from webapp.core.transaction import transaction
from webapp.exam.errors import NoExamInStage
from webapp.exam.queries.alarms import watched
from webapp.exam.service.grading import grade_batch, ungraded_exams
from webapp.exam.service.opening import due_stages, exams_to_draw, follow_windows, open_for_stage
from webapp.exam.service.papers import draw_missing
from webapp.exam.service.sweeping import close_expired
from webapp.exam.service.watching import watch_exam

log = logging.getLogger(__name__)


@job(Job.GRADE_PENDING)
def grade_pending(exam_id: int) -> int:
    """Grade everything that waits in an exam, batch by batch, each in a transaction of its own."""
    done = after = 0
    while True:
        with transaction():
            batch = grade_batch(exam_id, after)
        if batch.is_empty:
            return done
        done, after = done + batch.graded, batch.last


@job(Job.DRAW_PAPERS)
def draw_papers(exam_id: int) -> int:
    """Draw the papers of all admitted people who have none."""
    done = 0
    while True:
        with transaction():
            count = draw_missing(exam_id)
        if count == 0:
            return done
        done += count


def sweep_expired() -> int:
    """Close what ran out of time."""
    done = 0
    while True:
        with transaction():
            count = close_expired(clock.now())
        done += count
        if count == 0:
            return done


def drive_grading() -> None:
    """Wake grading for whatever waits, in case its wake-up was lost."""
    with transaction():
        for exam_id in ungraded_exams():
            enqueue(Job.GRADE_PENDING, exam_id=exam_id)


def prepare_exams() -> None:
    """Open the exams of stages that begin soon, and have their papers drawn beforehand.

    A stage that is not ready (no approved bank, too few questions) is logged and tried again later."""
    at = clock.now()
    with transaction():
        follow_windows()
        due = due_stages(at)
    for stage_id in due:
        try:
            with transaction():
                open_for_stage(stage_id, at)
        except NoExamInStage:
            continue
        except DomainError as error:
            log.warning("stage %d: its exam cannot be opened yet: %s", stage_id, error)
    with transaction():
        for exam_id in exams_to_draw(at):
            enqueue(Job.DRAW_PAPERS, exam_id=exam_id)


def watch_exams() -> None:
    """Look at every exam that runs or has something left to do, each in a transaction of its own."""
    with transaction():
        due = watched(clock.now())
    for exam_id, event_id in due:
        with transaction():
            watch_exam(exam_id, event_id, clock.now())


AT_WORKER_START = (drive_grading,)
"""A worker that was killed at work is replaced within seconds; the next one need not wait for the clock."""

PERIODIC = (
    ("exam.watch_exams", 10.0, watch_exams),
    ("exam.sweep_expired", 2.0, sweep_expired),
    ("exam.drive_grading", 10.0, drive_grading),
    ("exam.prepare_exams", 60.0, prepare_exams),
)
