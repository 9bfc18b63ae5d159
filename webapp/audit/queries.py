"""Reading the audit trail."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from webapp.audit.models import AuditRow, AuditSeal
from webapp.audit.rules import chain
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
    """is_intact: None when it was not recomputed. broken_row_id: where the first broken seal begins."""

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
    broken = first_broken_seal()
    return ChainState(rows, sealed, sealed_at, broken is None, broken.first_row_id if broken else None)


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


def first_broken_seal() -> AuditSeal | None:
    """Recompute the whole chain; return the first seal whose rows are not as they were, or None."""
    before = b""
    for sealed in db.session.scalars(select(AuditSeal).order_by(AuditSeal.id)):
        rows = db.session.scalars(
            select(AuditRow)
            .where(AuditRow.id.between(sealed.first_row_id, sealed.last_row_id))
            .order_by(AuditRow.id)
        ).all()
        if len(rows) != sealed.rows or chain(before, rows) != sealed.digest:
            return sealed
        before = sealed.digest
    return None
