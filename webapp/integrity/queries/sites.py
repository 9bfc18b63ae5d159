"""Known sites of a contest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.core.db import db
from webapp.integrity.models import ExamSite


@dataclass(frozen=True)
class SiteView:
    """One named range."""

    site_id: int
    network: str
    label: str
    added_at: datetime


def sites(contest_id: int) -> list[SiteView]:
    """The ranges in force, by name."""
    rows = db.session.scalars(
        select(ExamSite)
        .where(ExamSite.contest_id == contest_id, ExamSite.removed_at.is_(None))
        .order_by(ExamSite.label, ExamSite.id)
    )
    return [SiteView(row.id, row.network, row.label, row.added_at) for row in rows]
