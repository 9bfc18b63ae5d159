"""Tables of awards: lists derived from final standings, their lines, and the skill levels people hold."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class AwardList(Base):
    """The award lines of one final list. A list derived later takes the place of the one before; what was decided
    there stays as it is, so that after a decided list it is a supplement.

    state: proposed (people decide line by line) | waiting (a second person has to agree) | decided | reopened (it was
    decided and holds until the list that reopens it is decided) | superseded. reopens_list_id: that list.
    local_organisation_id: a joint event, whose contestants below this organisation are ranked among themselves.
    digest: SHA-256 over the derived lines."""

    __tablename__ = "award_lists"
    __table_args__ = (
        UniqueConstraint("stage_id", "number"),
        CheckConstraint("state IN ('proposed', 'waiting', 'decided', 'reopened', 'superseded')", name="state"),
        CheckConstraint("closed_by_account_id <> asked_by_account_id", name="two_people"),
        Index(
            "uq_award_lists_open", "stage_id", unique=True,
            postgresql_where=text("state <> 'superseded' AND state <> 'reopened'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="proposed")
    reopens_list_id: Mapped[int | None] = mapped_column(ForeignKey("award_lists.id"))
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("board_snapshots.id"))
    contest_version_id: Mapped[int] = mapped_column(ForeignKey("contest_versions.id"))
    local_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    digest: Mapped[str]
    derived_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    derived_at: Mapped[datetime]
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime | None]
    closed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None]


class AwardLine(Base):
    """One award and one finalist in its band: what the rules say, and what people decided of it.

    state, amount, level, why: as derived, never changed. decision: '' until somebody decides. settled_list_id: the decided
    list that holds for it, which nothing changes any more. granted_amount: yuan
    that are paid; less than `amount` where the rules name only the most, more only with a reason."""

    __tablename__ = "award_lines"
    __table_args__ = (
        UniqueConstraint("list_id", "award_code", "entry_id"),
        CheckConstraint("state IN ('candidate', 'open', 'not-due')", name="state"),
        CheckConstraint("decision IN ('', 'granted', 'declined')", name="decision"),
        CheckConstraint("decision <> 'declined' OR decision_reason <> ''", name="reason"),
        CheckConstraint("decision <> 'granted' OR state = 'candidate'", name="granted"),
        CheckConstraint(
            "granted_amount IS NULL OR (granted_amount > 0 AND decision = 'granted')", name="granted_amount"
        ),
        Index("ix_award_lines_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("award_lists.id"))
    settled_list_id: Mapped[int | None] = mapped_column(ForeignKey("award_lists.id"))
    position: Mapped[int]
    award_code: Mapped[str]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    rank: Mapped[int]
    state: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    granted_amount: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    level: Mapped[str] = mapped_column(server_default="")
    why: Mapped[list[Any]]
    decision: Mapped[str] = mapped_column(server_default="")
    decision_reason: Mapped[str] = mapped_column(server_default="")
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class AwardNomination(Base):
    """Somebody whom the organiser's list names for a prize without a band of ranks; taken back, never deleted."""

    __tablename__ = "award_nominations"
    __table_args__ = (
        Index(
            "uq_award_nominations_live", "stage_id", "award_code", "entry_id", unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    award_code: Mapped[str]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    named_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    named_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class SkillLevelRecord(Base):
    """A skill level that somebody holds in a trade. source: checked (staff saw the certificate) | award.

    Append-only. Of a trade the highest counts, of what was checked the newest row; level 'none' says: no level."""

    __tablename__ = "skill_levels"
    __table_args__ = (
        CheckConstraint("source IN ('checked', 'award')", name="source"),
        UniqueConstraint("award_line_id"),
        Index("ix_skill_levels_person", "person_id", "trade"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    trade: Mapped[str]
    level: Mapped[str]
    held_since: Mapped[date | None]
    certificate_number: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str]
    award_line_id: Mapped[int | None] = mapped_column(ForeignKey("award_lines.id"))
    recorded_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime]


class SkillLevelEnd(Base):
    """A level that an award gave and that a reopened list took back; append-only. list_id: that list."""

    __tablename__ = "skill_level_ends"

    level_id: Mapped[int] = mapped_column(ForeignKey("skill_levels.id"), primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("award_lists.id"))
    ended_at: Mapped[datetime]


class AwardReopening(Base):
    """A wish to open a decided list again: asked by one person, agreed by another where the setting asks.

    effect: what the page showed when it was asked for (ids of lines, serials, numbers)."""

    __tablename__ = "award_reopenings"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id", name="two_people"
        ),
        Index(
            "uq_award_reopenings_waiting", "list_id", unique=True, postgresql_where=text("state = 'waiting'")
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("award_lists.id"))
    reason: Mapped[str]
    effect: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class PayoutTick(Base):
    """What finance collects outside this system (CONTESTS 4): a tick with date and person, never a copy.

    kind: identity (copy of the document) | account (bank account)."""

    __tablename__ = "award_payout_ticks"
    __table_args__ = (CheckConstraint("kind IN ('identity', 'account')", name="kind"),)

    line_id: Mapped[int] = mapped_column(ForeignKey("award_lines.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    ticked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    ticked_at: Mapped[datetime]
