"""Units enrol and hand in their plan; the host names who leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.campaigns.errors import (
    EnrolledAlready,
    EnrolmentClosed,
    NotEnrolled,
    NothingToReview,
    PlanAccepted,
    ReasonNeeded,
)
from webapp.campaigns.models import CampaignLeader, CampaignUnit
from webapp.campaigns.queries.campaigns import CampaignView
from webapp.campaigns.queries.people import liaisons
from webapp.campaigns.rules.periods import may_enrol
from webapp.campaigns.service.files import Upload, keep_files
from webapp.core.db import db
from webapp.core.words import N_
from webapp.notifications.service import notify_all

_PLAN_ACCEPTED = N_("The mobilisation plan of your unit for “%(campaign)s” is accepted.")
_PLAN_RETURNED = N_("The mobilisation plan of your unit for “%(campaign)s” came back: %(reason)s")


@dataclass(frozen=True)
class By:
    """Who does it, and when."""

    account_id: int
    at: datetime


@dataclass(frozen=True)
class Covered:
    """What a unit brings in: firms (itself and those below it) and workers."""

    firms: int
    workers: int


@dataclass(frozen=True)
class Verdict:
    """What a reviewer says of a plan or report. reason: needed when it goes back."""

    accepts: bool
    reason: str = ""


def name_leader(view: CampaignView, organisation_id: int, by: By) -> None:
    """Name the organisation that leads a campaign; the newest naming counts."""
    values = {"organisation_id": organisation_id, "named_by_account_id": by.account_id, "named_at": by.at}
    statement = insert(CampaignLeader).values(contest_id=view.contest_id, campaign=view.code, **values)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["contest_id", "campaign"], set_=values)
    )
    record(
        "campaign.leader", "contest", view.contest_id, campaign=view.code, organisation=organisation_id,
        before=view.leader_id,
    )  # fmt: skip


def enrol(view: CampaignView, unit_id: int, covered: Covered, by: By) -> CampaignUnit:
    """A unit takes part; one that withdrew comes back with what it had handed in.

    raise (EnrolmentClosed), (EnrolledAlready)."""
    if not may_enrol(view.phases, by.at):
        raise EnrolmentClosed
    known = db.session.query(CampaignUnit).filter_by(
        contest_id=view.contest_id, campaign=view.code, unit_id=unit_id
    ).with_for_update().one_or_none()  # fmt: skip
    if known is not None and known.withdrawn_at is None:
        raise EnrolledAlready
    made = known or CampaignUnit(contest_id=view.contest_id, campaign=view.code, unit_id=unit_id)
    made.firms, made.workers = covered.firms, covered.workers
    made.enrolled_by_account_id, made.enrolled_at, made.withdrawn_at = by.account_id, by.at, None
    db.session.add(made)
    db.session.flush()
    record(
        "campaign.enrol", "organisation", unit_id, contest_id=view.contest_id, campaign=view.code,
        firms=covered.firms, workers=covered.workers,
    )  # fmt: skip
    return made


def withdraw(one: CampaignUnit, by: By) -> None:
    """A unit takes part no longer; what it handed in stays. raise (NotEnrolled): it withdrew before."""
    if one.withdrawn_at is not None:
        raise NotEnrolled
    one.withdrawn_at = by.at
    record("campaign.withdraw", "organisation", one.unit_id, contest_id=one.contest_id, campaign=one.campaign)


def hand_in_plan(one: CampaignUnit, words: str, uploads: Sequence[Upload], by: By) -> None:
    """Hand in the plan, also in place of one that is not accepted yet. raise (NotEnrolled), (PlanAccepted), (FileWrong)."""
    if one.withdrawn_at is not None:
        raise NotEnrolled
    if one.plan_state == "accepted":
        raise PlanAccepted
    keep_files(one.id, None, uploads, by.at)
    one.plan, one.plan_state, one.plan_reason, one.plan_sent_at = words, "sent", "", by.at
    record("campaign.plan", "organisation", one.unit_id, enrolment=one.id, files=len(uploads))


def review_plan(one: CampaignUnit, view: CampaignView, verdict: Verdict, by: By) -> None:
    """Accept a plan or send it back. raise (NothingToReview), (ReasonNeeded)."""
    if one.plan_state != "sent":
        raise NothingToReview
    if not verdict.accepts and not verdict.reason:
        raise ReasonNeeded
    one.plan_state = "accepted" if verdict.accepts else "returned"
    one.plan_reason = "" if verdict.accepts else verdict.reason
    one.plan_decided_by_account_id, one.plan_decided_at = by.account_id, by.at
    record(
        "campaign.plan.review", "organisation", one.unit_id, why=verdict.reason, enrolment=one.id,
        state=one.plan_state,
    )  # fmt: skip
    tell_unit(one, view, _PLAN_ACCEPTED if verdict.accepts else _PLAN_RETURNED, reason=verdict.reason)


def tell_unit(one: CampaignUnit, view: CampaignView, words: str, **params: object) -> None:
    """Tell the liaisons of a unit."""
    people = [person_id for _enrolment, person_id in liaisons([one.id])]
    notify_all(people, words, {"campaign": view.title, **params}, f"/staff/campaigns/units/{one.id}")
