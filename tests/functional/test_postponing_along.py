"""One event is postponed: what people were promised at an hour moves with it, by the same days, and they are told."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_participation, make_staff, sign_in
from tests.functional.test_contest_editing import TWO_EVENTS
from tests.integration.exam.exams import make_exam, sit
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.contests import queries, service
from webapp.contests.models import ContestProposal, Event, Stage
from webapp.contests.service.foreseeing import moved_groups, with_dates
from webapp.core import clock
from webapp.exam.models import Exam, ExamSession, SessionBooking, Sheet
from webapp.exam.service.opening import follow_windows
from webapp.exam.service.sessions import follow_file
from webapp.halls.models import HallPlan
from webapp.notifications.models import Notice
from webapp.registration.models import Entry, Participation
from webapp.stages.models import StageAdmission

SESSIONS = """quota = 10
attendance = {confirm_by = "2099-03-20T18:00:00+08:00"}
booking_opens = "2026-03-01T09:00:00+08:00"
booking_closes = "2099-03-28T18:00:00+08:00"
sessions = [
    {key = "am", title = "上午场", opens_at = "2099-04-10T09:00:00+08:00", latest_start = "2099-04-10T09:30:00+08:00", closes_at = "2099-04-10T11:00:00+08:00", seats = 20, halls = ["一号机房"]},
]
"""
TEXT = TWO_EVENTS.replace("quota = 10\n", SESSIONS, 1)
DAYS = timedelta(days=10)
BY = datetime.fromisoformat("2099-03-20T18:00:00+08:00")


@pytest.fixture
def two_people(app: Flask) -> Iterator[None]:
    app.config["TWO_PERSON"] = True
    yield
    app.config["TWO_PERSON"] = False


def booked(session: Session, code: str) -> tuple[int, Participation]:
    """Somebody of this event with a seat in a session and an invitation to the stage; the exam's id."""
    event = session.scalars(select(Event).where(Event.code == code)).one()
    stage = session.scalars(select(Stage).where(Stage.event_id == event.id, Stage.code == "final")).one()
    exam_id = make_exam(stage, opens_at=stage.opens_at, closes_at=stage.closes_at)
    booking = queries.stage_by_id(stage.id).rules.booking
    assert booking is not None
    follow_file(exam_id, booking)
    person = make_participation(event)
    seat = session.scalars(select(ExamSession).where(ExamSession.exam_id == exam_id)).one()
    seat.taken = 1
    entry = session.scalars(select(Entry).where(Entry.participation_id == person.id)).one()
    session.add_all(
        [
            SessionBooking(exam_id=exam_id, session_id=seat.id, participation_id=person.id),
            StageAdmission(
                stage_id=stage.id, entry_id=entry.id, origin="direct", state="invited", position=1,
                answer_by=BY, created_at=clock.now(),
            ),
            HallPlan(exam_id=exam_id, late_from=BY),
        ]
    )  # fmt: skip
    session.commit()
    return exam_id, person


def hours(session: Session, exam_id: int, person: Participation) -> list[datetime | None]:
    session.expire_all()
    seat = session.scalars(select(ExamSession).where(ExamSession.exam_id == exam_id)).one()
    entry = select(Entry.id).where(Entry.participation_id == person.id).scalar_subquery()
    place = session.scalars(select(StageAdmission).where(StageAdmission.entry_id == entry)).one()
    plan = session.get_one(HallPlan, exam_id)
    exam = session.get_one(Exam, exam_id)
    return [exam.opens_at, seat.opens_at, seat.starts_until, seat.closes_at, place.answer_by, plan.late_from]


def told(session: Session, person: Participation) -> list[str]:
    rows = session.scalars(select(Notice).where(Notice.person_id == person.person_id).order_by(Notice.id))
    return [f"{row.text} {row.params}" for row in rows]


@pytest.mark.usefixtures("two_people")
def test_sessions_answers_and_halls_move_with_their_event_once_a_second_person_agrees(
    client: FlaskClient, session: Session
) -> None:
    service.load_contest(TEXT)
    session.commit()
    (mine, person), (other, stranger) = booked(session, "first"), booked(session, "second")
    before, others = hours(session, mine, person), hours(session, other, stranger)
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    address = "/staff/contests/small/postpone?event=first"
    wanted = {"window": "semi", "move": "postpone", "days": "10", "later": "y", "because": "场地停电"}
    page = client.post(address, data=wanted)
    assert page.status_code == 200, page.text
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
    assert "场次“上午场” 2099-04-10 09:00 2099-04-20 09:00" in shown
    assert "场次预约开始 2026-03-01 09:00 不变 已经过去" in shown
    assert "场次预约截止 2099-03-28 18:00 2099-04-07 18:00" in shown
    assert "答复截止 2099-03-20 18:00 2099-03-30 18:00" in shown
    assert "记为迟到 2099-03-20 18:00 2099-03-30 18:00" in shown
    assert "已有 1 人预约了场次" in shown
    assert "请向场地方确认" in shown
    [seen] = re.findall(r'name="seen"[^>]*value="([0-9a-f]{64})"', page.text)
    assert client.post(address, data={**wanted, "seen": seen, "step": "move"}).status_code == 303
    assert hours(session, mine, person) == before, "one person alone moves nothing"
    proposal = session.scalars(select(ContestProposal)).one()
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    place = f"/staff/contests/proposals/{proposal.id}"
    read = client.get(place).text
    assert "答复截止" in read, "the second person reads what moves along"
    assert "已有 1 人预约了场次" in read
    assert client.post(place, data={"decision": "apply"}).status_code == 303

    assert hours(session, mine, person) == [at + DAYS for at in before if at is not None]
    assert hours(session, other, stranger) == others
    assert session.scalars(select(SessionBooking).where(SessionBooking.exam_id == mine)).one()
    words = told(session, person)
    assert any("you keep your place" in one and "2099-04-20 09:00" in one for one in words)
    assert any("more time to answer" in one and "2099-03-30 18:00" in one for one in words)
    assert told(session, stranger) == []
    actions = set(session.scalars(select(AuditRow.action)))
    assert {"session.put-off", "place.answer-later", "halls.put-off", "contest.propose.apply"} <= actions
    rules = queries.rules_of(queries.contest_id("small"))
    follow = queries.stage_by_codes("small", "first", "final").rules.booking
    assert follow is not None
    follow_file(mine, follow)
    session.commit()
    assert told(session, person) == words, "the file says the same: nobody is told twice"
    assert rules.event("second").booking == {}


OWN = """windows = {semi = ["2099-04-01", "2099-04-30"], final = ["2099-05-01", "2099-05-31"]}
"""
"""What the second event has decided for itself: the same days, but its own."""


@pytest.mark.usefixtures("two_people")
def test_dates_of_the_whole_contest_take_along_what_hangs_on_them_except_where_an_event_has_its_own(
    client: FlaskClient, session: Session
) -> None:
    """The beginning is put off by ten days, the end by twelve: hours move with the beginning, after a look and a second word."""
    service.load_contest(TEXT.replace('code = "second"\n', f'code = "second"\n{OWN}'))
    session.commit()
    (mine, person), (other, stranger) = booked(session, "first"), booked(session, "second")
    before, others = hours(session, mine, person), hours(session, other, stranger)
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    address = "/staff/contests/small/dates"
    fields = client.get(address).text
    data = dict(re.findall(r'name="([^"]+)"\s+(?:type="hidden" )?value="([^"]*)"', fields))
    at = {data[f"windows-{number}-window"]: f"windows-{number}" for number in range(3)}
    data |= {f"{at['semi']}-first": "2099-04-11", f"{at['semi']}-last": "2099-05-12", "because": "场地停电"}
    data |= {f"{at['final']}-first": "2099-05-13", f"{at['final']}-last": "2099-06-12"}
    page = client.post(address, data=data)
    assert (page.status_code, "尚未保存" in page.text) == (200, True)
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
    assert "焊工 · 1 人参加" in shown
    assert "电工 · 1 人参加" not in shown, "it has its own dates"
    assert "场次“上午场” 2099-04-10 09:00 2099-04-20 09:00" in shown
    assert "答复截止 2099-03-20 18:00 2099-03-30 18:00" in shown
    assert "记为迟到 2099-03-20 18:00 2099-03-30 18:00" in shown
    assert hours(session, mine, person) == before, "looking changes nothing"
    [seen] = re.findall(r'name="seen"[^>]*value="([0-9a-f]{64})"', page.text)
    other_days = {**data, "seen": seen, f"{at['semi']}-first": "2099-04-12"}
    assert "尚未保存" in client.post(address, data=other_days).text, "what was not seen is shown first"
    assert client.post(address, data={**data, "seen": seen}).status_code == 303
    assert hours(session, mine, person) == before, "one person alone moves nothing"
    proposal = session.scalars(select(ContestProposal)).one()
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    place = f"/staff/contests/proposals/{proposal.id}"
    read = client.get(place).text
    assert "答复截止" in read, "the second person reads the same"
    assert "焊工 · 1 人参加" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", read))
    assert client.post(place, data={"decision": "apply"}).status_code == 303

    assert hours(session, mine, person) == [one + DAYS for one in before if one is not None]
    assert hours(session, other, stranger) == others
    words = told(session, person)
    assert len(words) == len(set(words)) == 3, "the dates, the session and the answer, each once"
    assert "2099-04-11 – 2099-05-12; 总决赛 2099-05-13 – 2099-06-12" in words[0]
    assert told(session, stranger) == []
    rules = queries.rules_of(queries.contest_id("small"))
    assert rules.event("first").booking == {}, "it stands once, at the profile"
    assert rules.event("second").booking["final"].sessions[0].opens_at == others[1]
    cut = {**data, "base": sha256(queries.definition_text("small").encode()).hexdigest()}
    cut |= {f"{at['semi']}-first": "2099-04-16", f"{at['semi']}-last": "2099-04-20"}
    page = client.post(address, data=cut)
    assert (page.status_code, page.text.count("不在所属阶段的时间内")) == (422, 1), "the session is named"
    assert queries.rules_of(queries.contest_id("small")) == rules


def test_dates_of_one_event_in_fields_take_its_hours_along_too(client: FlaskClient, session: Session) -> None:
    service.load_contest(TEXT)
    session.commit()
    (mine, person), (other, stranger) = booked(session, "first"), booked(session, "second")
    before, others = hours(session, mine, person), hours(session, other, stranger)
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    data = {"base": sha256(TEXT.encode()).hexdigest(), "because": "场地停电"}
    for number, (name, first, last) in enumerate(
        (("semi", "2099-04-11", "2099-04-30"), ("final", "2099-05-01", "2099-05-31"))
    ):
        data |= {f"windows-{number}-window": name, f"windows-{number}-first": first}
        data |= {f"windows-{number}-last": last}
    address = "/staff/contests/small/dates?event=first"
    page = client.post(address, data=data)
    assert (page.status_code, "尚未保存" in page.text) == (200, True)
    [seen] = re.findall(r'name="seen"[^>]*value="([0-9a-f]{64})"', page.text)
    assert client.post(address, data={**data, "seen": seen}).status_code == 303
    assert hours(session, mine, person) == [one + DAYS for one in before if one is not None]
    assert hours(session, other, stranger) == others
    assert told(session, stranger) == []


def test_what_moves_along_is_found_with_as_many_statements_for_many_events(
    session: Session, count_queries: list[str]
) -> None:
    counts = []
    for events in (1, 9):
        text = TEXT.replace('code = "small"', f'code = "of-{events}"')
        for n in range(events):
            text += f'\n[[events]]\ncode = "more-{n}"\ntitle = "赛项{n}"\nclass = "one"\nprofile = "plain"\n'
        service.load_contest(text)
        session.commit()
        contest_id = queries.contest_id(f"of-{events}")
        old, now = queries.rules_of(contest_id), clock.now()
        new = with_dates(text, {"semi": ("2099-04-05", "2099-04-30")}, "", now).rules
        count_queries.clear()
        [group] = moved_groups(contest_id, old, new, now)
        assert len(group.titles) == events + 2
        counts.append(len(count_queries))
    assert counts[0] == counts[1]


def test_a_longer_exam_lets_those_who_write_use_the_added_time(session: Session) -> None:
    """A later end holds for an exam that somebody has begun; what is over is not opened again."""
    now = clock.now()
    exam_id = make_exam(closes_at=now + timedelta(minutes=20))
    exam = session.get_one(Exam, exam_id)
    stage = session.get_one(Stage, exam.stage_id)
    stage.opens_at, stage.closes_at = exam.opens_at, exam.closes_at
    session.commit()
    sat = sit(exam_id)
    cut = exam.closes_at
    stage.closes_at = cut + timedelta(days=1)
    session.commit()
    follow_windows(now)
    session.commit()
    session.expire_all()
    sheet = session.get_one(Sheet, sat.attempt_id)
    assert session.get_one(Exam, exam_id).closes_at == cut + timedelta(days=1)
    assert sheet.started_at is not None
    assert sheet.deadline_at == sheet.started_at + timedelta(seconds=exam.duration_s)
    session.get_one(Stage, exam.stage_id).closes_at = cut + timedelta(days=3)
    session.commit()
    follow_windows(cut + timedelta(days=2))
    session.commit()
    session.expire_all()
    assert session.get_one(Exam, exam_id).closes_at == cut + timedelta(days=1)
