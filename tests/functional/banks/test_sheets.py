"""A bank on paper: PDF and Word, with and without answers; who may have it; what is noted."""

import io

import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.integration.exam.all_types import make_exam_of_all_types
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.banks.service import sheet

URL = "/staff/banks/shapes/versions/1/sheet?kind="


@pytest.fixture
def setter(client: FlaskClient, session: Session) -> FlaskClient:
    make_exam_of_all_types(session)
    sign_in(client, make_staff(Role.QUESTION_SETTER))
    return client


def words_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def test_the_sheet_for_contestants_holds_no_answer(setter: FlaskClient, session: Session) -> None:
    plain = words_of(setter.get(URL + "docx").data)
    assert "（匹配题）连接安全色与含义。" in plain
    assert "A. 禁止" in plain
    assert "第 4 位（    ）" in plain
    assert "第 1 空可选：绿色 · 红色 · 黄色" in plain
    assert "答案" not in plain
    assert "GB 2893" not in plain
    whole = words_of(setter.get(URL + "docx&answers=yes").data)
    for words in (
        "答案：红色 - A；黄色 - B；蓝色 - C",
        "答案：ABCD",
        "答案：36",
        "答案：围挡",
        "解析：见 GB 2893。",
    ):
        assert words in whole
    noted = session.scalars(
        select(AuditRow).where(AuditRow.action == "bank.sheet").order_by(AuditRow.id)
    ).all()
    assert [entry.facts["answers"] for entry in noted] == [False, True]


def test_the_pdf_is_made_and_unknown_kinds_are_not_there(setter: FlaskClient) -> None:
    made = setter.get(URL + "pdf&answers=yes")
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    assert made.data.startswith(b"%PDF")
    assert setter.get(URL + "rtf").status_code == 404


def test_a_long_bank_is_refused_with_what_to_do(setter: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.banks.routes.sheets.MOST_QUESTIONS", 4)
    refused = setter.get(URL + "pdf")
    assert refused.status_code == 422
    assert "请选择一个知识点" in refused.text
    assert sheet.MOST_QUESTIONS == 1_000


def test_nobody_else_gets_a_sheet(client: FlaskClient, session: Session) -> None:
    make_exam_of_all_types(session)
    for role in (Role.HOST, Role.SUPERVISOR, Role.INVIGILATOR):
        sign_in(client, make_staff(role))
        assert client.get(URL + "pdf").status_code == 403
