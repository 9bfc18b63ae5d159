"""Coming back after an attempt has ended: reopened after a mistaken submission, or a new paper.

Nothing is overwritten: the old attempt stays as it is, the new one supersedes it and is the one that counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core import clock
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.core.words import N_, Message
from webapp.exam.errors import AttemptNotFound, GrantRefused, NoTimeLeft, ReopenRefused
from webapp.exam.models import TimeGrant
from webapp.exam.queries.plans import plan
from webapp.exam.rules.timing import deadline
from webapp.exam.service.actions import Deed, Effect, Kind, register
from webapp.exam.service.doors import require_no_list
from webapp.exam.service.granting import MOST_MINUTES, amount
from webapp.exam.service.papers import draw_attempt
from webapp.notifications.service import notify


@dataclass(frozen=True)
class Reopening:
    """The attempt, and seconds added to what was left when it ended."""

    attempt_id: int = 0
    credit_s: int = 0


@dataclass(frozen=True)
class Resit:
    """The attempt that a new paper replaces."""

    attempt_id: int = 0


_ENDED = text(
    """
    SELECT s.attempt_id, s.participation_id, s.person_id, s.state, s.started_at, s.deadline_at, s.submitted_at,
           coalesce(s.closes_at, e.closes_at) AS closes_at, e.duration_s, p.time_factor, a.number,
           EXISTS (SELECT FROM attempts n WHERE n.supersedes_id = s.attempt_id) AS is_superseded,
           cardinality(array_remove(s.answers, '')) AS answered,
           coalesce((SELECT sum(g.extra_s) FROM time_grants g
                     WHERE g.exam_id = e.id AND g.attempt_id IS NULL
                       AND (g.participation_id IS NULL OR g.participation_id = p.id)
                       AND (g.hall IS NULL OR g.hall = p.hall)), 0) AS granted_s
    FROM sheets s
    JOIN attempts a ON a.id = s.attempt_id
    JOIN exams e ON e.id = s.exam_id
    JOIN participations p ON p.id = s.participation_id
    WHERE s.attempt_id = :attempt_id AND s.exam_id = :exam_id
    FOR UPDATE OF s
    """
)
_COPY = text(
    """
    WITH made AS (
        INSERT INTO attempts (exam_id, participation_id, number, supersedes_id, paper, sections, option_seed,
                              draw_version, paper_digest, origin, last_stop_id)
        SELECT exam_id, participation_id, number + 1, id, paper, sections, option_seed, draw_version,
               paper_digest, 'reopened', last_stop_id
        FROM attempts WHERE id = :attempt_id
        RETURNING id
    ), copied AS (
        INSERT INTO sheets (attempt_id, exam_id, participation_id, person_id, state, answers, seqs, flags,
                            started_at, deadline_at, grace_s, opens_at, starts_until, closes_at)
        SELECT made.id, s.exam_id, s.participation_id, s.person_id, 'open', s.answers, s.seqs, s.flags,
               :started_at, :deadline_at, s.grace_s, s.opens_at, s.starts_until, s.closes_at
        FROM made, sheets s WHERE s.attempt_id = :attempt_id
    ), logged AS (
        INSERT INTO answer_events (exam_id, attempt_id, slot, seq, answer, lease, arrived_at)
        SELECT s.exam_id, made.id, n.slot - 1, s.seqs[n.slot], s.answers[n.slot], 'reopened', :at
        FROM made, sheets s, generate_series(1, cardinality(s.answers)) AS n(slot)
        WHERE s.attempt_id = :attempt_id AND s.answers[n.slot] <> ''
    ), visited AS (
        INSERT INTO section_visits (attempt_id, section, entered_at, left_at)
        SELECT made.id, v.section, v.entered_at + CAST(:shift AS interval), v.left_at + CAST(:shift AS interval)
        FROM made, section_visits v WHERE v.attempt_id = :attempt_id
    )
    SELECT id FROM made
    """
)


@dataclass(frozen=True)
class Timing:
    """When a reopened attempt counts as begun and ends. own_s: its own grant that makes the sum come out."""

    started_at: datetime
    ends_at: datetime
    own_s: int
    left_s: int


def timing_of(row: Any, credit_s: int, at: datetime) -> Timing:
    """What was left when the attempt ended, plus the credit, counted from `at`; whole seconds, up."""
    ended = min(row.submitted_at, row.deadline_at)
    left = row.deadline_at - ended + timedelta(seconds=credit_s)
    started_at = at - (ended - row.started_at)
    base = deadline(started_at, row.duration_s, row.time_factor, row.closes_at)
    base += timedelta(seconds=int(row.granted_s))
    missing = _seconds_up(at + left - base)
    own_s = max(0, missing)
    return Timing(started_at, base + timedelta(seconds=own_s), own_s, max(0, _seconds_up(left)))


def _seconds_up(span: timedelta) -> int:
    return -((-span) // timedelta(seconds=1))


def _ended(exam_id: int, attempt_id: int) -> Any:
    row = db.session.execute(_ENDED, {"attempt_id": attempt_id, "exam_id": exam_id}).one_or_none()
    if row is None:
        raise AttemptNotFound
    if row.state not in {"submitted", "graded"} or row.is_superseded:
        raise ReopenRefused
    require_no_list(plan(exam_id).stage_id)
    return row


def _check_reopening(exam_id: int, wanted: Reopening) -> None:
    if not 0 <= wanted.credit_s <= MOST_MINUTES * 60:
        raise GrantRefused(most=MOST_MINUTES)
    row = _ended(exam_id, wanted.attempt_id)
    if timing_of(row, wanted.credit_s, clock.now()).left_s < 1:
        raise NoTimeLeft


def _preview_reopening(exam_id: int, wanted: Reopening) -> Effect:
    row = _ended(exam_id, wanted.attempt_id)
    left = timing_of(row, wanted.credit_s, clock.now()).left_s
    facts = {"number": row.number, "answered": row.answered, "left": amount(left)}
    return Effect(
        1,
        (
            Message(
                N_("The same paper with %(answered)s answers is opened again, with %(left)s left."), facts
            ),
            Message(N_("Attempt number %(number)s stays as it is and no longer counts."), facts),
        ),
    )


def _reopen(deed: Deed, wanted: Reopening) -> None:
    at = clock.now()
    row = _ended(deed.exam_id, wanted.attempt_id)
    timing = timing_of(row, wanted.credit_s, at)
    values = {
        "attempt_id": wanted.attempt_id,
        "started_at": timing.started_at,
        "deadline_at": timing.ends_at,
        "at": at,
        "shift": timing.started_at - row.started_at,
    }
    made = db.session.execute(_COPY, values).scalar_one()
    if timing.own_s:
        db.session.add(
            TimeGrant(
                exam_id=deed.exam_id,
                attempt_id=made,
                extra_s=timing.own_s,
                reason=deed.reason,
                granted_by_account_id=deed.asked_by,
                approved_by_account_id=deed.decided_by,
            )
        )
    record(
        "attempt.reopen", "attempt", wanted.attempt_id, why=deed.reason, action_id=deed.action_id,
        new_attempt_id=made, left_s=timing.left_s,
    )  # fmt: skip
    words = N_("Your exam has been reopened: %(reason)s Time left: %(left)s. Go on at once, the clock runs.")
    facts = {"reason": deed.reason, "left": amount(timing.left_s)}
    notify(row.person_id, words, facts, link=f"/attempts/{made}")
    _count_anew(deed.exam_id, row.participation_id)


def _check_resit(exam_id: int, wanted: Resit) -> None:
    _ended(exam_id, wanted.attempt_id)


def _preview_resit(exam_id: int, wanted: Resit) -> Effect:
    row = _ended(exam_id, wanted.attempt_id)
    return Effect(
        1,
        (
            Message(N_("A new paper is drawn; it can be started while the exam is open.")),
            Message(
                N_("Attempt number %(number)s stays as it is and no longer counts."), {"number": row.number}
            ),
        ),
    )


def _resit(deed: Deed, wanted: Resit) -> None:
    row = _ended(deed.exam_id, wanted.attempt_id)
    frozen = plan(deed.exam_id)
    made = draw_attempt(
        frozen, row.participation_id, row.person_id, row.number + 1, wanted.attempt_id, origin="resit"
    )
    record(
        "attempt.resit", "attempt", wanted.attempt_id, why=deed.reason, action_id=deed.action_id,
        new_attempt_id=made.attempt_id,
    )  # fmt: skip
    words = N_("You may write a new paper: %(reason)s")
    notify(row.person_id, words, {"reason": deed.reason}, link="/exams")
    _count_anew(deed.exam_id, row.participation_id)


def _count_anew(exam_id: int, participation_id: int) -> None:
    frozen = plan(exam_id)
    if frozen.kind == "formal":
        enqueue(Job.COMBINE_SCORES, stage_id=frozen.stage_id, participation_ids=str(participation_id))


def _describe_reopening(wanted: Reopening) -> Message:
    return Message(N_("Reopen attempt %(n)s"), {"n": wanted.attempt_id})


def _describe_resit(wanted: Resit) -> Message:
    return Message(N_("A new paper instead of attempt %(n)s"), {"n": wanted.attempt_id})


register(Kind("reopen", Reopening, _describe_reopening, _check_reopening, _preview_reopening, _reopen))
register(Kind("resit", Resit, _describe_resit, _check_resit, _preview_resit, _resit))
