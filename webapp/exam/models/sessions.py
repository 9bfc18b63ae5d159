"""Bookable sessions (场次) of an exam."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class ExamSession(Base):
    """A bookable session (场次) of an exam. Its exam may be started in [opens_at, starts_until).

    taken: how many hold a seat; it changes only under a lock on this row and never passes `seats`.
    is_closed: takes nobody any more (by a host, or because the file no longer names it)."""

    __tablename__ = "exam_sessions"
    __table_args__ = (
        UniqueConstraint("exam_id", "key"),
        CheckConstraint("taken >= 0 AND taken <= seats", name="taken"),
        CheckConstraint("opens_at < starts_until AND starts_until <= closes_at", name="window"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    key: Mapped[str]
    title: Mapped[dict[str, Any]]
    places: Mapped[list[Any]] = mapped_column(server_default="[]")
    opens_at: Mapped[datetime]
    starts_until: Mapped[datetime]
    closes_at: Mapped[datetime]
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default="0")
    is_closed: Mapped[bool] = mapped_column(server_default=sql("false"))


class SessionBooking(Base):
    """Who sits in which session. source: self | assigned | host."""

    __tablename__ = "session_bookings"
    __table_args__ = (
        UniqueConstraint("exam_id", "participation_id"),
        CheckConstraint("source IN ('self', 'assigned', 'host')", name="source"),
        Index("ix_session_bookings_session", "session_id", "participation_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"), index=True)
    source: Mapped[str] = mapped_column(server_default="self")
    booked_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
