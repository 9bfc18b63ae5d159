"""Exams, attempts, and what a contestant wrote."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class Exam(Base):
    """One exam of one stage, frozen from the contest file and an approved bank version.

    kind: formal | mock. blueprint: the canonical JSON that the rules read. secret_cipher: the draw
    secret, encrypted (owner 'exam:<id>'); secret_digest: its SHA-256, published before the exam;
    secret_revealed_at: since when anybody can read the secret, so that nothing may be drawn from it any more.
    excluded_ids: questions of the bank version that were retired or stood on too many papers of earlier exams.
    state: ready | stopped. The window is half-open; deadline = min(start + duration, closes_at) + grants."""

    __tablename__ = "exams"
    __table_args__ = (
        CheckConstraint("kind IN ('formal', 'mock')", name="kind"),
        UniqueConstraint("stage_id", "component", "kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    contest_version_id: Mapped[int] = mapped_column(ForeignKey("contest_versions.id"))
    bank_version_id: Mapped[int] = mapped_column(ForeignKey("bank_versions.id"))
    component: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="formal")
    title: Mapped[dict[str, Any]]
    blueprint: Mapped[dict[str, Any]]
    duration_s: Mapped[int]
    grace_s: Mapped[int]
    attempts_allowed: Mapped[int] = mapped_column(server_default="1")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    booking_opens_at: Mapped[datetime | None]
    booking_closes_at: Mapped[datetime | None]
    secret_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    secret_digest: Mapped[str]
    secret_committed_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    secret_revealed_at: Mapped[datetime | None]
    excluded_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=sql("'{}'"))
    state: Mapped[str] = mapped_column(server_default="ready")
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class Attempt(Base):
    """One paper drawn for one participation; never changed. A repeat is a new row that supersedes it.

    paper: question-version ids in shown order; sections: index of the blueprint section of each slot.
    option_seed: makes the option order of each slot together with draw_version. origin: own (allowed by
    the blueprint) | redrawn | resit | reopened (given by hosts: the attempt it supersedes no longer counts).
    last_stop_id: the draw left out the questions stopped up to this one (0: none)."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("exam_id", "participation_id", "number"),
        CheckConstraint("origin IN ('own', 'redrawn', 'resit', 'reopened')", name="origin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"), index=True)
    number: Mapped[int] = mapped_column(server_default="1")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"), unique=True)
    paper: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    sections: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    option_seed: Mapped[bytes] = mapped_column(LargeBinary)
    draw_version: Mapped[int] = mapped_column(SmallInteger)
    paper_digest: Mapped[str]
    origin: Mapped[str] = mapped_column(server_default="own")
    last_stop_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class Sheet(Base):
    """What changes of an attempt. One row, updated in place (HOT), no index on changing columns.

    state: created | open | submitted | graded | void. answers: per slot the text as given by the browser
    (displayed letters, 'T'/'F', JSON array for blanks; '' = none). seqs: per slot the highest sequence
    number taken. flags: per slot 'look again'. person_id and exam_id are copied for the guarded writes.
    opens_at, starts_until, closes_at: the window of the booked session; NULL where the exam has none."""

    __tablename__ = "sheets"
    __table_args__ = (
        CheckConstraint("state IN ('created', 'open', 'submitted', 'graded', 'void')", name="state"),
        Index("ix_sheets_exam_state", "exam_id", "state"),
        Index("ix_sheets_ungraded", "attempt_id", postgresql_where=sql("state = 'submitted'")),
        Index("ix_sheets_open", "deadline_at", postgresql_where=sql("state = 'open'")),
        {"postgresql_with": {"fillfactor": 70}},
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True, autoincrement=False)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(server_default="created")
    answers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    seqs: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    flags: Mapped[list[bool]] = mapped_column(ARRAY(Boolean))
    opens_at: Mapped[datetime | None]
    starts_until: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    grace_s: Mapped[int] = mapped_column(SmallInteger)
    lease: Mapped[str] = mapped_column(server_default="")
    lease_device: Mapped[str] = mapped_column(server_default="")
    lease_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    saved_at: Mapped[datetime | None]
    late_count: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str] = mapped_column(server_default="")
    receipt: Mapped[str] = mapped_column(server_default="")
    time_used_s: Mapped[int | None]
    grade_tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    current_grade_id: Mapped[int | None] = mapped_column(BigInteger)
    void_reason: Mapped[str] = mapped_column(server_default="")


class AnswerEvent(Base):
    """One accepted or refused save of one slot; append-only evidence. Partition column: exam_id."""

    __tablename__ = "answer_events"
    __table_args__ = (
        Index("ix_answer_events_attempt", "attempt_id", "slot"),
        Index("ix_answer_events_refused", "exam_id", "stored_at", postgresql_where=sql("outcome <> 'saved'")),
    )

    exam_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(BigInteger)
    slot: Mapped[int] = mapped_column(SmallInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    answer: Mapped[str]
    lease: Mapped[str] = mapped_column(server_default="")
    is_late: Mapped[bool] = mapped_column(server_default=sql("false"))
    outcome: Mapped[str] = mapped_column(server_default="saved")
    arrived_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class LeaseEvent(Base):
    """Who took over an attempt from which device, when and why; append-only."""

    __tablename__ = "lease_events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    kind: Mapped[str]
    lease: Mapped[str]
    device: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class SectionVisit(Base):
    """A section of a paper with section rules that was entered; left_at is empty while it is being written.

    section: its number in the blueprint, from 0. The first one has no row until it is left: it was entered
    with the start of the attempt."""

    __tablename__ = "section_visits"
    __table_args__ = (CheckConstraint("left_at IS NULL OR left_at >= entered_at", name="left"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True, autoincrement=False)
    section: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
