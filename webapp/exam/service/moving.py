"""A stage opens later: its exam, and the sessions that people hold seats in, go along."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from webapp.contests.queries import stage_by_id
from webapp.contests.rules.instants import Instant
from webapp.contests.service.moves import Along, LaterStage
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
    SELECT x.key, x.title, x.opens_at, x.places <> '[]' AS has_places,
           (SELECT count(*) FROM session_bookings b WHERE b.session_id = x.id) AS people
    FROM exam_sessions x JOIN exams e ON e.id = x.exam_id
    WHERE e.stage_id = :stage_id AND e.kind = 'formal' AND x.opens_at > :now
    ORDER BY x.opens_at, x.id
    """
)


def foresee_sessions(event_id: int, late: Sequence[LaterStage], now: datetime) -> Along:
    """Sessions that only the database knows, by their new times, and how many people hold seats."""
    instants, notes = [], []
    people, has_places = 0, False
    for one in late:
        stage = stage_by_id(one.stage_id)
        booking = stage.rules.booking
        keys = {session.key for session in booking.sessions} if booking else set()
        has_places = has_places or any(session.places for session in (booking.sessions if booking else ()))
        for row in db.session.execute(_TO_MOVE, {"stage_id": one.stage_id, "now": now}):
            people += row.people
            if row.key not in keys:
                words = N_("%(stage)s: session “%(session)s”, which takes nobody any more")
                what = Message(words, {"stage": stage.title, "session": row.title})
                instants.append(Instant(what, row.opens_at, row.opens_at + one.by))
    if people:
        words = N_("People who hold a place in a session (%(people)s) keep it and are told the new time.")
        notes.append(Message(words, {"people": people}))
    if any(stage_by_id(one.stage_id).rules.booking for one in late):
        words = N_("Sessions keep their names: where one names a day, change it in the contest file as well.")
        notes.append(Message(words))
    if has_places:
        notes.append(
            Message(N_("Sessions name halls or sites: ask there whether they are free on the new days."))
        )
    return Along(tuple(instants), tuple(notes))


def move_sessions(late: Sequence[LaterStage], now: datetime) -> None:
    """Exams and sessions of these stages follow at once, bookings stay, and whoever holds a seat is told."""
    follow_windows(now)
    by = {one.stage_id: one.by for one in late}
    for row in db.session.execute(_EXAMS, {"stage_ids": list(by)}).all():
        booking = stage_by_id(row.stage_id).rules.booking
        keys = [session.key for session in booking.sessions] if booking else []
        put_off_others(row.id, keys, by[row.stage_id], now)
        if booking is not None:
            follow_file(row.id, booking, now)
