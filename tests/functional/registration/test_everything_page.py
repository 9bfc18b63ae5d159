"""Confirming everything a filter shows: seen before, then done, what needs a look of its own left (6.3)."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.functional.registration.test_journeys import browser, hidden, register, the_application
from tests.integration.registration.stand import Stand, make_stand
from webapp.registration.models import Application


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


def test_a_reviewer_sees_the_effect_and_confirms_what_the_filter_shows(
    app: Flask, session: Session, stand: Stand
) -> None:
    people = [stand.worker(name) for name in ("王一", "王二", "赵三")]
    for person in people[:2]:
        register(browser(app, person), stand.event.id)
    register(browser(app, people[2]), stand.event.id, declared="earlier-first-place")
    county = browser(app, stand.reviewer(stand.county))
    assert "确认筛选出的全部 3 份" in county.get("/staff/review").text
    page = county.post("/staff/review/all", data={"whose": "mine"}).text
    assert "王一" in page
    assert "1 × " in page, "what is left is told with its cause"
    assert the_application(session, people[0]).step == 0, "nothing has happened yet"
    data = {"whose": "mine", "key": hidden(page, "key"), "seen": hidden(page, "seen")}
    for wrong in ({"key": ""}, {"seen": "yesterday"}, {"seen": "2999-01-01T00:00:00+00:00"}):
        assert county.post("/staff/review/all/confirm", data={**data, **wrong}).status_code == 422
    assert county.post("/staff/review/all/confirm", data=data).status_code == 303
    session.expire_all()
    assert sorted(session.scalars(select(Application.step))) == [0, 1, 1]
    again = county.post("/staff/review/all", data={"whose": "mine"}).text
    assert "没有可以一起通过的报名" in again
