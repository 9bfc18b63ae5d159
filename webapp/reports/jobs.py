"""Background work of reports. Every job takes ids and may run twice."""

from webapp.core import clock
from webapp.core.db import db
from webapp.core.queue import Job, job
from webapp.core.transaction import in_transaction
from webapp.reports.service import computing


@job(Job.COUNT_CONTEST)
def count_contest(report_id: int) -> None:
    """Count a contest that is too large for a page."""
    try:
        in_transaction(lambda: computing.count(report_id, clock.now()))
    except Exception:
        db.session.rollback()
        in_transaction(lambda: computing.fail(report_id))
        raise
