"""Which campaigns there are, who leads them, and who may see what of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.campaigns.errors import CampaignMissing
from webapp.campaigns.rules import periods as rules
from webapp.campaigns.rules.periods import Period, Phase
from webapp.contests import queries as contests
from webapp.contests.rules.campaigns import Campaign
from webapp.contests.rules.schema import Window
from webapp.core.db import db
from webapp.organisations import queries as organisations

LEADING = (Permission.REVIEW_APPLICATIONS, Permission.CONFIRM_FOR_EVENT)
"""Who reviews for a union, or acts for an organiser, acts for it as the leader of a campaign too."""
HOSTING = Permission.PUBLISH_RESULTS
LOOKING = Permission.READ_AUDIT
READING = (*LEADING, HOSTING, LOOKING)

# A file that does not name any is not parsed for it.
_CONTESTS = text(
    """
    SELECT c.id, c.code, c.title FROM contests c JOIN contest_versions v ON v.id = c.current_version_id
    WHERE strpos(v.text, 'campaigns') > 0 AND (CAST(:code AS text) IS NULL OR c.code = :code)
      AND (c.is_listed OR CAST(:code AS text) IS NOT NULL)
    ORDER BY c.id DESC
    """
)
_ROWS = text(
    """
    SELECT contest_id, campaign, 0 AS units, 0 AS firms, 0 AS workers, 0 AS waiting, organisation_id AS leader_id
    FROM campaign_leaders WHERE contest_id = ANY(:ids)
    UNION ALL
    SELECT u.contest_id, u.campaign, count(*), sum(u.firms), sum(u.workers),
           sum(CAST(u.plan_state = 'sent' AS int) + (
               SELECT count(*) FROM campaign_reports r WHERE r.enrolment_id = u.id AND r.state = 'sent'
                 AND NOT EXISTS (SELECT FROM campaign_reports n WHERE n.enrolment_id = r.enrolment_id
                                 AND n.period = r.period AND n.number > r.number))), NULL
    FROM campaign_units u WHERE u.contest_id = ANY(:ids) AND u.withdrawn_at IS NULL
    GROUP BY u.contest_id, u.campaign
    """
)


@dataclass(frozen=True)
class CampaignView:
    """A campaign of a contest's file. units, firms, workers: enrolled; waiting: plans and reports to review.

    leader_id: the organisation the host named; path: it and all above it."""

    contest_id: int
    contest_code: str
    contest_title: dict[str, str]
    campaign: Campaign
    windows: Mapping[str, Window]
    leader_id: int | None
    leader_name: str
    leader_path: tuple[int, ...]
    units: int
    firms: int
    workers: int
    waiting: int

    @property
    def code(self) -> str:
        return self.campaign.code

    @property
    def title(self) -> dict[str, str]:
        return {"zh": self.campaign.title.zh, "en": self.campaign.title.en}

    @property
    def leader(self) -> dict[str, str]:
        """Who leads: the organisation that the host named, else as the file says; empty texts where neither does."""
        if self.leader_name:
            return {"zh": self.leader_name, "en": self.leader_name}
        return {"zh": self.campaign.leader.zh, "en": self.campaign.leader.en}

    @property
    def phases(self) -> tuple[Phase, ...]:
        return rules.phases(self.campaign, self.windows)

    @property
    def periods(self) -> tuple[Period, ...]:
        return rules.periods(self.campaign, self.windows)

    @property
    def is_undecided(self) -> bool:
        return rules.is_undecided(self.campaign)

    @property
    def fields(self) -> tuple[str, ...]:
        return self.campaign.report.fields if self.campaign.report else ()

    def is_led_by(self, who: Principal) -> bool:
        """Whether somebody acts for the leader, or for what stands above it."""
        return self.leader_id is not None and any(
            who.allows(permission, organisation_path=self.leader_path) for permission in LEADING
        )

    def is_hosted_by(self, who: Principal, permission: Permission = HOSTING) -> bool:
        """Whether a grant with this permission covers the contest."""
        return who.allows(permission, contest_id=self.contest_id)

    def is_read_by(self, who: Principal) -> bool:
        """Whether somebody sees the units of the campaign."""
        return self.is_led_by(who) or self.is_hosted_by(who) or self.is_hosted_by(who, LOOKING)

    def is_reviewed_by(self, who: Principal) -> bool:
        """Whether somebody decides about plans and reports."""
        return self.is_led_by(who) or self.is_hosted_by(who)


def campaigns(contest_code: str | None = None) -> list[CampaignView]:
    """The campaigns of a contest, or of all listed contests, in the order of the files; the newest contest first.

    The number of statements grows with the contests only."""
    found = [
        (row, contests.rules_of(row.id)) for row in db.session.execute(_CONTESTS, {"code": contest_code})
    ]
    ids = [row.id for row, file in found if file.campaigns]
    if not ids:
        return []
    numbers: dict[tuple[int, str], dict[str, int]] = {}
    for row in db.session.execute(_ROWS, {"ids": ids}).mappings():
        known = numbers.setdefault((row["contest_id"], row["campaign"]), {})
        for name in ("units", "firms", "workers", "waiting"):
            known[name] = known.get(name, 0) + int(row[name] or 0)
        if row["leader_id"] is not None:
            known["leader_id"] = row["leader_id"]
    leaders = {one["leader_id"] for one in numbers.values() if "leader_id" in one}
    names, paths = organisations.names(leaders), organisations.paths(leaders)
    return [
        _view(row, campaign, file.windows, numbers.get((row.id, campaign.code), {}), names, paths)
        for row, file in found
        for campaign in file.campaigns
    ]


def campaign(contest_code: str, code: str) -> CampaignView:
    """One campaign. raise (CampaignMissing)."""
    found = next((one for one in campaigns(contest_code) if one.code == code), None)
    if found is None:
        raise CampaignMissing
    return found


def campaign_of(contest_id: int, code: str) -> CampaignView:
    """One campaign by the id of its contest. raise (CampaignMissing)."""
    contest_code = db.session.scalar(text("SELECT code FROM contests WHERE id = :id"), {"id": contest_id})
    if contest_code is None:
        raise CampaignMissing
    return campaign(contest_code, code)


def _view(
    row: Row[Any],
    campaign: Campaign,
    windows: Mapping[str, Window],
    known: Mapping[str, int],
    names: Mapping[int, str],
    paths: Mapping[int, tuple[int, ...]],
) -> CampaignView:
    leader_id = known.get("leader_id")
    return CampaignView(
        contest_id=row.id,
        contest_code=row.code,
        contest_title=row.title,
        campaign=campaign,
        windows=windows,
        leader_id=leader_id,
        leader_name=names.get(leader_id or 0, ""),
        leader_path=paths.get(leader_id or 0, ()),
        units=known.get("units", 0),
        firms=known.get("firms", 0),
        workers=known.get("workers", 0),
        waiting=known.get("waiting", 0),
    )
