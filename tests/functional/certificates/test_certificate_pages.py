"""Certificates as contestants, visitors, hosts and supervisors meet them."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typst
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scripts import check_certificate
from tests.factories import make_account, make_staff, sign_in
from tests.integration.certificates.stand import (
    NAMES,
    final_list,
    issued,
    one_certificate,
    open_board,
    papers,
    points,
)
from tests.integration.leaderboard.boards import OPEN_AFTER, Board, make_board
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.certificates.models import Certificate, CertificateRevocation, RevocationRequest
from webapp.certificates.queries import certificates
from webapp.certificates.rules.award import LAST_RANK, template_of
from webapp.certificates.service import document
from webapp.certificates.service.revoking import ask_revoke
from webapp.contests.models import Event
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.schema import Award
from webapp.core import clock
from webapp.notifications.models import Notice

RunJobs = Callable[[], int]


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.text
    return response.text


def contestant(session: Session, board: Board, at: int = 0) -> Account:
    return make_account(session.get_one(Person, board.people[at].person_id))


def revoke(session: Session, serial: str, reason: str = "姓名登记有误") -> None:
    ask_revoke(serial, reason, 0, two_person=False, now=clock.now())
    session.commit()


def words_of(certificate: Certificate) -> str:
    """Every text that the template sets on the certificate, asked of typst itself."""
    view = certificates.by_serial(certificate.serial)
    assert view is not None
    template = document.FOLDER / f"certificate-{view.template_version}.typ"
    noting = '#show regex(".+"): it => [#metadata(it.text)<said>#it]\n'
    data = document.template_data(view.facts, view.digest, document.check_address(view.serial))
    fonts = {key: ["Noto Sans CJK SC"] for key in ("serif", "sans")}
    compiler = typst.Compiler(
        input=(noting + template.read_text(encoding="utf-8")).encode(),
        root=str(document.FOLDER),
        sys_inputs={"data": json.dumps(data), "fonts": json.dumps(fonts)},
    )
    return "".join(json.loads(compiler.query("<said>", field="value")))


# ------------------------------------------------------------------ the contestant


def test_the_page_lists_a_certificate_as_soon_as_everything_is_done(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    board = open_board(1, finished=0, sat=0)
    run_jobs()
    sign_in(client, contestant(session, board))
    before = page(client, "/my/certificates")
    assert "0 / 30" in before
    assert "尚未参加" in before
    assert "every 3s" not in before
    points(board, 1)
    learned = page(client, "/my/certificates")
    assert "30 / 30" in learned
    assert "尚未参加" in learned


def test_open_track_from_the_last_step_to_the_document(
    client: FlaskClient, session: Session, run_jobs: RunJobs, app: Flask
) -> None:
    board = make_board(1, event="open-work-safety", stage="open", names=NAMES)
    points(board, 1)
    papers(board, 1)
    sign_in(client, contestant(session, board))
    waiting = page(client, "/my/certificates")
    assert "正在制作" in waiting
    assert 'hx-trigger="every 3s"' in waiting
    run_jobs()
    fragment = client.get("/my/certificates", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert "every 3s" not in fragment.text
    one = issued(board)[0]
    assert one.serial in fragment.text
    assert f"http://localhost/verify/{one.serial}" in fragment.text
    assert "您获得了新证书" in page(client, "/my/notices")
    made = client.get(f"/my/certificates/{one.serial}.pdf")
    assert made.mimetype == "application/pdf"
    assert made.data.startswith(b"%PDF-")
    assert made.data == client.get(f"/my/certificates/{one.serial}.pdf").data
    picture = client.get(f"/my/certificates/{one.serial}.png")
    assert picture.mimetype == "image/png"
    assert picture.data.startswith(b"\x89PNG")


def test_the_panel_for_other_pages_shows_the_same(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    board = open_board(2, finished=1, sat=2)
    run_jobs()
    sign_in(client, contestant(session, board))
    assert "电子版参赛证书" in page(client, "/my/certificates-panel")
    sign_in(client, contestant(session, board, 1))
    assert "0 / 30" in page(client, "/my/certificates-panel")
    sign_in(client, make_account())
    assert page(client, "/my/certificates-panel").strip() == ""


def test_the_home_page_brings_the_panel(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_account())
    assert 'hx-get="/my/certificates-panel"' in page(client, "/my")


def test_without_any_event_the_page_says_what_to_do(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_account())
    text = page(client, "/my/certificates")
    assert "还没有证书" in text
    assert 'href="/contests"' in text


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_the_document_of_somebody_else_is_not_found(
    client: FlaskClient, session: Session, run_jobs: RunJobs, form: str
) -> None:
    _, one = one_certificate(run_jobs)
    for stranger in (make_account(), make_staff(Role.HOST)):
        sign_in(client, stranger)
        assert client.get(f"/my/certificates/{one.serial}.{form}").status_code == 404


def test_a_revoked_document_can_no_longer_be_downloaded(
    client: FlaskClient, session: Session, run_jobs: RunJobs
) -> None:
    board, one = one_certificate(run_jobs)
    revoke(session, one.serial)
    sign_in(client, contestant(session, board))
    assert client.get(f"/my/certificates/{one.serial}.pdf").status_code == 409
    text = page(client, "/my/certificates")
    assert "姓名登记有误" in text
    assert f"{one.serial}.pdf" not in text
    assert "正在制作" not in text


def test_the_document_says_what_was_stored(session: Session, app: Flask, run_jobs: RunJobs) -> None:
    board = make_board(
        2, names=NAMES, changes={"quota = 100": "quota = 2", "rank_to = 100": "rank_to = 2", **OPEN_AFTER}
    )
    snapshot_id = final_list(board, promoted=2)
    from webapp.certificates import jobs

    jobs.issue_stage_certificates(board.stage_id, snapshot_id)
    with app.test_request_context():
        said = words_of(issued(board)[1])
    for words in (
        NAMES[1],
        "第2机械厂",
        "焊工",
        "初赛",
        "晋级",
        "吉林省总工会",
        issued(board)[1].serial,
        "示例",
        "电",
        "子",
    ):
        assert words in said, words
    assert "完成线上学习" not in said


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "欧阳䶮"},
        {"name": "阿卜杜热合曼·阿不都热西提·买买提艾力"},
        {"name": "Maria Alexandra Johansson-Wolfeschlegelstein", "unit": ""},
        {
            "event": {
                "zh": "新能源汽车智能网联技术应用与高压系统安全检修（含动力电池拆装与绝缘检测）" * 2,
                "en": "",
            }
        },
        {"contest": {"zh": "吉林省第五届职工职业技能大赛" * 4, "en": ""}, "unit": "第三采油作业区" * 8},
        {"name": '"); #panic("', "unit": '#read("/etc/passwd")'},
    ],
    ids=["rare", "long", "english", "long event", "long contest", "no source"],
)
def test_every_name_and_title_stays_on_one_page(
    session: Session, app: Flask, run_jobs: RunJobs, changes: dict[str, object]
) -> None:
    _, one = one_certificate(run_jobs)
    view = certificates.by_serial(one.serial)
    assert view is not None
    with app.test_request_context():
        changed = replace(view, facts=replace(view.facts, **changes))  # type: ignore[arg-type]  # fields by name
        assert document.png(changed).startswith(b"\x89PNG")  # more than one page is refused


def test_the_document_carries_a_signature_that_is_checked_without_us(
    client: FlaskClient,
    session: Session,
    run_jobs: RunJobs,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    board, certificate = one_certificate(run_jobs)
    sign_in(client, contestant(session, board))
    kit = zipfile.ZipFile(io.BytesIO(client.get("/verify/offline.zip").data))
    assert set(kit.namelist()) == {"check_certificate.py", "keys.json", "README.txt"}
    (tmp_path / "keys.json").write_bytes(kit.read("keys.json"))
    assert client.get("/verify/keys.json").data == kit.read("keys.json")
    assert json.loads(kit.read("keys.json"))["keys"].keys() <= set(
        re.findall(r"[0-9a-f]{16}", page(client, "/verify/offline"))
    )

    def checked(name: str, content: bytes) -> int:
        (tmp_path / name).write_bytes(content)
        return check_certificate.main([str(tmp_path / name), "--keys", str(tmp_path / "keys.json")])

    paper = client.get(f"/my/certificates/{certificate.serial}.pdf").data
    plain = client.get(f"/my/certificates/{certificate.serial}.json").data
    assert checked("a.pdf", paper) == 0
    assert checked("a.json", plain) == 0
    assert certificate.facts["name"] in capsys.readouterr().out
    assert checked("b.json", plain.replace(certificate.facts["name"].encode(), "冒名者".encode())) == 1
    assert checked("c.json", plain.replace(b'"key": "', b'"key": "0')) == 1
    assert checked("d.json", b"{}") == 2
    assert client.get("/my/certificates/JS26-00000-00000-00000.json").status_code == 404


@pytest.mark.parametrize(
    ("award", "look"),
    [
        ({}, "2-rank"),
        ({"conditions": {"exam": "finished"}}, "2-participation"),
        ({"rank_to": 30}, "2-promotion"),
        ({"kind": "medal", "rank_to": 3}, "2-honour"),
        ({"kind": "honour", "rank_to": 1}, "2-honour"),
        ({"look": "honour", "rank_to": 3}, "2-honour"),
    ],
)
def test_every_kind_of_award_has_a_look_of_its_own(award: dict[str, Any], look: str) -> None:
    made = Award(
        **{
            "code": "x", "title": Text("证书"), "kind": "certificate", "stage": "final", "rank_from": 1,
            "rank_to": LAST_RANK, "classes": (), "amount": None, "conditions": {}, **award,
        }
    )  # fmt: skip
    assert template_of(made, quota=30) == look
    assert (document.FOLDER / f"certificate-{look}.typ").exists()


def test_the_list_is_read_with_a_fixed_number_of_questions(
    client: FlaskClient, session: Session, run_jobs: RunJobs, count_queries: list[str]
) -> None:
    board, _ = one_certificate(run_jobs)
    sign_in(client, contestant(session, board))
    page(client, "/my/certificates")
    count_queries.clear()
    page(client, "/my/certificates")
    assert len(count_queries) <= 12


# ------------------------------------------------------------------ the visitor


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


# ------------------------------------------------------------------ the host


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
    index = page(client, "/staff/certificates")
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
