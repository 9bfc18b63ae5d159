"""Issue 5, point 8: how the questions of a closed exam did, on the page and in files."""

import csv
import io
import re

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_account, make_organisation, make_staff, sign_in
from tests.integration.exam.exams import make_exam, sit
from tests.integration.exam.test_item_analysis import made, sat_exam
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.banks.models import Bank
from webapp.exam import jobs
from webapp.exam.models import Attempt


def address(exam_id: int) -> str:
    return f"/staff/exams/{exam_id}/analysis"


def bank(session: Session) -> Bank:
    return session.scalars(select(Bank)).one()


def host() -> Account:
    return make_staff(Role.HOST)


def test_a_host_asks_watches_and_reads(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    exam_id, _ = sat_exam(session, "A", "A", "B", "C")
    sign_in(client, host())
    assert "还没有分析结果" in client.get(address(exam_id)).text
    assert client.post(address(exam_id)).status_code == 303
    waiting = client.get(address(exam_id)).text
    assert "<progress" in waiting
    assert "hx-trigger" in waiting
    jobs.item_analysis(exam_id)
    count_queries.clear()
    page = client.get(address(exam_id)).text
    assert len(count_queries) <= 16
    assert "依据 4 次已评分的首次作答" in page
    assert "试卷为随机组卷" in page
    assert "作答较少" in page
    assert "问题最多的在前" in page
    assert page.count('<svg viewBox="0 0 360 260"') == 2
    assert "aria-labelledby" in page
    assert "每二十分之一满分一根柱" in page
    assert " style=" not in page.split("<main", 1)[-1]


@pytest.mark.parametrize(("by", "label"), [("facility", "得分率"), ("attempts", "作答次数")])
def test_the_table_is_sorted_by_plain_links(
    client: FlaskClient, session: Session, by: str, label: str
) -> None:
    exam_id, _ = sat_exam(session, "A", "A", "B")
    made(exam_id)
    sign_in(client, host())
    rising = column(client.get(f"{address(exam_id)}?by={by}&order=rising").text, label)
    falling = column(client.get(f"{address(exam_id)}?by={by}&order=falling").text, label)
    assert len(set(rising)) > 1
    assert rising == sorted(rising)
    assert falling == sorted(rising, reverse=True)
    assert client.get(f"{address(exam_id)}?by=nonsense&page=999").status_code == 200


def column(page: str, label: str) -> list[float]:
    return [float(value) for value in re.findall(rf'data-label="{label}">([\d.]+)', page)]


def test_a_question_shows_who_picked_what(client: FlaskClient, session: Session) -> None:
    exam_id, sat = sat_exam(session, "A", "B")
    made(exam_id)
    version_id = session.get_one(Attempt, sat[0].attempt_id).paper[0]
    sign_in(client, host())
    page = client.get(f"{address(exam_id)}/{version_id}")
    assert page.status_code == 200
    assert "各选项的选择情况" in page.text
    assert "A ✓" in page.text
    assert client.get(f"{address(exam_id)}/99999999").status_code == 404


def test_the_files_hold_every_question(client: FlaskClient, session: Session) -> None:
    exam_id, _ = sat_exam(session, "A", "B", "C")
    made(exam_id)
    sign_in(client, host())
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address(exam_id)}.csv").text.lstrip("\ufeff"))))
    assert sum(int(row["作答次数"]) for row in rows) == 3 * 20
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address(exam_id)}.xlsx").data))
    questions, options, test = book.worksheets
    assert questions.max_row == len(rows) + 1
    assert options.max_row > 4
    assert test["A2"].value == 3
    assert test["I1"].value == "克隆巴赫 α 系数"
    assert test["I2"].value is None
    names = set(session.scalars(text("SELECT action FROM audit_rows")))
    assert "exam.analysis-download" in names


def test_before_the_close_nothing_is_shown(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    sit(exam_id)
    sign_in(client, host())
    assert "考试尚未结束" in client.get(address(exam_id)).text
    assert client.post(address(exam_id)).status_code == 409
    assert client.get(f"{address(exam_id)}.csv").status_code == 303


def test_a_sealed_bank_keeps_its_words_and_options(client: FlaskClient, session: Session) -> None:
    exam_id, sat = sat_exam(session, "A", "B")
    made(exam_id)
    bank(session).is_sealed = True
    session.commit()
    sign_in(client, host())
    page = client.get(address(exam_id)).text
    assert "封存状态" in page
    assert "第0题" not in page
    version_id = session.get_one(Attempt, sat[0].attempt_id).paper[0]
    page = client.get(f"{address(exam_id)}/{version_id}").text
    assert "✓" not in page
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address(exam_id)}.xlsx").data))
    assert book.worksheets[1].max_row == 1


def test_contestants_and_strangers_are_kept_out(client: FlaskClient, session: Session) -> None:
    exam_id, sat = sat_exam(session, "A", "B")
    made(exam_id)
    bank(session).organisation_id = make_organisation().id
    session.commit()
    contestant = make_account(session.get_one(Person, sat[0].person_id))
    for who, status in (
        (contestant, 403),
        (make_staff(Role.ORGANISER), 403),
        (make_staff(Role.SUPERVISOR), 403),
        (make_staff(Role.QUESTION_SETTER, make_organisation()), 404),
        (make_staff(Role.QUESTION_SETTER), 200),
        (make_staff(Role.QUESTION_REVIEWER), 200),
    ):
        sign_in(client, who)
        assert client.get(address(exam_id)).status_code == status
        assert client.get(f"{address(exam_id)}.csv").status_code == status


def test_a_setter_sees_how_a_question_did(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    exam_id, sat = sat_exam(session, "A", "B")
    sign_in(client, make_staff(Role.QUESTION_SETTER))
    code = bank(session).code
    assert "还没有分析过的考试" in client.get(f"/staff/banks/{code}/analyses").text
    made(exam_id)
    version_id = session.get_one(Attempt, sat[0].attempt_id).paper[0]
    key = session.scalar(
        text(
            "SELECT q.key FROM questions q JOIN question_versions v ON v.question_id = q.id WHERE v.id = :id"
        ),
        {"id": version_id},
    )
    count_queries.clear()
    page = client.get(f"/staff/banks/{code}/analyses?key={key}")
    assert len(count_queries) <= 14
    assert f"{address(exam_id)}/{version_id}" in page.text
    assert address(exam_id) in client.get(f"/staff/banks/{code}/analyses").text
    assert "还没有分析过的考试" in client.get(f"/staff/banks/{code}/analyses?key=nobody").text
    assert f"/staff/banks/{code}/analyses?key=" in client.get(f"/staff/banks/{code}/versions/1").text


def test_the_page_speaks_english(client: FlaskClient, session: Session) -> None:
    exam_id, sat = sat_exam(session, "A", "B", "A")
    made(exam_id)
    sign_in(client, host())
    client.set_cookie("language", "en")
    page = client.get(address(exam_id)).text
    assert "Made from 3 first attempts with marks." in page
    assert "discrimination from 20 %. Filled" in page
    version_id = session.get_one(Attempt, sat[0].attempt_id).paper[0]
    assert "the best 27 %" in client.get(f"{address(exam_id)}/{version_id}").text
