"""Answers that a person marks."""

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
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class EssayAnswer(Base):
    """One written answer of a closed sheet. Its text stays in sheets.answers; answer_digest binds the row to it.

    slot, part: where it stands; part counts the sub-questions of a passage from 0. section: index into the
    blueprint. out_of: the full mark. mark: what was settled, NULL while people have yet to mark it; an
    attempt is not graded before all of its answers have one."""

    __tablename__ = "essay_answers"
    __table_args__ = (
        UniqueConstraint("attempt_id", "slot", "part"),
        CheckConstraint("mark IS NULL OR (mark >= 0 AND mark <= out_of)", name="mark"),
        CheckConstraint("(mark IS NULL) = (settled_at IS NULL)", name="settled"),
        Index("ix_essay_answers_exam", "exam_id"),
        Index("ix_essay_answers_waiting", "attempt_id", postgresql_where=sql("mark IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    slot: Mapped[int] = mapped_column(SmallInteger)
    part: Mapped[int] = mapped_column(SmallInteger)
    section: Mapped[int] = mapped_column(SmallInteger)
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"))
    answer_digest: Mapped[str]
    out_of: Mapped[Any] = mapped_column(Numeric(9, 4))
    mark: Mapped[Any | None] = mapped_column(Numeric(9, 4))
    settled_at: Mapped[datetime | None]
    opened_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class EssayCorrection(Base):
    """A settled mark that was changed afterwards; append-only. before: the mark that held until then. The reason
    is the asker's; the second person stands in the act."""

    __tablename__ = "essay_corrections"
    __table_args__ = (
        CheckConstraint("mark >= 0 AND before >= 0 AND mark <> before", name="mark"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("essay_answers.id"), index=True)
    before: Mapped[Any] = mapped_column(Numeric(9, 4))
    mark: Mapped[Any] = mapped_column(Numeric(9, 4))
    reason: Mapped[str]
    action_id: Mapped[int] = mapped_column(ForeignKey("exam_actions.id"))
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
