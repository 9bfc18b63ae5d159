"""Known sites: named address ranges of a contest that raise no alarm."""

from datetime import datetime

from sqlalchemy import select

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.integrity.models import ExamSite
from webapp.integrity.rules.addresses import network_of


def add_site(contest_id: int, network: str, label: str, account_id: int, at: datetime) -> int:
    """Name a range; return its id. raise (BadNetwork), (NetworkTooWide)."""
    site = ExamSite(
        contest_id=contest_id,
        network=network_of(network),
        label=label.strip(),
        added_by_account_id=account_id,
        added_at=at,
    )
    db.session.add(site)
    db.session.flush()
    record("exam-site.add", "contest", contest_id, site_id=site.id, network=site.network)
    return site.id


def remove_site(contest_id: int, site_id: int, at: datetime) -> None:
    """Take a range from the list; what it explained earlier stays explained. raise (NotFound)."""
    site = db.session.scalars(
        select(ExamSite).where(ExamSite.id == site_id, ExamSite.contest_id == contest_id).with_for_update()
    ).one_or_none()
    if site is None or site.removed_at is not None:
        raise NotFound
    site.removed_at = at
    record("exam-site.remove", "contest", contest_id, site_id=site_id, network=site.network)
