"""Who plays which video now, which of its seconds count, and who has read which text."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base

NO_SECONDS = text("'{}'::int4multirange")


class WatchProgress(Base):
    """What a participation has watched of one video file: the counted seconds, each once.

    A new file of the same lesson starts empty; points hang on the lesson, so they come once. spent_s: time
    of sessions in which something was played. enough_at: when enough was watched; tried_at: when the ledger
    was asked for the points last; settled_at: when it had no more to give."""

    __tablename__ = "watch_progress"

    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    file_digest: Mapped[str] = mapped_column(primary_key=True)
    length_s: Mapped[int]
    spans: Mapped[Any] = mapped_column(INT4MULTIRANGE, server_default=NO_SECONDS)
    credited_s: Mapped[int] = mapped_column(server_default="0")
    spent_s: Mapped[Any] = mapped_column(Numeric(12, 3), server_default="0")
    resume_s: Mapped[int] = mapped_column(server_default="0")
    changed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    enough_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_watch_progress_owed",
            "enough_at",
            postgresql_where=text("enough_at IS NOT NULL AND tried_at IS NULL"),
        ),
    )


class WatchSession(Base):
    """One player that counts: at most one a person is open. The rules it counts by are frozen in it.

    budget_s: seconds that may count beyond the time since the last beat. held: played after an open
    question of presence. presence_left_s: counted seconds until the next question, NULL for none."""

    __tablename__ = "watch_sessions"
    __table_args__ = (
        Index("uq_watch_sessions_open", "person_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_watch_sessions_participation", "participation_id", "started_at"),
        CheckConstraint("(ended_at IS NULL) = (ended_why = '')", name="ended"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"))
    lesson_id: Mapped[int] = mapped_column(BigInteger)
    file_digest: Mapped[str]
    length_s: Mapped[int]
    enough_s: Mapped[int]
    min_time_s: Mapped[int]
    max_speed: Mapped[Any] = mapped_column(Numeric(5, 2))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    gained_s: Mapped[int] = mapped_column(server_default="0")
    budget_s: Mapped[Any] = mapped_column(Numeric(12, 3))
    held: Mapped[Any] = mapped_column(INT4MULTIRANGE, server_default=NO_SECONDS)
    presence_from_s: Mapped[int]
    presence_to_s: Mapped[int]
    presence_wait_s: Mapped[int]
    presence_number: Mapped[int] = mapped_column(server_default="0")
    presence_left_s: Mapped[int | None]
    asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(server_default="")


class Reading(Base):
    """A text lesson or the text version of a video, from its opening to the word "I have read this"."""

    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_done", "participation_id", "done_at"),)

    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
