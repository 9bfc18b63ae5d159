"""A stage opens later: its exam, and the sessions that people hold seats in, go along."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import text

from webapp.contests.rules.instants import Instant
from webapp.contests.service.moves import LaterStage
from webapp.core.db import db
from webapp.core.words import N_, Message
from webapp.exam.service.opening import follow_windows
from webapp.exam.service.sessions import follow_file, put_off_others

_EXAMS = text(
    """
    SELECT e.stage_id, e.id FROM exams e WHERE e.stage_id = ANY(:stage_ids) AND e.kind = 'formal'
      AND EXISTS (SELECT FROM exam_sessions x WHERE x.exam_id = e.id)
    """
)
_TO_MOVE = text(
    """
    SELECT e.stage_id, e.event_id, x.key, x.title, x.opens_at, x.closes_at,
           (SELECT count(*) FROM session_bookings b WHERE b.session_id = x.id) AS people
    FROM exam_sessions x JOIN exams e ON e.id = x.exam_id
    WHERE e.stage_id = ANY(:stage_ids) AND e.kind = 'formal' AND x.opens_at > :now
    ORDER BY x.opens_at, x.id
    """
)


def foresee_sessions(
    event_ids: Collection[int], late: Sequence[LaterStage], now: datetime
) -> Iterator[tuple[int, Instant | Message]]:
    """Sessions that only the database knows, by their new times, and how many people hold seats."""
    stages = {one.stage_id: one for one in late}
    people: Counter[int] = Counter()
    for row in db.session.execute(_TO_MOVE, {"stage_ids": list(stages), "now": now}):
        people[row.event_id] += row.people
        stage = stages[row.stage_id]
        if row.key not in _keys(stage):
            words = N_("%(stage)s: session “%(session)s”, which takes nobody any more")
            what = Message(words, {"stage": stage.rules.title, "session": row.title})
            is_outside = row.closes_at + stage.by > stage.window.closes_at
            yield row.event_id, Instant(what, row.opens_at, row.opens_at + stage.by, None, is_outside)
    for event_id, count in people.items():
        if count:
            words = N_("People who hold a place in a session (%(people)s) keep it and are told the new time.")
            yield event_id, Message(words, {"people": count})


def _keys(stage: LaterStage) -> list[str]:
    booking = stage.rules.booking
    return [session.key for session in booking.sessions] if booking else []


def move_sessions(late: Sequence[LaterStage], now: datetime) -> None:
    """Exams and sessions of these stages follow at once, bookings stay, and whoever holds a seat is told."""
    follow_windows(now)
    stages = {one.stage_id: one for one in late}
    for row in db.session.execute(_EXAMS, {"stage_ids": list(stages)}).all():
        stage = stages[row.stage_id]
        put_off_others(row.id, _keys(stage), stage.by, now)
        if stage.rules.booking is not None:
            follow_file(row.id, stage.rules.booking, now)
