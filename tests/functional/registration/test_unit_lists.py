"""Sealed unit lists: confirmed as a whole, spot checks drawn by a committed seed, the rest after them (6.3)."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff
from tests.functional.registration.test_journeys import browser, decide, register
from tests.integration.registration.stand import Stand, definition, make_stand, principal_of
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.contests.rules.entry import SpotRule
from webapp.contests.service import load_contest
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.registration.models import Application, UnitList
from webapp.registration.queries.reviewing import Filter
from webapp.registration.rules.spot_checks import commitment, digest, drawn
from webapp.registration.service.bulk import confirm_all

PATH = "/staff/unit-lists"
PDF = b"%PDF-1.7 sealed"


@pytest.fixture
def stand(session: Session) -> Stand:
    made = make_stand()
    text = definition().replace('review_levels = ["county"', 'review_levels = ["unit", "county"', 1)
    text = text.replace(
        "needs_unit = true",
        "needs_unit = true\nsealed_lists = {spot_check_pct = 25, spot_check_least = 2}",
        1,
    )
    load_contest(text, because="章程修订")
    session.commit()
    return made


def apply_all(app: Flask, stand: Stand, count: int = 8) -> None:
    for number in range(count):
        assert (
            register(browser(app, stand.worker(f"职工{'甲乙丙丁戊己庚辛壬癸'[number]}")), stand.event.id)
            == 303
        )


def seal(client: FlaskClient, stand: Stand, content: bytes = PDF) -> int:
    data = {"list": f"{stand.county_firm.id}-{stand.contest.id}", "scan": (io.BytesIO(content), "list.pdf")}
    return client.post(PATH, data=data).status_code


def the_list(session: Session) -> UnitList:
    session.expire_all()
    return session.scalars(select(UnitList)).one()


def steps(session: Session) -> list[int]:
    session.expire_all()
    return sorted(session.scalars(select(Application.step)))


def test_a_list_is_sealed_spot_checked_and_the_rest_follows(
    app: Flask, session: Session, stand: Stand
) -> None:
    liaison = browser(app, make_staff(Role.UNIT_LIAISON, stand.county_firm, "李联络"))
    county = browser(app, stand.reviewer(stand.county))
    assert "没有等待名单确认的报名" in liaison.get(PATH).text
    apply_all(app, stand)
    assert "8 人" in liaison.get(PATH).text
    assert seal(liaison, stand, b"no scan") == 422
    assert seal(liaison, stand) == 303
    assert seal(liaison, stand) == 422, "nobody is left"
    assert steps(session) == [1] * 8
    row = the_list(session)
    assert (row.digest, row.commitment) == (digest(row.application_ids), commitment(row.seed))
    page = f"{PATH}/{row.id}"
    assert row.seed not in county.get(page).text
    assert row.commitment in county.get(page).text
    scan = county.get(f"{page}/scan")
    assert (scan.data, scan.mimetype) == (PDF, "application/pdf")
    assert liaison.post(f"{page}/open").status_code == 403
    assert county.post(f"{page}/rest").status_code == 422
    assert county.post(f"{page}/open").status_code == 303
    assert county.post(f"{page}/open").status_code == 409
    row = the_list(session)
    assert row.spot_ids == list(drawn(row.application_ids, row.seed, SpotRule(25, 2)))
    assert len(row.spot_ids) == 2
    assert row.seed in county.get(page).text
    assert county.post(f"{page}/rest").status_code == 422
    for spot in row.spot_ids:
        assert decide(county, spot) == 303
    assert county.post(f"{page}/rest").status_code == 303
    assert steps(session) == [2] * 8
    actions = set(session.scalars(select(AuditRow.action).where(AuditRow.action.like("unit-list.%"))))
    assert actions == {"unit-list.seal", "unit-list.open", "unit-list.confirm-rest"}
    assert "已通过" in county.get(PATH).text


def test_a_spot_check_that_is_not_right_stops_the_rest(app: Flask, session: Session, stand: Stand) -> None:
    liaison = browser(app, make_staff(Role.UNIT_LIAISON, stand.county_firm))
    apply_all(app, stand, 4)
    seal(liaison, stand)
    page = f"{PATH}/{the_list(session).id}"
    county = browser(app, stand.reviewer(stand.county))
    county.post(f"{page}/open")
    wrong, right = the_list(session).spot_ids or []
    assert decide(county, wrong, "refuse", reason="非本单位职工") == 303
    assert decide(county, right) == 303
    assert county.post(f"{page}/rest").status_code == 422
    assert "逐份查看这份名单" in county.get(page).text
    assert steps(session).count(1) == 3, "the refused one and the two others stand where they were"


def test_people_of_a_list_are_not_confirmed_by_a_filter_before_its_spot_checks(
    app: Flask, session: Session, stand: Stand
) -> None:
    apply_all(app, stand, 4)
    seal(browser(app, make_staff(Role.UNIT_LIAISON, stand.county_firm)), stand)
    reviewer = stand.reviewer(stand.county)
    page = browser(app, reviewer).post("/staff/review/all", data={"whose": "mine"}).text
    assert "在盖章名单上" in page
    who, now = principal_of(reviewer), clock.now()
    with transaction():
        done = confirm_all(who, Filter(), "", now, now, "a" * 32)
    assert (done.confirmed, done.left) == (0, 4)
    assert steps(session) == [1] * 4


def test_many_lists_take_as_many_statements_as_one(
    app: Flask, session: Session, stand: Stand, count_queries: list[str]
) -> None:
    county = browser(app, stand.reviewer(stand.county))
    liaison = browser(app, make_staff(Role.UNIT_LIAISON, stand.county_firm))
    counts = []
    for number in range(4):
        register(browser(app, stand.worker(f"职工{'甲乙丙丁'[number]}")), stand.event.id)
        assert seal(liaison, stand) == 303
        if number in {0, 3}:
            county.get(PATH)
            count_queries.clear()
            assert county.get(PATH).text.count(f"{PATH}/") == number + 1
            counts.append(len(count_queries))
    assert counts[0] == counts[1], counts


def test_lists_of_others_do_not_exist(app: Flask, session: Session, stand: Stand) -> None:
    apply_all(app, stand, 2)
    stranger = browser(app, make_staff(Role.UNIT_LIAISON, stand.other_firm))
    assert seal(stranger, stand) == 404
    seal(browser(app, make_staff(Role.UNIT_LIAISON, stand.county_firm)), stand)
    page = f"{PATH}/{the_list(session).id}"
    for client in (stranger, browser(app, stand.reviewer(stand.other_city))):
        for path in (page, f"{page}/scan"):
            assert client.get(path).status_code == 404
        assert "示例机械厂" not in client.get(PATH).text
    assert browser(app, stand.reviewer(stand.other_city)).post(f"{page}/open").status_code == 404


def test_the_unit_does_not_check_its_own_list_and_no_list_where_the_file_has_none(
    app: Flask, session: Session, stand: Stand
) -> None:
    apply_all(app, stand, 2)
    liaison = browser(app, make_staff(Role.UNIT_LIAISON, stand.county_firm))
    load_contest(
        definition().replace('review_levels = ["county"', 'review_levels = ["unit", "county"', 1),
        because="章程修订",
    )
    session.commit()
    assert seal(liaison, stand) == 422
    of_unit = browser(app, stand.reviewer(stand.county_firm))
    assert "还没有名单" in of_unit.get(PATH).text
