"""Background work of reports. Every job takes ids and may run twice."""

from webapp.core import clock
from webapp.core.db import db
from webapp.core.queue import Job, job
from webapp.core.transaction import in_transaction
from webapp.media.service import workroom
from webapp.reports.service import archiving, computing


@job(Job.COUNT_CONTEST)
def count_contest(report_id: int) -> None:
    """Count a contest that is too large for a page."""
    try:
        in_transaction(lambda: computing.count(report_id, clock.now()))
    except Exception:
        db.session.rollback()
        in_transaction(lambda: computing.fail(report_id))
        raise


@job(Job.MAKE_ARCHIVE)
def make_archive(archive_id: int) -> None:
    """Write an event down as one file."""
    now = clock.now()
    asked = in_transaction(lambda: archiving.wanted(archive_id))
    if asked is None:
        return
    try:
        with workroom() as room:
            path = room / "archive.zip"
            packed = archiving.build(archive_id, asked, path, now)
            in_transaction(lambda: archiving.keep(archive_id, path, packed, now))
    except Exception:
        db.session.rollback()
        in_transaction(lambda: archiving.fail(archive_id))
        raise


def count_by_night() -> int:
    """What is periodic: large contests are counted anew each night."""
    return in_transaction(lambda: computing.ask_by_night(clock.now()))


PERIODIC = (("reports.count_by_night", 600.0, count_by_night),)
