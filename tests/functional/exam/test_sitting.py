"""A contestant's whole way through the pages, with and without script."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import make_account, make_person, make_staff, sign_in
from tests.integration.exam.exams import make_exam, participant
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.exam import jobs
from webapp.exam.models import AnswerEvent, Sheet
from webapp.exam.queries.messages import forget_announcements
from webapp.exam.routes.fragments import forget_fragments


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    forget_fragments()
    forget_announcements()


def body(response: TestResponse) -> dict[str, Any]:
    """The JSON of an answer."""
    found = response.get_json()
    assert isinstance(found, dict)
    return found


class Sitting:
    """A signed-in contestant who has started."""

    def __init__(self, client: FlaskClient, session: Session, exam_id: int, **columns: Any) -> None:
        self.client = client
        self.session = session
        self.exam_id = exam_id
        person = participant(exam_id, **columns)
        self.account = make_account(session.get_one(Person, person.person_id))
        sign_in(client, self.account)
        started = client.post(f"/exams/{exam_id}/start")
        assert started.status_code == 303, started.text
        self.url = started.location
        self.attempt_id = int(self.url.rsplit("/", 1)[1])

    @property
    def lease(self) -> str:
        self.session.expire_all()
        return self.session.get_one(Sheet, self.attempt_id).lease

    def send(self, *items: dict[str, Any], lease: str | None = None) -> TestResponse:
        body = {"lease": self.lease if lease is None else lease, "items": list(items)}
        return self.client.post(f"{self.url}/answers", json=body)


def test_from_the_list_to_the_result(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    person = participant(exam_id)
    sign_in(client, make_account(session.get_one(Person, person.person_id)))
    assert f"/exams/{exam_id}/start" in client.get("/exams").text
    waiting = client.get(f"/exams/{exam_id}/start")
    assert waiting.status_code == 200
    started = client.post(f"/exams/{exam_id}/start")
    page = client.get(started.location)
    assert page.text.count('class="question"') == 20
    assert page.headers["Cache-Control"] == "no-store"
    sitting_url = started.location
    confirm = client.get(f"{sitting_url}/submit")
    assert "20" in confirm.text
    key = re.search(r'name="key" value="([^"]+)"', confirm.text)
    assert key is not None
    handed = client.post(f"{sitting_url}/submit", data={"key": key[1]})
    assert handed.location == f"{sitting_url}/receipt"
    again = client.post(f"{sitting_url}/submit", data={"key": key[1]})
    assert again.status_code == 303
    receipt = client.get(handed.location).text
    assert re.search(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", receipt)
    assert "hx-trigger" in client.get(f"{sitting_url}/result").text, "asks again until it is marked"
    session.commit()
    jobs.grade_pending(exam_id)
    result = client.get(f"{sitting_url}/result").text
    assert "0.0000" in result
    assert "/my/rank-panel/" in result


def test_answers_are_acknowledged_one_by_one(client: FlaskClient, session: Session) -> None:
    sitting = Sitting(client, session, make_exam())
    page = client.get(sitting.url).text
    slots = dict(re.findall(r'data-slot="(\d+)" data-seq="0" data-type="(\w+)"', page))
    single = next(int(slot) for slot, kind in slots.items() if kind == "single")
    fill = next(int(slot) for slot, kind in slots.items() if kind == "fill")
    reply = sitting.send(
        {"slot": single, "seq": 1, "answer": "B", "flag": True},
        {"slot": fill, "seq": 1, "answer": '["触电"]'},
        {"slot": 19, "seq": 1, "answer": "Z"},
    )
    assert reply.status_code == 200
    states = {item["slot"]: item["state"] for item in body(reply)["items"]}
    assert states == {single: "saved", fill: "saved", 19: "refused"}
    assert 3500 < body(reply)["remaining_s"] <= 3600
    again = client.get(sitting.url).text
    assert f'name="a{single}" value="B" checked' in again
    assert 'value="触电"' in again


@pytest.mark.parametrize(
    "sent",
    [
        [],
        {"lease": 1},
        {"items": []},
        {"lease": "x", "items": {}},
        {"lease": "x", "items": [{"slot": 0}]},
        {"lease": "x", "items": [{"slot": True, "seq": 1, "answer": ""}]},
        {"lease": "x", "items": [{"slot": 0, "seq": 2**60, "answer": ""}]},
        {"lease": "x", "items": [{"slot": 0, "seq": 1, "answer": "A", "state": "graded"}]},
        {"lease": "x", "items": [{"slot": 0, "seq": 1, "answer": "A"}] * 2},
        {"lease": "x", "items": [], "person_id": 1},
    ],
)
def test_odd_bodies_get_a_clear_refusal(client: FlaskClient, session: Session, sent: Any) -> None:
    sitting = Sitting(client, session, make_exam())
    reply = client.post(f"{sitting.url}/answers", json=sent)
    assert (reply.status_code, body(reply)["code"]) == (422, "bad-batch")


def test_a_stranger_gets_the_same_answer_as_for_a_missing_attempt(
    client: FlaskClient, session: Session
) -> None:
    sitting = Sitting(client, session, make_exam())
    lease = sitting.lease
    sign_in(client, make_account(make_person()))
    for path in ("", "/submit", "/receipt", "/result", "/token"):
        assert client.get(sitting.url + path).status_code == 404, path
    assert sitting.send({"slot": 0, "seq": 1, "answer": "A"}, lease=lease).status_code == 404
    assert client.post(f"{sitting.url}/submit").status_code == 404
    assert client.post(f"{sitting.url}/takeover").status_code == 404
    assert client.get(f"/exams/{sitting.exam_id}/start").status_code == 404
    assert client.post(f"/exams/{sitting.exam_id}/start").status_code == 404
    assert session.scalars(select(AnswerEvent)).all() == []


def test_another_device_takes_over_and_the_first_is_told(client: FlaskClient, session: Session) -> None:
    sitting = Sitting(client, session, make_exam())
    old = sitting.lease
    assert sitting.send({"slot": 0, "seq": 1, "answer": ""}).status_code == 200
    phone = client.application.test_client()
    sign_in(phone, sitting.account)
    page = phone.get(sitting.url)
    assert 'class="question"' not in page.text, "the paper shows only after taking over"
    assert phone.post(f"{sitting.url}/takeover").status_code == 303
    assert 'class="question"' in phone.get(sitting.url).text
    refused = sitting.send({"slot": 0, "seq": 2, "answer": ""}, lease=old)
    assert (refused.status_code, body(refused)["code"]) == (409, "lease-lost")
    assert phone.post(f"{sitting.url}/heartbeat", json={"lease": sitting.lease}).status_code == 200
    outcomes = session.scalars(select(AnswerEvent.outcome)).all()
    assert "refused-lease" in outcomes


def test_the_page_works_without_script(client: FlaskClient, session: Session) -> None:
    sitting = Sitting(client, session, make_exam())
    page = client.get(sitting.url).text
    fill = re.search(r'data-slot="(\d+)" data-seq="0" data-type="fill"', page)
    multiple = re.search(r'data-slot="(\d+)" data-seq="0" data-type="multiple"', page)
    assert fill is not None
    assert multiple is not None
    form = {f"a{multiple[1]}": ["A", "C"], f"a{fill[1]}": "触电", "lease": sitting.lease}
    assert client.post(f"{sitting.url}/answers", data=form).status_code == 303
    sheet = session.get_one(Sheet, sitting.attempt_id)
    assert (sheet.answers[int(multiple[1])], sheet.answers[int(fill[1])]) == ("AC", '["触电"]')
    form[f"a{multiple[1]}"] = ["B"]
    client.post(f"{sitting.url}/answers", data=form)
    session.expire_all()
    assert session.get_one(Sheet, sitting.attempt_id).answers[int(multiple[1])] == "B"
    refused = client.post(f"{sitting.url}/answers", data=form | {"lease": "old"})
    assert refused.status_code == 409


def test_hosts_extend_and_the_next_reply_tells(client: FlaskClient, session: Session) -> None:
    sitting = Sitting(client, session, make_exam(), hall="一号机房")
    before = body(sitting.send())["remaining_s"]
    host = client.application.test_client()
    sign_in(host, make_staff(Role.HOST))
    room = host.get(f"/staff/exams/{sitting.exam_id}/control")
    assert room.status_code == 200
    assert "一号机房" in room.text
    bad = host.post(
        f"/staff/exams/{sitting.exam_id}/extend", data={"hall": "", "minutes": "-5", "reason": "x"}
    )
    assert bad.status_code == 422
    done = host.post(
        f"/staff/exams/{sitting.exam_id}/extend", data={"hall": "一号机房", "minutes": "10", "reason": "停电"}
    )
    assert done.status_code == 303
    host.post(f"/staff/exams/{sitting.exam_id}/announce", data={"hall": "", "words": "请保持安静"})
    reply = body(sitting.send())
    assert 595 <= reply["remaining_s"] - before <= 600
    assert [words["text"] for words in reply["messages"]] == ["请保持安静"]


def test_voiding_needs_a_second_person_when_set(client: FlaskClient, session: Session) -> None:
    sitting = Sitting(client, session, make_exam())
    exam, attempt = sitting.exam_id, sitting.attempt_id
    app = client.application
    app.config["TWO_PERSON"] = True
    try:
        first, second = app.test_client(), app.test_client()
        sign_in(first, make_staff(Role.HOST))
        sign_in(second, make_staff(Role.HOST))
        first.post(f"/staff/exams/{exam}/void/{attempt}", data={"reason": "代考"})
        assert session.get_one(Sheet, attempt).state == "open"
        action = re.search(
            rf"/staff/exams/{exam}/actions/(\d+)", second.get(f"/staff/exams/{exam}/control").text
        )
        assert action is not None
        path = f"/staff/exams/{exam}/actions/{action[1]}"
        assert first.post(path, data={"agree": "yes"}).status_code == 403, "nobody approves their own request"
        assert second.post(path, data={"agree": "yes"}).status_code == 303
    finally:
        app.config["TWO_PERSON"] = False
    session.expire_all()
    assert session.get_one(Sheet, attempt).state == "void"
    refused = sitting.send({"slot": 0, "seq": 1, "answer": "A"})
    assert (refused.status_code, body(refused)["code"]) == (409, "void")
    assert "代考" in client.get(f"{sitting.url}/receipt").text


def test_only_hosts_enter_the_control_room(client: FlaskClient, session: Session) -> None:
    sitting = Sitting(client, session, make_exam())
    assert client.get(f"/staff/exams/{sitting.exam_id}/control").status_code == 403
    client.delete_cookie("jiangsai")
    assert client.get("/exams").status_code in {303, 401}


def test_the_key_shows_only_after_the_exam_has_closed_for_everybody(
    client: FlaskClient, session: Session
) -> None:
    from sqlalchemy import text

    sitting = Sitting(client, session, make_exam())
    client.post(f"{sitting.url}/submit")
    jobs.grade_pending(sitting.exam_id)
    assert "因为" not in client.get(f"{sitting.url}/result").text
    session.execute(text("UPDATE exams SET closes_at = clock_timestamp() - interval '1 minute'"))
    session.commit()
    late = session.get_one(Sheet, sitting.attempt_id)
    assert late.deadline_at is not None
    assert "因为" not in client.get(f"{sitting.url}/result").text, "an extended deadline still runs"
    session.execute(text("UPDATE sheets SET deadline_at = clock_timestamp() - interval '1 minute'"))
    session.commit()
    assert "因为" in client.get(f"{sitting.url}/result").text


def test_one_mark_is_singular_in_english(client: FlaskClient, session: Session) -> None:
    """Every question brings 1 mark: the waiting page, the headings and the questions say so."""
    exam_id = make_exam()
    person = participant(exam_id)
    sign_in(client, make_account(session.get_one(Person, person.person_id)))
    client.get("/language/en")
    waiting = client.get(f"/exams/{exam_id}/start").text
    assert "5 questions, 1 mark each." in waiting
    assert "The paper has 20 questions and brings at most 20 marks." in waiting
    sheet = client.get(client.post(f"/exams/{exam_id}/start").location).text
    assert "5 questions, 1 mark each, 5 marks in all" in sheet
    assert "<span>1 mark</span>" in sheet
    assert "1 marks" not in waiting + sheet
