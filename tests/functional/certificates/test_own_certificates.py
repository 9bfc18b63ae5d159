"""Certificates as their holders meet them, and the document itself."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typst
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from scripts import check_certificate
from tests.factories import make_account, make_staff, sign_in
from tests.functional.certificates.pages import RunJobs, contestant, page, revoke
from tests.integration.certificates.stand import (
    NAMES,
    final_list,
    follow,
    issued,
    one_certificate,
    open_board,
    papers,
    points,
)
from tests.integration.leaderboard.boards import OPEN_AFTER, make_board
from webapp.access.permissions import Role
from webapp.certificates.models import Certificate
from webapp.certificates.queries import certificates
from webapp.certificates.rules.award import LAST_RANK, template_of
from webapp.certificates.service import document
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.schema import Award


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
    follow(board.stage_id, snapshot_id)
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
