"""Background work of evidence. Every job takes ids and may run twice."""

import logging
from datetime import timedelta

from flask import current_app
from sqlalchemy import text

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.core.queue import Job, job
from webapp.core.transaction import transaction
from webapp.integrity.service import gathering, snapshots

log = logging.getLogger(__name__)

_FORGET = text("DELETE FROM exam_sightings WHERE at < :before")


@job(Job.GATHER_EVIDENCE)
def gather_evidence(run_id: int, step: int) -> None:
    """One step of gathering the evidence of an exam; it queues the next."""
    try:
        gathering.do_step(run_id, step)
    except Exception:
        db.session.rollback()
        gathering.fail(run_id)
        raise


def gather_closed() -> None:
    """Look at exams that are over and marked, once each."""
    at = clock.now()
    for exam_id in gathering.due_exams(at):
        try:
            with transaction():
                gathering.start_run(exam_id, None, at)
        except DomainError as error:
            log.warning("exam %d: no evidence gathered yet: %s", exam_id, error)


def forget_addresses() -> int:
    """Delete sightings older than the days that the setting gives; return how many."""
    before = clock.now() - timedelta(days=current_app.config["ADDRESS_DAYS"])
    with transaction():
        done = db.session.execute(_FORGET, {"before": before})
    return int(done.rowcount)  # type: ignore[attr-defined]  # a DELETE has it


def forget_snapshots() -> int:
    """Delete camera pictures whose days are over; return how many."""
    done = 0
    while True:
        with transaction():
            gone = snapshots.forget(clock.now())
        done += gone
        if gone < snapshots.BATCH:
            return done


PERIODIC = (
    ("integrity.forget_snapshots", 3600.0, forget_snapshots),
    ("integrity.gather_closed", 300.0, gather_closed),
    ("integrity.forget_addresses", 3600.0, forget_addresses),
)
