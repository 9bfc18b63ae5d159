"""Runs of simulated drills, and every judged step."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class DrillRun(Base):
    """One run of a drill by one person; one is open at a time. seed: shuffles what is offered.

    score: 0-100 once finished; NULL in a run that was left for a new one. took_s: from begin to end by the
    server's clock. points: credited for it."""

    __tablename__ = "drill_runs"
    __table_args__ = (
        Index(
            "ix_drill_runs_open",
            "participation_id",
            "lesson_id",
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index("ix_drill_runs_lesson", "participation_id", "lesson_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_versions.id"))
    seed: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    score: Mapped[Any | None] = mapped_column(Numeric(5, 2))
    took_s: Mapped[int | None]
    is_fast: Mapped[bool] = mapped_column(server_default=text("false"))
    points: Mapped[Any] = mapped_column(Numeric(9, 2), server_default="0")
    cut_by: Mapped[str] = mapped_column(server_default="")


class DrillStep(Base):
    """One judged action of a run; append-only. number counts from 1."""

    __tablename__ = "drill_steps"

    run_id: Mapped[int] = mapped_column(ForeignKey("drill_runs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[dict[str, Any]]
    verdict: Mapped[dict[str, Any]]
    at: Mapped[datetime]
