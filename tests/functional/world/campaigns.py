"""A labour competition in which the unit of the world takes part."""

from sqlalchemy.orm import Session

from tests.functional.campaigns.stand import load_campaigns
from tests.integration.registration.stand import Stand
from webapp.campaigns.models import (
    CampaignCandidate,
    CampaignFile,
    CampaignLeader,
    CampaignList,
    CampaignReport,
    CampaignUnit,
)
from webapp.core import clock
from webapp.media import service as media


def of_campaigns(session: Session, stand: Stand) -> dict[str, int | str]:
    """The unit with a plan, a report, a file, a candidate and a list that waits; the city's union leads."""
    contest, now = load_campaigns(), clock.now()
    named = {"contest_id": contest.id, "campaign": "new-energy"}
    unit = CampaignUnit(
        **named,
        unit_id=stand.county_firm.id,
        firms=1,
        workers=80,
        plan="动员",
        plan_state="sent",
        enrolled_at=now,
    )
    waiting = CampaignList(
        **named, state="waiting", rows=[], digest="0" * 64, asked_by_account_id=0, asked_at=now
    )
    leader = CampaignLeader(**named, organisation_id=stand.city.id, named_at=now)
    session.add_all([unit, waiting, leader])
    session.flush()
    report = CampaignReport(
        enrolment_id=unit.id,
        period="mobilise",
        number=1,
        said={"progress": "有进展"},
        is_late=False,
        sent_at=now,
    )
    file_id = media.store(b"%PDF-1.7 labour", "application/pdf")
    file = CampaignFile(enrolment_id=unit.id, file_id=file_id, name="方案.pdf", added_at=now)
    candidate = CampaignCandidate(enrolment_id=unit.id, reason="成绩突出", named_at=now)
    session.add_all([report, file, candidate])
    session.flush()
    return {
        "campaigns.code": contest.code,
        "campaign_code": "new-energy",
        "enrolment_id": unit.id,
        "campaigns.report_id": report.id,
        "campaigns.file_id": file.id,
        "candidate_id": candidate.id,
        "campaigns.list_id": waiting.id,
    }
