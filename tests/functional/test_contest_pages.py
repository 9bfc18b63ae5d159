"""Contests and events as a visitor sees them, and definitions as an administrator loads them."""

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from webapp.access.permissions import Role
from webapp.contests import queries, service
from webapp.contests.models import Contest
from webapp.contests.rules.reanchor import Anchor, reanchor
from webapp.core import clock
from webapp.core.i18n import COOKIE

JILIN = (Path(__file__).resolve().parents[2] / "webapp/contests/definitions/jilin-5.toml").read_text(
    encoding="utf-8"
)


@pytest.fixture
def jilin(session: Session) -> None:
    service.load_contest(JILIN, "jilin-5.toml")
    session.commit()


def test_first_page_of_an_empty_system_says_so(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "还没有发布竞赛" in page.text


@pytest.mark.usefixtures("jilin")
def test_pages_speak_chinese_by_default_and_english_on_choice(client: FlaskClient) -> None:
    assert "焊工" in client.get("/contests/jilin-5").text
    client.set_cookie(COOKIE, "en")
    page = client.get("/contests/jilin-5/welding").text
    assert "Welder" in page
    assert "30 % learning points" in page
    assert "70 % theory exam" in page


@pytest.mark.usefixtures("jilin")
def test_event_page_tells_the_rules_of_the_file(client: FlaskClient) -> None:
    page = client.get("/contests/jilin-5/welding").text
    assert "学习积分占 30%" in page
    assert "理论考试占 70%" in page
    assert "前 100 名" in page
    assert "2026-05-22 – 2026-05-31" in page


@pytest.mark.usefixtures("jilin")
def test_search_answers_with_the_list_only(client: FlaskClient) -> None:
    part = client.get("/contests/jilin-5?q=电工", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "电工" in part.text
    assert "焊工" not in part.text
    assert "没有符合条件的赛项" in client.get("/contests/jilin-5?q=没有这个").text


@pytest.mark.parametrize("path", ["/contests/none", "/contests/jilin-5/none"])
@pytest.mark.usefixtures("jilin")
def test_unknown_codes_are_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("jilin")
def test_event_list_takes_a_fixed_number_of_queries(client: FlaskClient, count_queries: list[str]) -> None:
    client.get("/contests/jilin-5")
    count_queries.clear()
    client.get("/contests/jilin-5")
    assert len(count_queries) <= 6


def test_a_wrong_definition_is_refused_with_every_problem_and_keeps_the_text(client: FlaskClient) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    wrong = JILIN.replace("weight_pct = 70", "weight_pct = 60", 1).replace("quota = 100", "quotaa = 100", 1)
    page = client.post("/staff/contests", data={"text": wrong})
    assert page.status_code == 422
    assert "文件有 2 处问题" in page.text
    assert "quotaa" in page.text
    assert "权重合计为 90" in page.text
    assert "snow-groomer" in page.text


def test_an_administrator_loads_and_downloads_a_definition(client: FlaskClient) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    upload = {"file": (io.BytesIO(JILIN.encode()), "jilin-5.toml")}
    assert client.post("/staff/contests", data=upload).status_code == 303
    assert client.get("/staff/contests/jilin-5/definition.toml").text.strip() == JILIN.strip()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00garbage", b"not = [toml"])
def test_files_that_are_no_definition_get_a_clear_message(client: FlaskClient, content: bytes) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    page = client.post("/staff/contests", data={"file": (io.BytesIO(content), "x.toml")})
    assert page.status_code == 422


@pytest.mark.parametrize("role", [Role.HOST, Role.QUESTION_SETTER, Role.UNION_REVIEWER])
def test_other_roles_do_not_load_definitions(client: FlaskClient, role: Role) -> None:
    sign_in(client, make_staff(role))
    assert client.get("/staff/contests").status_code == 403
    assert client.post("/staff/contests", data={"text": JILIN}).status_code == 403


@pytest.mark.usefixtures("jilin")
def test_rules_in_use_are_kept_until_a_reason_is_given(client: FlaskClient) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    changed = JILIN.replace("quota = 100", "quota = 120")
    page = client.post("/staff/contests", data={"text": changed})
    assert page.status_code == 409
    assert "quota = 120" in page.text
    assert "焊工初赛：晋级名额或同分排序有变" in page.text
    assert "quota = 100" in client.get("/staff/contests/jilin-5/definition.toml").text
    done = client.post("/staff/contests", data={"text": changed, "because": "主办方已决定"})
    assert done.status_code == 303
    assert "quota = 120" in client.get("/staff/contests/jilin-5/definition.toml").text


@pytest.mark.usefixtures("jilin")
def test_versions_are_listed_and_downloaded_and_open_questions_named(client: FlaskClient) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    client.post("/staff/contests", data={"text": JILIN.replace("Welder", "Welding"), "because": "spelling"})
    page = client.get("/staff/contests/jilin-5").text
    assert "profiles[0].registration.events_per_person" in page
    assert "Welder" in client.get("/staff/contests/jilin-5/versions/1.toml").text
    assert "Welding" in client.get("/staff/contests/jilin-5/versions/2.toml").text
    assert client.get("/staff/contests/jilin-5/versions/3.toml").status_code == 404
    assert "Welding" in client.get("/staff/contests/jilin-5/edit").text


@pytest.mark.usefixtures("jilin")
def test_an_administrator_of_one_contest_loads_only_that_one(client: FlaskClient, session: Session) -> None:
    service.load_contest((JILIN).replace('code = "jilin-5"', 'code = "other"', 1), "other.toml")
    session.commit()
    other = session.scalars(select(Contest).where(Contest.code == "other")).one()
    sign_in(client, make_staff(Role.ADMINISTRATOR, other))
    text = JILIN.replace("Welder", "Welding")
    assert client.post("/staff/contests", data={"text": text}).status_code == 403
    assert "Welder" in client.get("/staff/contests/jilin-5/definition.toml").text
    mine = text.replace('code = "jilin-5"', 'code = "other"', 1)
    assert client.post("/staff/contests", data={"text": mine}).status_code == 303


@pytest.mark.usefixtures("jilin")
def test_exam_page_part_tells_sections_marks_and_minutes(client: FlaskClient) -> None:
    client.set_cookie(COOKIE, "en")
    page = client.get("/contests/jilin-5/welding").text
    assert "What the exam is made of" in page
    assert "Half the marks when some right options are missing" in page
    assert "60 minutes" in page


@pytest.mark.usefixtures("jilin")
def test_leaderboard_is_linked_only_when_the_public_may_see_it(client: FlaskClient, session: Session) -> None:
    link = "/boards/jilin-5/welding/preliminary"
    assert link not in client.get("/contests/jilin-5/welding").text
    assert "/boards/jilin-5/open-fire/open" in client.get("/contests/jilin-5/open-fire").text
    stage = queries.stage_by_codes("jilin-5", "welding", "preliminary")
    service.mark_rechecked(stage.stage_id, clock.now())
    session.commit()
    assert link in client.get("/contests/jilin-5/welding").text


def test_an_event_with_open_questions_names_them(client: FlaskClient, session: Session) -> None:
    text = JILIN.replace("full_points = 300", 'full_points = "undecided"')
    service.load_contest(text, "jilin-5.toml")
    session.commit()
    assert "学习积分的满分标准" in client.get("/contests/jilin-5/welding").text


def test_events_are_filtered_by_phase_and_open_classes_are_named(
    client: FlaskClient, session: Session
) -> None:
    plan = {"welding": Anchor.LEARNING}
    today = clock.now().astimezone(clock.SHANGHAI).date()
    service.load_contest(reanchor(JILIN, plan, today), "jilin-5.toml")
    session.commit()
    page = client.get("/contests/jilin-5?phase=learning").text
    assert "/contests/jilin-5/welding" in page
    assert "/contests/jilin-5/electrician" not in page
    assert "共 111 个赛项。待主办方确定：参赛条件、证书、疗休养" in client.get("/contests/jilin-5").text


def test_first_page_shows_something_of_every_open_phase(client: FlaskClient, session: Session) -> None:
    today = clock.now().astimezone(clock.SHANGHAI).date()
    plan = {"auto-repair": Anchor.LEARNING, "snow-groomer": Anchor.EXAM_OPEN}
    service.load_contest(reanchor(JILIN, plan, today), "jilin-5.toml")
    over = JILIN.replace('code = "jilin-5"', 'code = "long-over"', 1).replace("第五届", "往届")
    service.load_contest(over, "over.toml")
    session.commit()
    page = client.get("/").text
    for code in ("welding", "auto-repair", "snow-groomer", "open-work-safety"):
        assert f"/contests/jilin-5/{code}" in page
    assert "/contests/long-over/welding" not in page
    assert page.index("/contests/jilin-5") < page.index("/contests/long-over")
