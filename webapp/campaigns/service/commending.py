"""Who is commended: the leader names with reasons, the host decides, a second person agrees, the list is posted."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.campaigns.errors import (
    CampaignMissing,
    CandidateDecided,
    ListWaits,
    NobodyToPost,
    NotEnrolled,
    NothingToReview,
    OwnList,
    ReasonNeeded,
)
from webapp.campaigns.models import CampaignCandidate, CampaignList, CampaignUnit
from webapp.campaigns.queries.campaigns import CampaignView
from webapp.campaigns.queries.commended import candidates
from webapp.campaigns.service.enrolling import By, tell_unit
from webapp.core.db import db
from webapp.core.words import N_

_POSTED = N_("Your unit, or somebody of it, is commended in “%(campaign)s”. The list is posted.")


@dataclass(frozen=True)
class Naming:
    """Somebody to be commended. person: '' for the unit itself."""

    enrolment_id: int
    person: str
    reason: str


def name_candidate(view: CampaignView, naming: Naming, by: By) -> None:
    """Name a unit of the campaign, or one of its people; naming again changes the reason while nothing is decided.

    raise (ReasonNeeded); (CampaignMissing): no unit of this campaign; (NotEnrolled); (CandidateDecided)."""
    if not naming.reason:
        raise ReasonNeeded
    unit = db.session.get(CampaignUnit, naming.enrolment_id)
    if unit is None or (unit.contest_id, unit.campaign) != (view.contest_id, view.code):
        raise CampaignMissing
    if unit.withdrawn_at is not None:
        raise NotEnrolled
    values = {"reason": naming.reason, "named_by_account_id": by.account_id, "named_at": by.at}
    made = db.session.scalar(
        insert(CampaignCandidate)
        .values(enrolment_id=unit.id, person=naming.person, **values)
        .on_conflict_do_update(
            index_elements=["enrolment_id", "person"], set_=values, where=CampaignCandidate.decision == ""
        )
        .returning(CampaignCandidate.id)
    )
    if made is None:
        raise CandidateDecided
    record(
        "campaign.candidate",
        "organisation",
        unit.unit_id,
        why=naming.reason,
        candidate=made,
        campaign=view.code,
    )


def decide(view: CampaignView, candidate_id: int, grants: bool, reason: str, by: By) -> None:
    """The host's word about a candidate, which may change until a list is asked for.

    raise (CampaignMissing), (CandidateDecided), (ReasonNeeded): declining needs one."""
    found = db.session.scalars(
        select(CampaignCandidate).where(CampaignCandidate.id == candidate_id).with_for_update()
    ).one_or_none()
    unit = db.session.get(CampaignUnit, found.enrolment_id) if found else None
    if found is None or unit is None or (unit.contest_id, unit.campaign) != (view.contest_id, view.code):
        raise CampaignMissing
    if found.list_id is not None:
        raise CandidateDecided
    if not grants and not reason:
        raise ReasonNeeded
    found.decision, found.decision_reason = ("granted" if grants else "declined"), reason
    found.decided_by_account_id, found.decided_at = by.account_id, by.at
    record(
        "campaign.candidate.decide",
        "organisation",
        unit.unit_id,
        why=reason,
        candidate=found.id,
        decision=found.decision,
    )


def ask_post(view: CampaignView, by: By, two_person: bool) -> CampaignList:
    """Ask that everybody who is granted and on no list yet be posted; posted at once where no second person is needed.

    raise (ListWaits), (NobodyToPost): somebody is not decided, or nobody is granted."""
    open_ones = [one for one in candidates(view) if one.list_state not in ("waiting", "posted")]
    chosen = [one for one in open_ones if one.decision == "granted"]
    if not chosen or any(not one.decision for one in open_ones):
        raise NobodyToPost
    rows = [{"unit": one.unit, "person": one.person, "reason": one.reason} for one in chosen]
    made: CampaignList | None = db.session.scalar(
        insert(CampaignList)
        .values(
            contest_id=view.contest_id, campaign=view.code, state="waiting", rows=rows, digest=digest_of(rows),
            asked_by_account_id=by.account_id, asked_at=by.at,
        )
        .on_conflict_do_nothing()
        .returning(CampaignList)
    )  # fmt: skip
    if made is None:
        raise ListWaits
    db.session.execute(
        update(CampaignCandidate)
        .where(CampaignCandidate.id.in_([one.candidate_id for one in chosen]))
        .values(list_id=made.id)
    )
    record(
        "campaign.list.ask",
        "contest",
        view.contest_id,
        list_id=made.id,
        campaign=view.code,
        digest=made.digest,
    )
    if not two_person:
        _post(view, made, by)
    return made


def answer(view: CampaignView, list_id: int, agrees: bool, by: By) -> CampaignList:
    """The second person's word. raise (CampaignMissing), (NothingToReview): decided already, (OwnList)."""
    found = db.session.scalars(
        select(CampaignList)
        .where(
            CampaignList.id == list_id,
            CampaignList.contest_id == view.contest_id,
            CampaignList.campaign == view.code,
        )
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise CampaignMissing
    if found.state != "waiting":
        raise NothingToReview
    if found.asked_by_account_id == by.account_id:
        raise OwnList
    found.decided_by_account_id = by.account_id
    if agrees:
        _post(view, found, by)
    else:
        found.state, found.decided_at = "refused", by.at
        db.session.execute(
            update(CampaignCandidate).where(CampaignCandidate.list_id == found.id).values(list_id=None)
        )
        record("campaign.list.refuse", "contest", view.contest_id, list_id=found.id)
    return found


def digest_of(rows: list[dict[str, Any]]) -> str:
    """SHA-256 of the rows as JSON with sorted keys and without spaces."""
    said = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _post(view: CampaignView, found: CampaignList, by: By) -> None:
    found.state, found.decided_at = "posted", by.at
    db.session.flush()
    record("campaign.list.post", "contest", view.contest_id, list_id=found.id, digest=found.digest)
    units = db.session.scalars(
        select(CampaignUnit).where(
            CampaignUnit.id.in_(
                select(CampaignCandidate.enrolment_id).where(CampaignCandidate.list_id == found.id)
            )
        )
    )
    for unit in units:
        tell_unit(unit, view, _POSTED)
