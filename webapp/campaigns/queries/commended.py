"""Candidates for commendation, and the lists that were posted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.campaigns.models import CampaignList
from webapp.campaigns.queries.campaigns import CampaignView
from webapp.core.db import db

_CANDIDATES = text(
    """
    SELECT c.id AS candidate_id, c.enrolment_id, o.name AS unit, c.person, c.reason, c.decision, c.decision_reason,
           l.state AS list_state
    FROM campaign_candidates c
    JOIN campaign_units u ON u.id = c.enrolment_id
    JOIN organisations o ON o.id = u.unit_id
    LEFT JOIN campaign_lists l ON l.id = c.list_id
    WHERE u.contest_id = :contest_id AND u.campaign = :campaign
    ORDER BY c.person <> '', o.pinyin, c.id
    """
)


@dataclass(frozen=True)
class Candidate:
    """Somebody named for commendation. person: '' for the unit itself. list_state: of the list it stands on."""

    candidate_id: int
    enrolment_id: int
    unit: str
    person: str
    reason: str
    decision: str
    decision_reason: str
    list_state: str | None

    @property
    def is_fixed(self) -> bool:
        """Whether it stands on a list that waits or is posted."""
        return self.list_state in ("waiting", "posted")


@dataclass(frozen=True)
class ListView:
    """A list of who is commended. rows: {"unit", "person", "reason"}."""

    list_id: int
    state: str
    rows: tuple[dict[str, Any], ...]
    digest: str
    asked_by_account_id: int
    decided_at: datetime | None


def candidates(view: CampaignView) -> list[Candidate]:
    """Everybody who is named, units first."""
    values = {"contest_id": view.contest_id, "campaign": view.code}
    return [Candidate(**row) for row in db.session.execute(_CANDIDATES, values).mappings()]


def lists(view: CampaignView, *states: str) -> list[ListView]:
    """The lists of a campaign in these states, the newest first."""
    rows = db.session.scalars(
        select(CampaignList)
        .where(
            CampaignList.contest_id == view.contest_id,
            CampaignList.campaign == view.code,
            CampaignList.state.in_(states),
        )
        .order_by(CampaignList.id.desc())
    )
    return [
        ListView(row.id, row.state, tuple(row.rows), row.digest, row.asked_by_account_id, row.decided_at)
        for row in rows
    ]
