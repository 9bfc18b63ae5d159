"""The points ledger: append-only; the balance is the sum."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class PointEntry(Base):
    """One award (or its reversal) of learning points. Unique per source and period (DECISIONS 13).

    rule: the kind of activity. period: the Shanghai day or week in which the source counts once; empty when
    it counts once ever; "rest-DAY" for what a cap had cut off before. reverses_id: the entry taken back.
    `contest_id` leads the keys, so that the table can be partitioned by contest."""

    __tablename__ = "point_entries"
    __table_args__ = (
        UniqueConstraint("contest_id", "participation_id", "source_kind", "source_id", "period"),
        Index("ix_point_entries_participation", "participation_id", "id"),
    )

    contest_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"))
    source_kind: Mapped[str]
    source_id: Mapped[str]
    period: Mapped[str] = mapped_column(server_default="")
    points: Mapped[Any] = mapped_column(Numeric(9, 2))
    rule: Mapped[str] = mapped_column(server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    reverses_id: Mapped[int | None] = mapped_column(BigInteger)
    earned_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class PointReversal(Base):
    """A request to take an entry's points back; a second person decides. state: waiting | done | refused."""

    __tablename__ = "point_reversals"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),
        CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id", name="two_people"
        ),
        Index(
            "ix_point_reversals_open",
            "contest_id",
            "entry_id",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    entry_id: Mapped[int] = mapped_column(BigInteger)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"))
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
