"""The statements that thousands send at once: start, save, heartbeat. Each is one guarded statement.

What must hold (owner, state, lease, time, higher sequence) stands in the statement's own condition;
no row means no: the reason is looked up afterwards (`refusals`). Nothing is read first and decided
later: that pattern loses answers in a race. Source: RELIABILITY 2, DECISIONS 7."""

import random
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import psycopg

from webapp.core.hot import hot_cursor, hot_statement
from webapp.exam.errors import NotSaved
from webapp.exam.rules.saving import Ack, Item, Outcome, Running
from webapp.exam.rules.timing import accepts, remaining_s
from webapp.exam.service import refusals
from webapp.registration.queries.entrants import SITS

T = TypeVar("T")

TRIES = 3

# `state || ''` instead of `state`: a kept plan must go by the key of the one row. Made on fresh statistics it
# would else walk an index of all open sheets with every save, and go on doing so.

# The inner select locks the row and brings its newest state; answers are merged from the columns of the
# row being updated, so savers of different slots never undo each other.
_SAVE = """
WITH sent AS (
    SELECT * FROM unnest(%(slots)s::int[], %(seqs)s::bigint[], %(answers)s::text[], %(flags)s::bool[])
        AS sent(slot, seq, answer, flag)
), stored AS (
    UPDATE sheets s
    SET (answers, seqs, flags) = (
            SELECT array_agg(CASE WHEN n.seq > s.seqs[i] THEN n.answer ELSE s.answers[i] END ORDER BY i),
                   array_agg(CASE WHEN n.seq > s.seqs[i] THEN n.seq ELSE s.seqs[i] END ORDER BY i),
                   array_agg(CASE WHEN n.seq > s.seqs[i] THEN n.flag ELSE s.flags[i] END ORDER BY i)
            FROM generate_series(1, cardinality(s.seqs)) AS i
            LEFT JOIN unnest(%(slots)s::int[], %(seqs)s::bigint[], %(answers)s::text[], %(flags)s::bool[])
                AS n(slot, seq, answer, flag) ON n.slot + 1 = i
        ),
        saved_at = %(arrival)s::timestamptz, seen_at = %(arrival)s::timestamptz,
        late_count = s.late_count + CASE WHEN %(arrival)s::timestamptz >= s.deadline_at THEN 1 ELSE 0 END
    FROM (SELECT attempt_id, seqs FROM sheets WHERE attempt_id = %(attempt_id)s FOR NO KEY UPDATE) before
    WHERE s.attempt_id = %(attempt_id)s AND before.attempt_id = s.attempt_id AND s.person_id = %(person_id)s AND s.state || '' = 'open'
      AND s.lease = %(lease)s::text
      AND %(arrival)s::timestamptz < s.deadline_at + make_interval(secs => s.grace_s)
    RETURNING s.exam_id, s.deadline_at, before.seqs AS before_seqs, s.seqs AS after_seqs
), logged AS (
    INSERT INTO answer_events (exam_id, attempt_id, slot, seq, answer, lease, is_late, arrived_at)
    SELECT stored.exam_id, %(attempt_id)s, sent.slot, sent.seq, sent.answer, %(lease)s::text,
           %(arrival)s::timestamptz >= stored.deadline_at, %(arrival)s::timestamptz
    FROM stored, sent
    WHERE sent.seq > stored.before_seqs[sent.slot + 1]
)
SELECT exam_id, deadline_at, before_seqs, after_seqs FROM stored
"""

# Most saves bring one slot: the same guards and the sequence in the condition, half the work. Whatever it
# does not store goes through the statement above, which tells replay, conflict and refusal apart.
_SAVE_ONE = """
WITH stored AS (
    UPDATE sheets s
    SET answers[%(slot)s::int + 1] = %(answer)s::text, seqs[%(slot)s::int + 1] = %(seq)s::bigint,
        flags[%(slot)s::int + 1] = %(flag)s::bool,
        saved_at = %(arrival)s::timestamptz, seen_at = %(arrival)s::timestamptz,
        late_count = s.late_count + CASE WHEN %(arrival)s::timestamptz >= s.deadline_at THEN 1 ELSE 0 END
    WHERE s.attempt_id = %(attempt_id)s AND s.person_id = %(person_id)s AND s.state || '' = 'open'
      AND s.lease = %(lease)s::text
      AND %(arrival)s::timestamptz < s.deadline_at + make_interval(secs => s.grace_s)
      AND s.seqs[%(slot)s::int + 1] < %(seq)s::bigint
    RETURNING s.exam_id, s.deadline_at
), logged AS (
    INSERT INTO answer_events (exam_id, attempt_id, slot, seq, answer, lease, is_late, arrived_at)
    SELECT stored.exam_id, %(attempt_id)s, %(slot)s::int, %(seq)s::bigint, %(answer)s::text, %(lease)s::text,
           %(arrival)s::timestamptz >= stored.deadline_at, %(arrival)s::timestamptz
    FROM stored
)
SELECT exam_id, deadline_at FROM stored
"""

_SEEN_BEFORE = """
SELECT sent.slot, sent.seq
FROM unnest(%(slots)s::int[], %(seqs)s::bigint[], %(answers)s::text[]) AS sent(slot, seq, answer)
WHERE EXISTS (SELECT FROM answer_events e
              WHERE e.attempt_id = %(attempt_id)s AND e.slot = sent.slot AND e.seq = sent.seq
                AND e.answer = sent.answer AND e.outcome = 'saved')
"""


def save(attempt_id: int, person_id: int, lease: str, items: Sequence[Item], arrival: datetime) -> Running:
    """Store changes of several slots in one statement; the highest sequence of a slot wins.

    items: canonical, at most one per slot, slots of this paper. Safe to repeat: a replay of a change
    that was stored is acknowledged as saved again. arrival: database time at request entry.
    raise (TooLate, AttemptClosed, AttemptVoid, LeaseLost, AttemptNotFound): nothing of it was stored;
    the items are kept as evidence."""
    return _again(lambda: _save_once(attempt_id, person_id, lease, items, arrival))


def _save_once(
    attempt_id: int, person_id: int, lease: str, items: Sequence[Item], arrival: datetime
) -> Running:
    if len(items) == 1 and (one := _save_one(attempt_id, person_id, lease, items[0], arrival)) is not None:
        return one
    values = _values(attempt_id, person_id, lease, items, arrival)
    row = hot_statement(_SAVE, values)
    if row is None:
        with hot_cursor() as cursor:
            refusals.keep_evidence(cursor, values)
        raise refusals.reason(attempt_id, person_id, lease, arrival)
    exam_id, deadline_at, before, after = row
    acks = tuple(_ack(item, before, after) for item in items)
    if any(ack.outcome is Outcome.SUPERSEDED for ack in acks):
        with hot_cursor() as cursor:
            acks = _acknowledge_replays(cursor, values, acks)
    is_late = accepts(arrival, deadline_at, 0).late
    return Running(exam_id, deadline_at, remaining_s(arrival, deadline_at), is_late, acks)


def _save_one(attempt_id: int, person_id: int, lease: str, item: Item, arrival: datetime) -> Running | None:
    values = {
        "attempt_id": attempt_id,
        "person_id": person_id,
        "lease": lease,
        "arrival": arrival,
        "slot": item.slot,
        "seq": item.seq,
        "answer": item.answer,
        "flag": item.flag,
    }
    row = hot_statement(_SAVE_ONE, values)
    if row is None:
        return None
    exam_id, deadline_at = row
    ack = Ack(item.slot, item.seq, Outcome.SAVED, item.seq)
    is_late = accepts(arrival, deadline_at, 0).late
    return Running(exam_id, deadline_at, remaining_s(arrival, deadline_at), is_late, (ack,))


def _values(
    attempt_id: int, person_id: int, lease: str, items: Sequence[Item], arrival: datetime
) -> dict[str, Any]:
    return {
        "attempt_id": attempt_id,
        "person_id": person_id,
        "lease": lease,
        "arrival": arrival,
        "slots": [item.slot for item in items],
        "seqs": [item.seq for item in items],
        "answers": [item.answer for item in items],
        "flags": [item.flag for item in items],
    }


def _ack(item: Item, before: Sequence[int], after: Sequence[int]) -> Ack:
    newer = item.seq > before[item.slot]
    return Ack(item.slot, item.seq, Outcome.SAVED if newer else Outcome.SUPERSEDED, after[item.slot])


def _acknowledge_replays(cursor: Any, values: dict[str, Any], acks: Sequence[Ack]) -> tuple[Ack, ...]:
    """What was stored once is saved, however often it is sent again; the rest stays superseded."""
    cursor.execute(_SEEN_BEFORE, values)
    known = set(cursor.fetchall())
    return tuple(
        Ack(ack.slot, ack.seq, Outcome.SAVED, ack.server_seq) if (ack.slot, ack.seq) in known else ack
        for ack in acks
    )


# The same arithmetic as rules/timing.deadline; a test compares the two.
_OPEN = """
WITH started AS (
    UPDATE sheets s
    SET state = 'open', started_at = %(arrival)s::timestamptz, seen_at = %(arrival)s::timestamptz,
        deadline_at = least(
                %(arrival)s::timestamptz + make_interval(secs => ceil(e.duration_s * p.time_factor)),
                coalesce(s.closes_at, e.closes_at))
            + make_interval(secs => coalesce((
                SELECT sum(g.extra_s) FROM time_grants g
                WHERE g.exam_id = e.id
                  AND (g.attempt_id IS NULL OR g.attempt_id = s.attempt_id)
                  AND (g.participation_id IS NULL OR g.participation_id = p.id)
                  AND (g.hall IS NULL OR g.hall = p.hall)), 0)),
        lease = %(lease)s::text, lease_device = %(device)s::text, lease_at = %(arrival)s::timestamptz
    FROM exams e, participations p
    WHERE {which} AND s.person_id = %(person_id)s AND s.state || '' = 'created'
      AND e.id = s.exam_id + 0 AND p.id = s.participation_id AND p.state = 'active' AND e.state = 'ready'
      AND {sits}
      AND %(arrival)s::timestamptz >= coalesce(s.opens_at, e.opens_at)
      AND %(arrival)s::timestamptz < coalesce(s.starts_until, e.closes_at)
    RETURNING s.attempt_id, s.exam_id, s.deadline_at
), logged AS (
    INSERT INTO lease_events (attempt_id, kind, lease, device)
    SELECT attempt_id, 'start', %(lease)s::text, %(device)s::text FROM started
)
SELECT attempt_id, exam_id, deadline_at FROM started
"""
_START = _OPEN.format(which="s.attempt_id = %(attempt_id)s", sits=SITS)

# Thousands at the same minute: whose paper waits and who is not late needs no reading before.
_START_DRAWN = _OPEN.format(
    which="""e.id = %(exam_id)s AND p.person_id = %(person_id)s AND p.event_id = e.event_id
      AND (%(may_be_late)s::bool OR %(arrival)s::timestamptz
           + make_interval(secs => ceil(e.duration_s * p.time_factor)) <= coalesce(s.closes_at, e.closes_at))""",
    sits=SITS,
)


def start_drawn(
    exam_id: int, person_id: int, device: str, arrival: datetime, may_be_late: bool
) -> int | None:
    """Open the paper that waits for this person in this exam; its attempt's id.

    None: there is none to open now, or the window leaves less than the whole time and `may_be_late` is
    False: the caller finds out which."""
    values = {
        "exam_id": exam_id,
        "person_id": person_id,
        "lease": secrets.token_urlsafe(18),
        "device": device,
        "arrival": arrival,
        "may_be_late": may_be_late,
    }
    row = _again(lambda: hot_statement(_START_DRAWN, values))
    return None if row is None else int(row[0])


def start(attempt_id: int, person_id: int, device: str, arrival: datetime) -> Running:
    """Open a drawn paper: its time runs from `arrival`, the lease goes to `device`.

    Repeating it (double click, lost answer) gives the running attempt back with its lease when it is
    the same device. raise (ExamNotOpen, ExamOver, LeaseLost, AttemptClosed, AttemptNotFound)."""
    lease = secrets.token_urlsafe(18)
    values = {
        "attempt_id": attempt_id,
        "person_id": person_id,
        "lease": lease,
        "device": device,
        "arrival": arrival,
    }
    row = _again(lambda: hot_statement(_START, values))
    if row is None:
        return refusals.running_or_reason(attempt_id, person_id, device, arrival)
    return Running(row[1], row[2], remaining_s(arrival, row[2]), lease=lease)


_HEARTBEAT = """
UPDATE sheets SET seen_at = %(arrival)s::timestamptz
WHERE attempt_id = %(attempt_id)s AND person_id = %(person_id)s AND lease = %(lease)s::text AND state || '' = 'open'
RETURNING exam_id, deadline_at
"""


def heartbeat(attempt_id: int, person_id: int, lease: str, arrival: datetime) -> Running:
    """Note that the page is alive; tell the time left. raise: as `save`, never TooLate."""
    values = {"attempt_id": attempt_id, "person_id": person_id, "lease": lease, "arrival": arrival}
    row = _again(lambda: hot_statement(_HEARTBEAT, values))
    if row is None:
        raise refusals.reason(attempt_id, person_id, lease, arrival)
    return Running(row[0], row[1], remaining_s(arrival, row[1]))


def _again(work: Callable[[], T]) -> T:
    """Run the whole transaction again after a lost connection or a deadlock, at most TRIES times with a
    short random pause: its outcome may be unknown, and repeating these statements is safe.
    raise (NotSaved): the database does not answer."""
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except psycopg.OperationalError as error:
            if attempt == TRIES:
                raise NotSaved from error
            time.sleep(random.uniform(0.005, 0.02) * attempt)  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")
