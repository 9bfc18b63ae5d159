"""Rounds of questions, their answers (append-only), and the wrong-answer book."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class QuizRound(Base):
    """One round: question versions in order, asked one after the other.

    lesson_id: the quiz lesson; 0 = from the wrong-answer book. title: as it was when the round began.
    slot: the present question (from 0); shown_at: when the server first showed it. finished_at: when the
    last question was answered."""

    __tablename__ = "quiz_rounds"
    __table_args__ = (
        CheckConstraint("cardinality(version_ids) = cardinality(question_ids)", name="same_length"),
        CheckConstraint("slot >= 0 AND slot < cardinality(version_ids)", name="slot"),
        Index(
            "ix_quiz_rounds_open",
            "participation_id",
            "lesson_id",
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index("ix_quiz_rounds_participation_lesson", "participation_id", "lesson_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"))
    lesson_id: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[dict[str, Any]]
    question_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    version_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    option_seed: Mapped[str]
    slot: Mapped[int] = mapped_column(server_default="0")
    shown_at: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class QuizAnswer(Base):
    """One answer with its verdict; never changed. answer: canonical, in original letters.

    took_s: from showing to arrival by the server's clock. is_fast: faster than the contest file's minimum.
    points: what the ledger granted for it; cut_by: why that is less than the question is worth."""

    __tablename__ = "quiz_answers"
    __table_args__ = (
        UniqueConstraint("contest_id", "round_id", "slot"),
        Index("ix_quiz_answers_participation", "participation_id", "id"),
        Index("ix_quiz_answers_question", "participation_id", "question_id", "id"),
    )

    contest_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("quiz_rounds.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"))
    slot: Mapped[int]
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"))
    answer: Mapped[str]
    is_right: Mapped[bool]
    took_s: Mapped[Any] = mapped_column(Numeric(12, 3))
    is_fast: Mapped[bool]
    points: Mapped[Any] = mapped_column(Numeric(9, 2))
    cut_by: Mapped[str] = mapped_column(server_default="")
    answered_at: Mapped[datetime]


class BookQuestion(Base):
    """A question that a participation answered wrong at least once; is_in: it stands in the book now."""

    __tablename__ = "quiz_book"
    __table_args__ = (
        Index("ix_quiz_book_in", "participation_id", "last_at", postgresql_where=text("is_in")),
    )

    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    wrong_count: Mapped[int]
    right_streak: Mapped[int]
    is_in: Mapped[bool]
    last_at: Mapped[datetime]
