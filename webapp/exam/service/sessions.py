"""Seats in bookable sessions: chosen, changed, given back, assigned, moved.

Locks are taken in one order everywhere: participations first, then the exam's sessions by id. A seat
counter changes only under its row's lock; the table itself refuses more people than seats.
The window of the held session is written on the drawn sheet, where the start statement checks it."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from webapp.audit.service import record
from webapp.contests.rules.booking import Booking
from webapp.core import clock
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.words import N_
from webapp.exam.errors import ReasonMissing, SessionNotFound, SessionStarted
from webapp.exam.queries.sessions import SessionView, frame, held_session, lock_sessions
from webapp.exam.rules import sessions as rules
from webapp.notifications.service import notify, notify_many
from webapp.registration.queries.entrants import SITS

ASSIGN_BATCH = 200

SESSION_IS = N_(
    "Your exam session is “%(session)s”. You can start from %(opens)s on, at the latest before %(until)s."
)
SESSION_MOVED = N_(
    "Your exam session “%(session)s” has another time, and you keep your place in it. You can start from %(opens)s on,"
    " at the latest before %(until)s."
)

_UPSERT = text(
    """
    INSERT INTO exam_sessions (exam_id, key, title, places, opens_at, starts_until, closes_at, seats)
    VALUES (:exam_id, :key, CAST(:title AS jsonb), CAST(:places AS jsonb), :opens_at, :starts_until,
            :closes_at, :seats)
    ON CONFLICT (exam_id, key) DO UPDATE
    SET title = excluded.title, places = excluded.places, opens_at = excluded.opens_at,
        starts_until = excluded.starts_until, closes_at = excluded.closes_at,
        seats = greatest(excluded.seats, exam_sessions.taken)
    WHERE exam_sessions.opens_at > :now OR excluded.opens_at <= exam_sessions.opens_at
    """
)
_PUT_OFF_OTHERS = text(
    """
    UPDATE exam_sessions SET opens_at = opens_at + :by, starts_until = starts_until + :by, closes_at = closes_at + :by
    WHERE exam_id = :exam_id AND key <> ALL(:keys) AND opens_at > :now
    """
)
_SEATED = text(
    """
    SELECT b.session_id, p.person_id FROM session_bookings b JOIN participations p ON p.id = b.participation_id
    WHERE b.session_id = ANY(:ids) AND p.state = 'active' ORDER BY b.id
    """
)
_CLOSE_OTHERS = text(
    "UPDATE exam_sessions SET is_closed = true"
    " WHERE exam_id = :exam_id AND key <> ALL(:keys) AND NOT is_closed"
)
_FRAME = text(
    "UPDATE exams SET booking_opens_at = :opens_at, booking_closes_at = :closes_at WHERE id = :exam_id"
)
_LOCK_PERSON = text(
    f"""
    SELECT p.person_id,
           EXISTS (SELECT FROM sheets s WHERE s.exam_id = e.id AND s.participation_id = p.id
                   AND s.state NOT IN ('created', 'void')) AS has_started
    FROM participations p JOIN exams e ON e.event_id = p.event_id
    WHERE e.id = :exam_id AND p.id = :participation_id AND p.state = 'active' AND {SITS}
    FOR UPDATE OF p
    """  # noqa: S608 - no value of anybody is spliced in
)
_WITHOUT_SEAT = text(
    f"""
    SELECT p.id, p.person_id FROM participations p JOIN exams e ON e.event_id = p.event_id
    WHERE e.id = :exam_id AND p.state = 'active' AND {SITS}
      AND NOT EXISTS (SELECT FROM session_bookings b WHERE b.exam_id = e.id AND b.participation_id = p.id)
    ORDER BY p.id LIMIT :batch
    FOR UPDATE OF p
    """  # noqa: S608 - no value of anybody is spliced in
)
_IN_SESSION = text(
    """
    SELECT p.id FROM participations p JOIN session_bookings b ON b.participation_id = p.id
    WHERE b.session_id = :session_id
      AND NOT EXISTS (SELECT FROM sheets s WHERE s.exam_id = b.exam_id AND s.participation_id = p.id
                      AND s.state NOT IN ('created', 'void'))
    ORDER BY p.id FOR UPDATE OF p
    """
)
_GONE = text(
    f"""
    SELECT p.id FROM participations p JOIN session_bookings b ON b.participation_id = p.id
    JOIN exams e ON e.id = b.exam_id
    WHERE b.exam_id = :exam_id
      AND (p.state <> 'active' OR NOT {SITS} AND NOT EXISTS (
               SELECT FROM sheets s WHERE s.exam_id = e.id AND s.participation_id = p.id
                 AND s.state NOT IN ('created', 'void')))
    ORDER BY p.id FOR UPDATE OF p
    """  # noqa: S608 - no value of anybody is spliced in
)
_SEAT = text(
    """
    INSERT INTO session_bookings (exam_id, participation_id, session_id, source)
    VALUES (:exam_id, :participation_id, :session_id, :source)
    ON CONFLICT (exam_id, participation_id)
    DO UPDATE SET session_id = excluded.session_id, source = excluded.source, booked_at = clock_timestamp()
    """
)
_COUNT = text("UPDATE exam_sessions SET taken = taken + :change WHERE id = :session_id")
_RELEASE = text(
    """
    DELETE FROM session_bookings WHERE exam_id = :exam_id AND participation_id = ANY(:ids)
    RETURNING session_id
    """
)
# Without a seat the window is empty: [closes_at, closes_at) admits no start.
_WINDOWS = text(
    """
    UPDATE sheets s SET opens_at = w.opens_at, starts_until = w.starts_until, closes_at = w.closes_at
    FROM (SELECT own.attempt_id, coalesce(x.opens_at, e.closes_at) AS opens_at,
                 coalesce(x.starts_until, e.closes_at) AS starts_until,
                 coalesce(x.closes_at, e.closes_at) AS closes_at
          FROM sheets own
          JOIN exams e ON e.id = own.exam_id
          LEFT JOIN session_bookings b ON b.exam_id = e.id AND b.participation_id = own.participation_id
          LEFT JOIN exam_sessions x ON x.id = b.session_id
          WHERE own.exam_id = :exam_id AND own.state = 'created'
            AND (:participation_id = 0 OR own.participation_id = :participation_id)
            AND EXISTS (SELECT FROM exam_sessions y WHERE y.exam_id = e.id)) w
    WHERE s.attempt_id = w.attempt_id AND s.state = 'created'
      AND (s.opens_at, s.starts_until, s.closes_at)
          IS DISTINCT FROM (w.opens_at, w.starts_until, w.closes_at)
    """
)


def follow_file(exam_id: int, booking: Booking, now: datetime | None = None) -> int:
    """Make the exam's sessions what the contest file says. A session that left the file takes nobody
    any more but keeps its people; seats never fall below those taken; a host's closing stays. A session that has
    begun is not put off. Whoever holds a seat in a session whose times are others is told; return how many."""
    at = now or clock.now()
    values = {"exam_id": exam_id, "opens_at": booking.opens_at, "closes_at": booking.closes_at}
    db.session.execute(_FRAME, values)
    before = lock_sessions(exam_id)
    for rule in booking.sessions:
        db.session.execute(
            _UPSERT,
            {
                "now": at,
                "exam_id": exam_id,
                "key": rule.key,
                "title": json.dumps(asdict(rule.title), ensure_ascii=False),
                "places": json.dumps(rule.places, ensure_ascii=False),
                "opens_at": rule.opens_at,
                "starts_until": rule.latest_start,
                "closes_at": rule.closes_at,
                "seats": rule.seats,
            },
        )
    keys = [rule.key for rule in booking.sessions]
    db.session.execute(_CLOSE_OTHERS, {"exam_id": exam_id, "keys": keys})
    write_windows(exam_id)
    return tell_new_times(exam_id, before)


def put_off_others(exam_id: int, keys: Collection[str], by: timedelta, now: datetime) -> int:
    """Sessions that the file names no more and that have not begun move too: people may still hold seats there, and are
    told. keys: those of the file. Return how many people."""
    before = lock_sessions(exam_id)
    values = {"exam_id": exam_id, "keys": list(keys), "by": by, "now": now}
    db.session.execute(_PUT_OFF_OTHERS, values)
    write_windows(exam_id)
    return tell_new_times(exam_id, before)


def tell_new_times(exam_id: int, before: Sequence[SessionView]) -> int:
    """Tell those who hold a seat in a session whose times are not those of `before` any more; return how many."""
    times = {one.session_id: (one.opens_at, one.starts_until, one.closes_at) for one in before}
    moved = {
        one.session_id: one
        for one in lock_sessions(exam_id)
        if times.get(one.session_id, ()) not in ((), (one.opens_at, one.starts_until, one.closes_at))
    }
    if not moved:
        return 0
    people = [
        (row.person_id, _in_words(moved[row.session_id]))
        for row in db.session.execute(_SEATED, {"ids": list(moved)})
    ]
    notify_many(people, SESSION_MOVED, f"/exams/{exam_id}/start")
    record("session.put-off", "exam", exam_id, sessions=len(moved), people=len(people))
    return len(people)


def book(exam_id: int, participation_id: int, session_id: int, at: datetime) -> None:
    """A contestant takes a seat, or changes to another session; one seat a person.

    raise (BookingClosed, SessionClosed, SessionFull, SessionStarted, SessionNotFound): nothing changes."""
    window = frame(exam_id)
    rules.require_open(window.opens_at, window.closes_at, at)
    _lock_person(exam_id, participation_id)
    _seat(exam_id, participation_id, session_id, "self", at)


def cancel(exam_id: int, participation_id: int, at: datetime) -> None:
    """A contestant gives the seat back. raise (BookingClosed, SessionStarted)."""
    window = frame(exam_id)
    rules.require_open(window.opens_at, window.closes_at, at)
    _lock_person(exam_id, participation_id)
    lock_sessions(exam_id)
    _release(exam_id, [participation_id])
    record("session.cancel", "exam", exam_id, participation_id=participation_id)
    write_windows(exam_id, participation_id)


def move(exam_id: int, participation_id: int, session_id: int, reason: str, at: datetime) -> None:
    """A host puts a person into another session, also after booking has closed; the person is told.

    raise (ReasonMissing, SessionClosed, SessionFull, SessionStarted, SessionNotFound)."""
    if not reason.strip():
        raise ReasonMissing
    person_id = _lock_person(exam_id, participation_id)
    chosen = _seat(exam_id, participation_id, session_id, "host", at, why=reason.strip()[:500])
    if chosen is not None:
        _tell(person_id, exam_id, chosen)


def assign_missing(exam_id: int, at: datetime, batch: int = ASSIGN_BATCH) -> int:
    """Seat up to `batch` people who have chosen none, by the public rule; how many were seated.

    Call it in a transaction of its own until it returns 0; whoever finds no seat waits for a host."""
    waiting = {
        row.id: row.person_id
        for row in db.session.execute(_WITHOUT_SEAT, {"exam_id": exam_id, "batch": batch})
    }
    if not waiting:
        return 0
    sessions = {session.session_id: session for session in lock_sessions(exam_id)}
    found = rules.assign(waiting, [session.as_seats() for session in sessions.values()], at)
    for participation_id, session_id in found.items():
        values = {"exam_id": exam_id, "participation_id": participation_id, "session_id": session_id}
        db.session.execute(_SEAT, values | {"source": "assigned"})
        _tell(waiting[participation_id], exam_id, sessions[session_id])
    _count(Counter(found.values()))
    if found:
        record("session.assign", "exam", exam_id, people=len(found))
        write_windows(exam_id)
    return len(found)


def release_gone(exam_id: int) -> None:
    """Seats of people who take no further part, or gave up their place in the stage, are free again."""
    gone = list(db.session.scalars(_GONE, {"exam_id": exam_id}))
    if gone:
        lock_sessions(exam_id)
        _release(exam_id, gone)


def close_session(exam_id: int, session_id: int, move_people: bool, reason: str, at: datetime) -> int:
    """A host closes a session for further people; with move_people those who have not started are put
    elsewhere by the public rule and told. Returns how many were moved.

    raise (ReasonMissing, SessionNotFound)."""
    if not reason.strip():
        raise ReasonMissing
    people = list(db.session.scalars(_IN_SESSION, {"session_id": session_id})) if move_people else []
    one = _one_of(lock_sessions(exam_id), session_id)
    db.session.execute(
        text("UPDATE exam_sessions SET is_closed = true WHERE id = :id"), {"id": one.session_id}
    )
    record("session.close", "exam", exam_id, why=reason.strip()[:500], session=one.key, moved=len(people))
    if people:
        _release(exam_id, people)
        while assign_missing(exam_id, at):
            pass
        write_windows(exam_id)
    return len(people)


def reopen_session(exam_id: int, session_id: int) -> None:
    """A host lets a closed session take people again. raise (SessionNotFound)."""
    one = _one_of(lock_sessions(exam_id), session_id)
    db.session.execute(
        text("UPDATE exam_sessions SET is_closed = false WHERE id = :id"), {"id": one.session_id}
    )
    record("session.reopen", "exam", exam_id, session=one.key)


def write_windows(exam_id: int, participation_id: int = 0) -> None:
    """Bring the windows of papers that wait to those of the held sessions; 0 for all people. Does nothing
    for an exam without sessions."""
    db.session.execute(_WINDOWS, {"exam_id": exam_id, "participation_id": participation_id})


def _lock_person(exam_id: int, participation_id: int) -> int:
    values = {"exam_id": exam_id, "participation_id": participation_id}
    row = db.session.execute(_LOCK_PERSON, values).one_or_none()
    if row is None:
        raise SessionNotFound
    if row.has_started:
        raise SessionStarted
    return int(row.person_id)


def _seat(
    exam_id: int, participation_id: int, session_id: int, source: str, at: datetime, why: str = ""
) -> SessionView | None:
    """Give the locked person a seat; the session, or None when nothing changed."""
    one = _one_of(lock_sessions(exam_id), session_id)
    held = held_session(exam_id, participation_id)
    if not rules.require_seat(one.as_seats(), held, at):
        return None
    values = {"exam_id": exam_id, "participation_id": participation_id, "session_id": session_id}
    db.session.execute(_SEAT, values | {"source": source})
    _count(Counter({session_id: 1}) if held is None else {session_id: 1, held: -1})
    record(f"session.{source}", "exam", exam_id, why=why, session=one.key, participation_id=participation_id)
    write_windows(exam_id, participation_id)
    return one


def _release(exam_id: int, ids: Collection[int]) -> None:
    freed = db.session.scalars(_RELEASE, {"exam_id": exam_id, "ids": list(ids)})
    _count({session_id: -count for session_id, count in Counter(freed).items()})


def _count(changes: dict[int, int]) -> None:
    for session_id, change in changes.items():
        db.session.execute(_COUNT, {"session_id": session_id, "change": change})


def _one_of(sessions: Iterable[SessionView], session_id: int) -> SessionView:
    for session in sessions:
        if session.session_id == session_id:
            return session
    raise SessionNotFound


def _tell(person_id: int, exam_id: int, session: SessionView) -> None:
    notify(person_id, SESSION_IS, _in_words(session), f"/exams/{exam_id}/start")


def _in_words(session: SessionView) -> dict[str, Any]:
    return {
        "session": session.title,
        "opens": f"{session.opens_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        "until": f"{session.starts_until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    }
