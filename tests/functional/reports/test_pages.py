"""Who sees which numbers, and what of them is taken away."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_staff, sign_in
from tests.functional.reports.crowd import Crowd, make_crowd
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.core.clock import SHANGHAI
from webapp.core.transaction import in_transaction
from webapp.reports.models import ContestReport
from webapp.reports.queries import cells
from webapp.reports.service import computing

VIEWS = ("", "/places", "/events", "/industries", "/review", "/learning")


@pytest.fixture
def crowd(session: Session) -> Crowd:
    return make_crowd(session, people=30)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_a_host_drills_down_to_a_unit_and_takes_a_table_away(
    client: FlaskClient, session: Session, crowd: Crowd
) -> None:
    sign_in(client, make_staff(Role.HOST, crowd.contest))
    base = f"/staff/reports/{crowd.contest.id}"
    assert base in client.get("/staff/reports").text
    for view in VIEWS:
        assert client.get(base + view).status_code == 200
    assert (
        f"{base}?place={crowd.tree['city'].id}"
        in client.get(f"/staff/reports?place={crowd.tree['city'].id}").text
    )
    assert client.get("/staff/reports?place=999999").status_code == 404
    places = client.get(f"{base}/places").text
    province = crowd.tree["province"]
    assert f"place={province.id}" in places
    assert "组织树中无单位" in places
    city = client.get(f"{base}/places?place={crowd.tree['city'].id}").text
    assert f'href="{base}?place={crowd.tree["firm-3"].id}"' in city
    assert client.get(f"{base}?place={crowd.tree['firm-3'].id}&event={crowd.events[0].id}").status_code == 200
    assert client.get(f"{base}?place=999999").status_code == 404
    assert client.get(f"{base}?event=999999").status_code == 404
    assert client.get(f"{base}?industry=nowhere").status_code == 404
    refused = client.post(f"{base}/export", data={"view": "places", "table": "places"})
    assert refused.status_code == 422
    taken = client.post(f"{base}/export", data={"view": "places", "table": "places", "reason": "年度总结"})
    assert taken.status_code == 200
    rows = list(openpyxl.load_workbook(io.BytesIO(taken.data)).active.iter_rows(values_only=True))  # type: ignore[union-attr]  # one sheet
    assert rows[-1][0] == "合计"
    head = next(at for at, row in enumerate(rows) if row[0] == "地区或单位")
    parts = rows[head + 1 : -1]
    assert sum(int(row[3] or 0) for row in parts) == rows[-1][3], "regions add up to the whole"
    noted = session.scalars(select(AuditRow).where(AuditRow.action == "report.export")).one()
    assert (noted.why, noted.facts["table"]) == ("年度总结", "places")
    assert client.post("/staff/reports/export", data={"reason": "年度总结"}).status_code == 200


def test_a_reviewer_sees_the_own_place_and_no_single_people(
    client: FlaskClient, session: Session, crowd: Crowd
) -> None:
    sign_in(client, make_staff(Role.UNION_REVIEWER, crowd.tree["other"]))
    base = f"/staff/reports/{crowd.contest.id}"
    assert "邻市总工会" in client.get("/staff/reports").text
    for view in VIEWS:
        page = client.get(base + view)
        assert page.status_code == 200
        assert "示例市总工会" not in page.text
    assert "&lt;3" in client.get(base).text
    assert "&lt;3" in client.get(f"{base}/places").text
    for foreign in ("province", "city", "firm-1"):
        assert client.get(f"{base}?place={crowd.tree[foreign].id}").status_code == 404
        assert client.get(f"/staff/reports?place={crowd.tree[foreign].id}").status_code == 404
    assert client.get(f"{base}?place={crowd.tree['firm-4'].id}").status_code == 200
    assert client.get(f"{base}?place=0").status_code == 404
    assert client.post(f"{base}/count").status_code == 404


def test_a_host_of_one_event_sees_that_event_only(
    client: FlaskClient, session: Session, crowd: Crowd
) -> None:
    own, other = crowd.events[:2]
    sign_in(client, make_staff(Role.HOST, own))
    base = f"/staff/reports/{crowd.contest.id}"
    assert base in client.get("/staff/reports").text
    page = client.get(base)
    assert page.status_code == 200
    assert own.title["zh"] in text_of(page.text)
    assert client.get(f"{base}?event={own.id}&place={crowd.tree['firm-1'].id}").status_code == 200
    assert other.title["zh"] not in text_of(client.get(f"{base}/events").text), "no numbers of other events"
    assert client.get(f"{base}?event={other.id}").status_code == 404
    assert client.get(f"{base}?place={crowd.tree['city'].id}").status_code == 404


def test_an_organiser_sees_the_own_events_and_no_place(
    client: FlaskClient, session: Session, crowd: Crowd
) -> None:
    own, other = crowd.events[:2]
    institution = make_organisation("承办学院", kind="organiser", level="organiser")
    own.organiser_id = institution.id
    session.commit()
    sign_in(client, make_staff(Role.ORGANISER, institution))
    base = f"/staff/reports/{crowd.contest.id}"
    assert base in client.get("/staff/reports").text
    for view in VIEWS:
        page = client.get(base + view)
        assert page.status_code == 200
        assert own.title["zh"] in text_of(page.text)
        assert other.title["zh"] not in text_of(page.text), "not even to choose"
    assert client.get(f"{base}?event={other.id}").status_code == 404
    for place in (institution, crowd.tree["city"]):
        assert client.get(f"{base}?event={other.id}&place={place.id}").status_code == 404
        assert client.get(f"/staff/reports?place={place.id}").status_code == 404
    assert client.post(f"{base}/count").status_code == 404
    stranger = client.application.test_client()
    sign_in(
        stranger,
        make_staff(Role.ORGANISER, make_organisation("别的学院", kind="organiser", level="organiser")),
    )
    assert base not in stranger.get("/staff/reports").text
    assert stranger.get(base).status_code == 404


def test_a_large_contest_is_counted_in_the_background(
    client: FlaskClient,
    session: Session,
    crowd: Crowd,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cells, "LIVE_MOST", 5)
    sign_in(client, make_staff(Role.HOST))
    base = f"/staff/reports/{crowd.contest.id}"
    assert "尚未统计" in client.get(base).text
    assert client.get("/staff/reports").status_code == 200
    assert client.post(f"{base}/count").status_code == 303
    assert client.post(f"{base}/count").status_code == 409
    assert "正在统计" in client.get(f"{base}/counting").text
    run_jobs()
    page = client.get(base).text
    assert "截至" in page
    assert "重新统计" in page
    for view in VIEWS:
        assert client.get(base + view).status_code == 200


def test_a_large_contest_is_counted_once_each_night(
    session: Session, crowd: Crowd, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "LIVE_MOST", 5)
    today = clock.now().astimezone(SHANGHAI).replace(hour=3, minute=0, second=0, microsecond=0)
    session.execute(update(Stage).values(closes_at=today + timedelta(days=1)))
    session.commit()
    asked = []
    for hours in (
        -9,
        0,
        1,
        9,
        24,
        24 * 400,
    ):  # 18:00 before, 03:00, 04:00, noon, the next night, long after its end
        asked.append(in_transaction(partial(computing.ask_by_night, today + timedelta(hours=hours))))
        run_jobs()
    assert asked == [0, 1, 0, 0, 1, 0]
    kept = session.scalars(select(ContestReport)).one()
    assert (kept.contest_id, kept.state, kept.asked_by_account_id) == (crowd.contest.id, "ready", None)
    monkeypatch.setattr(cells, "LIVE_MOST", 5000)
    assert in_transaction(lambda: computing.ask_by_night(today + timedelta(days=2))) == 0, (
        "small ones are counted at once"
    )


def test_nothing_yet_is_said(client: FlaskClient, session: Session) -> None:
    make_organisation("示例省总工会")
    sign_in(client, make_staff(Role.HOST))
    assert "还没有竞赛" in client.get("/staff/reports").text
