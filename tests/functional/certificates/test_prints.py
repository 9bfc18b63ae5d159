"""Print files: asked for, set part by part, taken away in order, given up, carried on, removed after their time."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scripts import check_certificate
from scripts.check_certificate import statements_of
from tests.factories import make_account, make_staff, sign_in
from tests.integration.certificates.stand import final_list, follow, issued, open_board, papers
from tests.integration.leaderboard.boards import OPEN_AFTER, Board, make_board
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.audit.models import AuditRow
from webapp.certificates import jobs
from webapp.certificates.models import (
    Certificate,
    CertificatePrint,
    CertificatePrintPart,
    CertificateRevocation,
    CertificateRun,
)
from webapp.certificates.rules import printing as rules
from webapp.certificates.service import printing
from webapp.certificates.service.revoking import ask_revoke
from webapp.contests.models import Event
from webapp.core import clock, turns
from webapp.core.transaction import transaction
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.service.closing import digest_of
from webapp.media.models import StoredFile

RunJobs = Callable[[], int]
NUMBERS = re.compile(r"(\d+) / (\d+)")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two certificates a part, so that few people make several parts."""
    monkeypatch.setattr(rules.divided, "__defaults__", (2,))


def host_of(client: FlaskClient) -> None:
    sign_in(client, make_staff(Role.HOST))


def address_of(board: Board) -> str:
    return f"/staff/certificates/stages/{board.stage_id}/print"


def asked(client: FlaskClient, board: Board, kind: str = "stage") -> str:
    """Ask for a print file; the page afterwards."""
    answer = client.post(address_of(board), data={"make-kind": kind, "make-reason": "送印刷厂"})
    assert answer.status_code == 303, answer.text
    return client.get(address_of(board)).text


def the_print(session: Session) -> CertificatePrint:
    session.rollback()
    return session.scalars(select(CertificatePrint).order_by(CertificatePrint.id.desc()).limit(1)).one()


def taken(client: FlaskClient, print_id: int) -> zipfile.ZipFile:
    answer = client.post(f"/staff/certificates/prints/{print_id}/take", data={"take-reason": "交给印刷厂"})
    assert answer.mimetype == "application/zip", answer.text
    return zipfile.ZipFile(io.BytesIO(answer.data))


def index_of(book: zipfile.ZipFile) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(book.read("index.xlsx"))).active
    assert sheet is not None
    return list(sheet.iter_rows(min_row=5, values_only=True))


def test_from_asking_to_the_file_in_order(
    client: FlaskClient, session: Session, run_jobs: RunJobs, small_parts: None, tmp_path: Path
) -> None:
    board = open_board(5, 5, 5)
    run_jobs()
    revoked = issued(board)[4]
    ask_revoke(revoked.serial, "姓名登记有误", 0, two_person=False, now=clock.now())
    session.commit()
    host_of(client)
    before = client.get(address_of(board)).text
    assert "本阶段 · 4 份证书" in before
    waiting = asked(client, board)
    assert "every 2s" in waiting
    assert ("0", "4") in NUMBERS.findall(waiting)
    again = client.post(address_of(board), data={"make-kind": "stage", "make-reason": "再来一次"})
    assert again.status_code == 409
    run_jobs()
    made = the_print(session)
    assert (made.state, made.done, made.total, made.parts) == ("ready", 4, 4, 2)
    book = taken(client, made.id)
    sheet = openpyxl.load_workbook(io.BytesIO(book.read("index.xlsx"))).active
    assert sheet is not None
    assert sheet["A1"].value == "待印证书", "in the language of whoever asked"
    names = book.namelist()
    assert names == [
        "index.xlsx",
        "0001-open-work-safety-open-e-participation.pdf",
        "0002-open-work-safety-open-e-participation.pdf",
    ]
    valid = sorted(
        (one for one in issued(board) if one.id != revoked.id), key=lambda one: one.facts["number"]
    )
    rows = index_of(book)
    assert [row[0] for row in rows] == [one.serial for one in valid]
    assert [row[1] for row in rows] == [one.facts["name"] for one in valid]
    assert [(row[8], row[9]) for row in rows] == [(names[1], 1), (names[1], 2), (names[2], 1), (names[2], 2)]
    for at, name in enumerate(names[1:]):
        pdf = book.read(name)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
        carried = {one["digest"] for one in statements_of(pdf)}
        place = tmp_path / name
        place.write_bytes(pdf)
        (tmp_path / "keys.json").write_text(client.get("/verify/keys.json").text, encoding="utf-8")
        assert check_certificate.main([str(place), "--keys", str(tmp_path / "keys.json")]) == 0
        assert carried == {one.digest for one in valid[2 * at : 2 * at + 2]}
    noted = (
        select(AuditRow.action).where(AuditRow.action.startswith("certificate.print")).order_by(AuditRow.id)
    )
    assert list(session.scalars(noted)) == [f"certificate.print.{one}" for one in ("ask", "make", "take")]
    ask_revoke(valid[0].serial, "已退赛", 0, two_person=False, now=clock.now())
    session.commit()
    assert "其中 1 份证书在此之后已被撤销" in client.get(address_of(board)).text
    client.set_cookie("language", "en")
    asked(client, board)
    run_jobs()
    sheet = openpyxl.load_workbook(io.BytesIO(taken(client, the_print(session).id).read("index.xlsx"))).active
    assert sheet is not None
    assert (sheet["A1"].value, sheet["A4"].value) == ("Certificates to print", "Serial number")


def test_a_killed_worker_is_followed_by_another(
    client: FlaskClient, session: Session, run_jobs: RunJobs, small_parts: None, app: Flask
) -> None:
    board = open_board(5, 5, 5)
    run_jobs()
    host_of(client)
    asked(client, board, "event")
    app.extensions["jobs_inline"].clear()
    one = the_print(session)
    token = turns.claim(CertificatePrint, one.id, clock.now())
    task = printing.next_task(one.id)
    assert task is not None
    assert printing.keep_part(task, token, task.sheets.pdf(), clock.now())
    session.commit()
    jobs.print_certificates(one.id)
    assert the_print(session).state == "making", "another worker is at it"
    long_ago = clock.now() - turns.STALE * 2
    one = the_print(session)
    one.beat_at = one.asked_at = long_ago
    session.commit()
    jobs.look_after_prints()
    run_jobs()
    made = the_print(session)
    assert (made.state, made.done) == ("ready", 5)
    assert len(index_of(taken(client, made.id))) == 5
    session.rollback()
    assert not printing.keep_part(task, token, b"late", clock.now()), "the first worker comes too late"


def test_what_is_given_up_or_after_its_time_is_deleted(
    client: FlaskClient, session: Session, run_jobs: RunJobs, small_parts: None, app: Flask
) -> None:
    board = open_board(3, 3, 3)
    run_jobs()
    host_of(client)
    files = session.scalar(select(func.count()).select_from(StoredFile))
    asked(client, board)
    app.extensions["jobs_inline"].clear()
    one = the_print(session)
    token = turns.claim(CertificatePrint, one.id, clock.now())
    task = printing.next_task(one.id)
    assert task is not None
    printing.keep_part(task, token, task.sheets.pdf(), clock.now())
    session.commit()
    cancel = f"/staff/certificates/prints/{one.id}/cancel"
    assert client.post(cancel).status_code == 303
    assert client.post(cancel).status_code == 409
    with transaction():
        assert not printing.keep_part(task, token, b"late", clock.now())
    assert (
        client.post(f"/staff/certificates/prints/{one.id}/take", data={"take-reason": "理由"}).status_code
        == 404
    )
    asked(client, board, "contest")
    run_jobs()
    made = the_print(session)
    assert made.state == "ready"
    made.remove_after = clock.now() - timedelta(seconds=1)
    session.commit()
    jobs.look_after_prints()
    assert the_print(session).state == "removed"
    assert session.scalar(select(func.count()).select_from(StoredFile)) == files
    assert session.scalars(select(CertificatePrintPart.file_id)).all().count(None) == 4
    page = client.get(address_of(board)).text
    assert "到期已删除" in page
    assert "已放弃" in page


def test_who_may_and_what_is_refused(
    client: FlaskClient, session: Session, run_jobs: RunJobs, count_queries: list[str]
) -> None:
    board = open_board(2, 2, 2)
    run_jobs()
    event = session.scalars(select(Event).where(Event.code == "open-work-safety")).one()
    sign_in(client, make_staff(Role.HOST, event))
    empty = client.post(address_of(board), data={"make-kind": "event", "make-reason": ""})
    assert empty.status_code == 422
    assert "整个竞赛" not in empty.text
    assert (
        client.post(address_of(board), data={"make-kind": "contest", "make-reason": "越权"}).status_code
        == 422
    )
    asked(client, board, "event")
    run_jobs()
    one = the_print(session)
    count_queries.clear()
    assert client.get(address_of(board)).status_code == 200
    assert len(count_queries) <= 20
    other = session.scalars(select(Event).where(Event.code == "open-fire")).one()
    sign_in(client, make_staff(Role.HOST, other))
    assert client.get(address_of(board)).status_code == 404
    for act in ("cancel", "take"):
        assert client.post(f"/staff/certificates/prints/{one.id}/{act}").status_code == 404


def test_issuing_says_how_far_it_is(
    client: FlaskClient, session: Session, run_jobs: RunJobs, app: Flask
) -> None:
    board = open_board(3)
    session.commit()
    app.extensions["jobs_inline"].clear()
    host_of(client)
    stage = f"/staff/certificates/stages/{board.stage_id}"
    assert client.post(f"{stage}/issue").status_code == 303
    watching = client.get(stage).text
    assert f'hx-get="{stage}/issuing"' in watching
    assert ("0", "3") in NUMBERS.findall(watching)
    assert client.post(f"{stage}/issue").status_code == 409
    queued = list(app.extensions["jobs_inline"])
    run_jobs()
    run = session.scalars(select(CertificateRun)).one()
    assert (run.state, run.done, run.issued) == ("done", 3, 3)
    jobs.run_certificates(**queued[0][1])
    assert len(issued(board)) == 3
    done = client.get(f"{stage}/issuing").text
    assert "新发 3 份证书" in done
    assert "hx-get" not in done
    assert client.post(f"{stage}/issue", follow_redirects=True).text.count("目前没有") == 1


def test_who_has_a_sign_that_no_font_has_is_named_before_issuing(
    client: FlaskClient, session: Session
) -> None:
    board = open_board(4, 1, 1)
    for at, name in enumerate(("王\U00030000华", "扎西·次仁", "བསོད་ནམས", "李\ue001")):
        session.get_one(Person, board.people[at].person_id).name = name
    session.commit()
    host_of(client)
    shown = client.get(f"/staff/certificates/stages/{board.stage_id}").text
    assert "3 个姓名会印出方框" in shown
    assert "U+30000" in shown
    assert "U+E001" in shown
    assert "王\U00030000华" not in shown
    sign_in(client, make_account(session.get_one(Person, board.people[0].person_id)))
    assert "字体缺少您姓名中的这个字：\U00030000" in client.get("/my/certificates").text
    sign_in(client, make_account(session.get_one(Person, board.people[1].person_id)))
    assert "字体缺少" not in client.get("/my/certificates").text


def test_ranks_that_a_newer_final_list_does_not_bear_out_are_revoked_at_once(
    client: FlaskClient, session: Session, run_jobs: RunJobs, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {"quota = 100": "quota = 2", "rank_to = 100": "rank_to = 2", **OPEN_AFTER}
    board = make_board(4, changes=changes)
    papers(board, 4)
    run_jobs()
    first = final_list(board, 2)
    follow(board.stage_id, first)
    held = {one.entry_id: one.serial for one in issued(board) if one.snapshot_id == first}
    assert len(held) == 2
    host_of(client)
    stage = f"/staff/certificates/stages/{board.stage_id}"
    assert "gone-reason" not in client.get(stage).text
    order = (0, 3, 1, 2)
    rows = [
        {"entry_id": board.people[one].entry_id, "rank": at + 1, "promoted": at < 2}
        for at, one in enumerate(order)
    ]
    session.add(
        BoardSnapshot(stage_id=board.stage_id, number=10, kind="final", rows=rows, digest=digest_of(rows))
    )
    session.commit()
    lost = held[board.people[1].entry_id]
    shown = client.get(stage).text
    assert lost in shown[shown.index('id="gone"') : shown.index("gone-reason")]
    assert "名单已不再给予" in shown
    assert "1 份证书按以前的名单发放" in shown
    monkeypatch.setitem(app.config, "TWO_PERSON", True)
    asked = client.post(f"{stage}/revoke-gone", data={"gone-reason": "最终名单已更正", "gone-seen": "1"})
    assert asked.status_code == 303
    assert "gone-reason" not in client.get(stage).text, "it waits for a second person"
    assert client.post(f"{stage}/revocations", data={"agree": "yes"}).status_code == 403, "one's own request"
    host_of(client)
    assert "1 项撤销或换发等待另一人决定" in client.get(stage).text
    assert client.post(f"{stage}/revocations", data={"agree": "yes"}).status_code == 303
    assert client.post(f"{stage}/revocations", data={"agree": "yes"}).status_code == 409
    revoked = select(Certificate.serial).join(
        CertificateRevocation, CertificateRevocation.certificate_id == Certificate.id
    )
    assert list(session.scalars(revoked)) == [lost]
    # Whoever keeps the award with another rank gets a new certificate in the same step, by two people.
    moved = board.people[0].entry_id
    turned = [{**row, "rank": 3 - at} if at < 3 else row for at, row in enumerate(rows, 1)]
    session.add(
        BoardSnapshot(stage_id=board.stage_id, number=11, kind="final", rows=turned, digest=digest_of(turned))
    )
    session.commit()
    shown = client.get(stage).text
    assert held[moved] in shown[shown.index('id="replaced"') :]
    replace = f"{stage}/replace"
    assert client.post(replace, data={"replace-reason": "", "replace-seen": "1"}).status_code == 422
    assert client.post(replace, data={"replace-reason": "更正", "replace-seen": "7"}).status_code == 409
    assert client.post(replace, data={"replace-reason": "名次已更正", "replace-seen": "1"}).status_code == 303
    assert [one.serial for one in issued(board) if one.entry_id == moved and one.snapshot_id] == [held[moved]]
    host_of(client)
    assert "申请换发：名次已更正" in client.get("/staff/certificates").text
    assert client.post(f"{stage}/revocations", data={"agree": "yes"}).status_code == 303
    session.commit()
    old, new = (one for one in issued(board) if one.entry_id == moved and one.snapshot_id)
    assert (old.facts["rank"], new.facts["rank"], new.issue_number) == (1, 2, 2)
    assert set(session.scalars(revoked)) == {lost, old.serial}
    assert 'id="replaced"' not in client.get(stage).text
