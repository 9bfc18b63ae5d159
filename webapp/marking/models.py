"""Tables of marking by people. Marks are only ever added."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class EssayMark(Base):
    """What one person gave one answer; append-only. kind: marker (two for each answer) | arbiter (one at most)."""

    __tablename__ = "essay_marks"
    __table_args__ = (
        UniqueConstraint("answer_id", "account_id"),
        CheckConstraint("kind IN ('marker', 'arbiter')", name="kind"),
        CheckConstraint("mark >= 0", name="mark"),
        Index("uq_essay_marks_arbiter", "answer_id", unique=True, postgresql_where=sql("kind = 'arbiter'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("essay_answers.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(server_default="marker")
    mark: Mapped[Any] = mapped_column(Numeric(9, 4))
    comment: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class EssayClaim(Base):
    """An answer kept for one person until an hour has come; given back by letting it pass."""

    __tablename__ = "essay_claims"

    answer_id: Mapped[int] = mapped_column(
        ForeignKey("essay_answers.id"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id"), primary_key=True, autoincrement=False, index=True
    )
    until: Mapped[datetime]
