"""Posted notices, the newest version first in line."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text

from webapp.core.db import db
from webapp.stages.models import StageNotice
from webapp.stages.rules.notice import NoticeRow, rows_of

_LIST = text(
    """
    SELECT c.code AS contest, c.title AS contest_title, e.code AS event, e.title AS event_title,
           st.code AS stage, st.title AS stage_title, n.version, n.posted_at, n.ends_at, l.state,
           jsonb_array_length(b.rows) AS people
    FROM stage_notices n
    JOIN stage_lists l ON l.id = n.list_id
    JOIN board_snapshots b ON b.id = n.snapshot_id
    JOIN stages st ON st.id = n.stage_id
    JOIN events e ON e.id = st.event_id
    JOIN contests c ON c.id = e.contest_id
    WHERE c.is_listed AND n.version = (SELECT max(m.version) FROM stage_notices m WHERE m.stage_id = st.id)
    ORDER BY n.posted_at DESC, n.id DESC LIMIT 500
    """
)


@dataclass(frozen=True)
class NoticeLine:
    """One stage's present notice in the public list. state: of its list (posted or final)."""

    contest: str
    contest_title: dict[str, str]
    event: str
    event_title: dict[str, str]
    stage: str
    stage_title: dict[str, str]
    version: int
    posted_at: datetime
    ends_at: datetime
    state: str
    people: int


@dataclass(frozen=True)
class NoticeView:
    """One version. text: the canonical JSON that the digest is taken of; told: what it says."""

    notice_id: int
    stage_id: int
    list_id: int
    version: int
    digest: str
    text: str
    told: dict[str, Any]
    snapshot_id: int
    working_days: int
    days: tuple[date, ...]
    without_table: tuple[int, ...]
    added_by_host: bool
    reason: str
    posted_at: datetime
    ends_at: datetime

    @property
    def rows(self) -> tuple[NoticeRow, ...]:
        return rows_of(self.told)


def public_list() -> list[NoticeLine]:
    """The present notice of every stage of a listed contest, the newest first."""
    return [NoticeLine(**row) for row in db.session.execute(_LIST).mappings()]


def versions(stage_id: int) -> list[NoticeView]:
    """All versions of a stage's notice, the newest first."""
    rows = db.session.scalars(
        select(StageNotice).where(StageNotice.stage_id == stage_id).order_by(StageNotice.version.desc())
    )
    return [_view(row) for row in rows]


def current(stage_id: int) -> NoticeView | None:
    """The version that counts, or None before the first."""
    row = db.session.scalars(
        select(StageNotice)
        .where(StageNotice.stage_id == stage_id)
        .order_by(StageNotice.version.desc())
        .limit(1)
    ).one_or_none()
    return _view(row) if row else None


def _view(row: StageNotice) -> NoticeView:
    told = json.loads(row.body)
    return NoticeView(
        notice_id=row.id,
        stage_id=row.stage_id,
        list_id=row.list_id,
        version=row.version,
        digest=row.digest,
        text=row.body,
        told=told,
        snapshot_id=row.snapshot_id,
        working_days=row.working_days,
        days=tuple(date.fromisoformat(day) for day in told["working_days"]),
        without_table=tuple(row.calendar["without_table"]),
        added_by_host=bool(row.calendar["off"] or row.calendar["work"]),
        reason=row.reason,
        posted_at=row.posted_at,
        ends_at=row.ends_at,
    )
