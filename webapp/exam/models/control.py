"""What hosts do and see while an exam runs."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class TimeGrant(Base):
    """Extra seconds for one attempt, a hall or a whole exam; append-only, never negative."""

    __tablename__ = "time_grants"
    __table_args__ = (CheckConstraint("extra_s > 0", name="extra_s"), Index("ix_time_grants_exam", "exam_id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    participation_id: Mapped[int | None] = mapped_column(ForeignKey("participations.id"))
    hall: Mapped[str | None]
    extra_s: Mapped[int]
    reason: Mapped[str]
    granted_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    approved_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    granted_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class ExamAction(Base):
    """A dangerous act that may need a second person; kinds are registered in service/actions.

    state: waiting | running (a job is at it) | done | refused | withdrawn | failed. effect: what it would
    change, in words and numbers, when it was asked for."""

    __tablename__ = "exam_actions"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'refused', 'withdrawn', 'failed')", name="state"
        ),
        CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id", name="two_people"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), index=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    reason: Mapped[str]
    effect: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class Announcement(Base):
    """Words of the host to everybody in an exam, to one hall or one person; shown with the next reply.

    needs_ack: who has not pressed "read" is counted and listed."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), index=True)
    hall: Mapped[str | None]
    participation_id: Mapped[int | None] = mapped_column(ForeignKey("participations.id"))
    text: Mapped[str]
    needs_ack: Mapped[bool] = mapped_column(server_default=sql("false"))
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class AnnouncementRead(Base):
    """Somebody pressed "read" below an announcement; append-only."""

    __tablename__ = "announcement_reads"

    announcement_id: Mapped[int] = mapped_column(
        ForeignKey("announcements.id"), primary_key=True, autoincrement=False
    )
    participation_id: Mapped[int] = mapped_column(
        ForeignKey("participations.id"), primary_key=True, autoincrement=False, index=True
    )
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class ExamAlarm(Base):
    """Something in an exam that a person should look at: from `since` until `ended_at`.

    kind: one of rules.alarms.AlarmKind. subject: a hall, a reason of refusals, or empty. facts: numbers."""

    __tablename__ = "exam_alarms"
    __table_args__ = (
        Index(
            "uq_exam_alarms_lasting",
            "exam_id",
            "kind",
            "subject",
            unique=True,
            postgresql_where=sql("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default="")
    facts: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    acknowledged_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    acknowledged_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(server_default="")


class Silence(Base):
    """A spell in which the page of a running attempt gave no sign of life, noted by the watch.

    since: the last sign before it. until: the first sign after it, None while it lasts or for good."""

    __tablename__ = "silences"
    __table_args__ = (Index("ix_silences_lasting", "attempt_id", postgresql_where=sql("until IS NULL")),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]


class ExamWatch(Base):
    """When the clock process last looked at an exam, and the host's own thresholds of its alarms."""

    __tablename__ = "exam_watches"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), primary_key=True, autoincrement=False)
    looked_at: Mapped[datetime | None]
    thresholds: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
