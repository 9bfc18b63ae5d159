"""Organisers of poor events: proposed by one person, agreed by another, named, and kept out for the file's years."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.contests.queries import rules_of
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.words import N_
from webapp.hosting.errors import ApplicationMissing, BarNotPossible, OwnBar, ReasonNeeded
from webapp.hosting.models import HostingApplication, HostingBar, HostingPerformance
from webapp.hosting.queries import loading
from webapp.hosting.queries.applications import terms_for
from webapp.hosting.queries.loading import DECIDE
from webapp.hosting.rules.deadlines import barred_until
from webapp.hosting.service.telling import tell_applicant

MOST_REASON = 1000
BARRED = N_("Your organisation may not apply until %(until)s. Reason: %(reason)s")


def ask_bar(
    application_id: int, reason: str, who: Principal, now: datetime, *, two_person: bool
) -> HostingBar:
    """Propose that the organiser of a poor event is named and barred. In force at once without the two-person rule.

    raise (ReasonNeeded). raise (BarNotPossible): the file was not found poor, the contest has no such rule, or a bar
    was proposed already."""
    row = loading.at_desk(application_id, who, DECIDE, lock=True)
    loading.keep_away(row, who)
    reason = reason.strip()[:MOST_REASON]
    if not reason:
        raise ReasonNeeded
    if not may_bar(row):
        raise BarNotPossible
    bar_id = db.session.scalar(
        insert(HostingBar)
        .values(
            contest_id=row.contest_id, application_id=row.id, organisation_id=row.organisation_id,
            host=rules_of(row.contest_id).host.zh, reason=reason, asked_by_account_id=who.account_id, asked_at=now,
        )
        .on_conflict_do_nothing()
        .returning(HostingBar.id)
    )  # fmt: skip
    if bar_id is None:
        raise BarNotPossible
    record("hosting.bar.ask", "hosting", row.id, reason, bar=bar_id)
    bar = db.session.get_one(HostingBar, bar_id)
    if not two_person:
        _put_in_force(bar, row, None, now)
    return bar


def answer_bar(application_id: int, agree: bool, who: Principal, now: datetime) -> HostingBar:
    """The second person's word. raise (OwnBar, BarNotPossible, ApplicationMissing)."""
    row = loading.at_desk(application_id, who, DECIDE, lock=True)
    loading.keep_away(row, who)
    bar = db.session.scalars(
        select(HostingBar)
        .where(HostingBar.application_id == row.id, HostingBar.state == "waiting")
        .with_for_update()
    ).one_or_none()
    if bar is None:
        raise BarNotPossible
    if bar.asked_by_account_id == who.account_id:
        raise OwnBar
    if agree:
        _put_in_force(bar, row, who.account_id, now)
    else:
        bar.state, bar.decided_by_account_id, bar.decided_at = "refused", who.account_id, now
        record("hosting.bar.refuse", "hosting", row.id, bar=bar.id)
    return bar


def may_bar(row: HostingApplication) -> bool:
    """Whether the file of this event was found poor and the contest's rules bar organisers for it."""
    found = db.session.get(HostingPerformance, row.id)
    return found is not None and found.state == "poor" and bool(terms_for(row).value("organiser-ban"))


def _put_in_force(bar: HostingBar, row: HostingApplication, account_id: int | None, now: datetime) -> None:
    years = terms_for(row).value("organiser-ban")
    if not years:
        raise ApplicationMissing
    today = now.astimezone(SHANGHAI).date()
    bar.state, bar.since_on, bar.until_on = "in_force", today, barred_until(today, years)
    bar.decided_by_account_id, bar.decided_at = account_id, now
    told = {"until": bar.until_on.isoformat(), "reason": bar.reason}
    tell_applicant(row, BARRED, told)
    record(
        "hosting.bar",
        "organisation",
        bar.organisation_id,
        bar.reason,
        bar=bar.id,
        until=bar.until_on.isoformat(),
    )
