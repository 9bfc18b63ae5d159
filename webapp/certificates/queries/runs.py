"""How far the issuing of a stage is."""

from dataclasses import dataclass

from sqlalchemy import select

from webapp.certificates.models import CertificateRun
from webapp.core.clock import datetime
from webapp.core.db import db


@dataclass(frozen=True)
class RunView:
    """One issuing that a host asked for. state: making | done | failed; done, total: people; issued: new ones."""

    state: str
    done: int
    total: int
    issued: int
    finished_at: datetime | None


def newest_run(stage_id: int) -> RunView | None:
    """The last issuing of a stage."""
    row = db.session.scalars(
        select(CertificateRun)
        .where(CertificateRun.stage_id == stage_id)
        .order_by(CertificateRun.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else RunView(row.state, row.done, row.total, row.issued, row.finished_at)
