"""Long work of which a row says how far it is: one worker at a time, another one when it gives no sign of life."""

import secrets
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, or_, select, update

from webapp.certificates.models import CertificatePrint, CertificateRun
from webapp.core.db import db

STALE = timedelta(minutes=3)
"""After so long without a sign of life another worker takes over (p): a step takes seconds, on a busy machine a minute."""

Row = TypeVar("Row", CertificatePrint, CertificateRun)


def claim(table: type[Row], row_id: int, now: datetime) -> str:
    """Take the work over, unless somebody is at it; return the worker's token, '' when there is nothing to do."""
    token = secrets.token_hex(8)
    done = db.session.scalar(
        update(table)
        .where(table.id == row_id, table.state == "making", _is_free(table, now))
        .values(worker=token, beat_at=now)
        .returning(table.id)
    )
    return token if done else ""


def held(table: type[Row], row_id: int, token: str) -> Row | None:
    """The row, locked, while this worker is at it; None: given up, or another worker took over."""
    row = db.session.get(table, row_id, with_for_update=True)
    return row if row is not None and row.state == "making" and row.worker == token else None


def beat(table: type[Row], row_id: int, token: str, now: datetime) -> bool:
    """Give a sign of life; False: given up, or another worker took over."""
    row = held(table, row_id, token)
    if row is not None:
        row.beat_at = now
    return row is not None


def fail(table: type[Row], row_id: int, token: str) -> None:
    """Note that the work broke; it can be asked for again."""
    row = held(table, row_id, token)
    if row is not None:
        row.state = "failed"


def left_behind(table: type[Row], now: datetime) -> list[int]:
    """Work that nobody is at: its worker was killed, or its wake-up got lost."""
    return list(
        db.session.scalars(
            select(table.id)
            .where(table.state == "making", _is_free(table, now), table.asked_at < now - STALE)
            .order_by(table.id)
        )
    )


def _is_free(table: type[Row], now: datetime) -> ColumnElement[bool]:
    return or_(table.worker == "", table.beat_at.is_(None), table.beat_at < now - STALE)
