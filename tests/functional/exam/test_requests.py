"""Requests that wait for a second person: shown with their effect, agreed to, taken back."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.integration.exam.exams import make_exam, sit
from webapp.access.permissions import Role
from webapp.exam.models import ExamAction, Sheet, TimeGrant


@pytest.fixture(autouse=True)
def _two_people(app: Flask) -> Iterator[None]:
    app.config["TWO_PERSON"] = True
    yield
    app.config["TWO_PERSON"] = False


def _asked(client: FlaskClient, session: Session, exam_id: int) -> ExamAction:
    sign_in(client, make_staff(Role.HOST))
    asked = client.post(
        f"/staff/exams/{exam_id}/extend",
        data={"hall": "", "minutes": "10", "reason": "停电"},
        follow_redirects=True,
    )
    assert "停电" in asked.text
    assert "1 人各增加 10:00" in asked.text
    session.expire_all()
    action: ExamAction = session.scalars(select(ExamAction)).one()
    assert (action.state, action.effect["people"]) == ("waiting", 1)
    return action


def test_the_asker_may_take_a_request_back_and_nothing_changes(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    sat = sit(exam_id)
    action = _asked(client, session, exam_id)
    own = client.post(f"/staff/exams/{exam_id}/actions/{action.id}", data={"agree": "yes"})
    assert own.status_code == 403
    taken = client.post(f"/staff/exams/{exam_id}/actions/{action.id}/withdraw")
    assert taken.status_code == 303
    again = client.post(f"/staff/exams/{exam_id}/actions/{action.id}/withdraw")
    assert again.status_code == 409
    session.expire_all()
    assert session.get_one(ExamAction, action.id).state == "withdrawn"
    assert session.scalars(select(TimeGrant)).all() == []
    assert session.get_one(Sheet, sat.attempt_id).deadline_at == sat.running.deadline_at


def test_a_second_person_agrees_and_nobody_else_takes_it_back(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    sit(exam_id)
    action = _asked(client, session, exam_id)
    sign_in(client, make_staff(Role.HOST))
    assert client.post(f"/staff/exams/{exam_id}/actions/{action.id}/withdraw").status_code == 403
    agreed = client.post(f"/staff/exams/{exam_id}/actions/{action.id}", data={"agree": "yes"})
    assert agreed.location.endswith(f"/staff/exams/{exam_id}/control")
    session.expire_all()
    assert session.get_one(ExamAction, action.id).state == "done"
    assert session.scalars(select(TimeGrant.extra_s)).one() == 600


def test_a_request_of_another_exam_answers_like_a_missing_one(client: FlaskClient, session: Session) -> None:
    exam_id, other = make_exam(), make_exam()
    sit(exam_id)
    action = _asked(client, session, exam_id)
    assert client.post(f"/staff/exams/{other}/actions/{action.id}/withdraw").status_code == 404
