"""Tables of labour competitions. A campaign itself stands in the contest's file; rows name it by contest and code."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class CampaignLeader(Base):
    """The organisation that leads a campaign, as the host named it."""

    __tablename__ = "campaign_leaders"

    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), primary_key=True)
    campaign: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    named_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    named_at: Mapped[datetime]


class CampaignUnit(Base):
    """A unit that takes part in a campaign. firms, workers: covered, as enrolled.

    plan_state: '' (none yet) | sent | accepted | returned."""

    __tablename__ = "campaign_units"
    __table_args__ = (
        UniqueConstraint("contest_id", "campaign", "unit_id"),
        CheckConstraint("plan_state IN ('', 'sent', 'accepted', 'returned')", name="plan_state"),
        CheckConstraint("plan_state <> 'returned' OR plan_reason <> ''", name="plan_reason"),
        CheckConstraint("firms >= 0 AND workers >= 0", name="covered"),
        Index("ix_campaign_units_unit", "unit_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    campaign: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    firms: Mapped[int]
    workers: Mapped[int]
    plan: Mapped[str] = mapped_column(server_default="")
    plan_state: Mapped[str] = mapped_column(server_default="")
    plan_reason: Mapped[str] = mapped_column(server_default="")
    plan_sent_at: Mapped[datetime | None]
    plan_decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    plan_decided_at: Mapped[datetime | None]
    enrolled_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    enrolled_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class CampaignReport(Base):
    """What a unit reported for a period; another report of the period has the next number, the newest counts.

    said: by field of the file. firms, workers: the same numbers once more, to be summed; None: not asked for."""

    __tablename__ = "campaign_reports"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "period", "number"),
        CheckConstraint("state IN ('sent', 'accepted', 'returned')", name="state"),
        CheckConstraint("state <> 'returned' OR reason <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"))
    period: Mapped[str]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="sent")
    said: Mapped[dict[str, Any]]
    firms: Mapped[int | None]
    workers: Mapped[int | None]
    is_late: Mapped[bool]
    sent_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(server_default="")
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class CampaignFile(Base):
    """A file of a plan (no report) or of a report."""

    __tablename__ = "campaign_files"
    __table_args__ = (Index("ix_campaign_files_unit", "enrolment_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_reports.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    name: Mapped[str]
    added_at: Mapped[datetime]


class CampaignReminder(Base):
    """Whom we have reminded of which report, so that nobody is told twice. kind: soon | overdue."""

    __tablename__ = "campaign_reminders"
    __table_args__ = (CheckConstraint("kind IN ('soon', 'overdue')", name="kind"),)

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]


class CampaignList(Base):
    """A list of who is commended; posted once a second person agrees. rows: what is posted, digest: SHA-256 of it.

    state: waiting | posted | refused."""

    __tablename__ = "campaign_lists"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'posted', 'refused')", name="state"),
        CheckConstraint("decided_by_account_id <> asked_by_account_id", name="two_people"),
        Index(
            "uq_campaign_lists_waiting", "contest_id", "campaign", unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    campaign: Mapped[str]
    state: Mapped[str]
    rows: Mapped[list[Any]]
    digest: Mapped[str]
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class CampaignCandidate(Base):
    """A unit, or one of its people, that the leader names for commendation. person: '' for the unit itself.

    decision: '' | granted | declined, by the host. list_id: the list it stands on, from when the list is asked for."""

    __tablename__ = "campaign_candidates"
    __table_args__ = (
        CheckConstraint("decision IN ('', 'granted', 'declined')", name="decision"),
        CheckConstraint("decision <> 'declined' OR decision_reason <> ''", name="reason"),
        UniqueConstraint("enrolment_id", "person"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("campaign_units.id"))
    person: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str]
    named_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    named_at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(server_default="")
    decision_reason: Mapped[str] = mapped_column(server_default="")
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    list_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_lists.id"))
