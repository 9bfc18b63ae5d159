"""The totals of a campaign: by period, by region, by industry. Only accepted reports count."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.campaigns.queries.campaigns import CampaignView
from webapp.core.db import db

# Of each period the newest report, where it is accepted; of each unit its newest such period, else what it enrolled with.
_TOTALS = text(
    """
    WITH newest AS (
        SELECT DISTINCT ON (r.enrolment_id, r.period) r.* FROM campaign_reports r
        JOIN campaign_units u ON u.id = r.enrolment_id
        WHERE u.contest_id = :contest_id AND u.campaign = :campaign AND u.withdrawn_at IS NULL
        ORDER BY r.enrolment_id, r.period, r.number DESC),
    counted AS (SELECT * FROM newest WHERE state = 'accepted'),
    latest AS (
        SELECT DISTINCT ON (enrolment_id) enrolment_id, firms, workers FROM counted
        ORDER BY enrolment_id, sent_at DESC)
    SELECT 'period' AS kind, period AS name, count(*) AS units, coalesce(sum(firms), 0) AS firms,
           coalesce(sum(workers), 0) AS workers, count(*) FILTER (WHERE is_late) AS late
    FROM counted GROUP BY period
    UNION ALL
    SELECT CASE WHEN grouping(o.region) = 0 THEN 'region' ELSE 'industry' END, coalesce(o.region, o.industry),
           count(*), sum(coalesce(l.firms, u.firms)), sum(coalesce(l.workers, u.workers)), 0
    FROM campaign_units u JOIN organisations o ON o.id = u.unit_id LEFT JOIN latest l ON l.enrolment_id = u.id
    WHERE u.contest_id = :contest_id AND u.campaign = :campaign AND u.withdrawn_at IS NULL
    GROUP BY GROUPING SETS ((o.region), (o.industry))
    ORDER BY kind, name
    """
)


@dataclass(frozen=True)
class Total:
    """One line of totals. name: the period, region or industry; '' where a unit has none. late: reports sent late."""

    name: str
    units: int
    firms: int
    workers: int
    late: int = 0


@dataclass(frozen=True)
class Totals:
    """What a campaign has come to. Periods are sums of accepted reports; regions and industries count each unit once,
    with its newest accepted report, or with what it enrolled with."""

    by_period: tuple[Total, ...]
    by_region: tuple[Total, ...]
    by_industry: tuple[Total, ...]

    @property
    def units(self) -> int:
        return sum(one.units for one in self.by_region)

    @property
    def firms(self) -> int:
        return sum(one.firms for one in self.by_region)

    @property
    def workers(self) -> int:
        return sum(one.workers for one in self.by_region)


def totals(view: CampaignView) -> Totals:
    """The totals of a campaign, in one statement."""
    found: dict[str, list[Total]] = {"period": [], "region": [], "industry": []}
    values = {"contest_id": view.contest_id, "campaign": view.code}
    for row in db.session.execute(_TOTALS, values):
        found[row.kind].append(Total(row.name, row.units, row.firms, row.workers, row.late))
    return Totals(tuple(found["period"]), tuple(found["region"]), tuple(found["industry"]))
