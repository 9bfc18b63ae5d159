"""What the audit trail says of an event, and the link of the chain that covers it."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, text

from webapp.audit.rules import canonical, leaf
from webapp.core.db import db
from webapp.reports.queries import extracts
from webapp.results.queries.entrants import salted

BATCH = 500
_NEWEST = text(f"SELECT max(x.at) AS at, max(x.id) AS id, count(*) AS rows FROM ({extracts.AUDIT.text}) x")  # noqa: S608 - a statement of ours


class AuditExtract:
    """The rows of one event. newest: when the last of them was written; None without any."""

    def __init__(self, ids: Mapping[str, int], salt: bytes) -> None:
        self._ids, self._salt = ids, salt
        found = db.session.execute(_NEWEST, ids).one()
        self.newest: datetime | None = found.at
        self._last, self._count = int(found.id or 0), int(found.rows)

    def rows(self) -> Iterator[str]:
        """Each row without names and words, with its leaf: the digest that the chain was made of."""
        for row in self._all():
            by = row.actor_account_id
            yield _json(
                {
                    "id": row.id,
                    "at": row.at.astimezone(UTC).isoformat(),
                    "by": None if by is None else salted(self._salt + b"account", by),
                    "action": row.action,
                    "target_kind": row.target_kind,
                    "target_id": row.target_id,
                    "leaf": leaf(row).hex(),
                }
            )

    def in_full(self) -> Iterator[str]:
        """Each row as the chain covers it: the SHA-256 of a line without its line end is its leaf."""
        for row in self._all():
            yield canonical(row).decode() + "\n"

    def seal(self) -> str:
        """The first link of the chain that covers the last of these rows."""
        found = db.session.execute(extracts.SEAL, {"row_id": self._last}).mappings().one_or_none()
        head = {**found, "sealed_at": found["sealed_at"].astimezone(UTC).isoformat()} if found else None
        return _json({"rows": self._count, "last_row_id": self._last, "seal": head})

    def _all(self) -> Iterator[Row[Any]]:
        yield from db.session.execute(extracts.AUDIT, self._ids, execution_options={"yield_per": BATCH})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
