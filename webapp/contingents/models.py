"""Tables of delegations."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class Contingent(Base):
    """The people that one union sends to a stage of a contest, over all events. leader: the name of who leads."""

    __tablename__ = "contingents"
    __table_args__ = (
        UniqueConstraint("contest_id", "stage_code", "organisation_id"),
        CheckConstraint("state IN ('draft', 'confirmed')", name="state"),
        CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    stage_code: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    state: Mapped[str] = mapped_column(server_default="draft")
    leader: Mapped[str] = mapped_column(server_default="")
    made_at: Mapped[datetime]
    confirmed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    confirmed_at: Mapped[datetime | None]


class ContingentMember(Base):
    """Somebody who is sent: a contestant by the entry with the place, a judge by the person."""

    __tablename__ = "contingent_members"
    __table_args__ = (
        CheckConstraint("num_nonnulls(entry_id, judge_person_id) = 1", name="kind"),
        Index("uq_contingent_members_entry", "contingent_id", "entry_id", unique=True),
        Index("uq_contingent_members_judge", "contingent_id", "judge_person_id", unique=True),
        Index("ix_contingent_members_entry_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contingent_id: Mapped[int] = mapped_column(ForeignKey("contingents.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    judge_person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))


class ContingentChange(Base):
    """A confirmed delegation is to be another one: asked by one person, agreed by another.

    wanted: {entries, judges, leader} as it is to be."""

    __tablename__ = "contingent_changes"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),
        CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id", name="two_people"
        ),
        Index(
            "uq_contingent_changes_waiting",
            "contingent_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contingent_id: Mapped[int] = mapped_column(ForeignKey("contingents.id"))
    wanted: Mapped[dict[str, Any]]
    why: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class ContingentPosting(Base):
    """A posted list of the confirmed delegations; never changed, the newest counts. body: what the digest is of."""

    __tablename__ = "contingent_postings"
    __table_args__ = (UniqueConstraint("contest_id", "stage_code", "number"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    stage_code: Mapped[str]
    number: Mapped[int]
    body: Mapped[str]
    digest: Mapped[str]
    posted_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    posted_at: Mapped[datetime]
