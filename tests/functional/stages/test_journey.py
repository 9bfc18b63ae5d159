"""From a graded stage to the final list, through the pages: a replaced contestant, an objection, version 2."""

import hashlib
import io
import json
import re
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_person, make_staff, sign_in
from tests.functional.stages.pages import page, post
from tests.integration.stages.stand import NAMES, Graded, later
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Consent, Person
from webapp.audit.models import AuditRow
from webapp.certificates.models import Certificate
from webapp.contests.models import Event
from webapp.core.db import db
from webapp.exam.models import Attempt, Ruling
from webapp.leaderboard.models import BoardSnapshot
from webapp.notifications.models import Notice
from webapp.organisations.models import Organisation
from webapp.registration.models import Participation
from webapp.stages.models import StageObjection


def decide(
    client: FlaskClient, graded: Graded, places: list[int], decision: str, reason: str = "", status: int = 303
) -> str:
    entries = [graded.entries[at] for at in places]
    address = f"/staff/stages/{graded.stage_id}/decide"
    return post(client, address, status, entries=entries, decision=decision, reason=reason)


def notices_of(session: Session, person_id: int) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Notice.text).where(Notice.person_id == person_id).order_by(Notice.id)))


def letters_of(document: bytes) -> set[str]:
    """Every character that a PDF of ours can show: what the fonts embedded in it map to."""
    found: set[str] = set()
    for stream in re.findall(rb"stream\r?\n(.*?)\nendstream", document, re.DOTALL):
        try:
            text = zlib.decompress(stream)
        except zlib.error:
            text = stream
        if b"begincmap" in text:
            for block in re.findall(rb"beginbf(?:char|range)(.*?)endbf", text, re.DOTALL):
                for hexed in re.findall(rb"<([0-9A-Fa-f]+)>\s*(?=\n|\r|<|$)", block):
                    if len(hexed) % 4 == 0:
                        found |= set(bytes.fromhex(hexed.decode()).decode("utf-16-be", "ignore"))
    return found


def test_from_the_graded_stage_to_the_final_list(
    app: Flask,
    client: FlaskClient,
    session: Session,
    graded: Graded,
    host: Account,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in(client, host)
    staff = f"/staff/stages/{graded.stage_id}"
    public = f"/notices/{graded.address}"
    assert "焊工" in page(client, "/staff/stages")
    assert "冻结排行榜" in page(client, staff)

    # Freeze; nobody may see the notice, the public may not see the board yet.
    post(client, f"{staff}/freeze")
    html = page(client, staff)
    assert NAMES[3] in html, "those who would move up are shown"
    assert client.get(public).status_code == 404

    # The second is not eligible: the fourth moves up and has to be decided as well.
    assert "理由" in decide(client, graded, [1], "ineligible", status=422)
    decide(client, graded, [0, 2], "eligible")
    decide(client, graded, [1], "ineligible", "报名时已不在职")
    assert client.post(f"{staff}/close-recheck").status_code == 409
    assert "递补" in page(client, f"{staff}?show=moved")
    decide(client, graded, [3], "eligible")
    assert client.post(f"{staff}/post").status_code == 409, "not confirmed by the second computation"
    post(client, f"{staff}/close-recheck")
    board = page(client, f"/boards/{graded.address}")
    assert "已冻结，未公示" in board
    assert "实时成绩，未公示" not in board

    # The second computation, then the notice.
    post(client, f"{staff}/regrade")
    run_jobs()
    assert "复算一致：试卷 6 份、成绩 6 条，无差异" in page(client, staff)
    assert "3" in page(client, f"{staff}/preview")
    post(client, f"{staff}/post")
    client.get("/sign-out")
    visitor = app.test_client()
    html = page(visitor, public)
    assert "入围" in html
    for name in NAMES:
        assert name not in html
    assert "欧**" in html
    assert "赵*" in html
    assert html.count("递补") == 2, "once beside the name, once in the words below"
    board = page(visitor, f"/boards/{graded.address}")
    assert "本排名已公示" in board
    assert "欧**" in board
    assert "王*" not in board
    assert public in page(visitor, "/notices")

    # Everybody was told.
    assert "You are on the list" in notices_of(session, graded.person_ids[0])[-1]
    assert "You have moved up" in notices_of(session, graded.person_ids[3])[-1]
    assert "took you off the list" in notices_of(session, graded.person_ids[1])[-1]

    # The digest, recomputed from what anybody can download.
    text = visitor.get(f"{public}/1.json").data
    digest = hashlib.sha256(text).hexdigest()
    assert digest in html
    told = json.loads(text)
    assert json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == text
    assert [row["number"] for row in told["rows"]] == [graded.numbers[at] for at in (0, 2, 3)]
    assert [row["rank"] for row in told["rows"]] == [1, 3, 4]

    # V02: no whole name on the document either.
    document = visitor.get(f"{public}/1.pdf")
    assert document.mimetype == "application/pdf"
    letters = letters_of(document.data)
    assert {"欧", "赵", "李", "示"} <= letters
    assert not letters & {"䶮", "丽"}

    # A visitor objects to the third; the host answers, takes the third off, posts version 2.
    form = {
        "number": graded.numbers[2],
        "words": "此人并非一线职工。",
        "name": "周正",
        "phone": "13900001111",
    }
    answer = visitor.post(f"{public}/object", data=form)
    assert answer.status_code == 303, answer.text
    receipt = answer.headers["Location"]
    assert "待答复" in page(visitor, receipt)
    row = session.scalars(select(StageObjection)).one()
    assert b"\xe5\x91\xa8" not in (row.name_cipher or b"")
    assert "13900001111" not in str(row.__dict__)
    sign_in(client, host)
    html = page(client, staff)
    assert "周正" in html
    assert "13900001111" in html
    objection = f"{staff}/objections/{row.id}"
    given = {"answer": "经核实，异议成立。", "changes_list": "y"}
    assert "请写明名单变动的原因" in post(client, objection, 422, **given)
    given["published_answer"] = "3 号名次选手不符合条件，已移出。"
    assert "须由其他人" in client.post(objection, data=given).text, "who decided first does not answer"
    sign_in(client, make_staff(Role.HOST, name="温如言"))
    post(client, objection, 303, **given)
    sign_in(client, host)
    assert "尚未生效" in page(client, staff)
    assert client.post(f"{staff}/amend", data={"amend-reason": "更正"}).status_code == 409, (
        "nothing changed yet"
    )
    decide(client, graded, [2], "ineligible", "非一线职工。")
    assert "名单与已发布的公示不一致" in page(client, staff)
    assert client.post(f"{staff}/amend", data={"amend-reason": "更正"}).status_code == 409
    decide(client, graded, [4], "eligible")
    amended = client.post(f"{staff}/amend", data={"amend-reason": "经核实更正一人"})
    assert amended.status_code == 303, amended.text
    html = page(visitor, public)
    assert "第 2 版" in html
    assert "经核实更正一人" in html
    assert "已移出" in html
    assert "这是旧版本" in page(visitor, f"{public}/1")
    second = json.loads(visitor.get(f"{public}/2.json").data)
    assert second["supersedes"] == digest
    assert [line["number"] for line in second["rows"]] == [graded.numbers[at] for at in (0, 3, 4)]
    assert visitor.get(f"{public}/1.json").data == text, "version 1 stays as it was"
    board = page(visitor, f"/boards/{graded.address}")
    assert "李*" not in board
    assert "钱*" in board
    assert "异议成立" in page(visitor, receipt)
    assert "已随第 2 版生效" in page(visitor, receipt)
    assert "took you off the list" in notices_of(session, graded.person_ids[2])[-1]

    # Final only after the end, and then for good.
    assert client.post(f"{staff}/finalise").status_code == 409
    later(monkeypatch, timedelta(days=30))
    sign_in(client, host)
    post(client, f"{staff}/finalise")
    assert decide(client, graded, [0], "withdrawn", "晚了", status=409)
    final = session.scalars(select(BoardSnapshot).where(BoardSnapshot.kind == "final")).one()
    issuing = page(client, f"/staff/certificates/stages/{graded.stage_id}")
    assert 'id="issuing" hx-get' in issuing, "issued as when a host asks for it: with its progress"
    assert [line["entry_id"] for line in final.rows] == [graded.entries[at] for at in (0, 3, 4)]
    assert all(line["promoted"] for line in final.rows)
    run_jobs()
    promoted = select(Certificate.entry_id).where(Certificate.award_code == "e-promotion")
    assert set(session.scalars(promoted)) == {graded.entries[at] for at in (0, 3, 4)}
    assert "已确定" in page(visitor, "/notices")
    late = visitor.post(f"{public}/object", data=form)
    assert late.status_code == 409
    actions = set(session.scalars(select(AuditRow.action)))
    assert {
        "list.freeze", "list.decide.ineligible", "list.recheck-done", "list.regrade", "list.post",
        "objection.receive", "objection.answer", "list.amend", "list.final",
    } <= actions  # fmt: skip
    assert not [row for row in session.scalars(select(AuditRow)) if "周正" in str(row.facts) + row.why]


def test_contestants_see_where_the_list_stands(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    post(client, f"/staff/stages/{graded.stage_id}/freeze")
    account = make_account(session.get_one(Person, graded.person_ids[0]))
    sign_in(client, account)
    panel = f"/my/list-panel/{graded.sats[0].participation_id}/preliminary"
    assert "正在进行资格复核" in page(client, panel)
    assert client.get(f"/my/list-panel/{graded.sats[1].participation_id}/preliminary").status_code == 404
    result = page(client, f"/attempts/{graded.sats[0].attempt_id}/result")
    assert panel in result
    assert "没有提出过异议" in page(client, "/my/objections")


def test_a_contestant_objects_and_reads_the_answer(
    client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: Callable[[], int]
) -> None:
    posted(client, graded, host, run_jobs)
    account = make_account(session.get_one(Person, graded.person_ids[4]))
    sign_in(client, account)
    address = f"/notices/{graded.address}/object"
    html = page(client, f"{address}?number={graded.numbers[0]}")
    assert graded.numbers[0] in html
    assert 'name="phone"' not in html
    assert "没有这个编号" in post(client, address, 422, number="999999", words="成绩有误，请核对。")
    post(client, address, number="", words="成绩有误，请核对。")
    assert "成绩有误" in page(client, "/my/objections")
    objection = session.scalars(select(StageObjection)).one()
    sign_in(client, host)
    staff = f"/staff/stages/{graded.stage_id}"
    own = client.post(f"{staff}/objections/{objection.id}", data={"answer": "已核对，无误。"})
    assert own.status_code == 403, "whoever had the list posted does not answer an objection to all of it"
    sign_in(client, make_staff(Role.HOST, name="温如言"))
    post(client, f"{staff}/objections/{objection.id}", answer="已核对，无误。")
    assert client.post(f"{staff}/objections/{objection.id}", data={"answer": "x y z"}).status_code == 409
    assert "has been answered" in notices_of(session, graded.person_ids[4])[-1]


def test_an_objection_to_a_key_takes_effect_by_a_ruling_and_a_further_notice(
    client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: Callable[[], int]
) -> None:
    staff, exam = f"/staff/stages/{graded.stage_id}", f"/staff/exams/{graded.exam_id}"
    paper = session.get_one(Attempt, graded.sats[-1].attempt_id).paper
    ruling: dict[str, Any] = {"kind": "everybody", "reason": "异议属实：题目没有正确答案"}
    sign_in(client, host)
    post(client, f"{staff}/freeze")
    assert "请先解除冻结" in post(client, f"{exam}/questions/{paper[0]}/rulings", 422, **ruling)
    post(client, f"{staff}/drop", 303, **{"drop-reason": "重新核对后再冻结"})
    posted(client, graded, host, run_jobs)
    sign_in(client, make_account(session.get_one(Person, graded.person_ids[-1])))
    post(client, f"/notices/{graded.address}/object", number="", words="这道题没有正确答案，请复核。")
    objection = session.scalars(select(StageObjection.id)).one()
    sign_in(client, make_staff(Role.HOST, name="温如言"))
    assert f'href="{exam}/questions"' in page(client, f"{staff}/objections/{objection}")
    said: dict[str, Any] = {
        "answer": "属实，全部给分。",
        "changes_list": "y",
        "published_answer": "该题全部给分，名单重新公示。",
    }
    post(client, f"{staff}/objections/{objection}", 303, **said)
    sign_in(client, host)
    post(client, f"{exam}/questions/{paper[0]}/rulings", 303, **ruling)
    run_jobs()
    (ruling_id,) = session.scalars(select(Ruling.id)).all()
    html = page(client, f"{exam}/rulings/{ruling_id}")
    assert f'href="{staff}"' in html, "the page leads to the list"
    post(client, f"{exam}/rulings/{ruling_id}/ask")
    run_jobs()
    session.expire_all()
    assert session.get_one(Ruling, ruling_id).state == "applied"
    assert "尚未生效" in page(client, staff)
    post(client, f"{staff}/freeze", 303, **{"freeze-reason": "裁定更正了成绩"})
    # Whoever has come above the line, if anybody (papers differ), is looked at as well.
    client.post(f"{staff}/decide", data={"everyone": "y", "decision": "eligible"})
    post(client, f"{staff}/close-recheck")
    post(client, f"{staff}/regrade")
    run_jobs()
    post(client, f"{staff}/post")
    assert "已随第 2 版生效" in page(client, staff)


def posted(client: FlaskClient, graded: Graded, host: Account, run_jobs: Callable[[], int]) -> None:
    """The first three, decided, confirmed and posted."""
    sign_in(client, host)
    staff = f"/staff/stages/{graded.stage_id}"
    post(client, f"{staff}/freeze")
    post(client, f"{staff}/decide", everyone="y", decision="eligible")
    post(client, f"{staff}/close-recheck")
    post(client, f"{staff}/regrade")
    run_jobs()
    post(client, f"{staff}/post")


def test_exports_are_masked_neutral_and_noted(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/stages/{graded.stage_id}"
    post(client, f"{staff}/freeze")
    decide(client, graded, [1], "ineligible", "=HYPERLINK(1)")
    assert client.post(f"{staff}/export", data={"export-reason": ""}).status_code == 422
    made = client.post(f"{staff}/export", data={"export-reason": "报会议审定"})
    cells = [
        str(cell)
        for line in openpyxl.load_workbook(io.BytesIO(made.data)).worksheets[0].iter_rows(values_only=True)
        for cell in line
        if cell is not None
    ]
    assert "欧**" in cells
    assert not set(NAMES) & set(cells)
    assert "'=HYPERLINK(1)" in cells
    whole = client.post(f"{staff}/export", data={"export-reason": "报会议审定", "export-whole_names": "y"})
    assert NAMES[0] in str(
        list(openpyxl.load_workbook(io.BytesIO(whole.data)).worksheets[0].iter_rows(values_only=True))
    )
    noted = session.scalars(
        select(AuditRow).where(AuditRow.action == "list.export").order_by(AuditRow.id)
    ).all()
    assert [row.facts["whole_names"] for row in noted] == [False, True]


def test_who_withdraws_after_the_notice_leaves_the_public_board_at_once(
    client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: Callable[[], int]
) -> None:
    """B03: gone from the board; the notice of record stays until it is amended."""
    posted(client, graded, host, run_jobs)
    assert "王*" in page(client, f"/boards/{graded.address}")
    session.get_one(Participation, graded.sats[1].participation_id).state = "disqualified"
    session.commit()
    assert "王*" not in page(client, f"/boards/{graded.address}")
    assert "名单与已发布的公示不一致" in page(client, f"/staff/stages/{graded.stage_id}")


def test_without_consent_to_publication_only_the_number_is_posted(
    client: FlaskClient, session: Session, graded: Graded, host: Account, run_jobs: Callable[[], int]
) -> None:
    session.add(
        Consent(person_id=graded.person_ids[0], purpose="publication", is_given=False, notice_version="test")
    )
    session.commit()
    posted(client, graded, host, run_jobs)
    html = page(client, f"/notices/{graded.address}")
    assert "欧" not in html.replace("欧记机械厂", "")
    assert graded.numbers[0] in html


def test_roles_see_and_do_what_is_theirs(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/stages/{graded.stage_id}"
    post(client, f"{staff}/freeze")
    supervisor = make_staff(Role.SUPERVISOR)
    sign_in(client, supervisor)
    html = page(client, staff)
    assert "欧**" in html
    assert NAMES[0] not in html
    assert "<form" not in html.split("资格复核", 1)[1] or 'type="checkbox"' not in html
    assert client.post(f"{staff}/decide", data={}).status_code == 403
    assert client.post(f"{staff}/freeze").status_code == 403
    organiser = make_staff(Role.ORGANISER, session.get_one(Event, graded.event_id))
    sign_in(client, organiser)
    assert NAMES[0] in page(client, staff)
    decide(client, graded, [0], "eligible")
    assert client.post(f"{staff}/close-recheck").status_code == 403
    stranger = make_staff(Role.ORGANISER, make_other_event())
    sign_in(client, stranger)
    assert client.get(staff).status_code == 404
    assert client.post(f"{staff}/decide", data={}).status_code == 404
    assert client.get(f"/staff/stages/{graded.stage_id + 10_000}").status_code == 404


def make_other_event() -> Event:
    return db.session.scalars(select(Event).where(Event.code == "electrician")).one()


def test_a_colleague_of_the_same_unit_has_to_keep_out(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    post(client, f"/staff/stages/{graded.stage_id}/freeze")
    unit = session.get_one(Organisation, session.get_one(Person, graded.person_ids[1]).unit_id)
    colleague = make_account(make_person("同事", unit=unit))
    grant(colleague, Role.HOST)
    sign_in(client, colleague)
    refused = decide(client, graded, [0, 1], "eligible", status=403)
    assert "须回避" in refused
    decide(client, graded, [0], "eligible")
