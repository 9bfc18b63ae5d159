"""Certificates as anybody checks them."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.functional.certificates.pages import RunJobs, page, revoke
from tests.integration.certificates.stand import (
    NAMES,
    one_certificate,
)
from webapp.accounts.models import Person
from webapp.certificates.service import revoking
from webapp.core import clock


def test_anybody_may_check_a_certificate_without_seeing_the_whole_name(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    _, one = one_certificate(run_jobs)
    text = page(client, f"/verify/{one.serial}")
    assert "这份证书有效" in text
    assert "欧**" in text
    assert NAMES[0] not in text
    assert "安全生产知识" in text
    assert "演示" in text
    person = session.get_one(Person, one.person_id)
    assert person.document_mask not in text


@pytest.mark.parametrize(
    "typed",
    [lambda s: s.lower(), lambda s: s.replace("-", " "), lambda s: s.replace("0", "O").removeprefix("JS")],
)
def test_the_form_takes_the_number_as_people_type_it(
    client: FlaskClient, session: Session, run_jobs: RunJobs, typed: Callable[[str], str]
) -> None:
    _, one = one_certificate(run_jobs)
    answer = client.get("/verify", query_string={"serial": typed(one.serial)})
    assert answer.status_code == 303
    assert answer.location.endswith(f"/verify/{one.serial}")
    assert "这份证书有效" in page(client, f"/verify/{typed(one.serial)}")


def test_a_typing_error_is_told_from_a_number_that_does_not_exist(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    _, one = one_certificate(run_jobs)
    wrong = one.serial[:-1] + ("0" if one.serial[-1] != "0" else "1")
    assert "有字符缺失或输错" in page(client, f"/verify/{wrong}", 404)
    assert "有字符缺失或输错" in page(client, f"/verify?serial={wrong}", 404)
    from webapp.certificates.rules.serial import serial_of

    unknown = page(client, f"/verify/{serial_of(2026, 12345)}", 404)
    assert "没有编号为" in unknown
    assert "不要轻信" in unknown
    assert "&lt;script&gt;" in page(client, "/verify/<script>", 404)


def test_a_revoked_certificate_says_since_when_but_not_why(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    _, one = one_certificate(run_jobs)
    revoke(session, one.serial, "冒名顶替")
    text = page(client, f"/verify/{one.serial}")
    assert "已撤销" in text or "撤销，不再有效" in text
    assert "这份证书有效" not in text
    assert "冒名顶替" not in text
    assert "新证书" not in text
    revoking.issue_again(one.serial, 0, clock.now())
    session.commit()
    assert "已由新证书代替" in page(client, f"/verify/{one.serial}")


@pytest.mark.parametrize(
    ("typed", "says", "status"), [("欧阳䶮", "一致：", 200), ("欧阳锋", "不一致：", 200), ("", "", 422)]
)
def test_a_visitor_compares_the_whole_name(
    client: FlaskClient, session: Session, run_jobs: RunJobs, typed: str, says: str, status: int
) -> None:
    _, one = one_certificate(run_jobs)
    answer = client.post(f"/verify/{one.serial}", data={"name": typed})
    assert answer.status_code == status
    assert says in answer.text
    assert ("不一致" in answer.text) == (says == "不一致：")
    assert NAMES[0] not in re.sub(r'value="[^"]*"', "", answer.text)
