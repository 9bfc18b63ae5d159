"""What setters and reviewers see of the types that only some banks have."""

import html

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.integration.exam.all_types import make_exam_of_all_types
from webapp.access.permissions import Role
from webapp.banks.models import Bank, BankVersion


def test_a_version_shows_every_type_with_its_key(client: FlaskClient, session: Session) -> None:
    make_exam_of_all_types(session)
    sign_in(client, make_staff(Role.QUESTION_SETTER))
    bank = session.scalars(select(Bank).where(Bank.code == "shapes")).one()
    version = session.scalars(select(BankVersion).where(BankVersion.bank_id == bank.id)).one()
    page = client.get(f"/staff/banks/shapes/versions/{version.number}")
    assert page.status_code == 200
    words = " ".join(html.unescape(page.text).split())
    assert "红色 → 禁止" in words
    assert "1 → 切断电源" in words
    assert "正确数值： 36" in words
    assert "总承包 <strong" in words
    assert "25 %" in words
    assert "可选项： 绿色 · 红色 · 黄色" in words
    assert "匹配题" in words
