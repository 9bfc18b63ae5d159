"""Long work of which a row says how far it is: one worker at a time, another one when it gives no sign of life."""

import secrets
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import BigInteger, ColumnElement, Identity, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import db

STALE = timedelta(minutes=3)
"""After so long without a sign of life another worker takes over (p): a step takes seconds, on a busy machine a minute."""


class InTurns:
    """What the table of such work has. state: 'making' while it is under way. worker: the token of whoever is at it,
    '' when nobody is; beat_at: its last sign of life."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    state: Mapped[str] = mapped_column(server_default="making")
    worker: Mapped[str] = mapped_column(server_default="")
    beat_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]


Row = TypeVar("Row", bound=InTurns)


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
    row = db.session.get(table, row_id, with_for_update=True, populate_existing=True)
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
