"""A contestant asks for help from the exam page, staff answer, and the log of that moment is attached."""

import io
import json
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_contest, make_staff, sign_in
from tests.functional.exam.test_sitting import Sitting
from tests.integration.exam.exams import make_exam, participant
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.contests.models import Event
from webapp.exam.models import Announcement, Exam
from webapp.exam.queries.messages import forget_announcements
from webapp.helpdesk.models import Ticket, TicketLog
from webapp.notifications.models import Notice

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    forget_announcements()


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(out, "PNG")
    return out.getvalue()


def browser_of(client: FlaskClient, role: Role, name: str, scope: Event | None = None) -> FlaskClient:
    browser = client.application.test_client()
    sign_in(browser, make_staff(role, scope, name=name))
    return browser


def test_from_the_exam_page_to_the_answer_and_back(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    sitting = Sitting(client, session, exam_id)
    sitting.send({"slot": 2, "seq": 1, "answer": "B"})
    assert f"/tickets/new?attempt={sitting.attempt_id}" in client.get(sitting.url).text
    form = client.get(f"/tickets/new?attempt={sitting.attempt_id}", headers=FRAGMENT)
    assert "<html" not in form.text
    told = {"online": False, "unsent": 3, "turns": [[12, "offline"]], "answers": ["A"]}
    data = {
        "kind": "page",
        "text": "网断了两分钟\n旁边的人也是",
        "attempt": str(sitting.attempt_id),
        "browser": json.dumps(told),
        "picture": (io.BytesIO(a_picture()), "屏幕.png"),
    }
    sent = client.post("/tickets/new", data=data, headers=FRAGMENT)
    assert (sent.status_code, "已收到" in sent.text) == (200, True)
    row = session.scalars(select(Ticket)).one()
    assert (row.subject, row.channel, row.awaits) == ("网断了两分钟", "page", "staff")
    assert (row.attempt_id, row.event_id) == (sitting.attempt_id, session.get_one(Exam, exam_id).event_id)
    log = session.get_one(TicketLog, row.id)
    assert (log.browser["unsent"], log.browser["online"], "answers" in log.browser) == (3, False, False)
    assert [one["params"] for one in log.lines if one["kind"] == "save"] == [{"n": 3}]
    event = session.get_one(Event, row.event_id)
    host = browser_of(client, Role.HOST, "值班主任", event)
    assert "网断了两分钟" in host.get("/staff/help/tickets").text
    address = f"/staff/help/tickets/{row.id}"
    page = host.get(address).text
    assert "/staff/help/people/" not in page, "a host has no page of the help desk behind this link"
    line = re.search(r'href="(/staff/exams/[0-9]+/people/[0-9]+)"', page)
    assert line is not None
    assert host.get(line[1]).status_code == 200
    assert "第 3 题已保存" in page
    assert "12 s 网络断开" in page
    assert host.get(f"{address}/picture").mimetype == "image/png"
    assert host.post(f"{address}/claim").status_code == 303
    assert host.post(f"{address}/answer", data={"answer-text": ""}).status_code == 422
    assert host.post(f"{address}/answer", data={"answer-text": "已给全考场补时"}).status_code == 303
    assert "值班主任" in host.get("/staff/help/tickets").text
    notice = session.scalars(select(Notice)).one()
    assert notice.link == f"/tickets/{row.id}"
    said = session.scalars(select(Announcement)).one()
    assert (said.text, said.hall) == ("已给全考场补时", None)
    forget_announcements()
    assert "已给全考场补时" in client.get(sitting.url).text
    mine = client.get(f"/tickets/{row.id}").text
    assert "已给全考场补时" in mine
    assert "值班主任" not in mine
    assert host.post(f"{address}/close", data={"outcome": "已补时五分钟"}).status_code == 303
    assert client.post(f"/tickets/{row.id}", data={"text": ""}).status_code == 422
    assert client.post(f"/tickets/{row.id}", data={"text": "还是没有补时"}).status_code == 303
    session.expire_all()
    assert (row.state, row.awaits) == ("open", "staff")
    assert "还是没有补时" in host.get(address).text
    log = session.get_one(TicketLog, row.id)
    assert [one["params"] for one in log.lines if one["kind"] == "save"] == [{"n": 3}]


def test_a_message_from_anywhere_needs_words_and_a_kind(client: FlaskClient, session: Session) -> None:
    account = make_account()
    session.commit()
    sign_in(client, account)
    assert "还没有留言" in client.get("/tickets").text
    for data in ({"kind": "data", "text": "x"}, {"kind": "nonsense", "text": "我的姓名写错了"}):
        refused = client.post("/tickets/new", data=data)
        assert (refused.status_code, data["text"] in refused.text) == (422, True)
    bad = {"kind": "data", "text": "我的姓名写错了", "picture": (io.BytesIO(b"MZ not a picture"), "x.png")}
    assert client.post("/tickets/new", data=bad).status_code == 422
    for number in range(5):
        good = {"kind": "data", "text": f"我的姓名写错了 {number}"}
        assert client.post("/tickets/new", data=good).status_code == 303
    sixth = client.post("/tickets/new", data={"kind": "data", "text": "第六条"})
    assert (sixth.status_code, "第六条" in sixth.text) == (422, True)
    assert len(session.scalars(select(Ticket)).all()) == 5
    mine = client.get("/tickets").text
    assert "我的姓名写错了 4" in mine
    assert ">类别<" in mine, "two columns had one name"
    desk = browser_of(client, Role.HELP_DESK, "小李")
    assert "我的姓名写错了 4" in desk.get("/staff/help/tickets?kind=data&unclaimed=1").text
    assert "我的姓名写错了 4" not in desk.get("/staff/help/tickets?kind=complaint").text
    assert desk.get("/staff/help/tickets?endpoint=x&_method=GET&_scheme=").status_code == 200
    host = browser_of(client, Role.HOST, "主任")
    assert "或在下方" not in host.get("/staff/help/tickets").text, "a host has no form below"
    assert "我的姓名写错了" not in host.get("/staff/help/tickets").text


def test_nobody_reads_or_writes_somebody_elses_ticket(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    sitting = Sitting(client, session, exam_id)
    data = {"kind": "page", "text": "网断了两分钟", "attempt": str(sitting.attempt_id)}
    assert client.post("/tickets/new", data=data).status_code == 303
    row = session.scalars(select(Ticket)).one()
    other = client.application.test_client()
    person = participant(exam_id)
    sign_in(other, make_account(session.get_one(Person, person.person_id)))
    assert other.get(f"/tickets/{row.id}").status_code == 404
    assert other.get(f"/tickets/{row.id}/picture").status_code == 404
    assert other.post(f"/tickets/{row.id}", data={"text": "别人的话"}).status_code == 404
    assert other.post("/tickets/new", data=data).status_code == 404
    foreign = browser_of(client, Role.HOST, "外人", None)
    assert foreign.get(f"/staff/help/tickets/{row.id}").status_code == 200
    sign_in(foreign, make_staff(Role.HOST, make_contest()))
    assert foreign.get(f"/staff/help/tickets/{row.id}").status_code == 404
    assert foreign.post(f"/staff/help/tickets/{row.id}/claim").status_code == 404


def test_a_complaint_by_phone_is_written_down_and_opened_again(client: FlaskClient, session: Session) -> None:
    account = make_account()
    session.commit()
    desk = browser_of(client, Role.HELP_DESK, "小李")
    person = f"/staff/help/people/{account.person_id}"
    new = {"channel": "phone", "kind": "complaint", "subject": "监考态度", "text": "来电投诉考场嘈杂"}
    made = desk.post(f"{person}/tickets", data=new)
    assert made.status_code == 303
    row = session.scalars(select(Ticket)).one()
    assert (row.channel, row.kind) == ("phone", "complaint")
    assert re.search("电话", desk.get(made.location).text)
    assert desk.post(f"{made.location}/close", data={"outcome": "已致歉"}).status_code == 303
    assert desk.post(f"{made.location}/answer", data={"answer-text": "补充"}).status_code == 409
    assert desk.post(f"{made.location}/reopen", data={"reopen-text": ""}).status_code == 422
    assert desk.post(f"{made.location}/reopen", data={"reopen-text": "又来电"}).status_code == 303
    assert "又来电" in desk.get(made.location).text
    assert session.scalars(select(Notice)).all() == []


def test_the_list_of_tickets_costs_the_same_for_two_and_for_twenty(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    desk = browser_of(client, Role.HELP_DESK, "小李")
    costs = []
    for number in (2, 18):
        for at in range(number):
            account = make_account()
            session.add(Ticket(person_id=account.person_id, subject=f"求助 {at}", text="无法登录"))
        session.commit()
        desk.get("/staff/help/tickets")
        count_queries.clear()
        assert desk.get("/staff/help/tickets", headers=FRAGMENT).status_code == 200
        costs.append(len(count_queries))
    assert costs[0] == costs[1]
