"""Two events become one: preview, two people, everybody told, numbers and points kept (6.4)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_account, make_participation, make_person, make_staff
from tests.functional.registration.test_journeys import browser, decide, register, the_application
from tests.integration.exam.exams import make_exam, sit
from tests.integration.registration.stand import Stand, definition, make_stand
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.audit.models import AuditRow
from webapp.contests import service as contest_service
from webapp.contests.models import Event, Stage
from webapp.exam.models import Sheet
from webapp.exam.service.papers import paper_for
from webapp.learning.models import PointEntry
from webapp.notifications.models import Notice
from webapp.registration.models import Entry, Participation
from webapp.stages.models import EventMerge

ADDRESS = "/staff/event-merges/sample-1"


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


@pytest.fixture(autouse=True)
def two_people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "TWO_PERSON", True)


def learned(session: Session, row: Participation, points: int) -> None:
    session.add(
        PointEntry(
            contest_id=row.contest_id, participation_id=row.id, source_kind="text", source_id=f"t-{row.id}",
            points=Decimal(points), rule="text",
        )
    )  # fmt: skip
    session.commit()


def told(session: Session, person_id: int) -> str:
    session.expire_all()
    found = session.scalars(select(Notice.text).where(Notice.person_id == person_id)).all()
    return " ".join(found)


def test_an_event_is_merged_by_two_people_and_nothing_is_lost(
    app: Flask, session: Session, stand: Stand, run_jobs: Callable[[], int]
) -> None:
    old, new = stand.event, stand.second_event
    mover, kept, swapped, at_home = (
        make_participation(event, make_person(name))
        for event, name in ((old, "甲一"), (old, "乙二"), (old, "丙三"), (new, "丁四"))
    )
    here = {
        row.person_id: make_participation(new, session.get_one(Person, row.person_id))
        for row in (kept, swapped)
    }
    session.commit()
    numbers = {row.person_id: row.number for row in (mover, swapped)}
    for row, points in ((mover, 7), (swapped, 9), (here[swapped.person_id], 2)):
        learned(session, row, points)
    learner = stand.worker("戊五")
    register(browser(app, learner), old.id)
    exam_id = make_exam(session.scalars(select(Stage).where(Stage.event_id == old.id)).one())
    drawn = paper_for(exam_id, mover.id).attempt_id
    session.commit()
    first, second = make_staff(Role.ADMINISTRATOR), make_staff(Role.ADMINISTRATOR)
    client = browser(app, first)
    right = {"old": old.id, "new": new.id, "why": "人数不足"}
    for wrong in ({"new": old.id}, {"old": stand.open_event.id}, {"why": " "}, {"new": ""}):
        assert client.post(ADDRESS, data={**right, **wrong}).status_code == 422, wrong
    html = client.post(ADDRESS, data=right).text
    assert f"{swapped.number}（9.00分）" in html
    assert "2人同时在两个赛项" in html
    assert session.scalars(select(EventMerge)).all() == [], "a look asks for nothing"

    assert client.post(ADDRESS, data={**right, "deed": "ask"}).status_code == 303
    assert client.post(ADDRESS, data={**right, "deed": "ask"}).status_code == 409
    merge = session.scalars(select(EventMerge)).one()
    assert client.post(f"{ADDRESS}/{merge.id}", data={"decision": "agree"}).status_code == 409, (
        "not by who asked"
    )
    other = browser(app, second)
    assert "2人同时在两个赛项" in other.get(ADDRESS).text, "the second person reads the effect"
    assert other.post(f"{ADDRESS}/{merge.id}", data={"decision": "agree"}).status_code == 303
    assert other.post(f"{ADDRESS}/{merge.id}", data={"decision": "agree"}).status_code == 409
    run_jobs()
    session.expire_all()

    # Everybody is there with number and points; of two participations one goes on, the other is kept, withdrawn.
    rows = {row.id: row for row in session.scalars(select(Participation))}
    assert (rows[mover.id].event_id, rows[mover.id].number) == (new.id, numbers[mover.person_id])
    assert (rows[swapped.id].event_id, rows[swapped.id].state) == (new.id, "active"), (
        "the one with more points"
    )
    loser = rows[here[swapped.person_id].id]
    assert (loser.event_id, loser.state) == (old.id, "withdrawn")
    assert (rows[kept.id].event_id, rows[kept.id].state) == (old.id, "withdrawn")
    assert rows[here[kept.person_id].id].state == "active"
    assert len(session.scalars(select(PointEntry)).all()) == 3
    entries = {one.participation_id: one.event_id for one in session.scalars(select(Entry))}
    assert all(entries[row.id] == row.event_id for row in rows.values() if row.id in entries)
    assert session.scalars(select(Event.code).where(Event.code.like("merging-%"))).all() == []
    assert session.get_one(Sheet, drawn).state == "void"

    # The review goes on for the event that stays, told; the old address leads on, a later file changes nothing.
    application = the_application(session, learner)
    assert application.event_id == new.id
    county = browser(app, stand.reviewer(stand.county))
    assert decide(county, application.id) == 303
    assert "reviewed for that event" in told(session, learner.person_id)
    assert "take part there under your number" in told(session, mover.person_id)
    assert "Nothing changes for you" in told(session, at_home.person_id)
    assert "You were in both" in told(session, swapped.person_id)
    away = client.get("/contests/sample-1/welding")
    assert (away.status_code, away.location) == (301, "/contests/sample-1/electrician")
    contest_service.load_contest(definition(events_per_person=2), because="test")
    session.commit()
    assert client.get("/contests/sample-1/welding").status_code == 301
    assert browser(app, make_account(make_person(unit=stand.county_firm))).get(
        f"/register/{old.id}"
    ).status_code in {200, 409}
    done = session.scalars(select(AuditRow).where(AuditRow.action == "event.merged")).one()
    assert {one["stays"] for one in done.facts["in_both"]} == {"old", "new"}
    assert "人数不足" in client.get(ADDRESS).text


def test_what_has_begun_is_not_merged_and_says_why(app: Flask, session: Session, stand: Stand) -> None:
    old, new = stand.event, stand.second_event
    make_participation(old, make_person("甲一"))
    session.commit()
    client, second = (
        browser(app, make_staff(Role.ADMINISTRATOR)),
        browser(app, make_staff(Role.ADMINISTRATOR)),
    )
    right = {"old": old.id, "new": new.id, "why": "人数不足"}
    assert client.post(ADDRESS, data={**right, "deed": "ask"}).status_code == 303
    merge = session.scalars(select(EventMerge)).one()
    sit(make_exam(session.scalars(select(Stage).where(Stage.event_id == new.id)).one()))
    assert "已有1人开始考试" in second.get(ADDRESS).text
    refused = second.post(f"{ADDRESS}/{merge.id}", data={"decision": "agree"})
    assert refused.status_code == 409
    assert "已不能合并" in refused.text
    assert second.post(f"{ADDRESS}/{merge.id}", data={"decision": "refuse"}).status_code == 303
    refused = client.post(ADDRESS, data={**right, "deed": "ask"})
    assert refused.status_code == 409
    assert (
        session.scalar(text("SELECT count(*) FROM participations WHERE event_id = :id"), {"id": old.id}) == 1
    )
    host_elsewhere = browser(app, make_staff(Role.ADMINISTRATOR, stand.other_city))
    assert host_elsewhere.get(ADDRESS).status_code in {403, 404}
