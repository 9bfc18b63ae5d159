"""A practical test through its pages: host, judges, chief judge, contestant; and who is kept out."""

import html
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, sign_in
from tests.integration.judging.stand import ITEMS, Workshop, make_workshop
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.banks.formats.cells import read_sheets
from webapp.contests.models import Event, Stage
from webapp.core import clock
from webapp.core.db import db
from webapp.judging.formats.items import read_items, write_items
from webapp.judging.queries.entrants import bearers
from webapp.judging.queries.modules import run_of
from webapp.judging.queries.sheets import sheets_of
from webapp.judging.rules import pieces
from webapp.judging.service import works
from webapp.leaderboard.models import ComponentScore
from webapp.organisations.models import RoleGrant

PDF = b"%PDF-1.7\nsigned\n%%EOF\n"


@pytest.fixture
def shop(session: Session) -> Workshop:
    return make_workshop()


def page_of(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def send(client: FlaskClient, address: str, status: int = 303, **data: Any) -> str:
    answer = client.post(address, data=data)
    assert answer.status_code == status, html.unescape(answer.text)
    return html.unescape(answer.text)


def file(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def contestant(shop: Workshop, place: int = 0) -> Account:
    return make_account(db.session.get_one(Person, shop.people[place].person_id))


def test_from_the_workbook_of_items_to_the_filed_scores(
    client: FlaskClient, session: Session, shop: Workshop
) -> None:
    base = f"/staff/judging/{shop.stage_id}"
    sign_in(client, shop.host)
    assert "铣工" in page_of(client, "/staff/judging")
    assert "零件加工" in page_of(client, base)
    page = page_of(client, f"{base}/modules/m1")
    assert "还没有评分项" in page
    assert "至少需要 3 名" in page
    sheet = client.get(f"{base}/modules/m1/items.xlsx")
    assert "示例" in str(read_sheets(sheet.data, "items.xlsx")[0].rows)
    send(client, f"{base}/modules/m1/items", file=file(write_items(ITEMS), "items.xlsx"))
    for judge in shop.judges:
        send(client, f"{base}/modules/m1/judges", account_id=str(judge.id))
    assert "已是本模块的裁判" in send(
        client, f"{base}/modules/m1/judges", 422, account_id=str(shop.judges[0].id)
    )
    send(client, f"{base}/modules/m1/judges", account_id=str(shop.chief.id), is_chief="y")
    send(client, f"{base}/modules/m1/draw")
    numbers = page_of(client, f"{base}/modules/m1/numbers")
    names = [session.get_one(Person, one.person_id).name for one in shop.people]
    assert all(name in numbers for name in names)
    send(client, f"{base}/modules/m1/open")
    assert all(name not in page_of(client, f"{base}/modules/m1") for name in names), (
        "blind until it is decoded"
    )

    run_id = run_of(shop.stage_id, "m1").run_id
    marks = {0: ("50", "41", "20"), 1: ("50", "50", "50"), 2: ("10", "10", "10")}
    for place, judge in enumerate(shop.judges):
        sign_in(client, judge)
        listed = page_of(client, "/judging")
        assert all(name not in listed for name in names)
        for line in shop.sheets(run_id, judge):
            address = f"/judging/sheets/{line.sheet_id}"
            assert all(name not in page_of(client, address) for name in names)
            bad = send(client, address, 422, **{"v-A1": "12", "v-B1": "61", "do": "hand-in"})
            assert 'value="61"' in bad, "what was typed stays"
            assert "B1" in send(client, address, 422, **{"v-A1": "12", "v-B1": "", "do": "hand-in"})
            given = marks[line.number - 1][place]
            send(client, address, 303, **{"v-A1": "12", "v-B1": given, "do": "hand-in"})
        assert client.get(f"{base}/modules/m1").status_code == 403, "a judge sees only the own sheets"

    sign_in(client, shop.chief)
    page = page_of(client, f"{base}/modules/m1")
    assert "偏差预警" in page
    assert "-21.0 %" in page
    unsaid = send(client, f"{base}/modules/m1/sign", 422, scan=file(PDF, "a.pdf"))
    assert "相差过大" in unsaid, "an alarm is answered before the signature"
    line = next(one for one in sheets_of(run_id) if one.score == 60)
    assert "请说明原因" in send(client, f"{base}/modules/m1/sheets/{line.sheet_id}/reopen", 422, reason="")
    send(client, f"{base}/modules/m1/sheets/{line.sheet_id}/reopen", reason="请复核外观")
    assert "未签字" in send(client, f"{base}/modules/m1/sign", 422, scan=file(PDF, "a.pdf"))
    sign_in(client, next(one for one in shop.judges if one.id == line.account_id))
    assert "请复核外观" in page_of(client, f"/judging/sheets/{line.sheet_id}")
    send(client, f"/judging/sheets/{line.sheet_id}", 303, **{"v-A1": "12", "v-B1": "40", "do": "hand-in"})
    sign_in(client, shop.chief)
    assert "不是图片或 PDF" in send(
        client, f"{base}/modules/m1/sign", 422, scan=file(b"words", "a.txt"), note="复核后维持"
    )
    send(client, f"{base}/modules/m1/sign", scan=file(PDF, "a.pdf"), note="复核后维持")
    assert "复核后维持" in page_of(client, f"{base}/modules/m1")
    assert client.get(f"{base}/modules/m1/scan").data == PDF
    address = f"{base}/modules/m1/sheets.pdf"
    assert address in page_of(client, f"{base}/modules/m1")
    papers = client.get(address)
    assert papers.mimetype == "application/pdf"
    assert len(re.findall(rb"/Type\s*/Page\b", papers.data)) == len(sheets_of(run_id))
    assert client.get(address).data == papers.data
    single = client.get(f"{base}/modules/m1/sheets/{line.sheet_id}.pdf")
    assert len(re.findall(rb"/Type\s*/Page\b", single.data)) == 1
    sign_in(client, shop.judges[0])
    assert client.get(address).status_code == 403
    sign_in(client, shop.chief)
    send(client, f"{base}/modules/m1/decode")
    page = page_of(client, f"{base}/modules/m1")
    assert all(name in page for name in names)

    second = shop.set_up("m2", judges=1)
    shop.fill_all(second, W1="50")
    send(client, f"{base}/modules/m2/sign", scan=file(PDF, "b.pdf"))
    sign_in(client, shop.host)
    assert "这些模块还没有解密：m2" in send(client, f"{base}/file", 422)
    send(client, f"{base}/modules/m2/decode")
    assert "登记这些成绩" in page_of(client, base)
    send(client, f"{base}/file")
    first = next(one for one in bearers(run_id) if one.number == 1)
    filed = session.query(ComponentScore).filter_by(participation_id=first.participation_id).one()
    assert filed.score == Decimal("88.6")


def test_values_of_the_tablet_are_saved_one_by_one(client: FlaskClient, shop: Workshop) -> None:
    run_id, judge = shop.set_up(), shop.judges[0]
    line = shop.sheets(run_id, judge)[0]
    address = f"/judging/sheets/{line.sheet_id}/changes"
    sign_in(client, judge)
    item = {"device": "tablet-1", "seq": 1, "item": "A1", "value": "12.0"}
    for _ in range(2):
        answer = client.post(address, json={"items": [item, {**item, "item": "B1", "value": "99"}]})
        assert answer.status_code == 200
        assert [one["state"] for one in answer.get_json()["items"]] == ["saved", "refused"]
        assert "不能填写" in answer.get_json()["items"][1]["message"]
    page = page_of(client, f"/judging/sheets/{line.sheet_id}")
    assert 'value="12"' in page
    assert 'data-seq="1"' in page
    for body in (
        None,
        {},
        {"items": [1]},
        {"items": [{**item, "seq": "1"}]},
        {"items": [{**item, "item": None}]},
    ):
        assert client.post(address, json=body).status_code == 400, body
    sign_in(client, shop.judges[1])
    assert client.post(address, json={"items": [item]}).status_code == 404


def test_a_judge_who_loses_the_role_loses_the_sheets(
    client: FlaskClient, session: Session, shop: Workshop
) -> None:
    run_id, judge = shop.set_up(), shop.judges[0]
    line = shop.sheets(run_id, judge)[0]
    held = session.query(RoleGrant).filter_by(person_id=judge.person_id, role=Role.JUDGE.value).one()
    held.revoked_at = clock.now()
    session.commit()
    sign_in(client, judge)
    assert client.get(f"/judging/sheets/{line.sheet_id}").status_code in {403, 404}


def test_the_second_typing_does_not_show_the_first(client: FlaskClient, session: Session) -> None:
    shop = make_workshop(1, first='entry = "double"')
    run_id = shop.set_up()
    line = shop.sheets(run_id, shop.judges[0])[0]
    shop.fill(line, A1="12", B1="33.5")
    address = f"/staff/judging/{shop.stage_id}/modules/m1/sheets/{line.sheet_id}/second"
    sign_in(client, shop.chief)
    assert "再次录入" in page_of(client, f"/staff/judging/{shop.stage_id}/modules/m1")
    assert "33.5" not in page_of(client, address)
    assert 'value="x"' in send(client, address, 422, **{"v-A1": "12", "v-B1": "x"})
    send(client, address, 303, **{"v-A1": "12", "v-B1": "33"})
    assert "不一致：B1" in page_of(client, f"/staff/judging/{shop.stage_id}/modules/m1")


def test_who_judges_a_module_never_sees_its_numbers(
    client: FlaskClient, session: Session, shop: Workshop
) -> None:
    shop.set_up()
    grant(shop.judges[0], Role.HOST, session.get_one(Event, shop.event.id))
    session.commit()
    sign_in(client, shop.judges[0])
    assert client.get(f"/staff/judging/{shop.stage_id}/modules/m1/numbers").status_code == 403
    assert client.get(f"/staff/judging/{shop.stage_id}/modules/m1").status_code == 200


def test_a_file_of_scores_is_filed_whole_or_not_at_all(
    client: FlaskClient, session: Session, shop: Workshop
) -> None:
    base = f"/staff/judging/{shop.stage_id}"
    sign_in(client, shop.host)
    template = read_sheets(client.get(f"{base}/scores.xlsx").data, "a.xlsx")[0]
    assert [cell.text for cell in template.rows[0]] == [
        "选手编号",
        "姓名",
        "零件加工（100）",
        "场外作品（50）",
    ]
    numbers = [one.number for one in shop.people]
    bad = f"选手编号,m1,场外作品\n{numbers[0]},101,5\nx9,1,1\n{numbers[0]},1,\n".encode()
    page = send(client, f"{base}/scores", 422, file=file(bad, "a.csv"))
    assert "文件中有 4 处问题" in page
    assert "第 2 行" in page
    assert session.query(ComponentScore).count() == 0
    checked = client.post(f"{base}/scores/check", data={"file": file(bad, "a.csv")})
    assert checked.status_code == 200
    assert "本阶段没有这个编号的选手" in str(read_sheets(checked.data, "b.xlsx")[0].rows)
    assert "缺少这些列" in send(client, f"{base}/scores", 422, file=file(b"a,b\n1,2\n", "a.csv"))
    good = "选手编号,m1,场外作品\n" + "".join(f"{number},80.5,25\n" for number in numbers)
    send(client, f"{base}/scores", file=file(good.encode(), "a.csv"))
    assert {one.score for one in session.query(ComponentScore)} == {Decimal("68.3")}


def test_items_of_a_workbook_are_refused_with_row_and_column(client: FlaskClient, shop: Workshop) -> None:
    sign_in(client, shop.host)
    rows = (
        "编号,评分项,类型,满分,步长,目标值,允许偏差,分段\n"
        "A1,甲,测量,4,,12,,\nA1,乙,评判,5,0,,,\n,丙,别的,1,,,,\nB 2,丁,评判,x,,,,\nC1,戊,测量,4,,1,,0.2=3;0.1=4\n"
    )
    page = send(
        client, f"/staff/judging/{shop.stage_id}/modules/m1/items", 422, file=file(rows.encode(), "items.csv")
    )
    for words in (
        "第 2 行，允许偏差",
        "第 3 行，编号",
        "第 3 行，步长",
        "第 4 行，类型",
        "第 5 行，满分",
        "第 6 行，分段",
    ):
        assert words in page, words
    read = read_items(write_items(ITEMS), "items.xlsx")
    assert (read.items, read.problems) == (ITEMS, ())


def test_a_contestant_hands_in_pieces_and_sees_points_after_publication(
    client: FlaskClient, session: Session, shop: Workshop
) -> None:
    me = contestant(shop)
    sign_in(client, me)
    address = f"/my/practical/{shop.stage_id}/m2"
    assert "题目尚未发布" in page_of(client, address)
    sign_in(client, shop.host)
    send(client, f"/staff/judging/{shop.stage_id}/modules/m2/hand-out")
    sign_in(client, me)
    content = b"my work"
    digest = pieces.list_digest([pieces.digest(content)])
    begun = client.post(
        f"{address}/begin", json={"name": "a.zip", "size": len(content), "digest": digest}
    ).json
    assert begun is not None
    assert client.put(f"{begun['pieces']}0", data=b"wrong").status_code == 422
    assert client.put(f"{begun['pieces']}0", data=content).json == {"arrived": 1}
    done = client.post(begun["complete"])
    assert done.json is not None
    assert done.json["receipt"] in page_of(client, address)
    assert client.get(f"/my/practical/works/{begun['work']}").data == content
    send(client, address, file=file(b"second", "b.zip"))
    assert "请选择文件" in send(client, address, 422)
    other = contestant(shop, 1)
    sign_in(client, other)
    assert client.get(f"/my/practical/works/{begun['work']}").status_code == 404
    assert client.put(f"{begun['pieces']}0", data=content).status_code == 404

    sign_in(client, shop.host)
    rows = "选手编号,m1,m2\n" + "".join(f"{one.number},77,40\n" for one in shop.people)
    send(client, f"/staff/judging/{shop.stage_id}/scores", file=file(rows.encode(), "a.csv"))
    sign_in(client, me)
    assert "77" not in page_of(client, "/my/practical")
    session.get_one(Stage, shop.stage_id).published_at = clock.now()
    session.commit()
    page = page_of(client, "/my/practical")
    assert "77 / 100" in page
    assert "实操成绩：78.2" in page


def test_judges_open_the_work_of_a_number_without_its_name(client: FlaskClient, shop: Workshop) -> None:
    run_id = shop.set_up("m2", judges=1)
    works.hand_out(shop.stage_id, "m2", shop.host.id, clock.now())
    entry = shop.entry_of(shop.people[0])
    digest = pieces.list_digest([pieces.digest(b"x")])
    work_id = works.begin(run_id, entry, "张三的作品.zip", 1, digest, 1, clock.now())
    works.put_piece(work_id, [entry], 0, b"x", clock.now())
    works.complete(work_id, [entry], clock.now())
    db.session.commit()
    line = next(one for one in sheets_of(run_id) if one.entry_id == entry)
    sign_in(client, shop.judges[0])
    assert "打开提交的作品" in page_of(client, f"/judging/sheets/{line.sheet_id}")
    answer = client.get(f"/judging/sheets/{line.sheet_id}/work")
    assert answer.data == b"x"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="work-{line.number:03d}.zip"'


def test_the_page_of_a_module_takes_no_more_statements_for_more_people(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    counts = []
    for people, code in ((2, "practical-3"), (12, "practical-4")):
        shop = make_workshop(people, code)
        shop.set_up()
        sign_in(client, shop.host)
        page_of(client, f"/staff/judging/{shop.stage_id}/modules/m1")
        count_queries.clear()
        page_of(client, f"/staff/judging/{shop.stage_id}/modules/m1")
        counts.append(len(count_queries))
    assert counts[0] == counts[1], counts


def test_empty_pages_say_what_comes(client: FlaskClient, session: Session, shop: Workshop) -> None:
    sign_in(client, shop.judges[0])
    assert "没有需要您评分的评分表" in page_of(client, "/judging")
    sign_in(client, make_account())
    assert "没有实操考核" in page_of(client, "/my/practical")
