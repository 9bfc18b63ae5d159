"""What looking after an installation keeps: signs of life, backups, and accepted red items."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class ProcessBeat(Base):
    """A running process said that it lives, and how far its clock is from the database's."""

    __tablename__ = "process_beats"

    kind: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    pid: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    offset_ms: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class BackupRun(Base):
    """A backup that was completed; append-only. kind: dump | base."""

    __tablename__ = "backup_runs"
    __table_args__ = (CheckConstraint("kind IN ('dump', 'base')", name="kind"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    place: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class DoctorWaiver(Base):
    """Two people let an exam start although a check is red. Without the second one it means nothing."""

    __tablename__ = "doctor_waivers"
    __table_args__ = (
        CheckConstraint(
            "agreed_by_account_id IS NULL OR agreed_by_account_id <> asked_by_account_id", name="two_people"
        ),
        Index("ix_doctor_waivers_exam", "exam_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    check_key: Mapped[str]
    reason: Mapped[str]
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    agreed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    agreed_at: Mapped[datetime | None]
    until: Mapped[datetime]
