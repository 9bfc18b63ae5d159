"""Tables of taking part: application, its review, participation and the ranked entry."""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class Application(Base):
    """A person's wish to take part in an event, and where it stands in the review chain.

    chain: the links at the time of submission, nearest union first, the organiser last:
    [{"level": …, "organisation_id": …}]; step: index of the link whose decision is awaited.
    source: self | liaison. claimed_*: the reviewer who is looking at it now."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint(
            "state IN ('invited', 'in_review', 'returned', 'confirmed', 'refused', 'withdrawn')", name="state"
        ),
        Index(
            "uq_applications_live",
            "person_id",
            "event_id",
            unique=True,
            postgresql_where=text("state NOT IN ('withdrawn', 'refused')"),
        ),
        Index(
            "ix_applications_queue",
            "awaiting_organisation_id",
            "submitted_at",
            postgresql_where=text("state = 'in_review'"),
        ),
        Index("ix_applications_event", "event_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    state: Mapped[str]
    chain: Mapped[list[Any]]
    step: Mapped[int] = mapped_column(server_default="0")
    awaiting_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    warnings: Mapped[list[Any]] = mapped_column(server_default="[]")
    source: Mapped[str] = mapped_column(server_default="self")
    revision: Mapped[int] = mapped_column(server_default="1")
    submitted_at: Mapped[datetime | None]
    step_since: Mapped[datetime | None]
    claimed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    claimed_until: Mapped[datetime | None]
    created_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class ReviewDecision(Base):
    """One decision of one reviewer at one link of the chain; never changed."""

    __tablename__ = "review_decisions"
    __table_args__ = (
        CheckConstraint("decision IN ('confirm', 'return', 'refuse')", name="decision"),
        UniqueConstraint("application_id", "revision", "step"),
        Index("ix_review_decisions_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    revision: Mapped[int]
    step: Mapped[int]
    level: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    decision: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    reviewer_account_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Participation(Base):
    """A person in an event: attempts, points and scores hang on it.

    state: provisional while the review is pending and the file lets people learn meanwhile: points are kept,
    nothing else is open; active once confirmed; withdrawn, also when refused; disqualified.
    number: the public contestant number, unique in the contest. time_factor: extra time, 1 = none. in_service_on:
    the day on which "in service" was judged by the file when the person was confirmed."""

    __tablename__ = "participations"
    __table_args__ = (
        UniqueConstraint("person_id", "event_id"),
        UniqueConstraint("contest_id", "number"),
        CheckConstraint("state IN ('provisional', 'active', 'withdrawn', 'disqualified')", name="state"),
        CheckConstraint("time_factor >= 1", name="time_factor"),
        Index("ix_participations_event", "event_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    number: Mapped[str]
    hall: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="active")
    time_factor: Mapped[Any] = mapped_column(Numeric(4, 2), server_default="1")
    in_service_on: Mapped[date | None]
    confirmed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Entry(Base):
    """What is ranked and awarded: one participation, until teams come."""

    __tablename__ = "entries"
    __table_args__ = (CheckConstraint("kind IN ('individual', 'team')", name="kind"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    kind: Mapped[str] = mapped_column(server_default="individual")
    participation_id: Mapped[int | None] = mapped_column(ForeignKey("participations.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class RosterUpload(Base):
    """A liaison's workbook of workers, previewed before anybody is registered."""

    __tablename__ = "roster_uploads"
    __table_args__ = (CheckConstraint("state IN ('parsed', 'accepted', 'discarded')", name="state"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    file_name: Mapped[str]
    sealed_rows: Mapped[bytes | None]
    problems: Mapped[list[Any]]
    counts: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="parsed")
    uploaded_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    uploaded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class EarlierWinner(Base):
    """A result of an earlier contest that the rules of entry of `contest_id` look at; its host brings it in.

    document_hash, last4_hash: keyed hashes, empty where the source has no number. match_state: open (nobody
    has decided whose it is) | matched (person_id) | nobody. not_persons: ids of people of whom somebody has
    said that it is not theirs. removed_at: the record was wrong; it stays, and counts no more."""

    __tablename__ = "earlier_winners"
    __table_args__ = (
        CheckConstraint("match_state IN ('open', 'matched', 'nobody')", name="match_state"),
        CheckConstraint("(match_state = 'matched') = (person_id IS NOT NULL)", name="matched_person"),
        CheckConstraint("rank IS NOT NULL OR prize <> ''", name="result"),
        CheckConstraint("removed_at IS NULL OR removed_why <> ''", name="removed"),
        UniqueConstraint("contest_id", "fingerprint"),
        Index("ix_earlier_winners_person", "person_id", "contest_id"),
        Index("ix_earlier_winners_document", "document_hash", postgresql_where=text("person_id IS NULL")),
        Index("ix_earlier_winners_name", "name", postgresql_where=text("person_id IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    document_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    last4_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    document_mask: Mapped[str] = mapped_column(server_default="")
    name: Mapped[str]
    unit_name: Mapped[str] = mapped_column(server_default="")
    earlier_contest: Mapped[str]
    edition: Mapped[str] = mapped_column(server_default="")
    year: Mapped[int]
    trade: Mapped[str]
    trade_key: Mapped[str]
    rank: Mapped[int | None]
    prize: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    match_state: Mapped[str] = mapped_column(server_default="open")
    not_persons: Mapped[list[Any]] = mapped_column(server_default="[]")
    matched_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    matched_at: Mapped[datetime | None]
    match_why: Mapped[str] = mapped_column(server_default="")
    imported_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    imported_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    removed_why: Mapped[str] = mapped_column(server_default="")


class ReviewDelegation(Base):
    """A node of the union tree hands its queue to a person or to another organisation's reviewers for a time; the
    organiser of an event hands that event's queue to a person (event_id).

    Half-open [from_at, until_at); ended_at: given back, or taken back, before that."""

    __tablename__ = "review_delegations"
    __table_args__ = (
        CheckConstraint("num_nonnulls(to_person_id, to_organisation_id) = 1", name="receiver"),
        CheckConstraint("until_at > from_at", name="time"),
        CheckConstraint(
            "num_nonnulls(organisation_id, event_id) = 1 AND (event_id IS NULL OR to_person_id IS NOT NULL)",
            name="queue",
        ),
        CheckConstraint("to_organisation_id <> organisation_id", name="elsewhere"),
        Index("ix_review_delegations_person", "to_person_id", "until_at"),
        Index("ix_review_delegations_receiver", "to_organisation_id", "until_at"),
        Index("ix_review_delegations_node", "organisation_id", "until_at"),
        Index("ix_review_delegations_event", "event_id", "until_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    to_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    why: Mapped[str]
    given_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_account_id: Mapped[int | None] = mapped_column(BigInteger)


class ReviewEscalation(Base):
    """What the file's days did to an application at one link of one revision, once each.

    reminded: the reviewers of `level` were told that it is due soon. escalated: it was overdue; the link
    (to_level, to_organisation_id) was told and may decide as well, from listed_at in its own list. to_level '': there
    is nobody above."""

    __tablename__ = "review_escalations"
    __table_args__ = (
        UniqueConstraint("application_id", "revision", "step", "kind"),
        CheckConstraint("kind IN ('reminded', 'escalated')", name="kind"),
        CheckConstraint("(listed_at IS NOT NULL) = (to_level <> '')", name="goal"),
        Index("ix_review_escalations_goal", "to_organisation_id", "listed_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    revision: Mapped[int]
    step: Mapped[int]
    kind: Mapped[str]
    level: Mapped[str]
    to_level: Mapped[str] = mapped_column(server_default="")
    to_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    listed_at: Mapped[datetime | None]
    at: Mapped[datetime]


class OrganisationMerge(Base):
    """One organisation is really another: asked by one person, agreed by another where the setting asks.

    moved: how much of what has moved, by kind."""

    __tablename__ = "organisation_merges"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),
        CheckConstraint("organisation_id <> into_id", name="two_organisations"),
        CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id", name="two_people"
        ),
        Index(
            "uq_organisation_merges_waiting",
            "organisation_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    why: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    moved: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class UnitList(Base):
    """A unit's people of one contest, confirmed as a whole by its liaison with a sealed list.

    application_ids: who is on it; digest: of these. seed is drawn when the list is sealed, its commitment shown at
    once, the seed when somebody above opens the spot checks; spot_ids: who was drawn."""

    __tablename__ = "unit_lists"
    __table_args__ = (
        CheckConstraint("(opened_at IS NULL) = (spot_ids IS NULL)", name="opened"),
        Index("ix_unit_lists_unit", "unit_id", "contest_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    application_ids: Mapped[list[Any]]
    digest: Mapped[str]
    seed: Mapped[str]
    commitment: Mapped[str]
    pct: Mapped[int]
    least: Mapped[int]
    sealed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    sealed_at: Mapped[datetime]
    opened_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime | None]
    spot_ids: Mapped[list[Any] | None]
