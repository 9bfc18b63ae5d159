"""Writing the audit trail, and sealing it into a chain outside the hot transactions."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import g, has_request_context
from sqlalchemy import func, select, text

from webapp.access.principal import principal_or_none
from webapp.audit.models import AuditRow, AuditSeal
from webapp.audit.queries import read_anchors
from webapp.audit.rules import Anchor, leaf, link
from webapp.core.clock import datetime
from webapp.core.db import db

SEAL_LOCK = 7_304_001
SEAL_DELAY = "2 seconds"
"""Rows younger than this are left for the next seal."""
WRITERS_WAIT_S = 0.8
"""How long a seal waits for transactions that may still commit a row with a lower number."""

_WRITERS = text(
    "SELECT DISTINCT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND granted"
    " AND relation = 'audit_rows'::regclass AND mode = 'RowExclusiveLock'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND pid <> pg_backend_pid()"
)


_EACH = text(
    """
    INSERT INTO audit_rows (actor_account_id, actor_name, action, target_kind, target_id, why, facts, request_id)
    SELECT :actor_account_id, :actor_name, :action, :target_kind, target_id, :why, facts, :request_id
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(target_id text, facts jsonb)
    """
)


def record(
    action: str, target_kind: str, target_id: int | str, why: str = "", actor: str = "", **facts: Any
) -> None:
    """Note who did what to which thing, in the caller's transaction.

    action: '<noun>.<verb>', for example 'application.confirm'. facts: JSON values; never names,
    document numbers, phones or answers. The actor is the signed-in person (a visitor, or the program where
    no request is being served) unless `actor` names a program."""
    db.session.add(
        AuditRow(
            **_who(actor),
            action=action,
            target_kind=target_kind,
            target_id=str(target_id),
            why=why,
            facts=facts,
        )
    )


def record_each(
    action: str, target_kind: str, found: Sequence[tuple[int, dict[str, Any]]], why: str = ""
) -> None:
    """`record` for many things of one kind at once, in one statement: (target id, facts) each."""
    if found:
        rows = [{"target_id": str(one), "facts": facts} for one, facts in found]
        values = {**_who(""), "action": action, "target_kind": target_kind, "why": why}
        db.session.execute(_EACH, {**values, "rows": json.dumps(rows, ensure_ascii=False)})


def _who(actor: str) -> dict[str, Any]:
    """The columns that say who does it, and in which request."""
    who = None if actor else principal_or_none()
    return {
        "actor_account_id": who.account_id if who else None,
        "actor_name": actor or (who.name if who else "visitor" if has_request_context() else "program"),
        "request_id": str(g.get("request_id", "")) if has_request_context() else "",
    }


def seal(limit: int = 5000) -> int:
    """Chain the rows that have settled since the last seal. Return how many were sealed.

    One process at a time, by an advisory lock that ends with the transaction. A row gets its number before
    its transaction ends; so nothing is sealed while a transaction that has written a row is still open."""
    if not db.session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": SEAL_LOCK}):
        return 0
    last = db.session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).first()
    before, digest = (last.last_row_id, last.digest) if last else (0, b"")
    mark = db.session.scalar(
        select(func.max(AuditRow.id)).where(
            AuditRow.id > before, AuditRow.at < text(f"clock_timestamp() - interval '{SEAL_DELAY}'")
        )
    )
    if mark is None or not _writers_ended():
        return 0
    rows = db.session.scalars(
        select(AuditRow)
        .where(AuditRow.id > before, AuditRow.id <= mark)
        .order_by(AuditRow.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()
    leaves = b"".join(leaf(row) for row in rows)
    db.session.add(
        AuditSeal(
            first_row_id=rows[0].id,
            last_row_id=rows[-1].id,
            rows=len(rows),
            digest=link(digest, leaves),
            row_ids=[row.id for row in rows],
            leaves=leaves,
        )
    )
    return len(rows)


def _writers_ended() -> bool:
    """Whether all transactions that now write to the trail have ended before the patience has."""
    waiting = set(db.session.scalars(_WRITERS))
    until = time.monotonic() + WRITERS_WAIT_S
    while waiting and time.monotonic() < until:
        time.sleep(0.02)
        waiting &= set(db.session.scalars(_WRITERS))
    return not waiting


def write_anchor(path: Path, now: datetime) -> Anchor | None:
    """Write the present head of the chain down outside the database, at the end of the file at `path`.

    Return it, or None when nothing is sealed or the head stands there already."""
    head = db.session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).first()
    if head is None:
        return None
    known = read_anchors(path)
    if known and known[-1].last_row_id >= head.last_row_id:
        return None
    anchor = Anchor(now, head.last_row_id, head.digest.hex())
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(anchor.line() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return anchor
