"""The beat of a player: one guarded statement (RELIABILITY 2 and 18, DECISIONS 7).

Owner, session, window and time stand in its own condition; what the browser claims is cut to the video,
to what was not counted before and to what the server's clock allows; nothing counts past an open question
of presence. The same arithmetic as rules/watching.beat: a test compares the two."""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import psycopg
from sqlalchemy import text

from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.core.hot import hot_statement
from webapp.core.i18n import until
from webapp.learning.errors import (
    LearningClosed,
    PlayedElsewhere,
    PlayerGone,
    PlayerNotFound,
    PlayerSilent,
    WatchingNotSaved,
)
from webapp.learning.rules.watching import EXPIRES_S, QUIET_END_S, SLACK_S, Span

T = TypeVar("T")

TRIES = 3

# The first select locks both rows and brings their newest state; everything after it is arithmetic.
_BEAT = """
WITH seat AS MATERIALIZED (
    SELECT s.id, s.participation_id, s.lesson_id, s.file_digest, s.length_s, s.enough_s, s.min_time_s,
           s.max_speed, s.beat_at, s.budget_s, s.held, s.presence_left_s, s.presence_number, s.asked_at,
           s.presence_wait_s, p.spans, p.spent_s, p.enough_at, p.settled_at
    FROM watch_sessions s
    JOIN watch_progress p ON p.participation_id = s.participation_id AND p.lesson_id = s.lesson_id
        AND p.file_digest = s.file_digest
    WHERE s.id = %(session)s AND s.person_id = %(person_id)s AND s.ended_at IS NULL
      AND %(arrival)s::timestamptz >= s.opens_at AND %(arrival)s::timestamptz < s.closes_at
      AND %(arrival)s::timestamptz < s.beat_at + make_interval(secs => %(expires_s)s)
    FOR NO KEY UPDATE
), fresh AS (
    SELECT seat.*,
           greatest(extract(epoch FROM %(arrival)s::timestamptz - beat_at), 0) AS elapsed_s,
           (SELECT coalesce(range_agg(int4range(c.start_s, c.end_s)), '{}')
            FROM unnest(%(starts)s::int[], %(ends)s::int[]) AS c(start_s, end_s))
               * int4multirange(int4range(0, length_s)) - spans - held AS claimed
    FROM seat
), earned AS (
    SELECT fresh.*, budget_s + elapsed_s * max_speed AS purse,
           first_seconds(claimed, floor(budget_s + elapsed_s * max_speed)::int) AS gain
    FROM fresh
), judged AS (
    SELECT earned.*, seconds_of(gain) AS gained_s,
           asked_at IS NULL AND presence_left_s IS NOT NULL AND seconds_of(gain) >= presence_left_s AS is_due,
           seconds_of(spans) + presence_left_s > length_s - %(quiet_s)s AS is_last
    FROM earned
), counted AS (
    SELECT judged.*, is_due AND NOT is_last AS asks,
           CASE WHEN asked_at IS NOT NULL THEN '{}'
                WHEN is_due AND NOT is_last THEN first_seconds(gain, presence_left_s)
                ELSE gain END AS kept
    FROM judged
), session AS (
    UPDATE watch_sessions s
    SET beat_at = greatest(c.beat_at, %(arrival)s::timestamptz),
        gained_s = s.gained_s + seconds_of(c.kept),
        budget_s = least(c.purse - c.gained_s, %(slack_s)s),
        held = CASE WHEN c.asks THEN c.gain - c.kept
                    WHEN %(arrival)s::timestamptz < c.asked_at + make_interval(secs => c.presence_wait_s)
                        THEN c.held + c.gain
                    ELSE c.held END,
        presence_left_s = CASE WHEN c.asks THEN 0
                               WHEN c.asked_at IS NOT NULL OR c.presence_left_s IS NULL THEN c.presence_left_s
                               WHEN c.is_due THEN %(quiet_s)s
                               ELSE c.presence_left_s - c.gained_s END,
        asked_at = CASE WHEN c.asks THEN %(arrival)s::timestamptz ELSE c.asked_at END
    FROM counted c
    WHERE s.id = c.id
    RETURNING s.asked_at
), progress AS (
    UPDATE watch_progress p
    SET spans = c.spans + c.kept,
        credited_s = seconds_of(c.spans + c.kept),
        spent_s = c.spent_s + CASE WHEN %(is_playing)s THEN c.elapsed_s ELSE 0 END,
        resume_s = least(coalesce(%(at_s)s::int, p.resume_s), c.length_s),
        changed_at = %(arrival)s::timestamptz,
        enough_at = CASE WHEN c.enough_at IS NULL AND seconds_of(c.spans + c.kept) >= c.enough_s
                              AND c.spent_s + CASE WHEN %(is_playing)s THEN c.elapsed_s ELSE 0 END >= c.min_time_s
                         THEN %(arrival)s::timestamptz ELSE c.enough_at END
    FROM counted c
    WHERE p.participation_id = c.participation_id AND p.lesson_id = c.lesson_id
      AND p.file_digest = c.file_digest
    RETURNING p.spans, p.credited_s, p.enough_at, p.spent_s
)
SELECT c.participation_id, c.lesson_id, c.file_digest, c.length_s, c.enough_s, c.min_time_s, c.presence_number,
       c.presence_wait_s, session.asked_at, progress.spans, progress.credited_s, progress.enough_at,
       progress.spent_s, c.settled_at IS NOT NULL
FROM counted c, session, progress
"""


@dataclass(frozen=True)
class Question:
    """An open question of presence. left_s: to answer in time; 0 when that is over."""

    number: int
    left_s: int


@dataclass(frozen=True)
class Counted:
    """How the video stands after a beat. spans: counted seconds. time_left_s: of the shortest honest time.

    enough_at: when enough was watched, None before; is_settled: the ledger has nothing more to give."""

    participation_id: int
    lesson_id: int
    file_digest: str
    length_s: int
    enough_s: int
    spans: tuple[Span, ...]
    credited_s: int
    time_left_s: int
    enough_at: datetime | None
    is_settled: bool
    question: Question | None


def beat(session: str, person_id: int, spans: Sequence[Span], at_s: int | None, arrival: datetime) -> Counted:
    """Count what was played since the last beat.

    spans: claimed, half-open, whole seconds, none turned round. at_s: where the player stands, for
    resuming; None leaves it. arrival: database time at request entry.
    Safe to repeat: the same seconds count once, and a repeated beat brings no time.
    raise (PlayerNotFound, PlayedElsewhere, PlayerSilent, LearningClosed): nothing was counted."""
    values = {
        "session": session,
        "person_id": person_id,
        "starts": [start_s for start_s, _ in spans],
        "ends": [end_s for _, end_s in spans],
        "at_s": at_s,
        "is_playing": bool(spans),
        "arrival": arrival,
        "expires_s": EXPIRES_S,
        "quiet_s": QUIET_END_S,
        "slack_s": SLACK_S,
    }
    row = _again(lambda: hot_statement(_BEAT, values))
    if row is None:
        raise reason(session, person_id, arrival)
    return _counted(row, arrival)


def _counted(row: tuple[Any, ...], arrival: datetime) -> Counted:
    (participation_id, lesson_id, digest, length_s, enough_s, min_time_s, number, wait_s, asked_at) = row[:9]
    spans, credited_s, enough_at, spent_s, is_settled = row[9:]
    return Counted(
        participation_id=participation_id,
        lesson_id=lesson_id,
        file_digest=digest,
        length_s=length_s,
        enough_s=enough_s,
        spans=tuple((span.lower, span.upper) for span in spans),
        credited_s=credited_s,
        time_left_s=time_left(min_time_s, spent_s),
        enough_at=enough_at,
        is_settled=is_settled,
        question=question(number, asked_at, wait_s, arrival),
    )


def time_left(min_time_s: int, spent_s: Decimal) -> int:
    """Seconds of the shortest honest time that are still to come, rounded up."""
    return max(0, math.ceil(min_time_s - spent_s))


def question(number: int, asked_at: datetime | None, wait_s: int, at: datetime) -> Question | None:
    """The open question as it stands at `at`; None when none is open."""
    if asked_at is None:
        return None
    return Question(number, max(0, wait_s - int((at - asked_at).total_seconds())))


_LOOK = text(
    """
    SELECT ended_why, beat_at, closes_at FROM watch_sessions WHERE id = :session AND person_id = :person_id
    """
)


def require_own(session: str, person_id: int) -> None:
    """Raise PlayerNotFound unless this session is the person's own."""
    if db.session.execute(_LOOK, {"session": session, "person_id": person_id}).one_or_none() is None:
        raise PlayerNotFound


def reason(session: str, person_id: int, arrival: datetime) -> DomainError:
    """Why a beat or an answer found no open session."""
    row = db.session.execute(_LOOK, {"session": session, "person_id": person_id}).one_or_none()
    if row is None:
        return PlayerNotFound()
    if arrival >= row.closes_at:
        return LearningClosed(closes=until(row.closes_at))
    if row.ended_why:
        return PlayedElsewhere()
    if (arrival - row.beat_at).total_seconds() >= EXPIRES_S:
        return PlayerSilent(minutes=EXPIRES_S // 60)
    return PlayerGone()


def _again(work: Callable[[], T]) -> T:
    """Run the whole transaction again after a lost connection or a deadlock, at most TRIES times: its
    outcome may be unknown, and repeating a beat is safe. raise (WatchingNotSaved)."""
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except psycopg.OperationalError as error:
            if attempt == TRIES:
                raise WatchingNotSaved from error
            time.sleep(random.uniform(0.005, 0.02) * attempt)  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")
