"""Tables of halls: places, seats, who sits where, who came, which browsers stand there."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
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


class Hall(Base):
    """One room of one exam. name: unique in the exam; participations.hall carries it (grants look there).

    address: {zh, en}. labels: the seats in the order they are filled. columns: seats of one row, 0 = one
    long row. medium: computers | paper. networks: CIDR, where its computers come from; empty = not known."""

    __tablename__ = "halls"
    __table_args__ = (
        UniqueConstraint("exam_id", "name"),
        CheckConstraint("medium IN ('computers', 'paper')", name="medium"),
        CheckConstraint("cardinality(labels) > 0", name="labels"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    site: Mapped[str]
    address: Mapped[dict[str, Any]]
    name: Mapped[str]
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    columns: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    medium: Mapped[str] = mapped_column(server_default="computers")
    networks: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    needs_check_in: Mapped[bool] = mapped_column(Boolean, server_default=sql("true"))
    position: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class HallPlan(Base):
    """What holds for all halls of an exam: the rule and seed of the seating, times, words on the ticket."""

    __tablename__ = "hall_plans"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(server_default="")
    seed: Mapped[str] = mapped_column(server_default="")
    seated_at: Mapped[datetime | None]
    seated_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    tickets_from: Mapped[datetime | None]
    late_from: Mapped[datetime | None]
    words: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class HallSeat(Base):
    """Where one participation sits, with the code on its ticket, and whether the person is there.

    source: seating | late | move. code: short, unique, random; it opens nothing outside a hall."""

    __tablename__ = "hall_seats"
    __table_args__ = (
        UniqueConstraint("hall_id", "label"),
        UniqueConstraint("code"),
        Index("ix_hall_seats_participation", "participation_id"),
        CheckConstraint("source IN ('seating', 'late', 'move')", name="source"),
    )

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), primary_key=True, autoincrement=False)
    participation_id: Mapped[int] = mapped_column(
        ForeignKey("participations.id"), primary_key=True, autoincrement=False
    )
    hall_id: Mapped[int] = mapped_column(ForeignKey("halls.id"))
    label: Mapped[str]
    code: Mapped[str]
    source: Mapped[str] = mapped_column(server_default="seating")
    seated_at: Mapped[datetime]
    checked_in_at: Mapped[datetime | None]
    checked_in_by_account_id: Mapped[int | None] = mapped_column(BigInteger)


class HallCheck(Base):
    """One check-in or its undoing; append-only. how: ticket | list. kind: in | undone."""

    __tablename__ = "hall_checks"
    __table_args__ = (
        CheckConstraint("kind IN ('in', 'undone')", name="kind"),
        CheckConstraint("kind = 'undone' OR (document_seen AND face_agrees)", name="identity"),
        CheckConstraint("kind = 'in' OR reason <> ''", name="reason"),
        Index("ix_hall_checks_participation", "exam_id", "participation_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"))
    hall_id: Mapped[int] = mapped_column(ForeignKey("halls.id"))
    kind: Mapped[str]
    how: Mapped[str] = mapped_column(server_default="list")
    document_seen: Mapped[bool] = mapped_column(server_default=sql("false"))
    face_agrees: Mapped[bool] = mapped_column(server_default=sql("false"))
    is_late: Mapped[bool] = mapped_column(server_default=sql("false"))
    reason: Mapped[str] = mapped_column(server_default="")
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class HallPaper(Base):
    """One attempt that goes on on paper: which slots are printed, and where its answers stand.

    slots: numbers from 0. state: printed (waits for entries) | differs (waits for the third look) | written.
    until: when the writing time ended that the person had before. Never more than one for an attempt."""

    __tablename__ = "hall_papers"
    __table_args__ = (
        CheckConstraint("state IN ('printed', 'differs', 'written')", name="state"),
        CheckConstraint(
            "agreed_by_account_id IS NULL OR agreed_by_account_id <> asked_by_account_id", name="two_people"
        ),
        Index("ix_hall_papers_exam", "exam_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    slots: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    state: Mapped[str] = mapped_column(server_default="printed")
    until: Mapped[datetime]
    action_id: Mapped[int] = mapped_column(ForeignKey("exam_actions.id"))
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    agreed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime]
    written_at: Mapped[datetime | None]


class HallPaperEntry(Base):
    """What one person typed from one paper; append-only. round: 1 and 2 are blind, 3 settles differences.
    Nobody types the same paper twice. answers: one for each printed slot."""

    __tablename__ = "hall_paper_entries"
    __table_args__ = (
        UniqueConstraint("paper_id", "round"),
        UniqueConstraint("paper_id", "by_account_id"),
        CheckConstraint("round BETWEEN 1 AND 3", name="round"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("hall_papers.id"))
    round: Mapped[int] = mapped_column(SmallInteger)
    answers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class HallScan(Base):
    """A picture or PDF of a filled-in paper; append-only."""

    __tablename__ = "hall_scans"
    __table_args__ = (Index("ix_hall_scans_paper", "paper_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("hall_papers.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    name: Mapped[str]
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class HallBrowser(Base):
    """A computer of a hall that staff have opened for one person after another. The cookie holds a random
    token, the row its SHA-256."""

    __tablename__ = "hall_browsers"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hall_id: Mapped[int] = mapped_column(ForeignKey("halls.id"), index=True)
    opened_by_account_id: Mapped[int] = mapped_column(BigInteger)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
