"""Background work of exams. Every job takes ids and may run twice."""

import logging
import time

from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.outbox import enqueue
from webapp.core.queue import Job, job
from webapp.core.transaction import transaction
from webapp.exam.errors import NoExamInStage
from webapp.exam.queries.alarms import watched
from webapp.exam.rules.simulation import PAPERS
from webapp.exam.service.analysing import analyses_due, begin_analysis, keep_analysis, read_sittings
from webapp.exam.service.drafting import drafted_design
from webapp.exam.service.grading import grade_batch, ungraded_exams
from webapp.exam.service.opening import (
    due_stages,
    exams_to_draw,
    exams_to_draw_for,
    exams_with_sessions,
    follow_booking,
    follow_windows,
    open_for_stage,
    stages_to_book,
)
from webapp.exam.service.papers import draw_missing, paper_for
from webapp.exam.service.parity import make_parity
from webapp.exam.service.ruling import prepare_grades, switch_grades, unfinished_rulings, weigh_ruling
from webapp.exam.service.secrets import reveal_due
from webapp.exam.service.sessions import assign_missing, release_gone, write_windows
from webapp.exam.service.simulating import begin_simulation, design_of, keep_simulation, note_papers
from webapp.exam.service.stopping import redraw_papers
from webapp.exam.service.sweeping import close_expired
from webapp.exam.service.watching import watch_exam

log = logging.getLogger(__name__)

SIMULATION_STEP = 200
SIMULATION_S = 300.0


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


@job(Job.PARITY_REPORT)
def parity_report(exam_id: int) -> None:
    """Count whether the papers of an exam were equally hard."""
    with transaction():
        make_parity(exam_id, clock.now())


@job(Job.ITEM_ANALYSIS)
def item_analysis(exam_id: int) -> int:
    """Compute how the questions of a closed exam did, batch by batch; how many attempts were read."""
    with transaction():
        work = begin_analysis(exam_id, clock.now())
    if work is None:
        return 0
    while work.is_unfinished:
        with transaction():
            read_sittings(work)
    with transaction():
        return keep_analysis(work, clock.now())


@job(Job.SIMULATE_PAPERS)
def simulate_papers(event_id: int, is_draft: bool = False) -> int:
    """Draw the papers of a blueprint for show, with progress; how many. A band of difficulty that hardly any paper
    meets makes draws slow: then it ends with fewer papers. is_draft: of the draft, not of the contest file; none
    when that has gone or is not good."""
    with transaction():
        design = drafted_design(event_id, clock.now()) if is_draft else design_of(event_id, clock.now())
    if design is None:
        return 0
    simulation, began = begin_simulation(design), time.monotonic()
    if simulation is None:
        return 0
    while len(simulation) < PAPERS and time.monotonic() - began < SIMULATION_S:
        simulation.draw(SIMULATION_STEP)
        with transaction():
            note_papers(design, simulation)
    with transaction():
        keep_simulation(design, simulation, clock.now())
    return len(simulation)


def drive_analyses() -> None:
    """Have the exams analysed that are over and marked, and those whose wake-up was lost."""
    with transaction():
        for exam_id in analyses_due(clock.now()):
            enqueue(Job.ITEM_ANALYSIS, exam_id=exam_id)


def reveal_secrets() -> None:
    """Publish the draw secrets of exams that are over."""
    with transaction():
        reveal_due(clock.now())


@job(Job.REDRAW_PAPERS)
def redraw(exam_id: int) -> int:
    """Draw the papers anew that hold a stopped question and that nobody has started."""
    done = 0
    while True:
        with transaction():
            count = redraw_papers(exam_id)
        done += count
        if count == 0:
            return done


@job(Job.WEIGH_RULING)
def weigh(ruling_id: int) -> None:
    """Compute the effect of a ruling before anybody agrees to it."""
    with transaction():
        weigh_ruling(ruling_id)


@job(Job.APPLY_RULING)
def apply_ruling(ruling_id: int) -> int:
    """Give every paper concerned its new grade, then let all take effect at once."""
    while True:
        with transaction():
            count = prepare_grades(ruling_id)
        if count == 0:
            break
    with transaction():
        return switch_grades(ruling_id, clock.now())


def drive_rulings() -> None:
    """Wake the jobs of rulings again whose wake-up was lost."""
    with transaction():
        to_weigh, to_apply = unfinished_rulings()
        for ruling_id in to_weigh:
            enqueue(Job.WEIGH_RULING, ruling_id=ruling_id)
        for ruling_id in to_apply:
            enqueue(Job.APPLY_RULING, ruling_id=ruling_id)


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


@job(Job.PREPARE_PARTICIPANT)
def prepare_participant(participation_id: int) -> int:
    """Who is confirmed in the last minutes gets a seat and a paper at once; how many papers."""
    at = clock.now()
    with transaction():
        exams = exams_to_draw_for(participation_id, at)
    for exam_id, booking_is_over in exams:
        if booking_is_over:
            seat_missing(exam_id)
        with transaction():
            paper_for(exam_id, participation_id)
    return len(exams)


def seat_missing(exam_id: int) -> int:
    """Give a seat to everybody who has chosen none, batch by batch; how many got one."""
    done = 0
    while True:
        with transaction():
            count = assign_missing(exam_id, clock.now())
        if count == 0:
            return done
        done += count


def keep_sessions() -> None:
    """Sessions follow the contest file; seats of people who left are freed; once booking has closed,
    whoever has chosen none is given a seat."""
    at = clock.now()
    with transaction():
        stages = stages_to_book(at)
    for stage_id in stages:
        try:
            with transaction():
                follow_booking(stage_id, at)
        except DomainError as error:
            log.warning("stage %d: its sessions cannot be opened yet: %s", stage_id, error)
    with transaction():
        exams = exams_with_sessions(at)
    for exam_id, booking_is_over in exams:
        with transaction():
            release_gone(exam_id)
            write_windows(exam_id)
        if booking_is_over:
            seat_missing(exam_id)


def prepare_exams() -> None:
    """Open the exams of stages that begin soon, and have their papers drawn beforehand.

    A stage that is not ready (no approved bank, too few questions) is logged and tried again later."""
    at = clock.now()
    with transaction():
        follow_windows(at)
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
    ("exam.keep_sessions", 60.0, keep_sessions),
    ("exam.reveal_secrets", 300.0, reveal_secrets),
    ("exam.drive_analyses", 120.0, drive_analyses),
)
