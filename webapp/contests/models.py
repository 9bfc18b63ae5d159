"""Tables of contests: the canonical text of each version, and rows for what other tables point at."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class Contest(Base):
    """One edition of a contest, for example 'jilin-5'. The rules are in its current version's text."""

    __tablename__ = "contests"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[dict[str, Any]]
    edition: Mapped[str] = mapped_column(server_default="")
    current_version_id: Mapped[int | None] = mapped_column(BigInteger)
    is_listed: Mapped[bool] = mapped_column(server_default=sql("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class ContestVersion(Base):
    """An immutable definition: canonical TOML text and its SHA-256."""

    __tablename__ = "contest_versions"
    __table_args__ = (
        UniqueConstraint("contest_id", "number"),
        UniqueConstraint("contest_id", "digest"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    number: Mapped[int]
    text: Mapped[str]
    digest: Mapped[str]
    loaded_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    loaded_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class ContestProposal(Base):
    """A change of a definition after something has begun: asked by one person, decided by another.

    effect: what the page showed when it was asked for. stale: another version came into force meanwhile."""

    __tablename__ = "contest_proposals"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'applied', 'refused', 'stale')", name="state"),
        CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id", name="two_people"
        ),
        Index(
            "uq_contest_proposals_waiting",
            "contest_id",
            unique=True,
            postgresql_where=sql("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    base_version_id: Mapped[int] = mapped_column(ForeignKey("contest_versions.id"))
    text: Mapped[str]
    digest: Mapped[str]
    effect: Mapped[dict[str, Any]]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class Event(Base):
    """One event (赛项) of a contest. track: competition | popularisation. merged_into_id: the event it became part of;
    it takes place no more, whatever a later file says."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("contest_id", "code"),
        CheckConstraint("track IN ('competition', 'popularisation')", name="track"),
        CheckConstraint("merged_into_id IS NULL OR is_withdrawn AND merged_into_id <> id", name="merged"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    code: Mapped[str]
    title: Mapped[dict[str, Any]]
    track: Mapped[str]
    event_class: Mapped[str]
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    position: Mapped[int]
    is_withdrawn: Mapped[bool] = mapped_column(server_default=sql("false"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))


class Stage(Base):
    """One stage of an event. Windows are half-open instants; None where the file leaves them undecided."""

    __tablename__ = "stages"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        Index("ix_stages_window", "opens_at", "closes_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    code: Mapped[str]
    title: Mapped[dict[str, Any]]
    kind: Mapped[str]
    position: Mapped[int]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    rechecked_at: Mapped[datetime | None]


class StageComponent(Base):
    """One component of a stage's combined score and its weight in percent; weights add up to 100."""

    __tablename__ = "stage_components"

    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"), primary_key=True)
    component: Mapped[str] = mapped_column(primary_key=True)
    weight_pct: Mapped[Any] = mapped_column(Numeric(5, 2))
    position: Mapped[int]
