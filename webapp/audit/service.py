"""Writing the audit trail, and sealing it into a chain outside the hot transactions."""

import hashlib
import json
from typing import Any

from flask import g, has_request_context
from sqlalchemy import select, text

from webapp.access.principal import principal_or_none
from webapp.audit.models import AuditRow, AuditSeal
from webapp.core.db import db

SEAL_LOCK = 7_304_001
SEAL_DELAY = "2 seconds"
"""Rows younger than this are left for the next seal, so that ids in flight cannot slip behind one."""


def record(
    action: str, target_kind: str, target_id: int | str, why: str = "", actor: str = "", **facts: Any
) -> None:
    """Note who did what to which thing, in the caller's transaction.

    action: '<noun>.<verb>', for example 'application.confirm'. facts: JSON values; never names,
    document numbers, phones or answers. The actor is the signed-in person unless `actor` names a program."""
    who = None if actor else principal_or_none()
    db.session.add(
        AuditRow(
            actor_account_id=who.account_id if who else None,
            actor_name=actor or (who.name if who else "visitor"),
            action=action,
            target_kind=target_kind,
            target_id=str(target_id),
            why=why,
            facts=facts,
            request_id=str(g.get("request_id", "")) if has_request_context() else "",
        )
    )


def seal(limit: int = 5000) -> int:
    """Chain the rows that have settled since the last seal. Return how many were sealed.

    One process at a time, by an advisory lock that ends with the transaction."""
    if not db.session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": SEAL_LOCK}):
        return 0
    last = db.session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).first()
    rows = db.session.scalars(
        select(AuditRow)
        .where(
            AuditRow.id > (last.last_row_id if last else 0),
            AuditRow.at < text(f"clock_timestamp() - interval '{SEAL_DELAY}'"),
        )
        .order_by(AuditRow.id)
        .limit(limit)
    ).all()
    if not rows:
        return 0
    digest = chain(last.digest if last else b"", rows)
    db.session.add(AuditSeal(first_row_id=rows[0].id, last_row_id=rows[-1].id, rows=len(rows), digest=digest))
    return len(rows)


def chain(before: bytes, rows: "list[AuditRow] | Any") -> bytes:
    """SHA-256 over the digest before and the canonical text of each row, in order of id."""
    running = hashlib.sha256(before)
    for row in rows:
        running.update(hashlib.sha256(canonical(row)).digest())
    return running.digest()


def canonical(row: AuditRow) -> bytes:
    """The text of a row that its seal covers: JSON with sorted keys."""
    fields = [
        row.id,
        row.at.isoformat(),
        row.actor_account_id,
        row.actor_name,
        row.action,
        row.target_kind,
        row.target_id,
        row.why,
        row.facts,
        row.request_id,
    ]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


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
