"""Reminders before the deadlines of a performance file, and once when one has passed."""

from datetime import datetime

from sqlalchemy import select

from webapp.core.db import db
from webapp.core.i18n import until
from webapp.core.words import N_
from webapp.hosting.models import HostingApplication, HostingPerformance
from webapp.hosting.queries.applications import terms_for
from webapp.hosting.rules.deadlines import OVERDUE, days_left, reminders
from webapp.hosting.service.telling import tell_applicant

WORDS = {
    ("file", False): N_("“%(title)s”: the performance file is due on %(due)s; %(days)s days are left."),
    ("file", True): N_("“%(title)s”: the performance file was due on %(due)s. Please hand it in now."),
    ("scores", False): N_("“%(title)s”: the scores are to be filed by %(due)s; %(days)s days are left."),
    ("scores", True): N_("“%(title)s”: the scores were to be filed by %(due)s. Please file them now."),
}


def remind(now: datetime) -> int:
    """Send what is due; every reminder once, whatever runs twice. Return how many were sent."""
    rows = db.session.execute(
        select(HostingPerformance, HostingApplication)
        .join(HostingApplication, HostingApplication.id == HostingPerformance.application_id)
        .where(HostingPerformance.state.in_(("open", "returned")))
        .order_by(HostingPerformance.application_id)
        .with_for_update(skip_locked=True, of=HostingPerformance)
    ).all()
    return sum(_remind(found, row, now) for found, row in rows)


def _remind(found: HostingPerformance, row: HostingApplication, now: datetime) -> int:
    days = terms_for(row).hosting.remind_days
    sent = 0
    for kind, due, is_done in (
        ("file", found.due_at, False),
        ("scores", found.filing_due_at, found.scores_at is not None),
    ):
        if due is None or is_done:
            continue
        keys = reminders(kind, due, days, found.reminded, now)
        if not keys:
            continue
        found.reminded = [*found.reminded, *keys]
        words = WORDS[kind, keys[-1].endswith(OVERDUE)]
        tell_applicant(row, words, {"title": row.title, "due": until(due), "days": days_left(due, now)})
        sent += 1
    return sent
