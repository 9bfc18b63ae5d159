"""Background work of certificates. Every job takes ids and may run twice."""

import logging
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

from rq.timeouts import BaseTimeoutException
from sqlalchemy.exc import OperationalError

from webapp.certificates.models import CertificatePrint, CertificateRun
from webapp.certificates.queries.reached import stages_with_results
from webapp.certificates.rules.parts import Why
from webapp.certificates.service import printing, running, stepping
from webapp.certificates.service.asking import ask_due
from webapp.certificates.service.issuing import issue_due
from webapp.contests.queries import stage_by_id
from webapp.core import clock, turns
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.outbox import enqueue
from webapp.core.queue import Job, job
from webapp.core.transaction import in_transaction, transaction
from webapp.media.service import workroom

log = logging.getLogger(__name__)

BATCH = 500
TURN_S = 60
"""So long one run works at a print file or an issuing (p); then other work for files gets its turn, and another run
carries on."""


@job(Job.ISSUE_DUE_CERTIFICATES)
def issue_due_certificates(stage_id: int, participation_ids: str) -> int:
    """Issue what these participations (ids with commas) have earned by finishing; return how many are new."""
    ids = [int(part) for part in participation_ids.split(",") if part]
    return sum(len(_due(stage_id, ids[start : start + BATCH])) for start in range(0, len(ids), BATCH))


@job(Job.ISSUE_STAGE_CERTIFICATES)
def issue_stage_certificates(stage_id: int, snapshot_id: int, account_id: int = 0) -> None:
    """What an earlier release left in the outbox when a list became final: a run, as now."""
    with transaction():
        running.follow_list(stage_id, snapshot_id, account_id or None, clock.now())


@job(Job.RUN_CERTIFICATES)
def run_certificates(run_id: int) -> None:
    """Issue what a host asked for, with its progress."""
    token = in_transaction(lambda: turns.claim(CertificateRun, run_id, clock.now()))
    if not token:
        return
    try:
        ends, work = time.monotonic() + TURN_S, stepping.work_of(run_id)
        while _step(work, token):
            if time.monotonic() > ends:
                in_transaction(lambda: stepping.release(run_id, token))
                return
    except Exception:
        db.session.rollback()
        in_transaction(lambda: turns.fail(CertificateRun, run_id, token))
        raise


def _step(work: stepping.Work, token: str) -> bool:
    """One step of an issuing. A part that cannot go on is left and named, the others go on.

    raise: the database or the time given to a job is at its end, or it was not a part that broke."""
    try:
        return in_transaction(lambda: stepping.step(work, token, clock.now()))
    except (OperationalError, BaseTimeoutException):
        raise
    except Exception as error:
        db.session.rollback()
        why = Why.GONE if isinstance(error, NotFound) else Why.BROKE
        if not in_transaction(lambda: stepping.leave_part(work.run_id, token, why, clock.now())):
            raise
        log.exception("a part of issuing %d could not go on (%s)", work.run_id, why)
        return True


@job(Job.PRINT_CERTIFICATES)
def print_certificates(print_id: int) -> None:
    """Make a print file, or carry on with it."""
    token = in_transaction(lambda: turns.claim(CertificatePrint, print_id, clock.now()))
    if not token:
        return
    try:
        if _set_parts(print_id, token):
            _put_together(print_id, token)
    except Exception:
        db.session.rollback()
        in_transaction(lambda: turns.fail(CertificatePrint, print_id, token))
        raise


def _set_parts(print_id: int, token: str) -> bool:
    """Set what is not set yet; False: given up, or carried on by another run.

    The compiler works outside Python's lock: while it sets one part, the next is read and its codes are drawn."""
    ends = time.monotonic() + TURN_S
    with ThreadPoolExecutor(1) as press:
        task = in_transaction(lambda: printing.next_task(print_id))
        while task is not None:
            if time.monotonic() > ends:
                in_transaction(lambda: printing.release(print_id, token))
                return False
            at_work, coming = task, press.submit(task.sheets.pdf)
            task = in_transaction(lambda done=at_work.number: printing.next_task(print_id, done))  # type: ignore[misc]  # called at once
            if not _keep(at_work, token, coming.result()):
                return False
    return True


def _keep(task: printing.Task, token: str, made: bytes) -> bool:
    return in_transaction(lambda: printing.keep_part(task, token, made, clock.now()))


def _put_together(print_id: int, token: str) -> None:
    """One ZIP of the parts; PDFs are compressed already. Nothing is held in memory."""
    with workroom() as room:
        path = room / "certificates.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as book:
            for place, name in in_transaction(lambda: printing.contents(print_id, room)):
                book.write(place, name)
                if not _is_wanted(print_id, token):
                    return
        in_transaction(lambda: printing.finish(print_id, token, path, clock.now()))


def _is_wanted(print_id: int, token: str) -> bool:
    return in_transaction(lambda: turns.beat(CertificatePrint, print_id, token, clock.now()))


def look_after_prints() -> None:
    """Carry on with what a killed worker left, and clear away what is given up or after its time."""
    with transaction():
        now = clock.now()
        for print_id in turns.left_behind(CertificatePrint, now):
            enqueue(Job.PRINT_CERTIFICATES, print_id=print_id)
        for run_id in turns.left_behind(CertificateRun, now):
            enqueue(Job.RUN_CERTIFICATES, run_id=run_id)
        gone = printing.over(now)
    for print_id in gone:
        with transaction():
            printing.clear(print_id, clock.now())


def _due(stage_id: int, ids: list[int]) -> list[int]:
    return in_transaction(lambda: issue_due(stage_id, ids, clock.now()))


def drive() -> None:
    """Have certificates issued that are due and were forgotten: their wake-up may have been lost."""
    with transaction():
        for stage_id in stages_with_results():
            ask_due(stage_by_id(stage_id))


PERIODIC = (
    ("certificates.look_after_prints", 30.0, look_after_prints),
    ("certificates.drive", 300.0, drive),
)
