"""Reminders of reports that are soon due or late: each unit once for each, its leader of late ones too."""

from datetime import datetime, timedelta

from sqlalchemy import text

from webapp.campaigns.queries.campaigns import CampaignView, campaigns
from webapp.campaigns.queries.people import leaders, liaisons
from webapp.campaigns.rules.periods import Period
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.words import N_
from webapp.notifications.service import notify_all, notify_many

LONGEST = timedelta(days=60)
"""Of what is late for longer nobody is reminded for the first time: the program was not running, or rules changed."""
_SOON = N_("The report for %(period)s, “%(campaign)s”, is due on %(when)s.")
_OVERDUE = N_(
    "The report for %(period)s, “%(campaign)s”, is late: it was due on %(when)s. Please hand it in."
)
_LATE_UNITS = N_("%(count)s units of “%(campaign)s” are late with the report for %(period)s.")

_REMIND = text(
    """
    INSERT INTO campaign_reminders (enrolment_id, period, kind, sent_at)
    SELECT u.id, CAST(:period AS text), CAST(:kind AS text), CAST(:now AS timestamptz) FROM campaign_units u
    WHERE u.contest_id = :contest_id AND u.campaign = :campaign AND u.withdrawn_at IS NULL
      AND coalesce((SELECT r.state FROM campaign_reports r WHERE r.enrolment_id = u.id AND r.period = CAST(:period AS text)
                    ORDER BY r.number DESC LIMIT 1), 'returned') = 'returned'
    ON CONFLICT DO NOTHING RETURNING enrolment_id
    """
)


def remind(now: datetime) -> int:
    """Tell the liaisons of every unit whose report is soon due or late and was not told yet; how many reports.

    Statements grow with the campaigns and their periods that are near, never with the units."""
    return sum(
        _remind(view, period, "overdue" if period.is_overdue(now) else "soon", now)
        for view in campaigns()
        for period in view.periods
        if period.is_soon(now) or _is_newly_late(period, now)
    )


def _is_newly_late(period: Period, now: datetime) -> bool:
    return period.is_overdue(now) and period.due_at is not None and now < period.due_at + LONGEST


def _remind(view: CampaignView, period: Period, kind: str, now: datetime) -> int:
    values = {
        "contest_id": view.contest_id, "campaign": view.code, "period": period.code, "kind": kind, "now": now,
    }  # fmt: skip
    told = list(db.session.scalars(_REMIND, values))
    if not told or period.due_at is None:
        return 0
    params = {
        "campaign": view.title,
        "period": period.code,
        "when": (period.due_at - timedelta(seconds=1)).astimezone(SHANGHAI).date().isoformat(),
    }
    words = _SOON if kind == "soon" else _OVERDUE
    notify_many([(person_id, params) for _unit, person_id in liaisons(told)], words, "/staff/campaigns")
    if kind == "overdue" and view.leader_id is not None:
        notify_all(
            leaders(view.leader_id), _LATE_UNITS, {**params, "count": len(told)},
            f"/staff/campaigns/{view.contest_code}/{view.code}",
        )  # fmt: skip
    return len(told)
