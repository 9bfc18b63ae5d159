"""Every entry in plain words for its owner; hosts take entries back with a second person."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_contest, make_event, make_staff, sign_in
from tests.functional.learning.quiz_site import EVENT, QuizSite, make_site, words_of
from webapp.access.permissions import Role
from webapp.contests.models import Contest, Event
from webapp.learning.models import PointEntry, PointReversal


@pytest.fixture
def site(client: FlaskClient, session: Session) -> QuizSite:
    made = make_site(client, session)
    made.play()
    return made


@pytest.fixture
def two_person(client: FlaskClient) -> object:
    client.application.config["TWO_PERSON"] = True
    yield None
    client.application.config["TWO_PERSON"] = False


def first_entry(site: QuizSite) -> PointEntry:
    return site.session.scalars(select(PointEntry).order_by(PointEntry.id)).first() or pytest.fail("no entry")


def test_the_owner_reads_every_entry_and_how_the_score_follows(site: QuizSite) -> None:
    page = words_of(site.client.get(f"{EVENT}/points"))
    assert "我的积分明细" in page
    assert page.count("用电小测") == 3
    assert "min(3, 300) ÷ 300 × 100 = 1" in page
    assert "+1" in page


def test_without_entries_the_page_says_what_to_do(client: FlaskClient, session: Session) -> None:
    make_site(client, session)
    assert "还没有积分" in words_of(client.get(f"{EVENT}/points"))


def test_a_host_finds_the_contestant_and_takes_an_entry_back(site: QuizSite) -> None:
    sign_in(site.client, make_staff(Role.HOST, site.session.get_one(Contest, site.contest_id)))
    found = site.client.get("/staff/points?words=陆晓")
    assert f"/staff/points/{site.participation_id}" in found.text
    page = site.client.get(f"/staff/points/{site.participation_id}")
    entry = first_entry(site)
    door = f"/staff/points/{site.participation_id}/entries/{entry.id}"
    assert door in page.text
    assert site.client.get(door).status_code == 200
    refused = site.client.post(door, data={"reason": ""})
    assert refused.status_code == 422
    done = site.client.post(door, data={"reason": "代答"}, follow_redirects=True)
    assert "积分已扣回" in done.text
    assert door not in done.text
    sign_in(site.client, site.alice)
    own = words_of(site.client.get(f"{EVENT}/points"))
    assert "代答" in own
    assert "后来已扣回" in own
    assert "min(2, 300)" in own


def test_where_two_people_are_needed_another_host_decides(site: QuizSite, two_person: object) -> None:
    contest = site.session.get_one(Contest, site.contest_id)
    asker, decider = make_staff(Role.HOST, contest), make_staff(Role.HOST, contest)
    sign_in(site.client, asker)
    door = f"/staff/points/{site.participation_id}/entries/{first_entry(site).id}"
    asked = site.client.post(door, data={"reason": "代答"}, follow_redirects=True)
    assert "申请由您提出" in asked.text
    request_id = site.session.scalars(select(PointReversal.id)).one()
    own = site.client.post(f"/staff/points/requests/{request_id}", data={"agree": "yes"})
    assert own.status_code == 403
    sign_in(site.client, decider)
    assert "待处理的申请" in site.client.get("/staff/points").text
    site.client.post(f"/staff/points/requests/{request_id}", data={"agree": "yes"})
    site.session.expire_all()
    assert site.session.get_one(PointReversal, request_id).state == "done"
    again = site.client.post(f"/staff/points/requests/{request_id}", data={"agree": "no"})
    assert again.status_code == 409


def test_a_host_of_another_contest_finds_nothing(site: QuizSite) -> None:
    other = make_contest()
    sign_in(site.client, make_staff(Role.HOST, other))
    assert "陆晓晴" not in site.client.get("/staff/points?words=陆晓").text
    assert site.client.get(f"/staff/points/{site.participation_id}").status_code == 404
    door = f"/staff/points/{site.participation_id}/entries/{first_entry(site).id}"
    assert site.client.post(door, data={"reason": "x"}).status_code == 404


def test_a_host_of_one_event_sees_that_event_only(site: QuizSite) -> None:
    event = site.session.get_one(Event, site.event_id)
    contest = site.session.get_one(Contest, site.contest_id)
    sign_in(site.client, make_staff(Role.HOST, make_event(contest)))
    assert site.client.get(f"/staff/points/{site.participation_id}").status_code == 404
    sign_in(site.client, make_staff(Role.HOST, event))
    assert site.client.get(f"/staff/points/{site.participation_id}").status_code == 200


def test_the_supervisor_sees_and_changes_nothing(site: QuizSite) -> None:
    sign_in(site.client, make_staff(Role.SUPERVISOR))
    page = site.client.get(f"/staff/points/{site.participation_id}")
    door = f"/staff/points/{site.participation_id}/entries/{first_entry(site).id}"
    assert page.status_code == 200
    assert door not in page.text
    assert site.client.post(door, data={"reason": "x"}).status_code == 403


def test_hasty_answers_are_flagged_for_the_host(client: FlaskClient, session: Session) -> None:
    site = make_site(client, session)
    address = site.start()
    site.answer(address)
    site.go_on(address)
    site.answer(address, fast=True)
    sign_in(client, make_staff(Role.HOST))
    page = words_of(client.get(f"/staff/points/{site.participation_id}"))
    assert "1 / 2" in page
    assert "同轮有过快作答" in page
    sign_in(client, site.alice)
    assert "同轮有过快作答" not in client.get(f"{EVENT}/points").text
