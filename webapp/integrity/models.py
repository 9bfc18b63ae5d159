"""Tables of the evidence, the cases made of it, and declared interests."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class FocusEvent(Base):
    """One happening that a browser reported about its exam page; append-only, bounded per attempt.

    page: random name of the loaded page; ms: milliseconds since it was loaded, by the browser's clock."""

    __tablename__ = "focus_events"
    __table_args__ = (
        Index("ix_focus_events_attempt", "attempt_id", "id"),
        Index("ix_focus_events_exam", "exam_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(BigInteger)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    kind: Mapped[str]
    page: Mapped[str]
    ms: Mapped[int] = mapped_column(BigInteger)
    device: Mapped[str]
    arrived_at: Mapped[datetime]


class ExamSighting(Base):
    """An attempt was open on a device at an address. Personal data: keyed hashes and a coarse prefix only,
    deleted after a number of days. site_id: the known site whose range the address lay in."""

    __tablename__ = "exam_sightings"
    __table_args__ = (Index("ix_exam_sightings_exam", "exam_id"), Index("ix_exam_sightings_at", "at"))

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True, autoincrement=False)
    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    exam_id: Mapped[int] = mapped_column(BigInteger)
    prefix: Mapped[str]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("exam_sites.id"))
    at: Mapped[datetime]


class ExamSite(Base):
    """A named site (hall, training centre, dormitory) whose addresses raise no alarm. network: CIDR."""

    __tablename__ = "exam_sites"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), index=True)
    network: Mapped[str]
    label: Mapped[str]
    added_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    added_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    removed_at: Mapped[datetime | None]


class CheckEvent(Base):
    """What an optional check saw; append-only, bounded per person and exam.

    name: the check; outcome: shown | refused (a start) | missing (while writing); how: header | script | ''.
    device_hash: keyed hash of the browser's name, another in every exam; empty without a name."""

    __tablename__ = "check_events"
    __table_args__ = (
        CheckConstraint("outcome IN ('shown', 'refused', 'missing')", name="outcome"),
        Index("ix_check_events_person", "exam_id", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    person_id: Mapped[int] = mapped_column(BigInteger)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    name: Mapped[str]
    outcome: Mapped[str]
    how: Mapped[str] = mapped_column(server_default="")
    device_hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class SnapshotConsent(Base):
    """What somebody answered when asked for camera pictures in an exam; append-only, the last answer counts."""

    __tablename__ = "snapshot_consents"
    __table_args__ = (Index("ix_snapshot_consents_person", "exam_id", "person_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    person_id: Mapped[int] = mapped_column(BigInteger)
    agreed: Mapped[bool]
    at: Mapped[datetime]


class Snapshot(Base):
    """One moment of an attempt at which a picture was asked for and something came.

    number: which moment, from 0. file_id: the encrypted picture; empty when the camera failed or after the
    picture was deleted. failure: no-camera | '' . keep_until: when the picture is deleted."""

    __tablename__ = "snapshots"
    __table_args__ = (
        UniqueConstraint("attempt_id", "number"),
        Index("ix_snapshots_kept", "keep_until", postgresql_where=sql("file_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    failure: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
    keep_until: Mapped[datetime]


class EvidenceRun(Base):
    """One gathering of the evidence of an exam. state: waiting | running | done | failed; progress: 0 to 100.

    facts: what was compared, thresholds, what was left out, the false-alarm rate of the simulation."""

    __tablename__ = "evidence_runs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        Index("ix_evidence_runs_exam", "exam_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    progress: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    done_at: Mapped[datetime | None]


class Evidence(Base):
    """One finding about one attempt. kind: focus | silent | quick | fast | pair | device | address | check |
    snapshots. weight: points that
    order the list, never a verdict. Rows belong to a run; a later run brings rows of its own."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_run", "run_id"), Index("ix_evidence_attempt", "attempt_id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("evidence_runs.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    kind: Mapped[str]
    weight: Mapped[Any] = mapped_column(Numeric(6, 2))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


class IntegrityCase(Base):
    """A question put to a person about one attempt. state: open | decided; told_at: the contestant sees it
    from then on and can answer. decision: no-action | hearing | void ('' while open)."""

    __tablename__ = "integrity_cases"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'decided')", name="state"),
        CheckConstraint("decision IN ('', 'no-action', 'hearing', 'void')", name="decision"),
        Index("uq_integrity_cases_open", "attempt_id", unique=True, postgresql_where=sql("state = 'open'")),
        Index("ix_integrity_cases_exam", "exam_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    state: Mapped[str] = mapped_column(server_default="open")
    decision: Mapped[str] = mapped_column(server_default="")
    opened_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    told_at: Mapped[datetime | None]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class CaseEntry(Base):
    """What was written into a case; append-only. kind: opened | note | told | statement | decision. Notes are
    for the hosts; what the contestant sees: told, statement, decision."""

    __tablename__ = "integrity_case_entries"
    __table_args__ = (
        CheckConstraint("kind IN ('opened', 'note', 'told', 'statement', 'decision')", name="kind"),
        Index("ix_integrity_case_entries_case", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("integrity_cases.id"))
    kind: Mapped[str]
    text: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class Interest(Base):
    """A declared interest of somebody who works on an event: it keeps that person from the doors named in
    `rules.interests`. About a whole event, a unit with all below it, or one person; withdrawn, not deleted."""

    __tablename__ = "declared_interests"
    __table_args__ = (
        CheckConstraint("num_nonnulls(event_id, organisation_id, about_person_id) = 1", name="about"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    relation: Mapped[str]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    about_person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    note: Mapped[str] = mapped_column(server_default="")
    declared_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    withdrawn_at: Mapped[datetime | None]
