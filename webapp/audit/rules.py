"""The chain over the audit trail, as plain values: what a seal covers and how it is computed."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

LEAF_BYTES = 32


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
    return link(before, b"".join(map(leaf, rows)))


def leaf(row: Row) -> bytes:
    """The digest of one row."""
    return hashlib.sha256(canonical(row)).digest()


def link(before: bytes, leaves: bytes) -> bytes:
    """The digest of a seal: SHA-256 over the digest before and the digests of its rows."""
    return hashlib.sha256(before + leaves).digest()


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


@dataclass(frozen=True)
class Seal:
    """One link of the chain, as it stands in the table. Seals of old versions have no `row_ids` and no
    `leaves` (digests of their rows, one after the other): a broken one is named by its first row."""

    first_row_id: int
    last_row_id: int
    digest: bytes
    row_ids: tuple[int, ...] | None = None
    leaves: bytes | None = None


def first_bad_row(before: bytes, seal: Seal, rows: Sequence[Row]) -> int | None:
    """The first row that is not as it was when it was sealed, or None.

    before: the digest of the seal before. rows: all that stand between the seal before and the last row of
    this one, in order of id. A row that is missing is named by its old id, one that was slipped in by its own."""
    if seal.row_ids is None or seal.leaves is None:
        return None if chain(before, rows) == seal.digest else seal.first_row_id
    sealed = {
        row_id: seal.leaves[at * LEAF_BYTES : (at + 1) * LEAF_BYTES] for at, row_id in enumerate(seal.row_ids)
    }
    present = {row.id: leaf(row) for row in rows}
    for row_id in sorted(sealed.keys() | present.keys()):
        if sealed.get(row_id) != present.get(row_id):
            return int(row_id)
    return None if link(before, seal.leaves) == seal.digest else seal.first_row_id


@dataclass(frozen=True)
class Anchor:
    """A head of the chain that was written down outside the database."""

    at: datetime
    last_row_id: int
    digest: str

    def line(self) -> str:
        """One line of the file of anchors."""
        fields = {"at": self.at.isoformat(), "last_row_id": self.last_row_id, "digest": self.digest}
        return json.dumps(fields, sort_keys=True)


def read_anchor(line: str) -> Anchor:
    """An anchor from its line. Raise ValueError when it is none."""
    try:
        fields = json.loads(line)
        return Anchor(datetime.fromisoformat(fields["at"]), int(fields["last_row_id"]), str(fields["digest"]))
    except (KeyError, TypeError) as error:
        raise ValueError(line) from error
