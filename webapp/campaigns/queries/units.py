"""The units of a campaign: their plans, reports, files, and what is overdue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.campaigns.errors import CampaignMissing
from webapp.campaigns.models import CampaignFile, CampaignReport, CampaignUnit
from webapp.campaigns.queries.campaigns import CampaignView, campaign_of, campaigns
from webapp.campaigns.rules.periods import Period
from webapp.core.db import db
from webapp.core.paging import Pages
from webapp.organisations import queries as organisations

UNIT = Permission.REGISTER_WORKERS
PAGE_SIZE = 50

# The newest report of each period.
_STATES = text(
    """
    SELECT DISTINCT ON (enrolment_id, period) enrolment_id, period, state, is_late
    FROM campaign_reports WHERE enrolment_id = ANY(:ids) ORDER BY enrolment_id, period, number DESC
    """
)
_COLUMNS = """
    SELECT u.id, u.unit_id, o.name, o.region, o.industry, u.firms, u.workers, u.plan_state, u.withdrawn_at,
           u.contest_id, u.campaign
    FROM campaign_units u JOIN organisations o ON o.id = u.unit_id
"""
_UNITS = text(
    _COLUMNS
    + """
    WHERE u.contest_id = :contest_id AND u.campaign = :campaign
      AND (:words = '' OR strpos(lower(o.name || ' ' || o.region || ' ' || o.industry), lower(:words)) > 0)
    ORDER BY u.withdrawn_at IS NOT NULL, o.pinyin, u.id
    """
)
_OWN = text(_COLUMNS + "WHERE u.unit_id = ANY(:ids) AND u.withdrawn_at IS NULL ORDER BY u.id DESC")


@dataclass(frozen=True)
class PeriodState:
    """One report that is asked of a unit. state: '' (none) | sent | accepted | returned."""

    period: Period
    state: str
    is_late: bool
    is_overdue: bool


@dataclass(frozen=True)
class UnitRow:
    """One unit of a campaign with its reports, in the order of the periods that have begun."""

    enrolment_id: int
    unit_id: int
    name: str
    region: str
    industry: str
    firms: int
    workers: int
    plan_state: str
    is_withdrawn: bool
    reports: tuple[PeriodState, ...]

    @property
    def overdue(self) -> tuple[PeriodState, ...]:
        return tuple(one for one in self.reports if one.is_overdue)

    @property
    def to_review(self) -> int:
        return (self.plan_state == "sent") + sum(one.state == "sent" for one in self.reports)


@dataclass(frozen=True)
class UnitPage:
    """One page of a campaign's units. overdue: of all units, not only of this page."""

    rows: Sequence[UnitRow]
    pages: Pages
    words: str
    overdue: tuple[UnitRow, ...]
    all_rows: tuple[UnitRow, ...]


@dataclass(frozen=True)
class ReportView:
    """One report as it was sent. files: (id of the row, name)."""

    report: CampaignReport
    files: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class OwnUnit:
    """A unit of a liaison in a campaign."""

    view: CampaignView
    row: UnitRow


def units_of(view: CampaignView, now: datetime, words: str = "", page: int = 1) -> UnitPage:
    """The units of a campaign whose name, region or industry holds the words. Two statements."""
    values = {"contest_id": view.contest_id, "campaign": view.code, "words": words}
    found = _rows(
        db.session.execute(_UNITS, values).mappings().all(), {(view.contest_id, view.code): view}, now
    )
    pages = Pages.of(page, len(found), PAGE_SIZE)
    late = tuple(one for one in found if one.overdue)
    return UnitPage(pages.cut(found), pages, words, late, tuple(found))


def own_units(unit_ids: Sequence[int], now: datetime) -> list[OwnUnit]:
    """Where these units take part; statements grow with the contests only."""
    rows = (
        db.session.execute(
            _OWN,
            {"ids": list(unit_ids)},
        )
        .mappings()
        .all()
    )
    views = {(one.contest_id, one.code): one for one in campaigns()} if rows else {}
    known = [row for row in rows if (row["contest_id"], row["campaign"]) in views]
    return [
        OwnUnit(views[row["contest_id"], row["campaign"]], unit)
        for row, unit in zip(known, _rows(known, views, now), strict=True)
    ]


def enrolment(who: Principal, enrolment_id: int, *, lock: bool = False) -> tuple[CampaignUnit, CampaignView]:
    """A unit's part in a campaign, for its liaison and whoever sees the campaign. raise (CampaignMissing)."""
    query = select(CampaignUnit).where(CampaignUnit.id == enrolment_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise CampaignMissing
    view = campaign_of(found.contest_id, found.campaign)
    if not (is_own(who, found.unit_id) or view.is_read_by(who)):
        raise CampaignMissing
    return found, view


def is_own(who: Principal, unit_id: int) -> bool:
    """Whether somebody is the liaison of a unit, or of something above it."""
    return who.allows(UNIT, organisation_path=organisations.path(unit_id))


def reports_of(enrolment_id: int) -> list[ReportView]:
    """Every report of a unit, the newest first, with its files. Two statements."""
    rows = db.session.scalars(
        select(CampaignReport)
        .where(CampaignReport.enrolment_id == enrolment_id)
        .order_by(CampaignReport.period.desc(), CampaignReport.number.desc())
    ).all()
    files = files_of(enrolment_id)
    return [ReportView(row, tuple(files.get(row.id, ()))) for row in rows]


def files_of(enrolment_id: int) -> dict[int | None, list[tuple[int, str]]]:
    """(id, name) of the files of a unit, by report; those of the plan under None."""
    found: dict[int | None, list[tuple[int, str]]] = {}
    for row in db.session.scalars(
        select(CampaignFile).where(CampaignFile.enrolment_id == enrolment_id).order_by(CampaignFile.id)
    ):
        found.setdefault(row.report_id, []).append((row.id, row.name))
    return found


def newest_report(enrolment_id: int, period: str) -> CampaignReport | None:
    """What counts of a period."""
    return db.session.scalars(
        select(CampaignReport)
        .where(CampaignReport.enrolment_id == enrolment_id, CampaignReport.period == period)
        .order_by(CampaignReport.number.desc())
        .limit(1)
    ).one_or_none()


def file_named(file_row_id: int) -> CampaignFile | None:
    """One file of a plan or report."""
    return db.session.get(CampaignFile, file_row_id)


def _rows(
    rows: Sequence[RowMapping], views: Mapping[tuple[int, str], CampaignView], now: datetime
) -> list[UnitRow]:
    states = {
        (one.enrolment_id, one.period): one
        for one in db.session.execute(_STATES, {"ids": [row["id"] for row in rows]})
    }
    return [
        UnitRow(
            row["id"],
            row["unit_id"],
            row["name"],
            row["region"],
            row["industry"],
            row["firms"],
            row["workers"],
            row["plan_state"],
            row["withdrawn_at"] is not None,
            tuple(
                _state(period, states.get((row["id"], period.code)), now)
                for period in views[row["contest_id"], row["campaign"]].periods
                if period.has_begun(now) and row["withdrawn_at"] is None
            ),
        )
        for row in rows
    ]


def _state(period: Period, known: Any, now: datetime) -> PeriodState:
    state = known.state if known else ""
    is_missing = state in ("", "returned")
    return PeriodState(period, state, bool(known and known.is_late), is_missing and period.is_overdue(now))
