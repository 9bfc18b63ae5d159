"""Tables of lists: frozen boards on their way to a final list, notices, objections."""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base
from webapp.core.turns import InTurns


class StageList(Base):
    """A list of a stage, made from one frozen board. A later list of the same stage takes its place.

    state: rules/states.py. source: board, or nominations: brought in from a selection outside; snapshot_id are then its
    lines, which a further workbook adds to until the list is posted. substitutes_until: from this hour on nobody moves up any more; empty: until the
    list is final. final_snapshot_id: the posted rows that became final."""

    __tablename__ = "stage_lists"
    __table_args__ = (
        UniqueConstraint("stage_id", "number"),
        CheckConstraint(
            "state IN ('frozen', 'rechecking', 'rechecked', 'regraded', 'ready', 'posted', 'final',"
            " 'superseded', 'dropped')",
            name="state",
        ),
        CheckConstraint("source IN ('board', 'nominations')", name="source"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="frozen")
    source: Mapped[str] = mapped_column(server_default="board")
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("board_snapshots.id"))
    contest_version_id: Mapped[int] = mapped_column(ForeignKey("contest_versions.id"))
    reason: Mapped[str] = mapped_column(server_default="")
    substitutes_until: Mapped[datetime | None]
    frozen_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    frozen_at: Mapped[datetime]
    rechecked_at: Mapped[datetime | None]
    final_snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("board_snapshots.id"))
    final_at: Mapped[datetime | None]

    @property
    def is_nominated(self) -> bool:
        """Whether people were named outside: nobody is ranked, and nothing is computed a second time."""
        return self.source == "nominations"


class StageDecision(Base):
    """What the re-check said of one entry; append-only, the newest counts. Both units are kept."""

    __tablename__ = "stage_decisions"
    __table_args__ = (
        CheckConstraint(
            "decision IN ('eligible', 'ineligible', 'withdrawn', 'unresponsive')", name="decision"
        ),
        CheckConstraint("decision = 'eligible' OR reason <> ''", name="reason"),
        Index("ix_stage_decisions_list", "list_id", "entry_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("stage_lists.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    decision: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    unit_at_registration_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    unit_at_recheck_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]


class StageRegrade(Base):
    """One run of the second computation over a list; asked by a host, done by a worker."""

    __tablename__ = "stage_regrades"
    __table_args__ = (Index("ix_stage_regrades_list", "list_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("stage_lists.id"))
    papers: Mapped[int] = mapped_column(server_default="0")
    results: Mapped[int] = mapped_column(server_default="0")
    waiting: Mapped[int] = mapped_column(server_default="0")
    differences: Mapped[list[Any]] = mapped_column(server_default="[]")
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class StageAction(Base):
    """Posting, amending, closing or supplementing a list: asked by one person, agreed by another where the
    setting asks."""

    __tablename__ = "stage_actions"
    __table_args__ = (
        CheckConstraint("kind IN ('post', 'amend', 'finalise', 'supplement')", name="kind"),
        CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),
        CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id", name="two_people"
        ),
        Index("uq_stage_actions_waiting", "list_id", unique=True, postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("stage_lists.id"))
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class StageRun(InTurns, Base):
    """A step of a large list that a worker carries out, whole or not at all. kind, payload: rules/orders.py.

    state: making | done | refused | failed. phase, done, total: how far it is; they are written while the step's own
    transaction is open. tries: how many workers have begun it. waits: done, but a second person has to agree; count: people it
    concerned; refusal: why it could not be done (a message as JSON). asked_by_account_id None: the program."""

    __tablename__ = "stage_runs"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('freeze', 'decide', 'post', 'amend', 'supplement', 'finalise', 'agree', 'close')",
            name="kind",
        ),
        CheckConstraint("state IN ('making', 'done', 'refused', 'failed')", name="state"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        Index("ix_stage_runs_stage", "stage_id", "id"),
        Index("uq_stage_runs_making", "stage_id", unique=True, postgresql_where=text("state = 'making'")),
    )

    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    two_person: Mapped[bool]
    phase: Mapped[str] = mapped_column(server_default="")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int]
    tries: Mapped[int] = mapped_column(server_default="0")
    waits: Mapped[bool] = mapped_column(server_default="false")
    count: Mapped[int] = mapped_column(server_default="0")
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    finished_at: Mapped[datetime | None]


class StageNotice(Base):
    """One posted version of a stage's notice; never changed. The next version supersedes it.

    body: the canonical text whose SHA-256 is the digest. snapshot_id: the same rows with their entries.
    calendar: the days off and worked that the host added, and the years without a table."""

    __tablename__ = "stage_notices"
    __table_args__ = (UniqueConstraint("stage_id", "version"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    list_id: Mapped[int] = mapped_column(ForeignKey("stage_lists.id"))
    version: Mapped[int]
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("board_snapshots.id"))
    body: Mapped[str]
    digest: Mapped[str]
    working_days: Mapped[int]
    calendar: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(server_default="")
    posted_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    posted_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    agreed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)


class StageObjection(Base):
    """An objection to a notice or to one entry of it. What anonymous people leave to be reached is encrypted.

    reference: random, lets who sent it see the answer. published_answer: stands on the notice page. channel: how
    it came; entered_by_account_id: of staff, for what came otherwise than through the notice page."""

    __tablename__ = "stage_objections"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'answered')", name="state"),
        CheckConstraint("channel IN ('page', 'phone', 'letter', 'visit', 'enterprise')", name="channel"),
        Index("ix_stage_objections_stage", "stage_id", "state"),
        Index("ix_stage_objections_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("stage_notices.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    name_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_mask: Mapped[str] = mapped_column(server_default="")
    words: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="received")
    answer: Mapped[str] = mapped_column(server_default="")
    published_answer: Mapped[str] = mapped_column(server_default="")
    changes_list: Mapped[bool] = mapped_column(server_default="false")
    answered_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    answered_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(server_default="page")
    entered_by_account_id: Mapped[int | None] = mapped_column(BigInteger)


class StageAdmission(Base):
    """A place in a stage and what became of it. state, origin: rules/attendance.py.

    position: order of the list; substitutes stand behind. rank: in the list they come from (list_id).
    answer_by: from then on silent. replaces_entry_id: whose place it is. Every change is in the audit."""

    __tablename__ = "stage_admissions"
    __table_args__ = (
        UniqueConstraint("stage_id", "entry_id"),
        CheckConstraint(
            "origin IN ('promotion', 'substitute', 'nomination', 'direct', 'carried')", name="origin"
        ),
        CheckConstraint(
            "state IN ('invited', 'confirmed', 'declined', 'silent', 'replaced', 'admitted', 'ended')",
            name="state",
        ),
        CheckConstraint("state <> 'ended' OR reason <> ''", name="ended"),
        Index("ix_stage_admissions_entry", "entry_id"),
        Index("ix_stage_admissions_waiting", "answer_by", postgresql_where=text("state = 'invited'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    origin: Mapped[str]
    state: Mapped[str]
    position: Mapped[int]
    rank: Mapped[int | None]
    list_id: Mapped[int | None] = mapped_column(ForeignKey("stage_lists.id"))
    replaces_entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    answer_by: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]


class StageException(Base):
    """A normal minimum that a named person excepted for a stage, with a reason; never changed. rule: of the contest file.

    needed, people: what the rule asked for and how many there were when it was signed."""

    __tablename__ = "stage_exceptions"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("people >= 0 AND people < needed", name="people"),
        Index("ix_stage_exceptions_stage", "stage_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    rule: Mapped[str]
    needed: Mapped[int]
    people: Mapped[int]
    reason: Mapped[str]
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class StageSubmission(Base):
    """Whom one organisation names for a selection outside, until the host takes it into the list. state: rules/submissions.py.

    lines: [{entry_id, number}] in the order of the workbook; names are not kept. file_name: as it was called. list_id: the
    list into which it was taken. A later one of the same organisation takes the place of one that nobody has taken in."""

    __tablename__ = "stage_submissions"
    __table_args__ = (
        CheckConstraint("state IN ('sent', 'taken', 'returned', 'replaced', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'taken') = (list_id IS NOT NULL)", name="list"),
        CheckConstraint("state <> 'returned' OR reason <> ''", name="reason"),
        Index("ix_stage_submissions_stage", "stage_id", "organisation_id", "id"),
        Index(
            "uq_stage_submissions_sent",
            "stage_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("state = 'sent'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    state: Mapped[str] = mapped_column(server_default="sent")
    lines: Mapped[list[Any]]
    file_name: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    list_id: Mapped[int | None] = mapped_column(ForeignKey("stage_lists.id"))
    sent_by_account_id: Mapped[int] = mapped_column(BigInteger)
    sent_at: Mapped[datetime]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class ListReminder(Base):
    """When a host was last told how many lists are due. day: in Shanghai; count: how many then."""

    __tablename__ = "list_reminders"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, autoincrement=False)
    day: Mapped[date]
    count: Mapped[int]


class TeamMember(Base):
    """Who belongs to a team. entry_id: the leader's entry, of kind team, which is ranked and awarded.

    A member who is not the leader is not ranked alone."""

    __tablename__ = "team_members"
    __table_args__ = (
        Index("uq_team_members_leader", "entry_id", unique=True, postgresql_where=text("is_leader")),
    )

    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    is_leader: Mapped[bool]
    joined_at: Mapped[datetime]


class EventMerge(Base):
    """One event becomes part of another of its contest: asked by one person, agreed by another where the setting asks.

    moved: how much of what moved, and how many were in both."""

    __tablename__ = "event_merges"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state"),
        CheckConstraint("event_id <> into_id", name="two_events"),
        CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id", name="two_people"
        ),
        Index("uq_event_merges_waiting", "event_id", unique=True, postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    why: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    moved: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    asked_by_account_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class Circular(Base):
    """The one circular of a contest, made when all its events have ended. body: what the digest is taken of."""

    __tablename__ = "circulars"
    __table_args__ = (
        UniqueConstraint("contest_id", "number"),
        CheckConstraint("state IN ('signing', 'issued', 'dropped')", name="state"),
        Index("uq_circulars_live", "contest_id", unique=True, postgresql_where=text("state = 'signing'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    number: Mapped[int]
    state: Mapped[str]
    body: Mapped[str]
    digest: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    prepared_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    prepared_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]


class CircularAgreement(Base):
    """One body's agreement, given by one person; nobody agrees for two bodies. Never changed."""

    __tablename__ = "circular_agreements"
    __table_args__ = (
        UniqueConstraint("circular_id", "body"),
        UniqueConstraint("circular_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    circular_id: Mapped[int] = mapped_column(ForeignKey("circulars.id"))
    body: Mapped[str]
    account_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
