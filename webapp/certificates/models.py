"""Tables of certificates: issued once, never changed; a revocation is a row of its own."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class Certificate(Base):
    """One certificate; append-only for the application's roles.

    facts: what it says (rules/facts.py), digest: SHA-256 of its canonical JSON. issue_number: from 1; a
    further one is issued only when the one before has been revoked. template_version: how it looks.
    snapshot_id: the final list that a rank was taken from. issued_by_account_id: None means the program."""

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("stage_id", "entry_id", "award_code", "issue_number"),
        CheckConstraint("issue_number >= 1", name="issue_number"),
        Index("ix_certificates_person", "person_id"),
        Index("ix_certificates_stage", "stage_id", "award_code", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    serial: Mapped[str] = mapped_column(unique=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    award_code: Mapped[str]
    issue_number: Mapped[int]
    facts: Mapped[dict[str, Any]]
    digest: Mapped[str]
    template_version: Mapped[str]
    contest_version_id: Mapped[int] = mapped_column(BigInteger)
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("board_snapshots.id"))
    issued_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    issued_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class CertificateRevocation(Base):
    """A certificate that no longer counts; append-only. approved_by: the second person, where one is needed."""

    __tablename__ = "certificate_revocations"
    __table_args__ = (CheckConstraint("approved_by_account_id <> revoked_by_account_id", name="two_people"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), unique=True)
    reason: Mapped[str]
    revoked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    approved_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    revoked_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class RevocationRequest(Base):
    """A wish to revoke, decided by a second person. state: waiting | done | refused."""

    __tablename__ = "certificate_revocation_requests"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),
        CheckConstraint("decided_by_account_id <> asked_by_account_id", name="two_people"),
        Index(
            "uq_certificate_revocation_requests_open",
            "certificate_id",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"))
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
