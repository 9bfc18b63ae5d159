"""A bank with three mistakes is mended, accepted and approved by a second person."""

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_staff, sign_in
from tests.integration.banks.files import GOOD, table
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.audit.models import AuditRow
from webapp.banks import queries
from webapp.banks.models import Bank
from webapp.core.db import db
from webapp.notifications.models import Notice

MISTAKES = (
    {**GOOD[0], "正确答案": "D"},
    {**GOOD[1], "题型": "看图"},
    GOOD[2],
    {**GOOD[3], "正确答案": "安全"},
)


@pytest.fixture
def people(session: Session) -> dict[str, Account]:
    return {
        "setter": make_staff(Role.QUESTION_SETTER),
        "reviewer": make_staff(Role.QUESTION_REVIEWER),
        "stranger": make_account(),
    }


def send(client: FlaskClient, rows: Any, name: str = "bank.csv") -> str:
    """Upload rows; the address of the preview."""
    answer = client.post(
        "/staff/banks/safety/upload",
        data={"file": (io.BytesIO(table(*rows)), name), "between_blanks": "|", "alternatives": ";"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def make_bank(client: FlaskClient) -> None:
    answer = client.post("/staff/banks/new", data={"title": "安全生产", "code": "safety"})
    assert answer.status_code == 303, answer.text


def test_a_bank_with_three_mistakes_is_mended_accepted_and_approved(
    client: FlaskClient, people: dict[str, Account]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    address = send(client, MISTAKES)
    page = client.get(address).text
    for words in ("答案写的是 D，但选项只到 B", "无法识别题型“看图”", "题干有 2 个空，答案有 1 个"):
        assert words in page
    assert page.count('class="tag tag--danger"') == 3
    refused = client.post(f"{address}/accept", data={"rest": "keep", "part": "all"})
    assert refused.status_code == 409

    address = send(client, GOOD)
    page = client.get(address).text
    assert "tag--danger" not in page
    accepted = client.post(f"{address}/accept", data={"rest": "keep", "part": "all"})
    again = client.post(f"{address}/accept", data={"rest": "keep", "part": "all"})
    assert accepted.status_code == again.status_code == 303
    assert accepted.headers["Location"] == again.headers["Location"] == "/staff/banks/safety/versions/1"
    assert client.post("/staff/banks/safety/versions/1/submit").status_code == 303

    sign_in(client, people["reviewer"])
    page = client.get("/staff/banks/safety/versions/1").text
    assert "安全帽" in page
    assert client.post("/staff/banks/safety/versions/1/approve").status_code == 303
    approved = queries.bank("safety")
    assert (approved.approved_number, approved.questions) == (1, 4)
    assert client.get("/staff/banks").status_code == 200


def test_a_setter_who_is_also_a_reviewer_cannot_approve_their_own(
    client: FlaskClient, session: Session
) -> None:
    both = make_staff(Role.QUESTION_SETTER)
    grant(both, Role.QUESTION_REVIEWER)
    sign_in(client, both)
    make_bank(client)
    address = send(client, GOOD)
    client.post(f"{address}/accept", data={"rest": "keep", "part": "all"})
    client.post("/staff/banks/safety/versions/1/submit")
    assert client.post("/staff/banks/safety/versions/1/approve").status_code == 403
    assert queries.approved_version_id("safety") is None


def test_the_annotated_workbook_has_the_rows_and_their_results(
    client: FlaskClient, people: dict[str, Account]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    address = send(client, MISTAKES)
    answer = client.get(f"{address}/annotated.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][-1] == "导入结果"
    assert rows[1][1] == GOOD[0]["题干"]
    assert "选项" in str(rows[1][-1])
    assert len(rows) == 5


def test_a_file_that_cannot_be_read_says_why_and_changes_nothing(
    client: FlaskClient, people: dict[str, Account]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    answer = client.post(
        "/staff/banks/safety/upload",
        data={"file": (io.BytesIO(b"%PDF-1.7 not a table"), "bank.pdf")},
        content_type="multipart/form-data",
    )
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "工作簿" in page.text
    assert queries.versions(queries.bank_id_of("safety")) == []


def test_upload_without_a_file_is_refused_in_the_form(
    client: FlaskClient, people: dict[str, Account]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    assert client.post("/staff/banks/safety/upload", data={}).status_code == 422


PASTED = """一、单项选择题
1. 发现有人触电，首先应当（A）。
A. 使其脱离电源  B. 用手把人拉开  C. 向人体泼水  D. 等待医生
"""


def test_pasted_text_is_read_like_a_file(client: FlaskClient, people: dict[str, Account]) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    answer = client.post("/staff/banks/safety/upload", data={"pasted": PASTED})
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["Location"]).text
    assert "粘贴的文本.txt" in page
    assert "使其脱离电源" in page


def test_a_file_and_pasted_text_together_are_refused_and_the_text_stays(
    client: FlaskClient, people: dict[str, Account]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    both = {"pasted": PASTED, "file": (io.BytesIO(b"x"), "bank.csv")}
    answer = client.post("/staff/banks/safety/upload", data=both, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "二者只选其一" in answer.text
    assert "一、单项选择题" in answer.text


def test_stored_script_is_taken_out_and_never_runs(client: FlaskClient, people: dict[str, Account]) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    attack = '<img src=x onerror=alert(1)><a hx-get="/x" hx-trigger="load">甲</a><script>alert(1)</script>'
    row = {**GOOD[0], "题干": f"题{attack}", "选项A": attack, "解析": attack}
    page = client.get(send(client, [row])).text
    body = re.sub(r"<script[^>]*src=[^>]*></script>", "", page)
    for sign in ("onerror=alert", 'hx-trigger="load"', "<script>alert"):
        assert sign not in body


@pytest.mark.parametrize("who", ["stranger", "reviewer"])
def test_who_sets_no_banks_cannot_upload(client: FlaskClient, people: dict[str, Account], who: str) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    address = send(client, GOOD)
    sign_in(client, people[who])
    assert client.get(address).status_code == 403
    assert client.post(f"{address}/accept", data={"rest": "keep"}).status_code == 403
    assert client.get("/staff/banks/safety/upload").status_code == 403
    expected = 200 if who == "reviewer" else 403
    assert client.get("/staff/banks").status_code == expected


def test_exports_carry_the_bank_and_are_noted(client: FlaskClient, people: dict[str, Account]) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    client.post(f"{send(client, GOOD)}/accept", data={"rest": "keep", "part": "all"})
    for form in ("xlsx", "csv", "toml"):
        answer = client.get(f"/staff/banks/safety/versions/1/export?format={form}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/staff/banks/safety/versions/1/export?format=exe").status_code == 404
    assert db.session.query(AuditRow).filter_by(action="bank.export").count() == 3


def test_the_template_is_handed_out_and_its_examples_are_not_imported(
    client: FlaskClient, people: dict[str, Account]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    template = client.get("/staff/banks/template.xlsx")
    answer = client.post(
        "/staff/banks/safety/upload",
        data={"file": (io.BytesIO(template.data), "template.xlsx")},
        content_type="multipart/form-data",
    )
    page = client.get(answer.headers["Location"]).text
    assert "先生产、后治理" not in page


def test_the_list_takes_as_many_queries_for_one_bank_as_for_many(
    client: FlaskClient, people: dict[str, Account], count_queries: list[str]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    client.get("/staff/banks")
    count_queries.clear()
    client.get("/staff/banks")
    one = len(count_queries)
    for number in range(8):
        client.post("/staff/banks/new", data={"title": "库", "code": f"bank-{number}"})
    client.get("/staff/banks")
    count_queries.clear()
    client.get("/staff/banks")
    assert len(count_queries) == one


def test_house_names_of_types_are_mapped_on_the_page(client: FlaskClient, people: dict[str, Account]) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    address = send(client, [{**GOOD[0], "题型": "甲字题"}])
    assert 'name="type:甲字题"' in client.get(address).text
    answer = client.post(f"{address}/again", data={"type:甲字题": "single"})
    assert answer.status_code == 303
    upload_id = int(address.rsplit("/", 1)[-1])
    view = queries.upload(upload_id)
    assert (view.counts["valid"], view.problem_count) == (1, 0)


def test_columns_with_other_headings_are_named_on_the_page(
    client: FlaskClient, people: dict[str, Account]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    answer = client.post(
        "/staff/banks/safety/upload",
        data={"file": (io.BytesIO("甲列,乙列\n水能灭电火。,错\n".encode()), "odd.csv")},
        content_type="multipart/form-data",
    )
    address = str(answer.headers["Location"])
    assert queries.upload(int(address.rsplit("/", 1)[-1])).state == "failed"
    page = client.get(address).text
    assert all(words in page for words in (">甲列<", ">乙列<", "水能灭电火。"))
    client.post(f"{address}/again", data={"column:0": "stem", "column:1": "answer"})
    view = queries.upload(int(address.rsplit("/", 1)[-1]))
    assert (view.state, view.counts["type"]) == ("parsed", {"true_false": 1})


def test_the_setter_is_told_of_the_decision(client: FlaskClient, people: dict[str, Account]) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    client.post(f"{send(client, GOOD)}/accept", data={"rest": "keep", "part": "all"})
    client.post("/staff/banks/safety/versions/1/submit")
    sign_in(client, people["reviewer"])
    assert client.post("/staff/banks/safety/versions/1/return", data={"reason": ""}).status_code == 422
    client.post("/staff/banks/safety/versions/1/return", data={"reason": "第一题有误"})
    notices = db.session.query(Notice).filter_by(person_id=people["setter"].person_id).all()
    assert [notice.link for notice in notices] == ["/staff/banks/safety/versions/1"]


def test_a_sealed_bank_shows_its_questions_to_nobody(client: FlaskClient, people: dict[str, Account]) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    address = send(client, GOOD)
    client.post(f"{address}/accept", data={"rest": "keep", "part": "all"})
    db.session.query(Bank).update({"is_sealed": True})
    assert client.get("/staff/banks/safety").status_code == 200
    for closed in (
        address,
        f"{address}/annotated.xlsx",
        "/staff/banks/safety/versions/1",
        "/staff/banks/safety/upload",
    ):
        assert client.get(closed).status_code == 403
    assert client.get("/staff/banks/safety/versions/1/export?format=csv").status_code == 403


def test_a_large_upload_shows_progress_and_then_its_preview(
    client: FlaskClient, people: dict[str, Account], run_jobs: Callable[[], int]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    rows = [
        {**GOOD[2], "题干": f"第{number}句" + "甲" * 500, "外部编号": f"n{number}"} for number in range(100)
    ]
    address = send(client, rows)
    assert 'hx-trigger="every 2s"' in client.get(address).text
    fragment = client.get(address, headers={"HX-Request": "true", "HX-Trigger": "reading"})
    assert "<html" not in fragment.text
    run_jobs()
    done = client.get(address, headers={"HX-Request": "true", "HX-Trigger": "reading"})
    assert done.headers["HX-Refresh"] == "true"
    assert "100" in client.get(address).text


def test_losses_of_a_foreign_format_are_listed_before_the_download(
    client: FlaskClient, people: dict[str, Account]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    client.post(f"{send(client, GOOD)}/accept", data={"rest": "keep", "part": "all"})
    page = client.get("/staff/banks/safety/versions/1/export?format=moodle-xml")
    assert page.mimetype == "text/html"
    assert "难度不会写入" in page.text
    assert "fire-1" in page.text
    file = client.get("/staff/banks/safety/versions/1/export?format=moodle-xml&anyway=1")
    assert (file.mimetype, b"<quiz>" in file.data) == ("application/xml", True)
    assert db.session.query(AuditRow).filter_by(action="bank.export").count() == 1


def test_a_moodle_file_is_uploaded_shown_and_its_problems_are_downloaded(
    client: FlaskClient, people: dict[str, Account]
) -> None:
    sign_in(client, people["setter"])
    make_bank(client)
    content = (
        '<quiz>\n<question type="truefalse"><questiontext><text>铜是导体。</text></questiontext>'
        '<answer fraction="100"><text>true</text></answer></question>\n<question type="random"/>\n</quiz>'
    ).encode()
    answer = client.post("/staff/banks/safety/upload", data={"file": (io.BytesIO(content), "quiz.xml")})
    assert "铜是导体。" in client.get(answer.location).text
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{answer.location}/annotated.xlsx").data))
    assert len(book.worksheets) == 1
    assert "random" in str([cell.value for row in book.worksheets[0] for cell in row])
