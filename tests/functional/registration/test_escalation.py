"""What waits too long in the review: a reminder, then the level above as well, then the organiser (6.3)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff
from tests.functional.registration.test_journeys import browser, decide, register, the_application
from tests.integration.registration.stand import Stand, definition, make_stand
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.contests import service as contest_service
from webapp.core import clock
from webapp.notifications.models import Notice
from webapp.registration import jobs
from webapp.registration.models import ReviewDecision, ReviewEscalation

RULES = """review_levels = ["county", "city", "province"]
escalation = [
  {level = "county", working_days = 3, own_list_after = 5, remind_after = 1},
  {level = "city", working_days = 2, to = "organiser"},
  {level = "province", working_days = "undecided"},
]"""


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


def with_rules(session: Session) -> None:
    old = 'review_levels = ["county", "city", "province"]'
    text = definition(closes_in=timedelta(days=60))
    assert old in text
    contest_service.load_contest(text.replace(old, RULES), because="test")
    session.commit()


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setattr(clock, "_offset", clock.offset() + timedelta(days=days))


def told(session: Session, person_id: int, words: str) -> int:
    session.expire_all()
    found = session.scalars(select(Notice.text).where(Notice.person_id == person_id)).all()
    return sum(words in one for one in found)


def test_overdue_registrations_go_up_and_to_the_organiser_once(
    app: Flask, session: Session, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, city = stand.reviewer(stand.county, "本县审核"), stand.reviewer(stand.city, "赵市级")
    organiser = make_staff(Role.ORGANISER, stand.organiser, "承办审核")
    stranger = stand.reviewer(stand.other_city)
    people = [stand.worker(name) for name in ("王小明", "李小红")]
    for person in people:
        register(browser(app, person), stand.event.id)

    # Undecided: nothing happens however long it waits.
    later(monkeypatch, 20)
    assert jobs.escalate_overdue() == 0
    assert "应在" not in browser(app, people[0]).get("/my").text
    with_rules(session)

    # By now both are overdue; one run does everything, the next nothing.
    assert jobs.escalate_overdue() == 4
    assert jobs.escalate_overdue() == 0
    kinds = session.scalars(select(ReviewEscalation.kind).order_by(ReviewEscalation.kind)).all()
    assert kinds == ["escalated", "escalated", "reminded", "reminded"]
    assert told(session, county.person_id, "After %(most)s") == 1, "one notice for both"
    assert told(session, city.person_id, "are overdue at") == 1
    assert told(session, people[0].person_id, "longer than planned") == 1
    assert told(session, stranger.person_id, "overdue") == 0
    assert len(session.scalars(select(AuditRow).where(AuditRow.action == "application.overdue")).all()) == 2
    page = browser(app, people[0]).get("/my").text
    assert "示例市总工会已获提醒" in page
    listed = browser(app, city).get("/staff/review").text
    assert "王小明" in listed, "it stands in the own list of the level above"
    assert "已超期" in listed
    assert "李小红" in browser(app, county).get("/staff/review?overdue=1").text, "nobody loses it"
    assert browser(app, organiser).get("/staff/review").text.count("王小明") == 0

    # The level above decides in place of the county; then the city's own two days begin.
    application = the_application(session, people[0])
    assert decide(browser(app, city), application.id) == 303
    row = session.scalars(select(ReviewDecision)).one()
    assert (row.level, row.reviewer_account_id) == ("county", city.id)
    assert jobs.escalate_overdue() == 0
    assert f"/staff/review/{application.id}" not in browser(app, organiser).get("/staff/review").text
    later(monkeypatch, 7)
    assert jobs.escalate_overdue() == 1
    helper = browser(app, organiser)
    assert "王小明" in helper.get("/staff/review").text, "to the organiser, as the file says"
    assert decide(helper, application.id) == 303
    session.expire_all()
    assert the_application(session, people[0]).step == 2
    later(monkeypatch, 20)
    assert jobs.escalate_overdue() == 0, "the province's days are undecided"


def test_the_two_moments_differ_and_a_new_revision_counts_anew(
    app: Flask, session: Session, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rules(session)
    city: Any = stand.reviewer(stand.city)
    person = stand.worker("王小明")
    register(browser(app, person), stand.event.id)
    application = the_application(session, person)
    since = application.step_since
    assert since is not None
    assert "应在" in browser(app, person).get("/my").text, "the applicant reads by when"
    for days in range(1, 15):
        later(monkeypatch, 1)
        jobs.escalate_overdue()
        row = session.scalars(
            select(ReviewEscalation).where(ReviewEscalation.kind == "escalated")
        ).one_or_none()
        if row is None:
            continue
        is_listed = "王小明" in browser(app, city).get("/staff/review").text
        assert is_listed == (row.listed_at is not None and row.listed_at <= clock.now()), days
        assert "王小明" in browser(app, city).get("/staff/review?whose=below&overdue=1").text
        session.expire_all()
    assert is_listed
    assert len(session.scalars(select(ReviewEscalation)).all()) == 2
