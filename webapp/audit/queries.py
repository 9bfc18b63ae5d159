"""Reading the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, func, select, true, tuple_

from webapp.audit.models import AuditRow, AuditSeal
from webapp.audit.rules import Anchor, Seal, first_bad_row, read_anchor
from webapp.core.clock import datetime
from webapp.core.db import db

PAGE_SIZE = 50
CHECKED_AT_ONCE = 20_000
"""A longer trail is recomputed only when somebody asks for it."""


@dataclass(frozen=True)
class AuditFilter:
    """action: its beginning. actor: part of the name. target: 'kind' or 'kind id'."""

    action: str = ""
    actor: str = ""
    target: str = ""


@dataclass(frozen=True)
class AuditView:
    """One thing somebody did."""

    row_id: int
    at: datetime
    actor: str
    action: str
    target_kind: str
    target_id: str
    why: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class AuditPage:
    """One page of the trail, the newest first. `total` counts all pages."""

    rows: tuple[AuditView, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class ChainState:
    """is_intact: None when it was not recomputed. broken_row_id: the first bad row."""

    rows: int
    sealed: int
    sealed_at: datetime | None
    is_intact: bool | None
    broken_row_id: int | None = None


def page(chosen: AuditFilter, number: int) -> AuditPage:
    """One page of what fits the filter."""
    conditions = _conditions(chosen)
    total = db.session.scalar(select(func.count()).select_from(AuditRow).where(*conditions)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    rows = db.session.scalars(
        select(AuditRow)
        .where(*conditions)
        .order_by(AuditRow.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    views = tuple(
        AuditView(
            row.id, row.at, row.actor_name, row.action, row.target_kind, row.target_id, row.why, row.facts
        )
        for row in rows
    )
    return AuditPage(views, number, pages, total)


def chain_state(recompute: bool) -> ChainState:
    """How far the trail is sealed, and whether every sealed row still is as it was."""
    rows = db.session.scalar(select(func.count()).select_from(AuditRow)) or 0
    last = db.session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).first()
    sealed = db.session.scalar(select(func.coalesce(func.sum(AuditSeal.rows), 0))) or 0
    sealed_at = last.sealed_at if last else None
    if not recompute and rows > CHECKED_AT_ONCE:
        return ChainState(rows, sealed, sealed_at, None)
    found = verify(read_anchors(anchors_path()))
    return ChainState(rows, sealed, sealed_at, found.is_sound, found.bad_row_id)


def _conditions(chosen: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.action:
        conditions.append(AuditRow.action.startswith(chosen.action, autoescape=True))
    if chosen.actor:
        conditions.append(AuditRow.actor_name.contains(chosen.actor, autoescape=True))
    if chosen.target:
        kind, _space, target_id = chosen.target.partition(" ")
        conditions.append(AuditRow.target_kind == kind)
        if target_id.strip():
            conditions.append(AuditRow.target_id == target_id.strip())
    return conditions


@dataclass(frozen=True)
class Findings:
    """What a check of the trail found. sealed: rows covered. bad_row_id: the first row that is not as it was.

    broken_anchor: the first anchor that the chain does not lead to. When its row is beyond the chain, the tail
    was cut off and `bad_row_id` is the first row that is gone; else the chain was written anew by somebody
    who recomputed it, at `bad_row_id` (the first row after the last good anchor) or later."""

    sealed: int
    bad_row_id: int | None = None
    broken_anchor: Anchor | None = None

    @property
    def is_sound(self) -> bool:
        return self.bad_row_id is None and self.broken_anchor is None


def verify(anchors: Sequence[Anchor] = ()) -> Findings:
    """Recompute the whole chain, and compare it with the heads that were written down outside."""
    before, last_row_id, sealed = b"", 0, 0
    bad_row_id: int | None = None
    heads: dict[int, str] = {}
    for one in db.session.execute(_SEALS).all():
        rows = db.session.scalars(
            select(AuditRow)
            .where(AuditRow.id > last_row_id if last_row_id else true(), AuditRow.id <= one.last_row_id)
            .order_by(AuditRow.id)
            .execution_options(populate_existing=True)
        ).all()
        if bad_row_id is None:
            ids = None if one.row_ids is None else tuple(one.row_ids)
            seal = Seal(one.first_row_id, one.last_row_id, one.digest, ids, one.leaves)
            bad_row_id = first_bad_row(before, seal, rows)
        before, last_row_id, sealed = one.digest, one.last_row_id, sealed + one.rows
        heads[one.last_row_id] = one.digest.hex()
    broken, reached = None, 0
    for anchor in anchors:
        if heads.get(anchor.last_row_id) != anchor.digest:
            broken = anchor
            break
        reached = anchor.last_row_id
    if broken is not None and bad_row_id is None:
        bad_row_id = last_row_id + 1 if broken.last_row_id > last_row_id else reached + 1
    return Findings(sealed, bad_row_id, broken)


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """The heads written down in a file, the oldest first; none when there is no file. Raise ValueError."""
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(read_anchor(line) for line in lines if line.strip())


def anchors_path() -> Path:
    """Where the heads of this installation are written down."""
    folder: Path = current_app.extensions["settings"].var
    return folder / "anchors" / "audit.jsonl"


_SEALS = select(
    AuditSeal.first_row_id,
    AuditSeal.last_row_id,
    AuditSeal.rows,
    AuditSeal.digest,
    AuditSeal.row_ids,
    AuditSeal.leaves,
).order_by(AuditSeal.id)


def of_targets(targets: Sequence[tuple[str, str]], most: int = 500) -> list[AuditView]:
    """What was done to any of these things, (kind, id), the oldest first; the latest `most` of it."""
    if not targets:
        return []
    rows = db.session.scalars(
        select(AuditRow)
        .where(tuple_(AuditRow.target_kind, AuditRow.target_id).in_(targets))
        .order_by(AuditRow.id.desc())
        .limit(most)
    ).all()
    return [
        AuditView(
            row.id, row.at, row.actor_name, row.action, row.target_kind, row.target_id, row.why, row.facts
        )
        for row in reversed(rows)
    ]
