"""What everybody sees of the draws, and what hosts see of how alike the papers were."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.integration.exam.exams import Sat, make_exam, sit
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.cli import cli
from webapp.exam.models import Exam
from webapp.exam.service.secrets import reveal_due
from webapp.exam.service.submitting import submit


def hand_in(session: Session, exam_id: int, people: int) -> list[Sat]:
    sat = [sit(exam_id) for _ in range(people)]
    with transaction():
        for one in sat:
            submit(one.attempt_id, one.person_id, one.lease, clock.now())
    return sat


def end(session: Session, exam_id: int) -> None:
    session.execute(
        text(
            "UPDATE exams SET opens_at = opens_at - CAST(:by AS interval), closes_at = closes_at - CAST(:by AS interval)"
        ),
        {"by": timedelta(days=3)},
    )
    session.commit()
    with transaction():
        reveal_due(clock.now())


def test_the_fingerprint_stands_there_before_and_the_secret_after(
    client: FlaskClient, session: Session
) -> None:
    exam_id = make_exam()
    sat = hand_in(session, exam_id, 2)
    jobs.grade_pending(exam_id)
    digest = session.get_one(Exam, exam_id).secret_digest
    assert digest in client.get("/exams/draws").text
    page = client.get(f"/exams/{exam_id}/draws")
    assert digest in page.text
    assert "请现在记下指纹" in page.text
    refused = client.get(f"/exams/{exam_id}/draws.json", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "draws-not-public")
    end(session, exam_id)
    page = client.get(f"/exams/{exam_id}/draws")
    assert "verify-draws" in page.text
    record = client.get(f"/exams/{exam_id}/draws.json").get_json()
    assert record["secrets"][0]["secret"] in page.text
    assert [who for who, _, _ in record["papers"]] == sorted(one.participation_id for one in sat)


def test_a_contestant_finds_the_own_paper_and_a_visitor_none(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    sat = sit(exam_id)
    number = f"{sat.participation_id}-1"
    assert number not in client.get(f"/exams/{exam_id}/draws").text
    sign_in(client, make_account(session.get_one(Person, sat.person_id)))
    assert number in client.get(f"/exams/{exam_id}/draws").text


def test_a_mock_exam_and_a_missing_one_have_no_such_page(client: FlaskClient, session: Session) -> None:
    mock = make_exam(kind="mock")
    assert client.get(f"/exams/{mock}/draws").status_code == 404
    assert client.get("/exams/0/draws").status_code == 404
    assert client.get(f"/exams/{mock + 999}/draws.json").status_code == 404


@pytest.mark.parametrize("tampered", [False, True])
def test_the_command_draws_everything_again(
    client: FlaskClient, session: Session, tmp_path: Path, tampered: bool
) -> None:
    exam_id = make_exam()
    hand_in(session, exam_id, 2)
    jobs.grade_pending(exam_id)
    end(session, exam_id)
    record = client.get(f"/exams/{exam_id}/draws.json").get_json()
    if tampered:
        record["papers"][0][2] = "f" * 64
    file = tmp_path / "draws.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    done = CliRunner().invoke(cli, ["verify-draws", str(file), "--json"])
    assert done.exit_code == int(tampered)
    assert json.loads(done.output)["papers"] == 2
    assert len(json.loads(done.output)["wrong"]) == int(tampered)
    file.write_text("[]", encoding="utf-8")
    assert CliRunner().invoke(cli, ["verify-draws", str(file)]).exit_code == 2


def test_a_host_has_the_report_made_and_takes_the_table(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    exam_id = make_exam()
    hand_in(session, exam_id, 3)
    jobs.grade_pending(exam_id)
    sign_in(client, make_staff(Role.HOST))
    address = f"/staff/exams/{exam_id}/parity"
    assert "还没有报告" in client.get(address).text
    assert client.post(address).status_code == 303
    assert "正在生成报告" in client.get(address).text
    jobs.parity_report(exam_id)
    page = client.get(address)
    assert "正在生成报告" not in page.text
    assert "任意两份试卷平均相同的试题" in page.text
    rows = list(csv.reader(io.StringIO(client.get(f"{address}.csv").text.lstrip("\ufeff"))))
    assert rows[0][0] == "question_version"
    assert sum(int(row[4]) for row in rows[1:]) == 3 * 20
    count_queries.clear()
    client.get(address)
    assert len(count_queries) <= 12


def test_only_hosts_see_the_report(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    for role in (Role.ORGANISER, Role.QUESTION_SETTER, Role.HELP_DESK):
        sign_in(client, make_staff(role))
        assert client.get(f"/staff/exams/{exam_id}/parity").status_code == 403
        assert client.get(f"/staff/exams/{exam_id}/parity.csv").status_code == 403
