"""Boards as visitors, contestants and hosts meet them."""

import io
import re
from collections.abc import Iterator, Mapping

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import make_account, make_organisation, make_staff, sign_in
from tests.integration.leaderboard.boards import (
    OPEN_AFTER,
    Board,
    combine,
    grade,
    learn,
    make_board,
    publish,
    recheck,
)
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.audit.models import AuditRow
from webapp.contests.models import Event
from webapp.core import tickets
from webapp.core.db import db
from webapp.core.redis import redis_client
from webapp.leaderboard.routes.fragments import cache

NAMES = ("欧阳䶮", "王芳", "李建国", "阿卜杜拉·热合曼", "赵丽")
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def fresh_fragments() -> Iterator[None]:
    """Ids come again in each test; fragments are kept for a second."""
    cache.forget()
    yield
    cache.forget()


@pytest.fixture
def board(session: Session) -> Board:
    """Five contestants: 90, 80, 80, 70, 60 in theory; the first with 150 points of learning."""
    made = make_board(names=NAMES)
    grade(list(zip(made.people, (90, 80, 80, 70, 60), strict=True)))
    learn(made, [(made.people[0], 150)])
    combine(made)
    return made


@pytest.fixture
def quick(session: Session) -> Board:
    """The same, with everything public at once."""
    made = make_board(names=NAMES, changes={'public_from = "recheck"': 'public_from = "at_once"'})
    grade(list(zip(made.people, (90, 80, 80, 70, 60), strict=True)))
    combine(made)
    return made


def page(client: FlaskClient, address: str, status: int = 200, headers: Mapping[str, str] = {}) -> str:
    cache.forget()
    response = client.get(address, headers=headers)
    assert response.status_code == status, response.text
    return response.text


def no_name_shows(html: str) -> None:
    assert [name for name in NAMES if name in html] == []


def as_contestant(client: FlaskClient, board: Board, at: int) -> None:
    sign_in(client, make_account(db.session.get_one(Person, board.people[at].person_id)))


def test_before_the_re_check_visitors_read_when_it_will_be_visible(client: FlaskClient, board: Board) -> None:
    for address in (
        f"/boards/{board.address}",
        f"/boards/{board.address}/rows",
        f"/boards/{board.address}?screen=1",
    ):
        html = page(client, address)
        assert "资格复核" in html
        assert "data-entry" not in html
        assert "ticket=" not in html
        no_name_shows(html)
    number = board.people[0].number
    shown = page(client, f"/boards/{board.address}?number={number}").split("<main", 1)[1]
    assert not re.search(r"\b90\b", shown)  # tokens above the main part may hold these two signs by chance


def test_after_the_re_check_the_board_is_public_and_provisional(client: FlaskClient, board: Board) -> None:
    recheck(board)
    html = page(client, f"/boards/{board.address}")
    assert "实时成绩，未公示" in html
    assert re.findall(r"medal--(\d)", html) == ["1", "2", "2"]  # 4 stands without a medal
    assert html.index("欧**") < html.index("王*")
    assert "78.00" in html
    assert "第1机械厂" in html
    no_name_shows(html)
    publish(board)
    html = page(client, f"/boards/{board.address}")
    assert "本排名已公示" in html
    assert "实时成绩，未公示" not in html


def test_a_board_that_is_never_public_stays_closed(client: FlaskClient, session: Session) -> None:
    made = make_board(people=1, changes={'public_from = "recheck"': 'public_from = "never"'})
    grade([(made.people[0], 90)])
    combine(made)
    recheck(made)
    publish(made)
    assert "本排行榜不公开" in page(client, f"/boards/{made.address}")


def test_masks_hold_in_every_cell_of_every_public_page(client: FlaskClient, quick: Board) -> None:
    number = quick.people[0].number
    for address in (
        "/boards",
        f"/boards/{quick.address}",
        f"/boards/{quick.address}?page=9",
        f"/boards/{quick.address}?number={number}",
        f"/boards/{quick.address}?screen=1",
        f"/boards/{quick.address}/rows",
        f"/boards/{quick.address}/rows?screen=1",
    ):
        html = page(client, address)
        no_name_shows(html)
        cells = re.findall(r'<th class="name" scope="row">\s*([^<\s]*)', html)
        assert all(re.fullmatch(r".\*{1,3}", cell) for cell in cells), cells
        assert "990101" not in html


def test_the_fragment_is_the_same_bytes_for_everybody(client: FlaskClient, app: Flask, quick: Board) -> None:
    address = f"/boards/{quick.address}/rows"
    visitor = client.get(address, headers=HTMX)
    as_contestant(client, quick, 0)
    assert client.get(address, headers=HTMX).data == visitor.data
    assert visitor.headers["Cache-Control"] == "public, max-age=1"
    again = client.get(address, headers={"If-None-Match": visitor.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_kept_fragment_asks_nothing(client: FlaskClient, quick: Board, count_queries: list[str]) -> None:
    address = f"/boards/{quick.address}/rows"
    client.get(address)
    count_queries.clear()
    for _ in range(20):
        assert client.get(address).status_code == 200
    assert count_queries == []


def test_making_the_fragment_takes_few_statements(
    client: FlaskClient, quick: Board, count_queries: list[str]
) -> None:
    client.get(f"/boards/{quick.address}/rows")
    cache.forget()
    count_queries.clear()
    client.get(f"/boards/{quick.address}/rows")
    assert 0 < len([one for one in count_queries if one.lstrip().startswith("SELECT")]) <= 9


def test_english_readers_get_english_rows(client: FlaskClient, quick: Board) -> None:
    client.set_cookie("language", "en")
    assert "Live results, not yet published" in page(client, f"/boards/{quick.address}/rows")


def test_everybody_finds_a_number_on_the_board(client: FlaskClient, quick: Board) -> None:
    number = quick.people[3].number
    found = client.get(f"/boards/{quick.address}/find?number={number}", follow_redirects=True)
    assert "第 4 名" in found.text
    assert "阿***" in found.text
    missing = client.get(f"/boards/{quick.address}/find?number=nobody", follow_redirects=True)
    assert "没有编号为 nobody" in missing.text


def test_a_page_carries_a_ticket_for_its_own_channel(client: FlaskClient, app: Flask, quick: Board) -> None:
    html = page(client, f"/boards/{quick.address}")
    found = re.search(r"/live/(board:\d+)\?ticket=([^\"]+)", html)
    assert found is not None
    ticket = tickets.check([app.config["SECRET_KEY"]], found.group(2))
    assert ticket == tickets.Ticket(f"board:{quick.stage_id}", tickets.Watcher.PUBLIC)


def test_an_emptied_redis_changes_nothing_and_is_rebuilt_once(
    client: FlaskClient, app: Flask, quick: Board
) -> None:
    before = page(client, f"/boards/{quick.address}/rows")
    redis_client().flushdb()
    app.extensions["jobs_inline"].clear()
    for _ in range(3):
        wiped = page(client, f"/boards/{quick.address}/rows")
        assert re.findall(r'data-entry="(\d+)"', wiped) == re.findall(r'data-entry="(\d+)"', before)
    assert [name.value for name, _ in app.extensions["jobs_inline"]] == ["leaderboard.rebuild_standings"]


def test_contestants_see_their_own_place_before_the_public_does(client: FlaskClient, board: Board) -> None:
    as_contestant(client, board, 2)
    html = page(client, f"/boards/{board.address}/own")
    assert "<dd>2</dd>" in html
    assert "56.00" in html
    panel = page(client, f"/my/rank-panel/{board.people[2].participation_id}/preliminary", headers=HTMX)
    assert "您与另外 1 人并列" in panel
    assert "80 × 70 %" in panel
    assert "前后名次" not in panel
    assert "<html" not in panel
    no_name_shows(panel)


def test_the_panel_lets_a_person_repeat_the_arithmetic(client: FlaskClient, board: Board) -> None:
    recheck(board)
    as_contestant(client, board, 0)
    html = page(client, f"/my/rank-panel/{board.people[0].participation_id}/preliminary")
    shown = " ".join(re.sub(r"<[^>]*>", " ", html).split())
    for step in ("50 × 30 % 15 ", "90 × 70 % 63 ", "合计 78 ", "78.00"):
        assert step in shown, step
    assert "学习积分 150 / 300" in html
    assert "前后名次" in html
    assert "王*" in html
    assert [name for name in NAMES[1:] if name in html] == []


def test_a_strangers_panel_answers_like_a_missing_one(client: FlaskClient, board: Board) -> None:
    address = f"/my/rank-panel/{board.people[0].participation_id}/preliminary"
    assert client.get(address).status_code in {303, 401}
    as_contestant(client, board, 1)
    page(client, address, 404)
    page(client, f"/my/rank-panel/{board.people[1].participation_id}/final-final", 404)


def test_a_panel_without_a_place_asks_again_until_there_is_one(client: FlaskClient, session: Session) -> None:
    made = make_board(people=1)
    as_contestant(client, made, 0)
    address = f"/my/rank-panel/{made.people[0].participation_id}/preliminary"
    waiting = page(client, address, headers=HTMX)
    assert f'hx-get="{address}"' in waiting
    grade([(made.people[0], 80)])
    combine(made)
    assert "hx-get" not in page(client, address, headers=HTMX)


def test_who_does_not_take_part_sees_no_own_line(client: FlaskClient, board: Board) -> None:
    sign_in(client, make_account())
    assert page(client, f"/boards/{board.address}/own").strip() == ""


def test_hosts_see_all_rows_before_the_public_with_names_masked(client: FlaskClient, board: Board) -> None:
    sign_in(client, make_staff(Role.HOST))
    html = page(client, f"/staff/boards/{board.address}")
    assert html.count("data-entry=") == 5
    assert board.people[0].number in html
    no_name_shows(html)
    assert "data-entry" in page(client, f"/staff/boards/{board.address}?screen=1")
    assert board.address in page(client, "/staff/boards")
    assert "<html" not in page(client, f"/staff/boards/{board.address}", headers=HTMX)


def test_whole_names_need_a_reason_and_are_noted(client: FlaskClient, board: Board, session: Session) -> None:
    sign_in(client, make_staff(Role.HOST))
    refused = client.post(f"/staff/boards/{board.address}/names", data={"unmask-reason": ""})
    assert refused.status_code == 422
    no_name_shows(refused.text)
    shown = client.post(f"/staff/boards/{board.address}/names", data={"unmask-reason": "核对证书姓名"})
    assert all(name in shown.text for name in NAMES)
    assert shown.headers["Cache-Control"] == "no-store"
    row = session.query(AuditRow).filter_by(action="board.unmask").one()
    assert (row.why, row.target_id) == ("核对证书姓名", str(board.stage_id))


def test_an_organiser_sees_its_own_events_only(client: FlaskClient, board: Board, session: Session) -> None:
    organiser = make_organisation(kind="organiser")
    session.get_one(Event, board.event_id).organiser_id = organiser.id
    sign_in(client, make_staff(Role.ORGANISER, organiser))
    html = page(client, f"/staff/boards/{board.address}")
    assert "/names" not in html
    assert "/export" not in html
    assert (
        client.post(f"/staff/boards/{board.address}/names", data={"unmask-reason": "x y"}).status_code == 403
    )
    page(client, "/staff/boards/jilin-5/electrician/preliminary", 404)
    assert "electrician" not in page(client, "/staff/boards")


@pytest.mark.parametrize(
    "role", [Role.HELP_DESK, Role.UNIT_LIAISON, Role.QUESTION_SETTER, Role.ADMINISTRATOR]
)
def test_other_roles_do_not_see_full_boards(client: FlaskClient, board: Board, role: Role) -> None:
    sign_in(client, make_staff(role))
    page(client, f"/staff/boards/{board.address}", 403)
    page(client, f"/staff/boards/{board.address}/screen-rows", 403)


def exported(client: FlaskClient, board: Board, **data: str) -> list[tuple[object, ...]]:
    response = client.post(
        f"/staff/boards/{board.address}/export", data={"export-reason": "报送名单", **data}
    )
    assert response.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
    assert sheet is not None
    return [tuple(row) for row in sheet.iter_rows(min_row=4, values_only=True)]


def test_an_exported_list_is_masked_and_noted(client: FlaskClient, board: Board, session: Session) -> None:
    sign_in(client, make_staff(Role.HOST))
    rows = exported(client, board)
    assert [(row[0], row[-1]) for row in rows[:3]] == [(1, "78.00"), (2, "56.00"), (2, "56.00")]
    assert {row[2] for row in rows} == {"欧**", "王*", "李**", "阿***", "赵*"}
    no_name_shows(str(rows))
    assert session.query(AuditRow).filter_by(action="board.export").one().facts["rows"] == 5
    assert exported(client, board, **{"export-whole_names": "y"})[0][2] == "欧阳䶮"


def test_exported_cells_are_never_formulas(client: FlaskClient, board: Board, session: Session) -> None:
    session.execute(text("UPDATE organisations SET name = '=HYPERLINK(1)' WHERE name = '第1机械厂'"))
    sign_in(client, make_staff(Role.HOST))
    assert exported(client, board)[0][3] == "'=HYPERLINK(1)"


def test_the_cut_line_stands_below_those_who_go_on(client: FlaskClient, session: Session) -> None:
    made = make_board(
        names=NAMES,
        changes={
            "quota = 100\n": "quota = 2\n",
            **OPEN_AFTER,
            'public_from = "recheck"': 'public_from = "at_once"',
            'breakers = ["theory", "time_used"]': "breakers = []",
        },
    )
    grade(list(zip(made.people, (90, 80, 80, 70, 60), strict=True)))
    combine(made)
    html = page(client, f"/boards/{made.address}/rows")
    assert html.index('data-position="3"') < html.index("cut-line") < html.index('data-position="4"')
    assert "含同分共 3 名" in html
    as_contestant(client, made, 3)
    assert "7.00" in page(client, f"/boards/{made.address}/own")
    as_contestant(client, made, 2)
    assert "您与另外 1 人并列" in page(
        client, f"/my/rank-panel/{made.people[2].participation_id}/preliminary"
    )


def test_missing_boards_answer_so(client: FlaskClient, board: Board) -> None:
    page(client, "/boards/jilin-5/welding/nowhere", 404)
    page(client, "/boards/nowhere/welding/preliminary/rows", 404)


def test_the_index_lists_boards_with_their_state(client: FlaskClient, board: Board) -> None:
    html = page(client, "/boards")
    assert board.address in html
    assert "尚未公开" in html
