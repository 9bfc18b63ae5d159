"""Marks, and what is decided about questions during and after an exam."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import KEYS_SCHEMA, Base


class Grade(Base):
    """The marks of one attempt; insert-only, unique per version. sheets.current_grade_id names the valid one.

    marks: per slot the mark as exact decimal text. sections: per section its total. mark: of the paper."""

    __tablename__ = "grades"
    __table_args__ = (
        UniqueConstraint("attempt_id", "version"),
        Index(
            "uq_grades_ruling",
            "ruling_id",
            "attempt_id",
            unique=True,
            postgresql_where=sql("ruling_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    version: Mapped[int] = mapped_column(SmallInteger)
    marks: Mapped[list[Any]]
    sections: Mapped[list[Any]]
    mark: Mapped[Any] = mapped_column(Numeric(9, 4))
    full_mark: Mapped[Any] = mapped_column(Numeric(9, 4))
    score: Mapped[Any] = mapped_column(Numeric(9, 4))
    input_digest: Mapped[str]
    code_version: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    ruling_id: Mapped[int | None] = mapped_column(ForeignKey("rulings.id"))
    graded_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class GradingFailure(Base):
    """An attempt that could not be graded three times: it waits for a person, with the reason."""

    __tablename__ = "grading_failures"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True, autoincrement=False)
    error: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    solved_at: Mapped[datetime | None]


class StoppedQuestion(Base):
    """A question that is drawn no more in an exam; append-only. Its id orders the stops of an exam: an
    attempt notes the last one that its draw knew (attempts.last_stop_id)."""

    __tablename__ = "stopped_questions"
    __table_args__ = (UniqueConstraint("exam_id", "question_version_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"))
    reason: Mapped[str]
    stopped_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    stopped_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class Ruling(Base):
    """What is decided about one question of an exam after its close; the newest applied one holds.

    kind: drop | everybody | answered | key (see rules/rulings). key_id: keys.corrected_keys, for key.
    state: computing (its effect) | ready | asked | applying | applied | cancelled. done of total: papers.
    effect: who changes and by how much. Grades made by it carry its id."""

    __tablename__ = "rulings"
    __table_args__ = (
        CheckConstraint("kind IN ('drop', 'everybody', 'answered', 'key')", name="kind"),
        CheckConstraint(
            "state IN ('computing', 'ready', 'asked', 'applying', 'applied', 'cancelled')", name="state"
        ),
        CheckConstraint("(kind = 'key') = (key_id IS NOT NULL)", name="key"),
        Index("ix_rulings_exam", "exam_id"),
        Index("uq_rulings_applying", "exam_id", unique=True, postgresql_where=sql("state = 'applying'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"))
    kind: Mapped[str]
    key_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="computing")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    effect: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("exam_actions.id"))
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    applied_at: Mapped[datetime | None]


class CorrectedKey(Base):
    """A later key of a question for one exam; append-only, beside the first key, which stays."""

    __tablename__ = "corrected_keys"
    __table_args__ = {"schema": KEYS_SCHEMA}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(BigInteger)
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"), index=True)
    answer: Mapped[Any] = mapped_column(JSONB)
    rules: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
