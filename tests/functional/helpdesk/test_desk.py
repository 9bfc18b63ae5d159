"""The help desk finds a stuck person, sees why, helps, and never sees answers."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import (
    make_account,
    make_contest,
    make_organisation,
    make_person,
    make_staff,
    sign_in,
)
from tests.integration.exam.exams import make_exam, participant, sit
from tests.integration.registration.stand import make_stand
from webapp.access.permissions import Role
from webapp.accounts.models import OneTimeCode, Person, SignInFailure
from webapp.accounts.service import document_number
from webapp.accounts.service.sign_in import account_key
from webapp.audit.models import AuditRow
from webapp.contests.models import Event
from webapp.core import clock
from webapp.exam.models import Exam, LeaseEvent, Sheet
from webapp.helpdesk.models import Ticket

CANARY = "金丝雀答案"
WHY = "已在现场查看身份证"


@pytest.fixture
def desk(client: FlaskClient, session: Session) -> FlaskClient:
    """A browser in which the help desk is signed in, over everything."""
    sign_in(client, make_staff(Role.HELP_DESK))
    return client


def audited(session: Session, action: str) -> list[AuditRow]:
    return list(session.scalars(select(AuditRow).where(AuditRow.action == action)))


def last4(person: Person) -> str:
    return document_number(person)[-4:]


@pytest.mark.parametrize("facts", [("name", "last4"), ("name", "number"), ("number", "last4")])
def test_two_facts_find_a_person_and_one_does_not(
    desk: FlaskClient, session: Session, facts: tuple[str, str]
) -> None:
    seat = participant(make_exam())
    person = session.get_one(Person, seat.person_id)
    known = {"name": person.name, "last4": last4(person), "number": seat.number}
    page = desk.post("/staff/help", data={fact: known[fact] for fact in facts})
    assert (page.status_code, f"/staff/help/people/{person.id}" in page.text) == (200, True)
    assert document_number(person) not in page.text
    row = audited(session, "person.find")[-1]
    assert row.facts["found"] == [person.id]
    for fact in facts:
        refused = desk.post("/staff/help", data={fact: known[fact]})
        assert refused.status_code == 422
        assert f"/people/{person.id}" not in refused.text
    wrong = desk.post("/staff/help", data={"name": person.name + "某", "last4": last4(person)})
    assert f"/people/{person.id}" not in wrong.text


def test_the_page_tells_why_and_frees_the_lease(desk: FlaskClient, session: Session) -> None:
    sat = sit(make_exam())
    make_account(session.get_one(Person, sat.person_id))
    session.execute(text("UPDATE sheets SET seen_at = seen_at - interval '5 minutes'"))
    session.commit()
    address = f"/staff/help/people/{sat.person_id}"
    assert "已有一段时间没有响应" in desk.get(address).text
    free = f"{address}/attempts/{sat.attempt_id}/free"
    assert desk.post(free, data={"why": ""}).status_code == 422
    assert session.get_one(Sheet, sat.attempt_id).lease == sat.lease
    assert desk.post(free, data={"why": WHY}).location == address
    session.expire_all()
    assert session.get_one(Sheet, sat.attempt_id).lease != sat.lease
    event = session.scalars(select(LeaseEvent).where(LeaseEvent.kind == "freed")).one()
    assert event.reason == WHY
    assert audited(session, "attempt.free-lease")[0].why == WHY
    assert len(audited(session, "person.view")) >= 2
    assert "没有设备在作答" in desk.get(address).text


def test_somebody_elses_attempt_is_not_freed_through_this_page(desk: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    mine, other = sit(exam_id), sit(exam_id)
    address = f"/staff/help/people/{mine.person_id}/attempts/{other.attempt_id}/free"
    assert desk.post(address, data={"why": WHY}).status_code == 404
    session.expire_all()
    assert session.get_one(Sheet, other.attempt_id).lease == other.lease


def test_no_page_of_the_help_desk_shows_an_answer_a_question_or_a_key(
    desk: FlaskClient, session: Session
) -> None:
    sat = sit(make_exam())
    session.execute(
        text("UPDATE sheets SET answers[1] = :canary, lease_device = :device"),
        {"canary": CANARY, "device": "cookie-of-the-device"},
    )
    session.execute(text("UPDATE question_versions SET stem = :canary"), {"canary": CANARY})
    session.commit()
    person = session.get_one(Person, sat.person_id)
    pages = [
        desk.get(f"/staff/help/people/{sat.person_id}").text,
        desk.post("/staff/help", data={"name": person.name, "last4": last4(person)}).text,
        desk.get("/staff/help/tickets").text,
        desk.get("/staff/help").text,
    ]
    for page in pages:
        assert CANARY not in page
        assert "cookie-of-the-device" not in page
        assert sat.lease not in page
    for other in (f"/attempts/{sat.attempt_id}", f"/attempts/{sat.attempt_id}/result"):
        assert desk.get(other).status_code == 404


def test_a_one_time_code_is_shown_once_and_audited(desk: FlaskClient, session: Session) -> None:
    account = make_account()
    session.commit()
    address = f"/staff/help/people/{account.person_id}"
    assert desk.post(f"{address}/code", data={"why": "x"}).status_code == 422
    page = desk.post(f"{address}/code", data={"why": WHY})
    shown = re.search(r"\b(\d{4} \d{4})\b", page.text)
    assert shown is not None
    assert session.scalars(select(OneTimeCode)).one().person_id == account.person_id
    assert audited(session, "code.issue")[0].why == WHY
    assert shown[1] not in desk.get(address).text


def test_a_locked_account_is_unlocked(desk: FlaskClient, session: Session) -> None:
    account = make_account()
    for _ in range(10):
        session.add(SignInFailure(key_hash=account_key(account.id), address="::1", at=clock.now()))
    session.commit()
    address = f"/staff/help/people/{account.person_id}"
    assert "登录已锁定" in desk.get(address).text
    assert desk.post(f"{address}/unlock", data={"why": WHY}).status_code == 303
    assert session.scalars(select(SignInFailure)).all() == []
    assert audited(session, "account.unlock")[0].target_id == str(account.id)
    assert "登录已锁定" not in desk.get(address).text


def test_a_ticket_is_logged_filtered_and_closed_once(desk: FlaskClient, session: Session) -> None:
    account = make_account()
    session.commit()
    new = {"subject": "无法登录", "text": "手机号已停用"}
    made = desk.post(f"/staff/help/people/{account.person_id}/tickets", data=new)
    assert made.status_code == 303
    assert desk.post("/staff/help/tickets", data={"subject": "", "text": ""}).status_code == 422
    assert (
        desk.post("/staff/help/tickets", data={"subject": "找不到人", "text": "来电未留姓名"}).status_code
        == 303
    )
    assert "无法登录" in desk.get("/staff/help/tickets?words=登录").text
    assert "找不到人" not in desk.get("/staff/help/tickets?words=登录").text
    assert desk.post(f"{made.location}/close", data={"outcome": ""}).status_code == 422
    assert desk.post(f"{made.location}/close", data={"outcome": "已更换手机号"}).status_code == 303
    assert desk.post(f"{made.location}/close", data={"outcome": "再来一次"}).status_code == 409
    row = session.scalars(select(Ticket).where(Ticket.person_id == account.person_id)).one()
    assert (row.state, row.outcome) == ("solved", "已更换手机号")
    assert "无法登录" not in desk.get("/staff/help/tickets").text
    assert "无法登录" in desk.get("/staff/help/tickets?state=solved&mine=1").text
    assert len(audited(session, "ticket.open")) == 2
    assert len(audited(session, "ticket.close")) == 1


def test_a_waiting_registration_names_who_decides(desk: FlaskClient, session: Session) -> None:
    stand = make_stand()
    worker = stand.worker()
    session.commit()
    browser = desk.application.test_client()
    sign_in(browser, worker)
    browser.post(f"/register/{stand.event.id}", data={"occupation": "worker", "consent": "y"})
    state = session.scalar(text("SELECT state FROM applications"))
    page = desk.get(f"/staff/help/people/{worker.person_id}").text
    assert state == "in_review"
    assert "示例县总工会" in page


def test_the_scope_ends_at_the_contest_or_the_union(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    inside = participant(exam_id)
    stranger = make_account(make_person(unit=make_organisation()))
    event = session.get_one(Event, session.get_one(Exam, exam_id).event_id)
    other = make_staff(Role.HELP_DESK, make_contest())
    here = make_staff(Role.HELP_DESK, event)
    session.add(Ticket(person_id=stranger.person_id, subject="别处的求助", text="不属于这里"))
    session.commit()
    sign_in(client, here)
    assert client.get(f"/staff/help/people/{inside.person_id}").status_code == 200
    assert client.get(f"/staff/help/people/{stranger.person_id}").status_code == 404
    assert client.post(f"/staff/help/people/{stranger.person_id}/code", data={"why": WHY}).status_code == 404
    assert "别处的求助" not in client.get("/staff/help/tickets?state=all").text
    sign_in(client, other)
    assert client.get(f"/staff/help/people/{inside.person_id}").status_code == 404
