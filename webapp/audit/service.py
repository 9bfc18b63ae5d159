"""Writing the audit trail, and sealing it into a chain outside the hot transactions."""

from typing import Any

from flask import g, has_request_context
from sqlalchemy import select, text

from webapp.access.principal import principal_or_none
from webapp.audit.models import AuditRow, AuditSeal
from webapp.audit.rules import chain
from webapp.core.db import db

SEAL_LOCK = 7_304_001
SEAL_DELAY = "2 seconds"
"""Rows younger than this are left for the next seal, so that ids in flight cannot slip behind one."""


def record(
    action: str, target_kind: str, target_id: int | str, why: str = "", actor: str = "", **facts: Any
) -> None:
    """Note who did what to which thing, in the caller's transaction.

    action: '<noun>.<verb>', for example 'application.confirm'. facts: JSON values; never names,
    document numbers, phones or answers. The actor is the signed-in person (a visitor, or the program where
    no request is being served) unless `actor` names a program."""
    who = None if actor else principal_or_none()
    db.session.add(
        AuditRow(
            actor_account_id=who.account_id if who else None,
            actor_name=actor or (who.name if who else "visitor" if has_request_context() else "program"),
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
