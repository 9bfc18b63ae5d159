"""Idempotency keys: the same key with the same body gets the first answer again (RELIABILITY rule 4)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, select, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base, db
from webapp.core.errors import DomainError
from webapp.core.words import N_


class KeyReused(DomainError):
    code = "idempotency-key-reused"
    status = 422
    text = N_("This request was sent before with other content. Please reload the page and try again.")


class StillRunning(DomainError):
    code = "still-running"
    status = 409
    text = N_("The same request is still being worked on.")


class IdempotencyKey(Base):
    """One key of one account for one action, with the digest of the request and the first response."""

    __tablename__ = "idempotency_keys"

    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    action: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary)
    response: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


# Plain statements: every paper that is handed in sends both.
_CLAIM = text(
    "INSERT INTO idempotency_keys (account_id, action, key, request_digest)"
    " VALUES (:account_id, :action, :key, :digest) ON CONFLICT DO NOTHING RETURNING key"
)
_KEEP = text(
    "UPDATE idempotency_keys SET response = CAST(:response AS jsonb)"
    " WHERE account_id = :account_id AND action = :action AND key = :key"
)


def begin(account_id: int, action: str, key: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """Claim a key in the present transaction. None: go on. A dict: the first response, answer with it.

    A second caller waits for the first one's commit. Raise KeyReused for another body."""
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).digest()
    claimed = db.session.execute(
        _CLAIM, {"account_id": account_id, "action": action, "key": key, "digest": digest}
    ).scalar_one_or_none()
    if claimed is not None:
        return None
    row = db.session.execute(
        select(IdempotencyKey.request_digest, IdempotencyKey.response).where(
            IdempotencyKey.account_id == account_id,
            IdempotencyKey.action == action,
            IdempotencyKey.key == key,
        )
    ).one()
    if row.request_digest != digest:
        raise KeyReused
    if row.response is None:
        raise StillRunning
    return dict(row.response)


def finish(account_id: int, action: str, key: str, response: Mapping[str, Any]) -> None:
    """Keep the first response beside its key, in the same transaction."""
    written = json.dumps(dict(response), ensure_ascii=False)
    db.session.execute(_KEEP, {"account_id": account_id, "action": action, "key": key, "response": written})
