"""Tables of certificates: issued once, never changed; a revocation is a row of its own."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base
from webapp.core.turns import InTurns


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
    """A wish to revoke, decided by a second person. state: waiting | done | refused.

    is_replaced: a new certificate with what is true then is issued in the same step."""

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
    is_replaced: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class CertificatePrint(InTurns, Base):
    """A file of many certificates for a printer. state: making | ready | cancelled | failed | removed.

    event_id, stage_id None: of the whole contest, of the whole event. done of total certificates are set.
    worker: who is at it, beat_at: its last sign of life; another may take over when that is old (printing.STALE).
    language: of the index, as whoever asked reads the site. remove_after: then the file is deleted, the row stays."""

    __tablename__ = "certificate_prints"
    __table_args__ = (
        CheckConstraint("state IN ('making', 'ready', 'cancelled', 'failed', 'removed')", name="state"),
        CheckConstraint("(state = 'ready') = (file_id IS NOT NULL)", name="file"),
        CheckConstraint("stage_id IS NULL OR event_id IS NOT NULL", name="scope"),
        Index("ix_certificate_prints_contest", "contest_id", "id"),
        Index(
            "uq_certificate_prints_making",
            "contest_id",
            text("coalesce(event_id, 0)"),
            text("coalesce(stage_id, 0)"),
            unique=True,
            postgresql_where=text("state = 'making'"),
        ),
    )

    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stages.id"))
    reason: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="zh_CN")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int]
    parts: Mapped[int]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    size_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0")
    digest: Mapped[str] = mapped_column(server_default="")
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime | None]
    remove_after: Mapped[datetime | None]


class CertificatePrintPart(Base):
    """One PDF of a print file, in the order of the pick-up list. file_id: where it lies until the file is put together.

    pages: the certificates that are in it, page by page; None: not set yet. Those revoked before are left out."""

    __tablename__ = "certificate_print_parts"

    print_id: Mapped[int] = mapped_column(
        ForeignKey("certificate_prints.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    award_code: Mapped[str]
    template_version: Mapped[str]
    certificate_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    pages: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))


class CertificateRun(InTurns, Base):
    """Certificates are issued: a host asked, or a list became final (asked_by_account_id None: the program).

    scope: contest (those of its events that event_ids names) | event | stage (the file's certificates) | awards (the decided
    ones of a stage). parts: rules/parts.py, in order; phase, position: where the next batch begins (service/stepping.py).
    looks: so often it looked at what became due meanwhile (service/looking.py), issued_before_look: how many were issued the
    last time. problems: the parts that could not go on and why (rules/parts.py: Broken). state: making | done | stopped | failed;
    done of total people are looked at, issued: new certificates. print_reason: why a print file of the event is made when all is
    issued, '': none is; language: of its index; print_problem: the code of why there is none. worker, beat_at: as of a
    print file."""

    __tablename__ = "certificate_runs"
    __table_args__ = (
        CheckConstraint("state IN ('making', 'done', 'stopped', 'failed')", name="state"),
        CheckConstraint(
            "CASE WHEN scope = 'contest' THEN contest_id IS NOT NULL AND cardinality(event_ids) > 0"
            " AND event_id IS NULL AND stage_id IS NULL"
            " ELSE contest_id IS NULL AND cardinality(event_ids) = 0 AND event_id IS NOT NULL"
            " AND scope IN ('event', 'stage', 'awards') AND (scope = 'event') = (stage_id IS NULL) END",
            name="scope",
        ),
        CheckConstraint("print_reason = '' OR scope = 'event'", name="print"),
        Index("ix_certificate_runs_event", "event_id", "id"),
        Index("ix_certificate_runs_contest", "contest_id", "id"),
        # The events of a contest's run by a hash: as many of them as a contest may have do not fit into an index.
        Index(
            "uq_certificate_runs_making",
            "scope",
            text("coalesce(contest_id, 0)"),
            text("coalesce(event_id, 0)"),
            text("coalesce(stage_id, 0)"),
            text("hash_array_extended(event_ids, 0)"),
            unique=True,
            postgresql_where=text("state = 'making'"),
        ),
    )

    scope: Mapped[str]
    contest_id: Mapped[int | None] = mapped_column(ForeignKey("contests.id"))
    event_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stages.id"))
    parts: Mapped[list[Any]]
    looks: Mapped[int] = mapped_column(server_default="0")
    issued_before_look: Mapped[int] = mapped_column(server_default="0")
    problems: Mapped[list[Any]] = mapped_column(server_default="[]")
    phase: Mapped[int] = mapped_column(server_default="0")
    position: Mapped[int] = mapped_column(BigInteger, server_default="0")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int]
    issued: Mapped[int] = mapped_column(server_default="0")
    print_reason: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="zh_CN")
    print_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_prints.id"))
    print_problem: Mapped[str] = mapped_column(server_default="")
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    finished_at: Mapped[datetime | None]
