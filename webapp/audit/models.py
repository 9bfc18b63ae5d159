"""Tables of the audit trail. The page role may insert and read, never change."""

from typing import Any

from sqlalchemy import BigInteger, Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class AuditRow(Base):
    """One thing somebody did. `actor_name` is kept as it was then."""

    __tablename__ = "audit_rows"
    __table_args__ = (
        Index("ix_audit_rows_target", "target_kind", "target_id"),
        Index("ix_audit_rows_actor", "actor_account_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor_account_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str]
    action: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[str]
    why: Mapped[str]
    facts: Mapped[dict[str, Any]]
    request_id: Mapped[str] = mapped_column(server_default="")


class AuditSeal(Base):
    """A link of the chain: digest over all rows up to `last_row_id` and the digest before.

    row_ids and leaves (their digests, one after the other) name the very row that was changed."""

    __tablename__ = "audit_seals"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sealed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    first_row_id: Mapped[int] = mapped_column(BigInteger)
    last_row_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    rows: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    row_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    leaves: Mapped[bytes | None] = mapped_column(LargeBinary)
