"""Tables of reports: counted once, kept until they are counted anew. They hold numbers, never people."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class ContestReport(Base):
    """The numbers of one contest at one time. state: computing | ready | failed; of the ready ones the newest counts.

    steps: keys of the funnel's steps, in the order of the cells. topics: answers to quiz questions by topic."""

    __tablename__ = "contest_reports"
    __table_args__ = (
        CheckConstraint("state IN ('computing', 'ready', 'failed')", name="state"),
        Index("ix_contest_reports_contest", "contest_id", "id"),
        Index(
            "uq_contest_reports_computing",
            "contest_id",
            unique=True,
            postgresql_where=text("state = 'computing'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    state: Mapped[str] = mapped_column(server_default="computing")
    steps: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    topics: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    as_of: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]


class ReportCell(Base):
    """Numbers of one slice at one place. slice: contest | event | industry, key: which one.

    place: an organisation with all below it; 0: everywhere; -1: people without a unit. steps: people at each
    step. amounts: queries/measures.py."""

    __tablename__ = "report_cells"

    report_id: Mapped[int] = mapped_column(ForeignKey("contest_reports.id"), primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    slice: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    units: Mapped[int]
    events: Mapped[int]
    steps: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    amounts: Mapped[list[Any]] = mapped_column(ARRAY(Numeric))


class EventArchive(Base):
    """An event written down as one file. state: making | ready | failed; done of total parts while it is made.

    manifest_sha256: of MANIFEST.json inside; content_sha256: the same for the same state. omitted: members left
    out, with the reason. keep_until: it is kept at least so long; nothing deletes it by itself."""

    __tablename__ = "event_archives"
    __table_args__ = (
        CheckConstraint("state IN ('making', 'ready', 'failed')", name="state"),
        CheckConstraint("(state = 'ready') = (file_id IS NOT NULL)", name="file"),
        Index("ix_event_archives_event", "event_id", "id"),
        Index("uq_event_archives_making", "event_id", unique=True, postgresql_where=text("state = 'making'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    state: Mapped[str] = mapped_column(server_default="making")
    with_names: Mapped[bool] = mapped_column(server_default=text("false"))
    with_keys: Mapped[bool] = mapped_column(server_default=text("false"))
    reason: Mapped[str]
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    members: Mapped[int] = mapped_column(server_default="0")
    size_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    manifest_sha256: Mapped[str] = mapped_column(server_default="")
    content_sha256: Mapped[str] = mapped_column(server_default="")
    omitted: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    keep_until: Mapped[datetime | None]
