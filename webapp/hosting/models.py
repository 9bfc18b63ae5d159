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
