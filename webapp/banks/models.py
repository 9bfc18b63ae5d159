"""Tables of question banks. Keys and explanations live in the schema `keys`, closed to pages."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import KEYS_SCHEMA, Base


class Bank(Base):
    """A question bank, found by its code (a contest file names it)."""

    __tablename__ = "banks"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[dict[str, Any]]
    description: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    language: Mapped[str] = mapped_column(server_default="zh-CN")
    licence: Mapped[str] = mapped_column(server_default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    is_sealed: Mapped[bool] = mapped_column(server_default=text("false"))
    approved_version_id: Mapped[int | None] = mapped_column(BigInteger)
    created_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Topic(Base):
    """A knowledge point of a bank. parent_id: the one it stands below."""

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("bank_id", "key"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("banks.id"))
    key: Mapped[str]
    title: Mapped[dict[str, Any]]
    position: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))


class Question(Base):
    """A question through all its versions, known by a key that is stable within its bank."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("bank_id", "key"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("banks.id"))
    key: Mapped[str]


class QuestionVersion(Base):
    """The public part of one version of a question; never changed. digest covers the key too.

    options: texts in original order ([] for true/false and fill). blanks: number of blanks of a fill.
    extra: what only some types have (choices, items, parts; rules/storage.py)."""

    __tablename__ = "question_versions"
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        UniqueConstraint("question_id", "digest"),
        CheckConstraint("difficulty IN ('easy', 'medium', 'hard')", name="difficulty"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    number: Mapped[int]
    type: Mapped[str]
    stem: Mapped[str]
    options: Mapped[list[Any]]
    blanks: Mapped[int] = mapped_column(server_default="0")
    extra: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    difficulty: Mapped[str]
    source: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[list[Any]] = mapped_column(server_default="[]")
    picture_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    picture_alt: Mapped[str] = mapped_column(server_default="")
    external_id: Mapped[str] = mapped_column(server_default="")
    digest: Mapped[str]
    created_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class QuestionKeyRow(Base):
    """The key part of one question version: answer (as JSON of its type), fill rules, explanation."""

    __tablename__ = "question_keys"
    __table_args__ = {"schema": KEYS_SCHEMA}  # noqa: RUF012 - SQLAlchemy reads it from the class

    question_version_id: Mapped[int] = mapped_column(
        ForeignKey("question_versions.id"), primary_key=True, autoincrement=False
    )
    answer: Mapped[Any] = mapped_column(JSONB)
    rules: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    explanation: Mapped[str] = mapped_column(server_default="")


class BankVersion(Base):
    """A reviewed set of question versions; its questions never change once it leaves 'draft'.

    state: draft | review | approved | superseded | returned. edited_by: accounts that changed single questions
    of it in the browser; none of them approves it."""

    __tablename__ = "bank_versions"
    __table_args__ = (
        UniqueConstraint("bank_id", "number"),
        CheckConstraint("state IN ('draft', 'review', 'approved', 'superseded', 'returned')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("banks.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="draft")
    digest: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    created_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    submitted_at: Mapped[datetime | None]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(server_default="")
    edited_by: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))


class BankVersionQuestion(Base):
    """Which question versions a bank version holds, in order."""

    __tablename__ = "bank_version_questions"
    __table_args__ = (Index("ix_bank_version_questions_question_version", "question_version_id"),)

    bank_version_id: Mapped[int] = mapped_column(ForeignKey("bank_versions.id"), primary_key=True)
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"), primary_key=True)
    position: Mapped[int]


class BankUpload(Base):
    """One uploaded file on its way into a bank. What was parsed (it holds keys) is staged beside it.

    state: waiting | parsing | parsed | failed | accepted | discarded. step, done, total: how far the reading is
    (formats/progress.py). headings: a digest of the headings it was read by, '' without."""

    __tablename__ = "bank_uploads"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'parsing', 'parsed', 'failed', 'accepted', 'discarded')", name="state"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("banks.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str]
    format: Mapped[str] = mapped_column(server_default="")
    options: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    state: Mapped[str] = mapped_column(server_default="waiting")
    counts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    problem_count: Mapped[int] = mapped_column(server_default="0")
    uploaded_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    uploaded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    accepted_version_id: Mapped[int | None] = mapped_column(ForeignKey("bank_versions.id"))
    step: Mapped[str] = mapped_column(server_default="")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    headings: Mapped[str] = mapped_column(server_default="")


class StagedUpload(Base):
    """What was found in an upload: all problems and what was left unread, as JSON. shape: what the reader found
    of its columns, types and signs (formats/shape.py)."""

    __tablename__ = "staged_uploads"
    __table_args__ = {"schema": KEYS_SCHEMA}  # noqa: RUF012 - SQLAlchemy reads it from the class

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("bank_uploads.id"), primary_key=True, autoincrement=False
    )
    problems: Mapped[list[Any]]
    skipped: Mapped[list[Any]] = mapped_column(server_default="[]")
    shape: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class StagedPiece(Base):
    """Some of an upload's questions with their keys, in the order of the file (rules/pieces.py)."""

    __tablename__ = "staged_pieces"
    __table_args__ = {"schema": KEYS_SCHEMA}  # noqa: RUF012 - SQLAlchemy reads it from the class

    upload_id: Mapped[int] = mapped_column(
        ForeignKey(f"{KEYS_SCHEMA}.staged_uploads.upload_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]


class RetiredQuestion(Base):
    """A question taken out of a bank and of all future draws, until a second person lets it back in.

    question_version_id: what it was when it left, and comes back as. restored_at None: it is out."""

    __tablename__ = "retired_questions"
    __table_args__ = (
        Index(
            "uq_retired_questions_out",
            "question_id",
            unique=True,
            postgresql_where=text("restored_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"))
    reason: Mapped[str]
    retired_by_account_id: Mapped[int] = mapped_column(BigInteger)
    retired_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    restore_reason: Mapped[str] = mapped_column(server_default="")
    restore_asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    restored_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    restored_at: Mapped[datetime | None]


class BankSeal(Base):
    """One time that a bank was closed to people. opened_at None: it is closed now (banks.is_sealed says so too).

    open_asked_by_account_id: who wants to open it before its exams are over; opened_by_account_id: who agreed,
    or opened it alone afterwards; None where it opened by itself."""

    __tablename__ = "bank_seals"
    __table_args__ = (
        Index("uq_bank_seals_closed", "bank_id", unique=True, postgresql_where=text("opened_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bank_id: Mapped[int] = mapped_column(ForeignKey("banks.id"))
    reason: Mapped[str]
    sealed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    sealed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    open_reason: Mapped[str] = mapped_column(server_default="")
    open_asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    open_asked_at: Mapped[datetime | None]
    opened_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime | None]


class QuestionText(Base):
    """What a question version is found by; kept by a trigger (migration 0035), never changed.

    words: its public texts without white space, width and case; pairs: all pairs of neighbouring signs."""

    __tablename__ = "question_texts"
    __table_args__ = (Index("ix_question_texts_pairs", "pairs", postgresql_using="gin"),)

    question_version_id: Mapped[int] = mapped_column(
        ForeignKey("question_versions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    words: Mapped[str]
    pairs: Mapped[list[str]] = mapped_column(ARRAY(Text))


class QuestionComment(Base):
    """What a setter or reviewer says about a question, as plain text; open until resolved_at."""

    __tablename__ = "question_comments"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    account_id: Mapped[int] = mapped_column(BigInteger)
    said: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    resolved_at: Mapped[datetime | None]
    resolved_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
