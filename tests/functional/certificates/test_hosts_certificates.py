"""Certificates as hosts and supervisors meet them."""

import io

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.certificates.pages import RunJobs, page, revoke
from tests.integration.certificates.stand import (
    NAMES,
    issued,
    one_certificate,
    open_board,
)
from webapp.access.permissions import Role
from webapp.accounts.models import Person, PersonChange
from webapp.audit.models import AuditRow
from webapp.certificates.models import CertificateRevocation, RevocationRequest
from webapp.certificates.service.revoking import ask_revoke
from webapp.contests.models import Event
from webapp.core import clock
from webapp.notifications.models import Notice


def test_a_host_revokes_with_a_reason_that_the_person_reads(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    _, one = one_certificate(run_jobs)
    sign_in(client, make_staff(Role.HOST))
    assert client.post(f"/staff/certificates/{one.serial}/revoke", data={"reason": ""}).status_code == 422
    assert session.scalar(select(func.count()).select_from(RevocationRequest)) == 0
    done = client.post(f"/staff/certificates/{one.serial}/revoke", data={"reason": "成绩复核后取消"})
    assert done.status_code == 303
    row = session.scalars(select(CertificateRevocation)).one()
    assert (row.certificate_id, row.reason, row.approved_by_account_id) == (one.id, "成绩复核后取消", None)
    told = session.scalars(select(Notice).where(Notice.person_id == one.person_id).order_by(Notice.id.desc()))
    assert told.first().params["reason"] == "成绩复核后取消"  # type: ignore[union-attr]  # there is one
    noted = session.scalars(
        select(AuditRow.action).where(AuditRow.action.like("certificate.%")).order_by(AuditRow.id)
    ).all()
    assert noted == ["certificate.issue", "certificate.revoke.ask", "certificate.revoke"]
    again = client.post(f"/staff/certificates/{one.serial}/revoke", data={"reason": "再来一次"})
    assert again.status_code == 409


def test_where_two_people_are_needed_nobody_agrees_with_oneself(
    client: FlaskClient, session: Session, run_jobs: RunJobs, app: Flask
) -> None:
    _, one = one_certificate(run_jobs)
    first, second = make_staff(Role.HOST), make_staff(Role.HOST)
    app.config["TWO_PERSON"] = True
    try:
        sign_in(client, first)
        client.post(f"/staff/certificates/{one.serial}/revoke", data={"reason": "成绩复核后取消"})
        request = session.scalars(select(RevocationRequest)).one()
        address = f"/staff/certificates/revocations/{request.id}"
        assert "这份证书有效" in page(client, f"/verify/{one.serial}")
        assert client.post(address, data={"agree": "yes"}).status_code == 403
        sign_in(client, second)
        assert "成绩复核后取消" in page(client, "/staff/certificates")
        assert client.post(address, data={"agree": "yes"}).status_code == 303
        assert client.post(address, data={"agree": "yes"}).status_code == 409
    finally:
        app.config["TWO_PERSON"] = False
    row = session.scalars(select(CertificateRevocation)).one()
    assert (row.revoked_by_account_id, row.approved_by_account_id) == (first.id, second.id)
    assert "这份证书有效" not in page(client, f"/verify/{one.serial}")


def test_a_refused_revocation_leaves_the_certificate_and_may_be_asked_again(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    _, one = one_certificate(run_jobs)
    asked = ask_revoke(one.serial, "理由", make_staff(Role.HOST).id, two_person=True, now=clock.now())
    session.commit()
    sign_in(client, make_staff(Role.HOST))
    client.post(f"/staff/certificates/revocations/{asked.id}", data={"agree": "no"})
    assert session.scalar(select(func.count()).select_from(CertificateRevocation)) == 0
    ask_revoke(one.serial, "新的理由", 0, two_person=False, now=clock.now())
    session.commit()
    assert session.scalar(select(func.count()).select_from(CertificateRevocation)) == 1


def test_after_a_revocation_a_corrected_one_is_issued_once(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    board, one = one_certificate(run_jobs)
    sign_in(client, make_staff(Role.HOST))
    again = f"/staff/certificates/{one.serial}/again"
    assert client.post(again).status_code == 409
    revoke(session, one.serial)
    session.get_one(Person, one.person_id).name = "欧阳䶮玉"
    session.commit()
    assert client.post(again).status_code == 303
    assert client.post(again).status_code == 409
    old, new = issued(board)
    assert (old.facts["name"], new.facts["name"], new.issue_number) == ("欧阳䶮", "欧阳䶮玉", 2)
    assert new.serial != old.serial
    run_jobs()
    assert len(issued(board)) == 2


def test_after_a_corrected_name_the_host_is_shown_which_certificates_to_replace(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    board = open_board(3)
    run_jobs()
    one, other = issued(board)[:2]
    sign_in(client, make_staff(Role.HOST))
    assert "原姓名的证书" not in client.get("/staff/certificates").text
    for person_id, state in ((one.person_id, "confirmed"), (other.person_id, "refused")):
        session.add(PersonChange(person_id=person_id, kind="name", proposed={}, state=state))
    session.get_one(Person, one.person_id).name = "欧阳䶮玉"
    session.commit()
    listed = client.get("/staff/certificates").text
    stage = f"/staff/certificates/stages/{board.stage_id}"
    assert stage in listed[listed.index("原姓名的证书") : listed.index("data-repeatable")]
    assert "姓名已变" in client.get(stage).text
    done = client.post(f"{stage}/replace", data={"replace-reason": "姓名已更正", "replace-seen": "1"})
    assert done.status_code == 303
    old, new = (each for each in issued(board) if each.entry_id == one.entry_id)
    assert (old.facts["name"], new.facts["name"], new.issue_number) == ("欧阳䶮", "欧阳䶮玉", 2)
    told = session.scalars(select(Notice.text).where(Notice.person_id == one.person_id).order_by(Notice.id))
    assert [text.split("(")[0] for text in list(told)[-2:]] == [
        "Your certificate %", "You have a new certificate: %",
    ]  # fmt: skip
    assert "姓名已变" not in client.get(stage).text
    # One alone, from its own page.
    body = {"reason": "单位名称有误", "replaced": "y"}
    assert client.post(f"/staff/certificates/{other.serial}/revoke", data=body).status_code == 303
    assert [each.issue_number for each in issued(board) if each.entry_id == other.entry_id] == [1, 2]


def test_a_revoked_certificate_is_not_issued_again_by_the_program(
    session: Session, run_jobs: RunJobs
) -> None:
    from webapp.certificates import jobs

    board, one = one_certificate(run_jobs)
    revoke(session, one.serial)
    jobs.drive()
    run_jobs()
    jobs.issue_due_certificates(board.stage_id, str(board.people[0].participation_id))
    assert len(issued(board)) == 1


def test_a_host_issues_what_is_due_and_sees_the_numbers(
    client: FlaskClient, session: Session, app: Flask, run_jobs: RunJobs
) -> None:
    board = open_board(3)
    session.commit()
    app.extensions["jobs_inline"].clear()
    sign_in(client, make_staff(Role.HOST))
    address = f"/staff/certificates/stages/{board.stage_id}"
    before = page(client, address)
    assert "等待最终名单" in before
    assert "还没有发放" in before
    assert client.post(f"{address}/issue").status_code == 303
    run_jobs()
    after = page(client, address)
    assert "3 份证书" in after
    assert "欧**" in after
    assert NAMES[0] not in after
    assert "e-participation" in after
    index = page(client, "/staff/certificates?q=安全生产知识")
    assert f'href="{address}"' in index


@pytest.mark.parametrize("words", ["欧阳", "ou", "serial", "number"])
def test_a_host_finds_one_certificate(
    client: FlaskClient, session: Session, run_jobs: RunJobs, words: str
) -> None:
    board = open_board(3)
    run_jobs()
    one = issued(board)[0]
    words = {"serial": one.serial.lower(), "number": one.facts["number"]}.get(words, words)
    sign_in(client, make_staff(Role.HOST))
    found = client.post("/staff/certificates", data={"words": words}).text
    assert "找到 1 份证书" in found
    assert one.serial in found


def test_hosts_of_other_contests_find_nothing(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    board, one = one_certificate(run_jobs)
    other = session.scalars(select(Event).where(Event.code == "open-fire")).one()
    sign_in(client, make_staff(Role.HOST, other))
    assert "找到 0 份证书" in client.post("/staff/certificates", data={"words": one.serial}).text
    assert client.get(f"/staff/certificates/{one.serial}").status_code == 404
    assert client.get(f"/staff/certificates/stages/{board.stage_id}").status_code == 404
    assert client.post(f"/staff/certificates/{one.serial}/revoke", data={"reason": "理由"}).status_code == 404


def test_a_supervisor_reads_and_changes_nothing(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    board, one = one_certificate(run_jobs)
    sign_in(client, make_staff(Role.SUPERVISOR))
    stage = f"/staff/certificates/stages/{board.stage_id}"
    for address in ("/staff/certificates", stage, f"/staff/certificates/{one.serial}"):
        text = page(client, address)
        assert "立即发放" not in text
        assert "/revoke" not in text
        assert "/export" not in text
    for address in (f"{stage}/issue", f"{stage}/export", f"/staff/certificates/{one.serial}/revoke"):
        assert client.post(address, data={"reason": "理由"}).status_code == 403


def test_the_exported_list_is_masked_neutral_and_noted(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    board = open_board(2)
    session.get_one(Person, board.people[1].person_id).name = "=cmd"
    session.commit()
    run_jobs()
    sign_in(client, make_staff(Role.HOST))
    address = f"/staff/certificates/stages/{board.stage_id}/export"
    assert client.post(address, data={"reason": ""}).status_code == 422
    names = []
    for whole in ({}, {"whole_names": "y"}):
        answer = client.post(address, data={"reason": "存档", **whole})
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        assert sheet is not None
        rows = list(sheet.iter_rows(min_row=4, values_only=True))
        names.append([row[3] for row in rows])
    assert names == [["欧**", "'=***"], ["欧阳䶮", "'=cmd"]]
    export = select(AuditRow).where(AuditRow.action == "certificate.export").order_by(AuditRow.id)
    noted = session.scalars(export).all()
    assert [row.facts["whole_names"] for row in noted] == [False, True]
    assert {row.why for row in noted} == {"存档"}


def test_the_lists_cost_a_fixed_number_of_questions(
    client: FlaskClient, session: Session, run_jobs: RunJobs, count_queries: list[str]
) -> None:
    board = open_board(3)
    run_jobs()
    sign_in(client, make_staff(Role.HOST))
    for address, most in (
        ("/staff/certificates", 10),
        (f"/staff/certificates/stages/{board.stage_id}", 22),
        (f"/verify/{issued(board)[0].serial}", 10),
    ):
        page(client, address)
        count_queries.clear()
        page(client, address)
        assert len(count_queries) <= most, (address, len(count_queries))
