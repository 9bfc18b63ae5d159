"""The receipt that is kept, its check, and the history of every answer; for contestants and for hosts."""

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from tests import database
from tests.factories import make_account, make_staff, sign_in
from tests.functional.exam.test_sitting import Sitting
from tests.integration.exam.exams import make_exam
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.exam.models import Exam
from webapp.exam.routes.fragments import forget_fragments


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    forget_fragments()


@pytest.fixture
def handed_in(client: FlaskClient, session: Session) -> Sitting:
    """Somebody who answered one question twice, was refused once, and handed in."""
    alice = Sitting(client, session, make_exam())
    alice.send({"slot": 0, "seq": 1, "answer": "A"})
    alice.send({"slot": 0, "seq": 2, "answer": "B"}, {"slot": 15, "seq": 1, "answer": '["触电"]'})
    assert alice.send({"slot": 0, "seq": 3, "answer": "C"}, lease="stale").status_code == 409
    assert client.post(f"{alice.url}/submit", data={"key": "k" * 20}).status_code == 303
    return alice


def kept(alice: Sitting) -> str:
    answer = alice.client.get(f"{alice.url}/receipt.txt")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.text


def check(client: FlaskClient, words: str) -> str:
    answer = client.post("/receipts/check", data={"receipt": words})
    assert answer.status_code == 200
    return answer.text


def test_a_kept_receipt_fits_in_whatever_way_it_is_given(handed_in: Sitting, client: FlaskClient) -> None:
    file = kept(handed_in)
    code = re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", file)
    digest = re.search(r"[0-9a-f]{64}", file)
    assert code is not None
    assert digest is not None
    for words in (file, code[0], code[0].replace("-", "").lower(), digest[0]):
        assert "回执相符" in check(client, words)
    upload = {"file": (io.BytesIO(file.encode()), "receipt.txt")}
    answer = client.post("/receipts/check", data=upload, content_type="multipart/form-data")
    assert "回执相符" in answer.text
    assert "已存储的保存次数" in answer.text


def test_a_receipt_with_one_digit_changed_does_not_fit(handed_in: Sitting, client: FlaskClient) -> None:
    file = kept(handed_in)
    digest = re.search(r"[0-9a-f]{64}", file)
    assert digest is not None
    changed = ("0" if digest[0][0] != "0" else "1") + digest[0][1:]
    assert "回执不符" in check(client, file.replace(digest[0], changed))
    assert "您的试卷中没有" in check(client, changed)


def test_an_answer_that_was_changed_behind_the_back_shows(
    handed_in: Sitting, client: FlaskClient, session: Session
) -> None:
    """What a digest is for: somebody with the database in hand changes one letter."""
    file = kept(handed_in)
    name = session.connection().engine.url.database
    assert name is not None
    session.rollback()
    with database.start_cluster().connect(name) as owner:
        owner.execute("SET session_replication_role = replica")  # the database itself refuses it otherwise
        owner.execute("UPDATE sheets SET answers = array_replace(answers, 'B', 'A')")
        owner.commit()
    page = check(client, file)
    assert "回执不符" in page
    assert "第 1 题不一致" in page


def test_a_receipt_of_somebody_else_is_not_told_about(
    handed_in: Sitting, client: FlaskClient, session: Session
) -> None:
    file = kept(handed_in)
    sign_in(client, make_account())
    assert "您的试卷中没有" in check(client, file)
    for path in ("receipt.txt", "history"):
        assert client.get(f"{handed_in.url}/{path}").status_code == 404


def test_what_is_no_receipt_is_said_in_the_form(handed_in: Sitting, client: FlaskClient) -> None:
    answer = client.post("/receipts/check", data={"receipt": "谢谢"})
    assert answer.status_code == 422
    assert "既没有回执编号" in answer.text
    assert "谢谢" in answer.text
    assert client.post("/receipts/check", data={}).status_code == 422
    assert client.get("/receipts/check").status_code == 200


def test_the_history_shows_every_save_and_why_one_was_refused(
    handed_in: Sitting, client: FlaskClient, count_queries: list[str]
) -> None:
    """A09: the stale save is logged, and its owner can see that it was refused and why."""
    count_queries.clear()
    page = client.get(f"{handed_in.url}/history").text
    assert len(count_queries) <= 12
    assert page.count("<details>") == 2
    first = page.split("<details>")[1]
    assert [found.strip() for found in re.findall(r'data-label="作答">([^<]*)<', first)] == ["A", "B", "C"]
    assert "已被另一个页面接替" in first
    assert "触电" in page


def test_a_paper_that_is_being_written_has_neither(client: FlaskClient, session: Session) -> None:
    alice = Sitting(client, session, make_exam())
    for path in ("receipt.txt", "history"):
        assert client.get(f"{alice.url}/{path}").location == alice.url


def test_a_host_sees_the_history_without_answers_until_the_exam_is_over(
    handed_in: Sitting, client: FlaskClient, session: Session
) -> None:
    file = kept(handed_in)
    host = make_staff(Role.HOST)
    session.commit()
    sign_in(client, host)
    url = f"/staff/exams/{handed_in.exam_id}/attempts/{handed_in.attempt_id}/history"
    page = client.get(url).text
    assert "触电" not in page
    assert "考试结束后显示答案" in page
    assert "回执相符" in client.post(url, data={"receipt": file}).text
    assert client.post(url, data={"receipt": "?"}).status_code == 422
    session.execute(update(Exam).values(closes_at=text("clock_timestamp()")))
    session.commit()
    assert "触电" in client.get(url).text
    looks = session.scalars(select(AuditRow).where(AuditRow.action == "attempt.read-history")).all()
    assert len(looks) == 4
    assert (
        client.get(f"/staff/exams/{make_exam()}/attempts/{handed_in.attempt_id}/history").status_code == 404
    )


def test_a_host_sees_the_history_of_a_running_paper_too(client: FlaskClient, session: Session) -> None:
    alice = Sitting(client, session, make_exam())
    alice.send({"slot": 15, "seq": 1, "answer": '["触电"]'})
    host = make_staff(Role.HOST)
    session.commit()
    sign_in(client, host)
    page = client.get(f"/staff/exams/{alice.exam_id}/attempts/{alice.attempt_id}/history").text
    assert "第 16 题" in page
    assert "触电" not in page
