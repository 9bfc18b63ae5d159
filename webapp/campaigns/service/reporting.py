"""Units report what they have done; the leader or the host accepts a report or sends it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from webapp.audit.service import record
from webapp.campaigns.errors import (
    CampaignMissing,
    NotEnrolled,
    NothingToReview,
    PeriodWrong,
    ReasonNeeded,
    ReportAccepted,
)
from webapp.campaigns.models import CampaignReport, CampaignUnit
from webapp.campaigns.queries.campaigns import CampaignView
from webapp.campaigns.queries.units import newest_report
from webapp.campaigns.service.enrolling import By, Verdict, tell_unit
from webapp.campaigns.service.files import Upload, keep_files
from webapp.core.db import db
from webapp.core.words import N_

_ACCEPTED = N_("The report of your unit for %(period)s, “%(campaign)s”, is accepted.")
_RETURNED = N_("The report of your unit for %(period)s, “%(campaign)s”, came back: %(reason)s")


@dataclass(frozen=True)
class Saying:
    """What a report says for a period (rules/report.py), with its files."""

    period: str
    said: Mapping[str, int | str]
    uploads: Sequence[Upload] = ()


def report(one: CampaignUnit, view: CampaignView, saying: Saying, by: By) -> CampaignReport:
    """Report for a period that has begun, also in place of a report that is not accepted yet.

    raise (NotEnrolled), (PeriodWrong), (ReportAccepted), (FileWrong)."""
    if one.withdrawn_at is not None:
        raise NotEnrolled
    period = next((known for known in view.periods if known.code == saying.period), None)
    if period is None or not period.has_begun(by.at):
        raise PeriodWrong
    known = newest_report(one.id, period.code)
    if known is not None and known.state == "accepted":
        raise ReportAccepted
    made = CampaignReport(
        enrolment_id=one.id,
        period=period.code,
        number=known.number + 1 if known else 1,
        said=dict(saying.said),
        firms=_number(saying.said.get("firms")),
        workers=_number(saying.said.get("workers")),
        is_late=period.is_overdue(by.at),
        sent_by_account_id=by.account_id,
        sent_at=by.at,
    )
    db.session.add(made)
    db.session.flush()
    keep_files(one.id, made.id, saying.uploads, by.at)
    record(
        "campaign.report", "organisation", one.unit_id, report=made.id, period=period.code, number=made.number,
        late=made.is_late,
    )  # fmt: skip
    return made


def review_report(one: CampaignUnit, view: CampaignView, report_id: int, verdict: Verdict, by: By) -> None:
    """Accept the newest report of a period or send it back.

    raise (CampaignMissing): not of this unit; (NothingToReview), (ReasonNeeded)."""
    found = db.session.scalars(
        select(CampaignReport)
        .where(CampaignReport.id == report_id, CampaignReport.enrolment_id == one.id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise CampaignMissing
    newest = newest_report(one.id, found.period)
    if found.state != "sent" or newest is None or newest.id != found.id:
        raise NothingToReview
    if not verdict.accepts and not verdict.reason:
        raise ReasonNeeded
    found.state = "accepted" if verdict.accepts else "returned"
    found.reason = "" if verdict.accepts else verdict.reason
    found.decided_by_account_id, found.decided_at = by.account_id, by.at
    record(
        "campaign.report.review", "organisation", one.unit_id, why=verdict.reason, report=found.id,
        period=found.period, state=found.state,
    )  # fmt: skip
    words = _ACCEPTED if verdict.accepts else _RETURNED
    tell_unit(one, view, words, period=found.period, reason=verdict.reason)


def _number(value: int | str | None) -> int | None:
    return value if isinstance(value, int) else None
