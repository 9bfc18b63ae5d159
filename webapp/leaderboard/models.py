"""Tables of component scores, standings and frozen lists."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class ComponentScore(Base):
    """One component (learning, theory, …) of one participation in one stage, on 0-100; insert-only.

    The newest version counts. source: what it was computed from (grade id, ledger position)."""

    __tablename__ = "component_scores"
    __table_args__ = (UniqueConstraint("participation_id", "stage_id", "component", "version"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"))
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    component: Mapped[str]
    version: Mapped[int]
    score: Mapped[Any] = mapped_column(Numeric(9, 4))
    source: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Standing(Base):
    """The present place of an entry in a stage, by its stored order key (DECISIONS 5).

    sort_key: bytes order = board order. tie_key: the part that shared ranks have in common.
    derivation: every step of the arithmetic, as shown to the contestant."""

    __tablename__ = "standings"
    __table_args__ = (
        Index("ix_standings_order", "stage_id", "sort_key"),
        Index("ix_standings_entry", "entry_id"),
    )

    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    combined: Mapped[Any] = mapped_column(Numeric(9, 2))
    sort_key: Mapped[bytes] = mapped_column(LargeBinary)
    tie_key: Mapped[bytes] = mapped_column(LargeBinary)
    derivation: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class BoardSnapshot(Base):
    """An immutable list with its digest: what was frozen or published."""

    __tablename__ = "board_snapshots"
    __table_args__ = (UniqueConstraint("stage_id", "number"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    number: Mapped[int]
    kind: Mapped[str]
    rows: Mapped[list[Any]]
    digest: Mapped[str]
    taken_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    taken_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
