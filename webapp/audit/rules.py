"""The chain over the audit trail, as plain values: what a seal covers and how it is computed."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Protocol


class Row(Protocol):
    """What a seal covers of one row of the trail."""

    id: Any
    at: Any
    actor_account_id: Any
    actor_name: Any
    action: Any
    target_kind: Any
    target_id: Any
    why: Any
    facts: Any
    request_id: Any


def chain(before: bytes, rows: Iterable[Row]) -> bytes:
    """SHA-256 over the digest before and the canonical text of each row, in order of id."""
    running = hashlib.sha256(before)
    for row in rows:
        running.update(hashlib.sha256(canonical(row)).digest())
    return running.digest()


def canonical(row: Row) -> bytes:
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
