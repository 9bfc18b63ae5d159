"""Sessions on a real database: seats under a rush, assignment, moves, and the window at the start."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.integration.exam.exams import make_exam, participant
from tests.integration.exam.races import together
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.booking import Booking, SessionRule
from webapp.core import clock
from webapp.core.transaction import in_transaction, transaction
from webapp.exam import jobs
from webapp.exam.errors import BookingClosed, ExamNotOpen, ExamOver, SessionFull, SessionStarted
from webapp.exam.models import ExamSession, SessionBooking, Sheet
from webapp.exam.rules.saving import Running
from webapp.exam.service import hot, sessions
from webapp.exam.service.papers import draw_missing, paper_for
from webapp.notifications.models import Notice
from webapp.registration.models import Participation

MINUTE = timedelta(minutes=1)


def rule(key: str, at: datetime, seats: int, opens_min: int = 60, start_min: int = 30) -> SessionRule:
    opens = at + opens_min * MINUTE
    until = opens + start_min * MINUTE
    return SessionRule(key, Text(key), opens, until, until + 60 * MINUTE, seats)


def offer(exam_id: int, *rules: SessionRule, closes_min: float = 30) -> dict[str, int]:
    """Booking opened an hour ago and closes in `closes_min`; the session ids by key."""
    at = clock.now()
    with transaction():
        sessions.follow_file(exam_id, Booking(at - 60 * MINUTE, at + closes_min * MINUTE, rules))
    return {one.key: one.id for one in all_sessions_of(exam_id)}


def all_sessions_of(exam_id: int) -> list[ExamSession]:
    from webapp.core.db import db

    return list(db.session.scalars(select(ExamSession).where(ExamSession.exam_id == exam_id)))


def count_is_true(session: Session, exam_id: int) -> bool:
    """The counters of seats agree with the bookings."""
    wrong = session.execute(
        text(
            "SELECT x.id FROM exam_sessions x WHERE x.exam_id = :id"
            " AND x.taken <> (SELECT count(*) FROM session_bookings b WHERE b.session_id = x.id)"
        ),
        {"id": exam_id},
    ).all()
    return wrong == []


def test_fifty_at_once_get_ten_seats(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    ids = offer(exam_id, rule("am", clock.now(), 10))
    people = [participant(exam_id).id for _ in range(50)]
    calls = [
        partial(in_transaction, partial(sessions.book, exam_id, who, ids["am"], clock.now()))
        for who in people
    ]
    results = together(app, calls)
    assert sum(result is None for result in results) == 10
    assert sum(isinstance(result, SessionFull) for result in results) == 40
    committed_db.expire_all()
    assert committed_db.scalar(select(func.count(SessionBooking.id))) == 10
    assert committed_db.get_one(ExamSession, ids["am"]).taken == 10
    assert count_is_true(committed_db, exam_id)


def test_changing_back_and_forth_at_once_keeps_one_seat_each(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    at = clock.now()
    ids = offer(exam_id, rule("am", at, 6), rule("pm", at, 6, 240))
    people = [participant(exam_id).id for _ in range(8)]
    calls = [
        partial(in_transaction, partial(sessions.book, exam_id, who, ids[key], clock.now()))
        for _ in range(5)
        for who in people
        for key in ("am", "pm")
    ]
    results = together(app, calls)
    assert {type(result) for result in results} <= {type(None), SessionFull}, "no deadlock, no crash"
    committed_db.expire_all()
    held = committed_db.scalars(select(SessionBooking.participation_id)).all()
    assert sorted(held) == sorted(people)
    assert count_is_true(committed_db, exam_id)


def test_seats_are_given_back_and_booking_ends(app: Flask, session: Session) -> None:
    exam_id = make_exam()
    ids = offer(exam_id, rule("am", clock.now(), 1))
    first, second = participant(exam_id).id, participant(exam_id).id
    with transaction():
        sessions.book(exam_id, first, ids["am"], clock.now())
    with pytest.raises(SessionFull), transaction():
        sessions.book(exam_id, second, ids["am"], clock.now())
    with transaction():
        sessions.cancel(exam_id, first, clock.now())
        sessions.book(exam_id, second, ids["am"], clock.now())
    late = clock.now() + 31 * MINUTE
    for act in (partial(sessions.book, exam_id, first, ids["am"]), partial(sessions.cancel, exam_id, second)):
        with pytest.raises(BookingClosed), transaction():
            act(late)
    assert count_is_true(session, exam_id)


def test_the_start_holds_to_the_own_session(app: Flask, session: Session) -> None:
    exam_id = make_exam()
    at = clock.now()
    ids = offer(exam_id, rule("am", at, 5), rule("pm", at, 5, 240))
    people = {key: participant(exam_id) for key in ("am", "pm", "none")}
    persons = {key: one.person_id for key, one in people.items()}
    whose = {key: one.id for key, one in people.items()}
    with transaction():
        assert draw_missing(exam_id) == 3
    with transaction():
        for key in ("am", "pm"):
            sessions.book(exam_id, whose[key], ids[key], at)
    drawn = {key: in_transaction(partial(paper_for, exam_id, one)).attempt_id for key, one in whose.items()}

    def start(key: str, minutes: float) -> Running:
        return hot.start(drawn[key], persons[key], "device", at + minutes * MINUTE)

    for key, minutes, refusal in [
        ("am", 59.9, ExamNotOpen),
        ("am", 90, ExamOver),
        ("pm", 75, ExamNotOpen),
        ("none", 75, ExamNotOpen),
        ("none", 60 * 24 + 1, ExamOver),
    ]:
        with pytest.raises(refusal):
            start(key, minutes)
        assert hot.start_drawn(exam_id, persons[key], "device", at + minutes * MINUTE, True) is None
    assert start("am", 89.9).deadline_at == at + (89.9 + 60) * MINUTE
    assert start("pm", 240).deadline_at == at + 300 * MINUTE
    with pytest.raises(SessionStarted), transaction():
        sessions.book(exam_id, whose["am"], ids["pm"], at)


def test_the_deadline_ends_with_the_session_also_after_a_grant(app: Flask, session: Session) -> None:
    exam_id = make_exam(duration_s=7200)
    at = clock.now()
    ids = offer(exam_id, rule("am", at, 5))
    one = participant(exam_id)
    who, person_id = one.id, one.person_id
    with transaction():
        sessions.book(exam_id, who, ids["am"], at)
    drawn = in_transaction(lambda: paper_for(exam_id, who))
    running = hot.start(drawn.attempt_id, person_id, "device", at + 80 * MINUTE)
    assert running.deadline_at == at + 150 * MINUTE


def test_a_paper_drawn_before_the_booking_follows_every_change(app: Flask, session: Session) -> None:
    exam_id = make_exam()
    at = clock.now()
    ids = offer(exam_id, rule("am", at, 5), rule("pm", at, 5, 240))
    who = participant(exam_id).id
    drawn = in_transaction(lambda: paper_for(exam_id, who))

    def window() -> tuple[datetime | None, datetime | None]:
        session.expire_all()
        sheet = session.get_one(Sheet, drawn.attempt_id)
        return sheet.opens_at, sheet.starts_until

    opens, until = window()
    assert opens == until, "an empty window: nobody starts without a seat"
    for key, minutes in (("am", 60), ("pm", 240)):
        with transaction():
            sessions.book(exam_id, who, ids[key], at)
        assert window() == (at + minutes * MINUTE, at + (minutes + 30) * MINUTE)
    offer(exam_id, rule("am", at, 5), rule("pm", at, 5, 300))
    assert window()[0] == at + 300 * MINUTE, "a session that the file moved takes its people along"
    with transaction():
        sessions.cancel(exam_id, who, clock.now())
    opens, until = window()
    assert opens == until


def test_drawing_and_booking_at_once_agree_on_the_window(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    at = clock.now()
    ids = offer(exam_id, rule("am", at, 100))
    people = [participant(exam_id).id for _ in range(12)]
    calls = [partial(in_transaction, partial(sessions.book, exam_id, who, ids["am"], at)) for who in people]
    calls += [partial(in_transaction, partial(paper_for, exam_id, who)) for who in people]
    assert not [one for one in together(app, calls) if isinstance(one, Exception)]
    committed_db.expire_all()
    assert set(committed_db.scalars(select(Sheet.opens_at))) == {at + 60 * MINUTE}


def test_the_job_seats_everybody_by_the_rule_and_tells_them(app: Flask, session: Session) -> None:
    exam_id = make_exam()
    at = clock.now()
    ids = offer(exam_id, rule("am", at, 3), rule("pm", at, 2, 240), closes_min=-1)
    people = [participant(exam_id).id for _ in range(6)]
    jobs.keep_sessions()
    jobs.keep_sessions()
    session.expire_all()
    rows = {row.participation_id: row.session_id for row in session.scalars(select(SessionBooking))}
    am, pm = ids["am"], ids["pm"]
    assert rows == dict(zip(people[:5], [am, am, pm, am, pm], strict=True))
    assert {row.source for row in session.scalars(select(SessionBooking))} == {"assigned"}
    assert session.scalar(select(func.count(Notice.id))) == 5, "each is told once"
    assert count_is_true(session, exam_id)


def test_the_seat_of_somebody_who_withdrew_is_free_again(app: Flask, session: Session) -> None:
    exam_id = make_exam()
    ids = offer(exam_id, rule("am", clock.now(), 1), closes_min=-1)
    first = participant(exam_id).id
    jobs.keep_sessions()
    session.get_one(Participation, first).state = "withdrawn"
    session.commit()
    second = participant(exam_id).id
    jobs.keep_sessions()
    session.expire_all()
    assert [row.participation_id for row in session.scalars(select(SessionBooking))] == [second]
    assert session.get_one(ExamSession, ids["am"]).taken == 1


def test_closing_a_session_puts_its_people_elsewhere(app: Flask, session: Session) -> None:
    exam_id = make_exam()
    at = clock.now()
    ids = offer(exam_id, rule("am", at, 3), rule("pm", at, 2, 240))
    people = [participant(exam_id).id for _ in range(3)]
    with transaction():
        for who in people:
            sessions.book(exam_id, who, ids["am"], at)
    with transaction():
        assert sessions.close_session(exam_id, ids["am"], True, "机房停电", at) == 3
    session.expire_all()
    rows = {row.participation_id: row.session_id for row in session.scalars(select(SessionBooking))}
    assert rows == {people[0]: ids["pm"], people[1]: ids["pm"]}, "the third waits for a host"
    assert count_is_true(session, exam_id)
    offer(exam_id, rule("am", at, 3), rule("pm", at, 2, 240))
    session.expire_all()
    assert session.get_one(ExamSession, ids["am"]).is_closed, "the file does not undo what a host did"


def test_seats_never_fall_below_those_taken(app: Flask, session: Session) -> None:
    exam_id = make_exam()
    at = clock.now()
    ids = offer(exam_id, rule("am", at, 3), rule("pm", at, 3))
    with transaction():
        for who in [participant(exam_id).id for _ in range(3)]:
            sessions.book(exam_id, who, ids["am"], at)
    offer(exam_id, rule("am", at, 1))
    session.expire_all()
    assert session.get_one(ExamSession, ids["am"]).seats == 3
    assert session.get_one(ExamSession, ids["pm"]).is_closed, "what left the file takes nobody"


def test_who_is_confirmed_in_the_last_minutes_has_a_paper_at_once(app: Flask, session: Session) -> None:
    at = clock.now()
    exam_id = make_exam(opens_at=at + 5 * MINUTE)
    who = participant(exam_id).id
    assert jobs.prepare_participant(who) == 1
    assert jobs.prepare_participant(who) == 0
    sheet = session.scalars(select(Sheet)).one()
    assert (sheet.participation_id, sheet.state, sheet.opens_at) == (who, "created", None)


def test_a_far_exam_draws_nothing_yet(app: Flask, session: Session) -> None:
    exam_id = make_exam(opens_at=clock.now() + timedelta(hours=20))
    assert jobs.prepare_participant(participant(exam_id).id) == 0
    assert session.scalars(select(Sheet)).all() == []


def test_after_a_void_attempt_a_host_finds_another_session(app: Flask, session: Session) -> None:
    exam_id = make_exam(attempts_allowed=2)
    at = clock.now()
    ids = offer(exam_id, rule("am", at, 5), rule("pm", at, 5, 240))
    one = participant(exam_id)
    who, person_id = one.id, one.person_id
    with transaction():
        sessions.book(exam_id, who, ids["am"], at)
    drawn = in_transaction(lambda: paper_for(exam_id, who))
    hot.start(drawn.attempt_id, person_id, "device", at + 70 * MINUTE)
    with pytest.raises(SessionStarted), transaction():
        sessions.move(exam_id, who, ids["pm"], "停电", at)
    session.get_one(Sheet, drawn.attempt_id).state = "void"
    session.commit()
    again = in_transaction(lambda: paper_for(exam_id, who))
    with transaction():
        sessions.move(exam_id, who, ids["pm"], "停电", at)
    assert hot.start(again.attempt_id, person_id, "device", at + 241 * MINUTE).remaining_s == 3600


def test_a_session_that_has_begun_is_not_put_off_and_others_that_left_the_file_go_along(
    session: Session,
) -> None:
    """Somebody proposed it before it began; people write in it now. Later the file's hour has passed too: still not."""
    exam_id, at = make_exam(closes_at=clock.now() + timedelta(days=30)), clock.now()
    ids = offer(exam_id, rule("begun", at, 5, opens_min=40), rule("old", at, 5), rule("next", at, 5))
    person = participant(exam_id)
    with transaction():
        sessions.book(exam_id, person.id, ids["old"], at)
    later = at + timedelta(minutes=50)
    moved = [rule(key, at + timedelta(days=7), 5) for key in ("begun", "next")]
    frame = Booking(at - 60 * MINUTE, at + 30 * MINUTE, tuple(moved))
    with transaction():
        assert sessions.put_off_others(exam_id, ["begun", "next"], timedelta(days=7), later) == 1
        assert sessions.follow_file(exam_id, frame, later) == 0, "nobody sits in what moved"
    session.expire_all()
    opens = {one.key: one.opens_at for one in all_sessions_of(exam_id)}
    assert opens == {
        "begun": at + 40 * MINUTE,
        "old": at + 60 * MINUTE + timedelta(days=7),
        "next": at + 60 * MINUTE + timedelta(days=7),
    }
    with transaction():
        sessions.follow_file(exam_id, frame, at + timedelta(days=8))
    session.expire_all()
    assert {one.key: one.opens_at for one in all_sessions_of(exam_id)} == opens
    words = session.scalars(select(Notice.text).where(Notice.person_id == person.person_id)).all()
    assert sum("has another time" in one for one in words) == 1
