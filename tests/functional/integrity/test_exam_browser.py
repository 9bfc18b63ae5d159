"""Safe Exam Browser as an optional check: off by default, a start without it is sent back, later it is noted."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from tests.functional.exam.test_sitting import Sitting
from tests.integration.exam.exams import make_exam, participant
from webapp.accounts.models import Person
from webapp.contests.rules.blueprint import Checks, ExamBrowser, Text
from webapp.core import clock
from webapp.exam.models import Exam, Sheet
from webapp.exam.queries.draws import draw_file
from webapp.exam.queries.messages import forget_announcements
from webapp.exam.routes.fragments import forget_fragments
from webapp.integrity.models import CheckEvent
from webapp.integrity.queries.material import missing_keys
from webapp.integrity.rules.exam_browser import CONFIG_HEADER, EXAM_HEADER, key_hash

CONFIG, OWN = "ab" * 32, "cd" * 32
CHECKS = Checks(
    exam_browser=ExamBrowser((CONFIG,), (OWN,), Text("请到主办单位网站下载", "On the host's site"), "https://host.example/x.seb")
)  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    forget_fragments()
    forget_announcements()


def come(client: FlaskClient, session: Session, exam_id: int) -> str:
    """Somebody who may sit the exam signs in; the address of the start."""
    person = participant(exam_id)
    sign_in(client, make_account(session.get_one(Person, person.person_id)))
    return f"/exams/{exam_id}/start"


def shown(client: FlaskClient, path: str, key: str = CONFIG, header: str = CONFIG_HEADER) -> dict[str, str]:
    return {header: key_hash(client.application.config["PUBLIC_URL"] + path, key)}


def events(session: Session) -> list[tuple[str, str, bool]]:
    session.rollback()
    rows = session.scalars(select(CheckEvent).order_by(CheckEvent.id))
    return [(row.outcome, row.how, row.attempt_id is not None) for row in rows]


@pytest.mark.parametrize(
    ("language", "words"), [("zh_CN", "只能在 Safe Exam Browser 中开始"), ("en", "On the host&#39;s site")]
)
def test_a_start_in_another_browser_is_sent_back_and_nothing_is_lost(
    client: FlaskClient, session: Session, language: str, words: str
) -> None:
    exam_id = make_exam(checks=CHECKS)
    start = come(client, session, exam_id)
    client.set_cookie("language", language)
    waiting = client.get(start)
    assert waiting.status_code == 200
    assert words in waiting.text
    assert CONFIG not in waiting.text
    for headers in ({}, shown(client, start, OWN), shown(client, "/exams/0/start"), {CONFIG_HEADER: CONFIG}):
        refused = client.post(start, headers=headers)
        assert refused.status_code == 403
        assert words in refused.text
        assert "https://host.example/x.seb" in refused.text
    assert session.scalars(select(Sheet).where(Sheet.state == "open")).all() == []
    assert events(session) == [("refused", "", False)], "once a minute is enough"
    started = client.post(start, headers=shown(client, start))
    assert started.status_code == 303
    assert client.get(started.location).status_code == 200


def test_the_browsers_own_key_is_as_good_and_a_proxys_host_does_not_matter(
    client: FlaskClient, session: Session
) -> None:
    start = come(client, session, make_exam(checks=CHECKS))
    headers = shown(client, start, OWN, EXAM_HEADER)
    assert client.post(start, headers=headers, base_url="http://localhost:8000").status_code == 303


def test_the_script_of_the_waiting_room_shows_the_key_of_browsers_without_headers(
    client: FlaskClient, session: Session
) -> None:
    exam_id = make_exam(checks=CHECKS)
    start = come(client, session, exam_id)
    door, value = f"/exams/{exam_id}/exam-browser", shown(client, start)[CONFIG_HEADER]
    assert client.post(door, data={"config_hash": value[::-1]}).get_json() == {"good": False}
    assert client.post(start).status_code == 403
    assert client.post(door, data={"config_hash": value}).get_json() == {"good": True}
    started = client.post(start)
    assert started.status_code == 303
    attempt_id = int(started.location.rsplit("/", 1)[1])
    lease = session.get_one(Sheet, attempt_id).lease
    assert client.post(f"{started.location}/heartbeat", json={"lease": lease, "items": []}).status_code == 200
    assert events(session) == [("refused", "", False), ("shown", "script", False)]
    other = client.application.test_client()
    sign_in(other, make_account())
    assert other.post(door, data={"config_hash": value}).status_code == 404
    assert other.post(start).status_code == 404, "whose exam it is not learns nothing of its browser"


def test_a_save_without_the_key_is_stored_and_noted(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam(checks=CHECKS)
    start = come(client, session, exam_id)
    url = client.post(start, headers=shown(client, start)).location
    attempt_id = int(url.rsplit("/", 1)[1])
    lease = session.get_one(Sheet, attempt_id).lease

    def save(seq: int, **more: Any) -> str:
        item = {"slot": 0, "seq": seq, "answer": "A", "flag": False}
        sent = client.post(f"{url}/answers", json={"lease": lease, "items": [item]}, **more)
        assert sent.status_code == 200, sent.text
        return str(sent.get_json()["items"][0]["state"])

    assert save(1, headers=shown(client, f"{url}/answers")) == "saved"
    assert events(session) == []
    assert [save(2), save(3)] == ["saved", "saved"], "no save is refused because of a check"
    assert events(session) == [("missing", "", True)]
    assert missing_keys(exam_id) == [(attempt_id, 1)]


def test_off_by_default_means_no_statement_and_no_word(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    """Without the check a start and a save send the same statements as ever, whatever headers come."""
    sitting = Sitting(client, session, make_exam())
    item: dict[str, Any] = {"slot": 0, "seq": 1, "answer": "A", "flag": False}
    assert sitting.send(item).status_code == 200
    lease = sitting.lease
    for headers in ({}, {CONFIG_HEADER: "x"}):
        count_queries.clear()
        body = {"lease": lease, "items": [{**item, "seq": item["seq"] + 1}]}
        assert client.post(f"{sitting.url}/answers", json=body, headers=headers).status_code == 200
        assert not [one for one in count_queries if "check_events" in one or "blueprint" in one]
    second = come(client, session, sitting.exam_id)
    page = client.get(second).text
    assert "Safe Exam Browser" not in page
    assert "exam-browser" not in page
    count_queries.clear()
    assert client.post(second).status_code == 303
    assert not [one for one in count_queries if "check_events" in one or "blueprint" in one]
    assert client.post(f"/exams/{sitting.exam_id}/exam-browser", data={}).status_code == 404


def test_the_published_record_of_draws_holds_no_keys(session: Session) -> None:
    exam_id = make_exam(checks=CHECKS)
    exam = session.get_one(Exam, exam_id)
    assert CONFIG in str(exam.blueprint)
    exam.secret_revealed_at = clock.now()
    session.commit()
    told = draw_file(exam_id)
    assert told["blueprint"]["sections"]
    assert CONFIG not in str(told)
