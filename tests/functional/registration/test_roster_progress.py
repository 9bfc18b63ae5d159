"""The liaison's roster tells who has learned, tried the mock exam and sat, and reminds once a day."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import make_person, make_staff
from tests.functional.registration.test_journeys import browser
from tests.integration.exam.exams import make_bank_version, make_exam, participant, sit
from tests.integration.registration.stand import Stand, make_stand
from webapp.access.permissions import Role
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.exam.models import Exam
from webapp.exam.service.papers import paper_for
from webapp.learning.models import PointEntry
from webapp.notifications.models import Notice
from webapp.registration.models import Participation


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


@pytest.fixture
def liaison(app: Flask, stand: Stand) -> FlaskClient:
    return browser(app, make_staff(Role.UNIT_LIAISON, stand.county_firm))


def exams(session: Session, stand: Stand) -> tuple[int, int]:
    """The formal exam and the mock exam of the stand's event."""
    stage = session.scalars(select(Stage).where(Stage.event_id == stand.event.id)).first()
    bank = make_bank_version()
    return make_exam(stage, bank), make_exam(stage, bank, kind="mock", attempts_allowed=5)


def take_part(session: Session, stand: Stand, exam_id: int, name: str) -> Participation:
    return participant(exam_id, person=make_person(name=name, unit=stand.county_firm))


def row_of(page: str, name: str) -> str:
    """The table row of a person."""
    return next(row for row in page.split("<tr") if name in row)


def test_each_step_shows_in_the_persons_row(session: Session, stand: Stand, liaison: FlaskClient) -> None:
    formal, mock = exams(session, stand)
    learner = take_part(session, stand, formal, "甲一")
    session.add(
        PointEntry(
            contest_id=learner.contest_id,
            participation_id=learner.id,
            source_kind="question",
            source_id="1",
            points=1,
        )
    )
    sit(mock, person=make_person(name="乙二", unit=stand.county_firm))
    sit(formal, person=make_person(name="丙三", unit=stand.county_firm))
    waits = take_part(session, stand, mock, "丁四")
    paper_for(mock, waits.id)
    session.commit()
    page = liaison.get("/staff/roster").text
    expected = {
        "甲一": ["已开始学习", "未试模拟考试", "尚未参加考试"],
        "乙二": ["尚未学习", "已试模拟考试", "尚未参加考试"],
        "丙三": ["尚未学习", "未试模拟考试", "已参加考试"],
        "丁四": ["尚未学习", "未试模拟考试", "尚未参加考试"],
    }
    for name, tags in expected.items():
        row = row_of(page, name)
        assert all(tag in row for tag in tags), name
    filtered = liaison.get("/staff/roster?shown=no-mock").text
    assert {name for name in expected if name in filtered} == {"甲一", "丙三", "丁四"}, (
        "a drawn paper is no try"
    )


def test_without_an_open_mock_exam_nobody_is_behind(
    session: Session, stand: Stand, liaison: FlaskClient
) -> None:
    formal, mock = exams(session, stand)
    take_part(session, stand, formal, "甲一")
    session.execute(update(Exam).where(Exam.id == mock).values(closes_at=clock.now()))
    session.commit()
    page = liaison.get("/staff/roster?shown=no-mock").text
    assert "甲一" not in page
    assert "提醒所有从未试过模拟考试的人" not in page


def test_the_reminder_goes_out_once_a_day(session: Session, stand: Stand, liaison: FlaskClient) -> None:
    _formal, mock = exams(session, stand)
    who = take_part(session, stand, mock, "甲一").person_id
    sit(mock, person=make_person(name="乙二", unit=stand.county_firm))
    sit(mock, person=make_person(name="外人", unit=stand.other_firm))
    session.commit()
    for _ in range(3):
        assert liaison.post("/staff/roster/remind-mock").status_code == 303
    notices = session.scalars(select(Notice).where(Notice.text.startswith("Your unit reminds"))).all()
    assert [notice.person_id for notice in notices] == [who]
    assert "没有新的提醒" in liaison.get("/staff/roster").text
    session.execute(update(Notice).values(created_at=clock.now() - timedelta(days=1, seconds=1)))
    session.commit()
    liaison.post("/staff/roster/remind-mock")
    assert session.scalar(select(func.count(Notice.id)).where(Notice.person_id == who)) == 2


def test_the_roster_needs_the_same_statements_for_many(
    session: Session, stand: Stand, liaison: FlaskClient, count_queries: list[str]
) -> None:
    formal, _mock = exams(session, stand)
    take_part(session, stand, formal, "甲一")
    counts = []
    for people in (0, 9):
        for n in range(people):
            take_part(session, stand, formal, f"选手{n}")
        session.commit()
        liaison.get("/staff/roster")
        count_queries.clear()
        assert liaison.get("/staff/roster").status_code == 200
        counts.append(len(count_queries))
    assert counts[0] == counts[1]
