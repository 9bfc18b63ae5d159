"""Learning while the review is pending: points are kept, count once confirmed, vanish when refused (6.3)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_staff
from tests.functional.registration.test_journeys import browser, decide, register, the_application
from tests.integration.registration.stand import Stand, definition, make_stand, principal_of
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.contests.rules.schema import ActivityKind
from webapp.contests.service import load_contest
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.transaction import transaction
from webapp.learning.models import PointEntry
from webapp.learning.service.learners import learner
from webapp.learning.service.ledger import credit
from webapp.registration.models import Entry, Participation
from webapp.registration.queries.reviewing import Filter
from webapp.registration.service import bulk

LEARNING = "/learning/sample-1/welding"


def open_learning(text: str) -> str:
    at = clock.now()
    window = f'["{(at - timedelta(days=1)).isoformat()}", "{(at + timedelta(days=9)).isoformat()}"]'
    return text.replace('later = "undecided"', f"later = {window}")


@pytest.fixture
def stand(session: Session) -> Stand:
    made = make_stand()
    load_contest(open_learning(definition()), because="章程修订")
    session.commit()
    return made


def earn(who: Account, source: str) -> Decimal:
    """What one answered question earns now."""
    now = clock.now()
    with transaction():
        here = learner(principal_of(who), "sample-1", "welding", now)
        return credit(here, ActivityKind.QUIZ, "question", source, now=now).points


def held(session: Session) -> Participation:
    session.expire_all()
    return session.scalars(select(Participation)).one()


def test_points_earned_in_review_count_once_confirmed(app: Flask, session: Session, stand: Stand) -> None:
    alice = stand.worker("王小明")
    mine = browser(app, alice)
    register(mine, stand.event.id)
    assert held(session).state == "provisional"
    assert session.scalar(select(func.count()).select_from(Entry)) == 0, (
        "nobody is ranked before the last link"
    )
    number = held(session).number
    assert "审核期间您可以先学习" in mine.get("/my").text
    assert number not in mine.get("/my").text
    assert "仍在审核中" in mine.get(LEARNING).text
    assert earn(alice, "q1") == 1
    application = the_application(session, alice)
    for reviewer in (
        stand.reviewer(stand.county),
        stand.reviewer(stand.city),
        stand.reviewer(stand.province),
    ):
        assert decide(browser(app, reviewer), application.id) == 303
    organiser = browser(app, make_staff(Role.ORGANISER, stand.event))
    assert "王小明" not in organiser.get(f"/staff/participants/{stand.event.id}").text
    assert decide(organiser, application.id) == 303
    assert (held(session).state, held(session).number) == ("active", number)
    assert session.scalars(select(Entry.participation_id)).all() == [held(session).id]
    assert session.scalar(select(func.sum(PointEntry.points))) == 1
    assert "仍在审核中" not in mine.get(LEARNING).text
    assert earn(alice, "q2") == 1


def test_the_points_of_the_refused_vanish_and_wait_for_another_try(
    app: Flask, session: Session, stand: Stand
) -> None:
    alice = stand.worker()
    mine = browser(app, alice)
    register(mine, stand.event.id)
    earn(alice, "q1")
    county = browser(app, stand.reviewer(stand.county))
    assert decide(county, the_application(session, alice).id, "refuse", reason="非本单位职工") == 303
    assert held(session).state == "withdrawn"
    assert mine.get(LEARNING).status_code == 404
    assert "审核期间获得的积分不计入成绩" in mine.get("/my").text
    with pytest.raises(NotFound):
        earn(alice, "q2")
    register(mine, stand.event.id)
    assert held(session).state == "provisional"
    assert mine.get(LEARNING).status_code == 200
    assert session.scalar(select(func.count()).select_from(PointEntry)) == 1


def test_withdrawing_ends_provisional_learning(app: Flask, session: Session, stand: Stand) -> None:
    alice = stand.worker()
    mine = browser(app, alice)
    register(mine, stand.event.id)
    assert mine.post(f"/my/applications/{the_application(session, alice).id}/withdraw").status_code == 303
    assert held(session).state == "withdrawn"
    assert mine.get(LEARNING).status_code == 404


def test_confirming_a_whole_filter_takes_provisional_learners_up(
    app: Flask, session: Session, stand: Stand
) -> None:
    alice = stand.worker()
    register(browser(app, alice), stand.event.id)
    application = the_application(session, alice)
    application.step = len(application.chain) - 1
    application.awaiting_organisation_id = stand.organiser.id
    session.commit()
    now = clock.now()
    who = principal_of(make_staff(Role.ORGANISER, stand.event))
    session.commit()
    with transaction():
        assert bulk.confirm_all(who, Filter(), "", now, now, "c" * 32).completed == 1
    assert held(session).state == "active"
    assert session.scalar(select(func.count()).select_from(Entry)) == 1


def test_a_file_that_does_not_allow_it_makes_nobody_provisional(
    app: Flask, session: Session, stand: Stand
) -> None:
    load_contest(
        open_learning(definition()).replace("may_be_provisional = true", "may_be_provisional = false"),
        because="章程修订",
    )
    session.commit()
    alice = stand.worker()
    mine = browser(app, alice)
    register(mine, stand.event.id)
    assert session.scalar(select(func.count()).select_from(Participation)) == 0
    assert mine.get(LEARNING).status_code == 404
