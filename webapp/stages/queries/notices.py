"""Posted notices, the newest version first in line."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select, text

from webapp.core.db import db
from webapp.core.weighed import Weighed
from webapp.leaderboard.queries.kept import MOST_LINES
from webapp.stages.models import StageNotice
from webapp.stages.rules.notice import NOMINATIONS, NoticeRow, rows_of

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
    """One version. told: what it says above its rows."""

    notice_id: int
    stage_id: int
    list_id: int
    version: int
    digest: str
    told: dict[str, Any]
    rows: tuple[NoticeRow, ...]
    snapshot_id: int
    working_days: int
    days: tuple[date, ...]
    without_table: tuple[int, ...]
    added_by_host: bool
    reason: str
    posted_at: datetime
    ends_at: datetime

    @property
    def is_nominated(self) -> bool:
        """Whether the list names people who were nominated outside, without ranks."""
        return bool(self.told.get("source") == NOMINATIONS)


def public_list() -> list[NoticeLine]:
    """The present notice of every stage of a listed contest, the newest first."""
    return [NoticeLine(**row) for row in db.session.execute(_LIST).mappings()]


def versions(stage_id: int) -> list[NoticeView]:
    """All versions of a stage's notice, the newest first."""
    return [_view(row) for row in db.session.execute(_of(stage_id))]


def current(stage_id: int) -> NoticeView | None:
    """The version that counts, or None before the first."""
    row = db.session.execute(_of(stage_id).limit(1)).one_or_none()
    return _view(row) if row else None


def text_of(notice_id: int) -> str:
    """The canonical JSON that the digest of a version is taken of."""
    return str(db.session.execute(select(StageNotice.body).where(StageNotice.id == notice_id)).scalar_one())


def _of(stage_id: int) -> Select[Any]:
    """Everything but the body, which weighs ten megabytes where tens of thousands are on a list."""
    columns = [column for column in StageNotice.__table__.columns if column.name != "body"]
    return select(*columns).where(StageNotice.stage_id == stage_id).order_by(StageNotice.version.desc())


def _read(notice_id: int) -> tuple[dict[str, Any], tuple[NoticeRow, ...]]:
    """What a version says, and its rows."""
    told = json.loads(text_of(notice_id))
    rows = rows_of(told)
    del told["rows"]
    return told, rows


_said = Weighed(_read, lambda kept: len(kept[1]), MOST_LINES)
"""Versions never change, so a process keeps those it has read."""


def _view(row: Row[Any]) -> NoticeView:
    told, rows = _said(row.id)
    return NoticeView(
        notice_id=row.id,
        stage_id=row.stage_id,
        list_id=row.list_id,
        version=row.version,
        digest=row.digest,
        told=told,
        rows=rows,
        snapshot_id=row.snapshot_id,
        working_days=row.working_days,
        days=tuple(date.fromisoformat(day) for day in told["working_days"]),
        without_table=tuple(row.calendar["without_table"]),
        added_by_host=bool(row.calendar["off"] or row.calendar["work"]),
        reason=row.reason,
        posted_at=row.posted_at,
        ends_at=row.ends_at,
    )
