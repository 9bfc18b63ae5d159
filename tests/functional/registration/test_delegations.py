"""A queue handed to somebody else for a time: they decide, it is audited, and it ends (6.3)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_event, make_staff
from tests.functional.registration.test_journeys import browser, decide, register, the_application
from tests.integration.registration.stand import Stand, make_stand
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.registration.models import ReviewDecision, ReviewDelegation

PATH = "/staff/review/delegations"


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


def last_day(days: int = 7) -> str:
    return (clock.now().astimezone(clock.SHANGHAI).date() + timedelta(days=days)).isoformat()


def test_a_delegate_decides_until_the_queue_is_taken_back(app: Flask, session: Session, stand: Stand) -> None:
    mine, other = stand.reviewer(stand.county, "本县审核"), stand.reviewer(stand.other_city, "邻市审核")
    first, second = stand.worker("王小明"), stand.worker("李小红")
    for person in (first, second):
        register(browser(app, person), stand.event.id)
    helper = browser(app, other)
    application = the_application(session, first)
    assert helper.get(f"/staff/review/{application.id}").status_code == 404
    session.add(
        ReviewDelegation(
            organisation_id=stand.county.id, to_person_id=other.person_id, from_at=clock.now(),
            until_at=clock.now() + timedelta(days=1), why="休假", given_at=clock.now(),
        )
    )  # fmt: skip
    session.commit()
    assert "王小明" in helper.get("/staff/review").text
    assert decide(helper, application.id) == 303
    decision = session.scalars(select(ReviewDecision)).one()
    assert (decision.reviewer_account_id, decision.organisation_id) == (other.id, stand.county.id)
    assert helper.get(f"/staff/review/{application.id}").status_code == 200, "one sees what one decided"
    given = session.scalars(select(ReviewDelegation)).one()
    assert helper.post(f"{PATH}/{given.id}/end").status_code == 303
    assert helper.get(f"/staff/review/{the_application(session, second).id}").status_code == 404
    assert helper.post(f"{PATH}/{given.id}/end").status_code == 409
    assert "李小红" in browser(app, mine).get("/staff/review").text


def test_a_node_hands_on_to_those_near_it_with_a_day_and_a_reason(
    app: Flask, session: Session, stand: Stand
) -> None:
    mine, above = stand.reviewer(stand.county), stand.reviewer(stand.city, "赵市级")
    stand.reviewer(stand.other_city, "远处")
    client = browser(app, mine)
    page = client.get(PATH).text
    assert "赵市级" in page
    assert "远处" not in page
    right = {"receiver": f"{stand.county.id}-p-{above.person_id}", "until": last_day(), "why": "休假一周"}
    for wrong in (
        {"receiver": f"{stand.other_city.id}-p-{above.person_id}"},
        {"receiver": ""},
        {"until": last_day(-1)},
        {"until": last_day(61)},
        {"until": "morgen"},
        {"why": " "},
    ):
        refused = client.post(PATH, data={**right, **wrong})
        assert refused.status_code == 422, wrong
    assert client.post(PATH, data=right).status_code == 303
    audited = session.scalars(select(AuditRow).where(AuditRow.action == "review.delegate")).one()
    assert (audited.why, audited.facts["to_person_id"]) == ("休假一周", above.person_id)
    assert "休假一周" in browser(app, above).get(PATH).text
    given = session.scalars(select(ReviewDelegation)).one()
    stranger = browser(app, stand.reviewer(stand.other_city))
    assert stranger.post(f"{PATH}/{given.id}/end").status_code == 404


def test_all_reviewers_of_an_organisation_take_over(app: Flask, session: Session, stand: Stand) -> None:
    stand.reviewer(stand.other_city, "邻市甲")
    city = browser(app, stand.reviewer(stand.city))
    data = {"receiver": f"{stand.city.id}-o-{stand.other_city.id}", "until": last_day(0), "why": "集中审核"}
    assert city.post(PATH, data=data).status_code == 303
    register(browser(app, stand.worker("王小明", stand.city_firm)), stand.event.id)
    helper = browser(app, stand.reviewer(stand.other_city))
    assert "王小明" in helper.get("/staff/review").text
    given = session.scalars(select(ReviewDelegation)).one()
    given.from_at = clock.now() - timedelta(days=2)
    given.until_at = clock.now() - timedelta(seconds=1)
    session.commit()
    assert "王小明" not in helper.get("/staff/review").text, "it ended by itself"


def test_who_has_nobody_near_reads_why(app: Flask, stand: Stand) -> None:
    assert "暂无可委托的对象" in browser(app, stand.reviewer(stand.county)).get(PATH).text


def test_the_organiser_of_an_event_hands_its_queue_on(app: Flask, session: Session, stand: Stand) -> None:
    mine = make_staff(Role.ORGANISER, stand.event, "承办甲")
    helper = make_staff(Role.ORGANISER, stand.second_event, "承办乙")
    elsewhere = make_staff(Role.ORGANISER, make_event(), "承办丙")
    person = stand.worker("王小明")
    register(browser(app, person), stand.event.id)
    application = the_application(session, person)
    for reviewer in (
        stand.reviewer(stand.county),
        stand.reviewer(stand.city),
        stand.reviewer(stand.province),
    ):
        assert decide(browser(app, reviewer), application.id) == 303
    client, receiver = browser(app, mine), browser(app, helper)
    assert receiver.get(f"/staff/review/{application.id}").status_code == 404
    page = client.get(PATH).text
    assert "承办乙" in page
    assert "承办丙" not in page
    assert "承办甲" not in browser(app, elsewhere).get(PATH).text
    right = {"receiver": f"e{stand.event.id}-p-{helper.person_id}", "until": last_day(), "why": "外出"}
    for wrong in ({"receiver": f"e{stand.second_event.id}-p-{helper.person_id}"}, {"why": ""}, {"until": ""}):
        assert client.post(PATH, data={**right, **wrong}).status_code == 422, wrong
    assert client.post(PATH, data=right).status_code == 303
    assert "王小明" in receiver.get("/staff/review").text
    assert "外出" in receiver.get(PATH).text
    assert decide(receiver, application.id) == 303
    assert receiver.get(f"/staff/review/{application.id}").status_code == 200, "one sees what one decided"
    given = session.scalars(select(ReviewDelegation)).one()
    assert browser(app, elsewhere).post(f"{PATH}/{given.id}/end").status_code == 404
    assert client.post(f"{PATH}/{given.id}/end").status_code == 303
    other = stand.worker("李小红")
    register(browser(app, other), stand.event.id)
    assert "李小红" not in receiver.get("/staff/review?whose=all").text
