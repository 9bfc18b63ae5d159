"""Tables of the timed exam.

An attempt (paper, seed) is fixed when drawn; its sheet carries what changes: answers, state,
deadline, lease. Saving is one guarded statement on the sheet that also appends answer events."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import KEYS_SCHEMA, Base


class Exam(Base):
    """One exam of one stage, frozen from the contest file and an approved bank version.

    kind: formal | mock. blueprint: the canonical JSON that the rules read. secret_cipher: the draw
    secret, encrypted (owner 'exam:<id>'); secret_digest: its SHA-256, published before the exam;
    secret_revealed_at: since when anybody can read the secret, so that nothing may be drawn from it any more.
    excluded_ids: questions of the bank version that stood on too many papers of earlier exams.
    state: ready | stopped. The window is half-open; deadline = min(start + duration, closes_at) + grants."""

    __tablename__ = "exams"
    __table_args__ = (
        CheckConstraint("kind IN ('formal', 'mock')", name="kind"),
        UniqueConstraint("stage_id", "component", "kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    contest_version_id: Mapped[int] = mapped_column(ForeignKey("contest_versions.id"))
    bank_version_id: Mapped[int] = mapped_column(ForeignKey("bank_versions.id"))
    component: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="formal")
    title: Mapped[dict[str, Any]]
    blueprint: Mapped[dict[str, Any]]
    duration_s: Mapped[int]
    grace_s: Mapped[int]
    attempts_allowed: Mapped[int] = mapped_column(server_default="1")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    booking_opens_at: Mapped[datetime | None]
    booking_closes_at: Mapped[datetime | None]
    secret_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    secret_digest: Mapped[str]
    secret_committed_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    secret_revealed_at: Mapped[datetime | None]
    excluded_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=sql("'{}'"))
    state: Mapped[str] = mapped_column(server_default="ready")
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class Attempt(Base):
    """One paper drawn for one participation; never changed. A repeat is a new row that supersedes it.

    paper: question-version ids in shown order; sections: index of the blueprint section of each slot.
    option_seed: makes the option order of each slot together with draw_version. origin: own (allowed by
    the blueprint) | redrawn | resit | reopened (given by hosts: the attempt it supersedes no longer counts).
    last_stop_id: the draw left out the questions stopped up to this one (0: none)."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("exam_id", "participation_id", "number"),
        CheckConstraint("origin IN ('own', 'redrawn', 'resit', 'reopened')", name="origin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"), index=True)
    number: Mapped[int] = mapped_column(server_default="1")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"), unique=True)
    paper: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    sections: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    option_seed: Mapped[bytes] = mapped_column(LargeBinary)
    draw_version: Mapped[int] = mapped_column(SmallInteger)
    paper_digest: Mapped[str]
    origin: Mapped[str] = mapped_column(server_default="own")
    last_stop_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class Sheet(Base):
    """What changes of an attempt. One row, updated in place (HOT), no index on changing columns.

    state: created | open | submitted | graded | void. answers: per slot the text as given by the browser
    (displayed letters, 'T'/'F', JSON array for blanks; '' = none). seqs: per slot the highest sequence
    number taken. flags: per slot 'look again'. person_id and exam_id are copied for the guarded writes.
    opens_at, starts_until, closes_at: the window of the booked session; NULL where the exam has none."""

    __tablename__ = "sheets"
    __table_args__ = (
        CheckConstraint("state IN ('created', 'open', 'submitted', 'graded', 'void')", name="state"),
        Index("ix_sheets_exam_state", "exam_id", "state"),
        Index("ix_sheets_ungraded", "attempt_id", postgresql_where=sql("state = 'submitted'")),
        Index("ix_sheets_open", "deadline_at", postgresql_where=sql("state = 'open'")),
        {"postgresql_with": {"fillfactor": 70}},
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True, autoincrement=False)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(server_default="created")
    answers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    seqs: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    flags: Mapped[list[bool]] = mapped_column(ARRAY(Boolean))
    opens_at: Mapped[datetime | None]
    starts_until: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    grace_s: Mapped[int] = mapped_column(SmallInteger)
    lease: Mapped[str] = mapped_column(server_default="")
    lease_device: Mapped[str] = mapped_column(server_default="")
    lease_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    saved_at: Mapped[datetime | None]
    late_count: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str] = mapped_column(server_default="")
    receipt: Mapped[str] = mapped_column(server_default="")
    time_used_s: Mapped[int | None]
    grade_tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    current_grade_id: Mapped[int | None] = mapped_column(BigInteger)
    void_reason: Mapped[str] = mapped_column(server_default="")


class AnswerEvent(Base):
    """One accepted or refused save of one slot; append-only evidence. Partition column: exam_id."""

    __tablename__ = "answer_events"
    __table_args__ = (
        Index("ix_answer_events_attempt", "attempt_id", "slot"),
        Index("ix_answer_events_refused", "exam_id", "stored_at", postgresql_where=sql("outcome <> 'saved'")),
    )

    exam_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(BigInteger)
    slot: Mapped[int] = mapped_column(SmallInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    answer: Mapped[str]
    lease: Mapped[str] = mapped_column(server_default="")
    is_late: Mapped[bool] = mapped_column(server_default=sql("false"))
    outcome: Mapped[str] = mapped_column(server_default="saved")
    arrived_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class LeaseEvent(Base):
    """Who took over an attempt from which device, when and why; append-only."""

    __tablename__ = "lease_events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    kind: Mapped[str]
    lease: Mapped[str]
    device: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class TimeGrant(Base):
    """Extra seconds for one attempt, a hall or a whole exam; append-only, never negative."""

    __tablename__ = "time_grants"
    __table_args__ = (CheckConstraint("extra_s > 0", name="extra_s"), Index("ix_time_grants_exam", "exam_id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    participation_id: Mapped[int | None] = mapped_column(ForeignKey("participations.id"))
    hall: Mapped[str | None]
    extra_s: Mapped[int]
    reason: Mapped[str]
    granted_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    approved_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    granted_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class Announcement(Base):
    """Words of the host to everybody in an exam, to one hall or one person; shown with the next reply.

    needs_ack: who has not pressed "read" is counted and listed."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), index=True)
    hall: Mapped[str | None]
    participation_id: Mapped[int | None] = mapped_column(ForeignKey("participations.id"))
    text: Mapped[str]
    needs_ack: Mapped[bool] = mapped_column(server_default=sql("false"))
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class ExamAction(Base):
    """A dangerous act that may need a second person; kinds are registered in service/actions.

    state: waiting | running (a job is at it) | done | refused | withdrawn | failed. effect: what it would
    change, in words and numbers, when it was asked for."""

    __tablename__ = "exam_actions"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'refused', 'withdrawn', 'failed')", name="state"
        ),
        CheckConstraint(
            "decided_by_account_id IS NULL OR decided_by_account_id <> asked_by_account_id", name="two_people"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), index=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    reason: Mapped[str]
    effect: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    asked_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]


class Grade(Base):
    """The marks of one attempt; insert-only, unique per version. sheets.current_grade_id names the valid one.

    marks: per slot the mark as exact decimal text. sections: per section its total. mark: of the paper."""

    __tablename__ = "grades"
    __table_args__ = (
        UniqueConstraint("attempt_id", "version"),
        Index(
            "uq_grades_ruling",
            "ruling_id",
            "attempt_id",
            unique=True,
            postgresql_where=sql("ruling_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    version: Mapped[int] = mapped_column(SmallInteger)
    marks: Mapped[list[Any]]
    sections: Mapped[list[Any]]
    mark: Mapped[Any] = mapped_column(Numeric(9, 4))
    full_mark: Mapped[Any] = mapped_column(Numeric(9, 4))
    score: Mapped[Any] = mapped_column(Numeric(9, 4))
    input_digest: Mapped[str]
    code_version: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    ruling_id: Mapped[int | None] = mapped_column(ForeignKey("rulings.id"))
    graded_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class GradingFailure(Base):
    """An attempt that could not be graded three times: it waits for a person, with the reason."""

    __tablename__ = "grading_failures"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True, autoincrement=False)
    error: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    solved_at: Mapped[datetime | None]


class AnnouncementRead(Base):
    """Somebody pressed "read" below an announcement; append-only."""

    __tablename__ = "announcement_reads"

    announcement_id: Mapped[int] = mapped_column(
        ForeignKey("announcements.id"), primary_key=True, autoincrement=False
    )
    participation_id: Mapped[int] = mapped_column(
        ForeignKey("participations.id"), primary_key=True, autoincrement=False, index=True
    )
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class ExamAlarm(Base):
    """Something in an exam that a person should look at: from `since` until `ended_at`.

    kind: one of rules.alarms.AlarmKind. subject: a hall, a reason of refusals, or empty. facts: numbers."""

    __tablename__ = "exam_alarms"
    __table_args__ = (
        Index(
            "uq_exam_alarms_lasting",
            "exam_id",
            "kind",
            "subject",
            unique=True,
            postgresql_where=sql("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default="")
    facts: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    acknowledged_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    acknowledged_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(server_default="")


class Silence(Base):
    """A spell in which the page of a running attempt gave no sign of life, noted by the watch.

    since: the last sign before it. until: the first sign after it, None while it lasts or for good."""

    __tablename__ = "silences"
    __table_args__ = (Index("ix_silences_lasting", "attempt_id", postgresql_where=sql("until IS NULL")),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]


class ExamWatch(Base):
    """When the clock process last looked at an exam, and the host's own thresholds of its alarms."""

    __tablename__ = "exam_watches"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), primary_key=True, autoincrement=False)
    looked_at: Mapped[datetime | None]
    thresholds: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))


class SectionVisit(Base):
    """A section of a paper with section rules that was entered; left_at is empty while it is being written.

    section: its number in the blueprint, from 0. The first one has no row until it is left: it was entered
    with the start of the attempt."""

    __tablename__ = "section_visits"
    __table_args__ = (CheckConstraint("left_at IS NULL OR left_at >= entered_at", name="left"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True, autoincrement=False)
    section: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class ExamSession(Base):
    """A bookable session (场次) of an exam. Its exam may be started in [opens_at, starts_until).

    taken: how many hold a seat; it changes only under a lock on this row and never passes `seats`.
    is_closed: takes nobody any more (by a host, or because the file no longer names it)."""

    __tablename__ = "exam_sessions"
    __table_args__ = (
        UniqueConstraint("exam_id", "key"),
        CheckConstraint("taken >= 0 AND taken <= seats", name="taken"),
        CheckConstraint("opens_at < starts_until AND starts_until <= closes_at", name="window"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    key: Mapped[str]
    title: Mapped[dict[str, Any]]
    places: Mapped[list[Any]] = mapped_column(server_default="[]")
    opens_at: Mapped[datetime]
    starts_until: Mapped[datetime]
    closes_at: Mapped[datetime]
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default="0")
    is_closed: Mapped[bool] = mapped_column(server_default=sql("false"))


class SessionBooking(Base):
    """Who sits in which session. source: self | assigned | host."""

    __tablename__ = "session_bookings"
    __table_args__ = (
        UniqueConstraint("exam_id", "participation_id"),
        CheckConstraint("source IN ('self', 'assigned', 'host')", name="source"),
        Index("ix_session_bookings_session", "session_id", "participation_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("exam_sessions.id"))
    participation_id: Mapped[int] = mapped_column(ForeignKey("participations.id"), index=True)
    source: Mapped[str] = mapped_column(server_default="self")
    booked_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class PastDrawSecret(Base):
    """A draw secret that was revealed and then replaced, because somebody needed a paper afterwards."""

    __tablename__ = "past_draw_secrets"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str]
    secret: Mapped[str]
    committed_at: Mapped[datetime]
    revealed_at: Mapped[datetime]


class ParityReport(Base):
    """Whether the papers of an exam were equally hard; made anew when a host asks. report: rules.parity as JSON."""

    __tablename__ = "parity_reports"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))


class StoppedQuestion(Base):
    """A question that is drawn no more in an exam; append-only. Its id orders the stops of an exam: an
    attempt notes the last one that its draw knew (attempts.last_stop_id)."""

    __tablename__ = "stopped_questions"
    __table_args__ = (UniqueConstraint("exam_id", "question_version_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"))
    reason: Mapped[str]
    stopped_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    stopped_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class Ruling(Base):
    """What is decided about one question of an exam after its close; the newest applied one holds.

    kind: drop | everybody | answered | key (see rules/rulings). key_id: keys.corrected_keys, for key.
    state: computing (its effect) | ready | asked | applying | applied | cancelled. done of total: papers.
    effect: who changes and by how much. Grades made by it carry its id."""

    __tablename__ = "rulings"
    __table_args__ = (
        CheckConstraint("kind IN ('drop', 'everybody', 'answered', 'key')", name="kind"),
        CheckConstraint(
            "state IN ('computing', 'ready', 'asked', 'applying', 'applied', 'cancelled')", name="state"
        ),
        CheckConstraint("(kind = 'key') = (key_id IS NOT NULL)", name="key"),
        Index("ix_rulings_exam", "exam_id"),
        Index("uq_rulings_applying", "exam_id", unique=True, postgresql_where=sql("state = 'applying'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"))
    kind: Mapped[str]
    key_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="computing")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    effect: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("exam_actions.id"))
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    applied_at: Mapped[datetime | None]


class CorrectedKey(Base):
    """A later key of a question for one exam; append-only, beside the first key, which stays."""

    __tablename__ = "corrected_keys"
    __table_args__ = {"schema": KEYS_SCHEMA}  # noqa: RUF012 - SQLAlchemy reads it from the class

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    exam_id: Mapped[int] = mapped_column(BigInteger)
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"), index=True)
    answer: Mapped[Any] = mapped_column(JSONB)
    rules: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
