"""The player's session: start, answer to the question of presence. One session a person is open."""

import secrets
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from webapp.contests.rules.schema import ActivityKind, Watching
from webapp.core.clock import datetime
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.learning.errors import LearningNotOpen, VideoMissing
from webapp.learning.models import WatchProgress, WatchSession
from webapp.learning.rules.watching import (
    EXPIRES_S,
    QUIET_END_S,
    SLACK_S,
    Span,
    enough_seconds,
    presence_gap,
)
from webapp.learning.service.learners import Learner
from webapp.learning.service.watching.beats import Question, question, reason, time_left

TAKEN_OVER = "taken-over"
RECENT_S = 60
"""A session heard of within this time was still being played."""

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('watching'), :person_id)")


@dataclass(frozen=True)
class Started:
    """A session that counts from now on, and how the video stands."""

    session: str
    spans: tuple[Span, ...]
    credited_s: int
    enough_s: int
    time_left_s: int
    question: Question | None
    took_over: bool


def start(learner: Learner, lesson_id: int, file_digest: str, length_s: int, now: datetime) -> Started:
    """Open a session for this video; any other open session of the person ends with it.

    What is left until the next question of presence, and a question nobody answered, go with the person from
    session to session: reloading the page asks no later. So does the slack: it is given once, not once a session. In the caller's transaction.
    raise (LearningNotOpen, LearningClosed, VideoMissing)."""
    learner.require_open(now)
    watching, activity = learner.learning.watching, learner.learning.activity(ActivityKind.VIDEO)
    if watching is None or activity is None:
        raise VideoMissing
    if learner.window is None:
        raise LearningNotOpen(opens="-")
    db.session.execute(_ONE_AT_A_TIME, {"person_id": learner.person_id})
    ended = _end_other(learner.person_id, now)
    progress = _progress(learner.participation_id, lesson_id, file_digest, length_s)
    before = _last(learner.participation_id)
    session = secrets.token_urlsafe(18)
    made = WatchSession(
        id=session,
        person_id=learner.person_id,
        participation_id=learner.participation_id,
        lesson_id=lesson_id,
        file_digest=file_digest,
        length_s=length_s,
        enough_s=enough_seconds(length_s, watching.enough_pct),
        min_time_s=activity.min_time_s,
        max_speed=watching.max_speed,
        opens_at=learner.window.opens_at,
        closes_at=learner.window.closes_at,
        started_at=now,
        beat_at=now,
        budget_s=ended.purse(now, watching.max_speed) if ended else Decimal(SLACK_S),
        presence_from_s=watching.presence_from_s,
        presence_to_s=watching.presence_to_s,
        presence_wait_s=watching.presence_wait_s,
        presence_left_s=_until_question(session, watching, before),
        asked_at=before.asked_at if before else None,
    )
    db.session.add(made)
    db.session.flush()
    return Started(
        session=session,
        spans=tuple((span.lower, span.upper) for span in progress.spans),
        credited_s=progress.credited_s,
        enough_s=made.enough_s,
        time_left_s=time_left(activity.min_time_s, progress.spent_s),
        question=question(0, made.asked_at, made.presence_wait_s, now),
        took_over=ended is not None and (now - ended.beat_at).total_seconds() < RECENT_S,
    )


def answer(session: str, person_id: int, number: int, arrival: datetime) -> bool:
    """ "I am here": go on counting; what was played since the question counts when the answer is in time.

    Answering again changes nothing. Return whether it was in time. In the caller's transaction.
    raise: as a beat."""
    found = db.session.scalars(
        select(WatchSession)
        .where(
            WatchSession.id == session,
            WatchSession.person_id == person_id,
            WatchSession.ended_at.is_(None),
            WatchSession.closes_at > arrival,
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or (arrival - found.beat_at).total_seconds() >= EXPIRES_S:
        raise reason(session, person_id, arrival)
    if found.asked_at is None or found.presence_number != number:
        return True
    in_time = (arrival - found.asked_at).total_seconds() < found.presence_wait_s
    if in_time:
        db.session.execute(_COUNT_HELD, {"session": session, "arrival": arrival})
    found.presence_number = number + 1
    found.presence_left_s = presence_gap(
        _secret(), session, number + 1, found.presence_from_s, found.presence_to_s
    )
    found.asked_at = None
    found.held = []
    found.beat_at = max(found.beat_at, arrival)
    return in_time


# What was held was bounded by the clock when it came; now it is counted like the rest.
_COUNT_HELD = text(
    """
    UPDATE watch_progress p
    SET spans = p.spans + s.held, credited_s = seconds_of(p.spans + s.held),
        enough_at = CASE WHEN p.enough_at IS NULL AND seconds_of(p.spans + s.held) >= s.enough_s
                              AND p.spent_s >= s.min_time_s
                         THEN CAST(:arrival AS timestamptz) ELSE p.enough_at END
    FROM watch_sessions s
    WHERE s.id = :session AND p.participation_id = s.participation_id AND p.lesson_id = s.lesson_id
      AND p.file_digest = s.file_digest
    """
)


@dataclass(frozen=True)
class Ended:
    """The session that was open before. beat_at: its last word; budget_s: what it might still have counted."""

    beat_at: datetime
    budget_s: Decimal

    def purse(self, now: datetime, speed: Decimal) -> Decimal:
        """What the next session starts with: opening sessions one after the other brings no second more."""
        passed_s = Decimal(str(max(0.0, (now - self.beat_at).total_seconds())))
        return min(Decimal(SLACK_S), self.budget_s + passed_s * speed)


def _end_other(person_id: int, now: datetime) -> Ended | None:
    """End the person's open session."""
    row = db.session.execute(
        update(WatchSession)
        .where(WatchSession.person_id == person_id, WatchSession.ended_at.is_(None))
        .values(ended_at=now, ended_why=TAKEN_OVER)
        .returning(WatchSession.beat_at, WatchSession.budget_s)
    ).one_or_none()
    return Ended(row.beat_at, row.budget_s) if row is not None else None


def _progress(participation_id: int, lesson_id: int, file_digest: str, length_s: int) -> WatchProgress:
    key = {"participation_id": participation_id, "lesson_id": lesson_id, "file_digest": file_digest}
    db.session.execute(insert(WatchProgress).values(**key, length_s=length_s).on_conflict_do_nothing())
    return db.session.get_one(WatchProgress, key, populate_existing=True)


def _last(participation_id: int) -> WatchSession | None:
    """The participation's session before this one."""
    return db.session.scalars(
        select(WatchSession)
        .where(WatchSession.participation_id == participation_id)
        .order_by(WatchSession.started_at.desc())
        .limit(1)
    ).one_or_none()


def _until_question(session: str, watching: Watching, before: WatchSession | None) -> int | None:
    if watching.presence_from_s <= 0:
        return None
    if before is not None and before.presence_left_s is not None:
        return 0 if before.asked_at else max(before.presence_left_s, QUIET_END_S)
    return presence_gap(_secret(), session, 0, watching.presence_from_s, watching.presence_to_s)


def _secret() -> bytes:
    """The key of the moments of presence: derived from the data key, of no use for anything else."""
    return keyring().lookup_hash("moments of presence", "watching")
