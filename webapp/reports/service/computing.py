"""Counting a large contest in the background, and keeping its numbers until they are counted anew."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError

from webapp.audit.service import record
from webapp.core import clock
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.reports.errors import ReportBeingMade
from webapp.reports.models import ContestReport, ReportCell
from webapp.reports.queries import cells
from webapp.reports.queries.facts import cells_sql
from webapp.reports.queries.outline import outline, parameters
from webapp.reports.queries.topics import count_topics

NIGHT = range(2, 5)
"""Shanghai hours in which large contests are counted by themselves: nobody writes an exam then (p)."""
AGAIN_AFTER = timedelta(hours=20)
GOES_ON = timedelta(days=30)
"""A contest is counted each night until so long after its last stage (p)."""
STALE = timedelta(minutes=30)
"""A count that has not ended by then has died with its worker."""

_LARGE = text(
    """
    SELECT c.contest_id FROM (
        SELECT e.contest_id FROM events e JOIN stages s ON s.event_id = e.id
        GROUP BY e.contest_id HAVING max(coalesce(s.closes_at, 'infinity')) > :since) c
    WHERE (SELECT count(*) FROM (SELECT FROM participations p WHERE p.contest_id = c.contest_id LIMIT :most) x) = :most
      AND NOT EXISTS (SELECT FROM contest_reports r WHERE r.contest_id = c.contest_id AND r.asked_at > :before)
    ORDER BY c.contest_id
    """
)
_ROOM = ("SET LOCAL work_mem = '128MB'", "SET LOCAL statement_timeout = '9min'")
_STORE = """
    INSERT INTO report_cells (report_id, place, slice, key, units, events, steps, amounts)
    SELECT :report_id, place, slice, key, units, events, steps, amounts FROM cells"""


def ask_count(contest_id: int, account_id: int | None, now: datetime) -> int:
    """Have the contest counted after the commit; return the report's id. raise (ReportBeingMade)."""
    running = db.session.scalars(
        select(ContestReport)
        .where(ContestReport.contest_id == contest_id, ContestReport.state == "computing")
        .with_for_update()
    ).one_or_none()
    if running is not None:
        if running.asked_at > now - STALE:
            raise ReportBeingMade
        running.state = "failed"
        db.session.flush()
    made = ContestReport(contest_id=contest_id, asked_by_account_id=account_id, asked_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:
        raise ReportBeingMade from None
    record("report.count", "contest", contest_id, report_id=made.id)
    enqueue(Job.COUNT_CONTEST, report_id=made.id)
    return made.id


def ask_by_night(now: datetime) -> int:
    """In the night, have every large contest that goes on counted that nobody has had counted of late; how many.

    At another hour it does nothing."""
    if now.astimezone(SHANGHAI).hour not in NIGHT:
        return 0
    values = {"since": now - GOES_ON, "before": now - AGAIN_AFTER, "most": cells.LIVE_MOST + 1}
    found = list(db.session.scalars(_LARGE, values))
    for contest_id in found:
        ask_count(contest_id, None, now)
    return len(found)


def count(report_id: int, now: datetime) -> None:
    """Count, keep the numbers, and let go of those of earlier reports. Done again it does nothing."""
    report = db.session.get(ContestReport, report_id, with_for_update=True)
    if report is None or report.state != "computing":
        return
    one = outline(report.contest_id)
    for setting in _ROOM:
        db.session.execute(text(setting))
    db.session.execute(
        text(cells_sql(len(one.steps)) + _STORE),
        {**parameters([one], one.steps), "report_id": report_id},
    )
    report.steps = [step.key for step in one.steps]
    report.topics = count_topics(report.contest_id)
    report.as_of = now
    report.ready_at = clock.now()
    report.state = "ready"
    earlier = select(ContestReport.id).where(
        ContestReport.contest_id == report.contest_id, ContestReport.id < report_id
    )
    db.session.execute(
        delete(ReportCell).where(ReportCell.report_id.in_(earlier)),
        execution_options={"synchronize_session": False},
    )
    db.session.execute(
        delete(ContestReport).where(
            ContestReport.contest_id == report.contest_id, ContestReport.id < report_id
        ),
        execution_options={"synchronize_session": False},
    )


def fail(report_id: int) -> None:
    """Note that a count broke; it can be asked for again."""
    report = db.session.get(ContestReport, report_id, with_for_update=True)
    if report is not None and report.state == "computing":
        report.state = "failed"
