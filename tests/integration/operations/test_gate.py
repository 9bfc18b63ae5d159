"""Red items hold an exam back until two people accept them; the page shows and asks."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.integration.exam.exams import DEVICE, make_exam, participant
from webapp.access.permissions import Role
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.exam.errors import ExamStopped
from webapp.exam.service import hot
from webapp.exam.service.papers import paper_for
from webapp.operations.errors import SamePerson
from webapp.operations.queries import facts
from webapp.operations.service import gate


@pytest.fixture
def production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMO", False)


def state_of(exam_id: int) -> str:
    db.session.rollback()
    return str(db.session.scalar(text("SELECT state FROM exams WHERE id = :id"), {"id": exam_id}))


def decide() -> list[int]:
    with transaction():
        return gate.decide()


def red_keys(exam_id: int) -> set[str]:
    with transaction():
        [row] = [row for row in facts.coming_exams() if row["id"] == exam_id]
        items = gate.items_of(row, gate.shared_items(clock.now()), clock.now())
        return {item.key for item in items if item.light == "red"}


def accept(exam_id: int, key: str) -> None:
    with transaction():
        asked = gate.ask(exam_id, key, "现场已确认", clock.now(), account_id=1)
        gate.agree(asked, account_id=2)


@pytest.mark.usefixtures("production")
def test_a_red_item_holds_an_exam_back_and_two_people_let_it_go(session: Session) -> None:
    with transaction():
        exam_id = make_exam(opens_at=clock.now() + timedelta(minutes=20))
    red = red_keys(exam_id)
    assert {"worker-process", "clock-process"} <= red  # nothing runs beside a test
    assert decide() == [exam_id]
    assert state_of(exam_id) == "blocked"
    for key in red:
        accept(exam_id, key)
    assert decide() == []
    assert state_of(exam_id) == "ready"


@pytest.mark.usefixtures("production")
def test_nobody_starts_an_exam_that_is_held_back(session: Session) -> None:
    with transaction():
        exam_id = make_exam(opens_at=clock.now() + timedelta(minutes=20))
        person = participant(exam_id)
        person_id = person.person_id
        attempt_id = paper_for(exam_id, person.id).attempt_id
    decide()
    with pytest.raises(ExamStopped):
        hot.start(attempt_id, person_id, DEVICE, clock.now() + timedelta(minutes=25))
    for key in red_keys(exam_id):
        accept(exam_id, key)
    decide()
    assert hot.start(attempt_id, person_id, DEVICE, clock.now() + timedelta(minutes=25)).lease


@pytest.mark.usefixtures("production")
def test_one_person_alone_accepts_nothing(session: Session) -> None:
    with transaction():
        exam_id = make_exam(opens_at=clock.now() + timedelta(minutes=20))
        asked = gate.ask(exam_id, "worker-process", "试一试", clock.now(), account_id=1)
        asked_id = asked.id
    with pytest.raises(SamePerson), transaction():
        gate.agree(gate.waiver(asked_id), account_id=1)
    assert decide() == [exam_id]


@pytest.mark.usefixtures("production")
def test_what_is_far_or_has_begun_is_not_held_back(session: Session) -> None:
    with transaction():
        far = make_exam(opens_at=clock.now() + timedelta(hours=2))
        running = make_exam()
    assert decide() == []
    assert (state_of(far), state_of(running)) == ("ready", "ready")


def test_the_demo_holds_nothing_back(app: Flask, session: Session) -> None:
    with transaction():
        exam_id = make_exam(opens_at=clock.now() + timedelta(minutes=20))
    app.config["DEMO"] = True
    assert decide() == []
    assert state_of(exam_id) == "ready"


@pytest.mark.usefixtures("production")
def test_two_hosts_accept_a_red_item_on_the_page(app: Flask, client: FlaskClient, session: Session) -> None:
    with transaction():
        exam_id = make_exam(opens_at=clock.now() + timedelta(minutes=20))
        one, two = make_staff(Role.HOST), make_staff(Role.HOST)
    decide()
    sign_in(client, one)
    page = client.get("/staff/health")
    assert page.status_code == 200
    assert "暂缓开考" in page.text
    address = f"/staff/health/exams/{exam_id}/waivers"
    refused = client.post(address, data={"check_key": "worker-process", "reason": ""})
    assert refused.status_code == 422
    assert (
        client.post(address, data={"check_key": "worker-process", "reason": "后台进程正在重启"}).status_code
        == 303
    )
    waiver_id = db.session.scalar(text("SELECT max(id) FROM doctor_waivers"))
    agree = f"/staff/health/waivers/{waiver_id}/agree"
    assert client.post(agree).status_code == 409
    other = app.test_client()
    sign_in(other, two)
    assert "后台进程正在重启" in other.get("/staff/health").text
    assert other.post(agree).status_code == 303
    db.session.rollback()
    actions = db.session.scalars(
        text("SELECT action FROM audit_rows WHERE action LIKE 'doctor.%' ORDER BY id")
    )
    assert list(actions) == ["doctor.waive.ask", "doctor.waive.agree"]
