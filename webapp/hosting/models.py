"""Tables of organisers' applications: the form, who joins, files, the steps of the review, exceptions, payments."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base

STATES = "'draft', 'in_review', 'returned', 'waiting', 'granted', 'settled', 'refused', 'withdrawn'"


class HostingApplication(Base):
    """One application of an organisation, as lead of a joint one where others take part.

    offer: trade | event | stage. event_id: what is applied for; of a trade the event that it became. told: the form
    by sections. state, step: rules/states.py. contest_version_id: the rules under which it was sent.
    granted_support: yuan, as decided. title, event_class, leads: copies of the form for lists and shares."""

    __tablename__ = "hosting_applications"
    __table_args__ = (
        CheckConstraint("offer IN ('trade', 'event', 'stage')", name="offer"),
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("granted_support >= 0", name="granted_support"),
        Index("ix_hosting_applications_contest", "contest_id", "state"),
        Index("ix_hosting_applications_organisation", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    offer: Mapped[str]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    stage_code: Mapped[str] = mapped_column(server_default="")
    event_code: Mapped[str] = mapped_column(server_default="")
    told: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    title: Mapped[str] = mapped_column(server_default="")
    event_class: Mapped[str] = mapped_column(server_default="")
    leads: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str] = mapped_column(server_default="draft")
    step: Mapped[int] = mapped_column(server_default=text("0"))
    contest_version_id: Mapped[int | None] = mapped_column(ForeignKey("contest_versions.id"))
    asked_support: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    granted_support: Mapped[int | None] = mapped_column(BigInteger)
    begun_by_account_id: Mapped[int] = mapped_column(BigInteger)
    begun_at: Mapped[datetime]
    sent_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    agreement_on: Mapped[date | None]


class HostingPartner(Base):
    """An organisation of a joint application; each agrees for itself, anew when the form has changed since."""

    __tablename__ = "hosting_partners"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'agreed', 'declined')", name="state"),
        Index("ix_hosting_partners_organisation", "organisation_id"),
    )

    application_id: Mapped[int] = mapped_column(
        ForeignKey("hosting_applications.id"), primary_key=True, autoincrement=False
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, autoincrement=False
    )
    state: Mapped[str] = mapped_column(server_default="asked")
    asked_at: Mapped[datetime]
    answered_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    answered_at: Mapped[datetime | None]


class HostingFile(Base):
    """A file of an application. kind: attachment | agreement. Taken off, never deleted."""

    __tablename__ = "hosting_files"
    __table_args__ = (
        CheckConstraint("kind IN ('attachment', 'agreement')", name="kind"),
        Index("ix_hosting_files_application", "application_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("hosting_applications.id"))
    kind: Mapped[str]
    name: Mapped[str]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    arrived_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class HostingStep(Base):
    """One step of the review, recorded by a named person with a reason; append-only.

    outcome: go-on | return | refuse. state: done, or of a decision: waiting for the second person, done, rejected.
    support: yuan that the decision grants."""

    __tablename__ = "hosting_steps"
    __table_args__ = (
        CheckConstraint("outcome IN ('go-on', 'return', 'refuse')", name="outcome"),
        CheckConstraint("state IN ('done', 'waiting', 'rejected')", name="state"),
        CheckConstraint("answered_by_account_id <> by_account_id", name="two_people"),
        Index(
            "uq_hosting_steps_waiting",
            "application_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_hosting_steps_application", "application_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("hosting_applications.id"))
    step: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str]
    support: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(server_default="done")
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    answered_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    answered_at: Mapped[datetime | None]


class HostingException(Base):
    """A normal rule that a named person excepted, with a reason: for one application, or for the programme of a
    contest (application_id empty)."""

    __tablename__ = "hosting_exceptions"
    __table_args__ = (
        Index(
            "uq_hosting_exceptions_application", "application_id", "rule", unique=True,
            postgresql_where=text("application_id IS NOT NULL"),
        ),
        Index(
            "uq_hosting_exceptions_programme", "contest_id", "rule", unique=True,
            postgresql_where=text("application_id IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("hosting_applications.id"))
    rule: Mapped[str]
    reason: Mapped[str]
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class HostingPayment(Base):
    """A tick that one half of the support was paid; the money itself goes through the union's own system.

    half: first | second. amount: yuan."""

    __tablename__ = "hosting_payments"
    __table_args__ = (
        CheckConstraint("half IN ('first', 'second')", name="half"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    application_id: Mapped[int] = mapped_column(
        ForeignKey("hosting_applications.id"), primary_key=True, autoincrement=False
    )
    half: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class HostingPerformance(Base):
    """What an organiser hands in after the event. One row from the day on which everything was settled.

    state: open | sent | returned | accepted | poor. due_at, filing_due_at: half-open; None where the contest asks
    for nothing. report: heading -> words. without_table: years whose holidays nobody had entered when the
    deadlines were counted. reminded: keys of rules/deadlines.py. score_*: the scores, filed outside the file."""

    __tablename__ = "hosting_performances"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'sent', 'returned', 'accepted', 'poor')", name="state"),
        Index("ix_hosting_performances_due", "state", "due_at"),
    )

    application_id: Mapped[int] = mapped_column(
        ForeignKey("hosting_applications.id"), primary_key=True, autoincrement=False
    )
    ended_on: Mapped[date]
    due_at: Mapped[datetime | None]
    filing_due_at: Mapped[datetime | None]
    without_table: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    reminded: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    report: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(server_default="open")
    recordings_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    recordings_at: Mapped[datetime | None]
    scores_signed_on: Mapped[date | None]
    scores_chief: Mapped[str] = mapped_column(server_default="")
    scores_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    scores_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    scores_at: Mapped[datetime | None]
    sent_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_at: Mapped[datetime | None]
    reviewed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    reviewed_at: Mapped[datetime | None]
    review_reason: Mapped[str] = mapped_column(server_default="")


class HostingUpload(Base):
    """A photo or video of a performance file, in pieces. digest: SHA-256 over the hex digests of the pieces.

    kind: '' until complete, then photo | video. dpi, length_s: what the file says of itself."""

    __tablename__ = "hosting_uploads"
    __table_args__ = (
        CheckConstraint("kind IN ('', 'photo', 'video')", name="kind"),
        CheckConstraint("size_bytes > 0", name="size"),
        Index("ix_hosting_uploads_application", "application_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("hosting_applications.id"))
    kind: Mapped[str] = mapped_column(server_default="")
    name: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    piece_bytes: Mapped[int]
    digest: Mapped[str]
    media_type: Mapped[str] = mapped_column(server_default="")
    dpi: Mapped[int | None]
    length_s: Mapped[int | None]
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class HostingPiece(Base):
    """A piece that has arrived whole."""

    __tablename__ = "hosting_pieces"

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("hosting_uploads.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    arrived_at: Mapped[datetime]


class HostingBar(Base):
    """An organiser whose event was of poor quality with bad public effect is named and may not apply for a time.

    host: the host's name in the contest file; the bar holds in all its contests. [since_on, until_on) once two
    people have agreed; state: waiting | in_force | refused."""

    __tablename__ = "hosting_bars"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'in_force', 'refused')", name="state"),
        CheckConstraint("decided_by_account_id <> asked_by_account_id", name="two_people"),
        Index(
            "uq_hosting_bars_application",
            "application_id",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
        Index("ix_hosting_bars_organisation", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("hosting_applications.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    host: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    since_on: Mapped[date | None]
    until_on: Mapped[date | None]
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
