"""Merging one unit into another: seen before, agreed by two, reviews go on, history keeps its unit (6.3)."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import grant, make_organisation, make_staff
from tests.functional.registration.test_journeys import browser, decide, register, the_application
from tests.integration.registration.stand import Stand, make_stand
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.audit.models import AuditRow
from webapp.organisations.models import Organisation, RoleGrant
from webapp.registration.models import OrganisationMerge


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


@pytest.fixture(autouse=True)
def two_people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "TWO_PERSON", True)


def asked(session: Session) -> OrganisationMerge:
    session.expire_all()
    return session.scalars(select(OrganisationMerge)).one()


def test_a_county_union_is_merged_by_two_people_and_its_reviews_go_on(
    app: Flask, session: Session, stand: Stand
) -> None:
    alice = stand.worker("王小明")
    register(browser(app, alice), stand.event.id)
    application = the_application(session, alice)
    old = stand.reviewer(stand.county)
    grant(old, Role.UNION_REVIEWER, stand.other_city)
    session.commit()
    first, second = browser(app, make_staff(Role.ADMINISTRATOR)), browser(app, make_staff(Role.ADMINISTRATOR))
    address = f"/staff/organisations/{stand.county.id}/merge"
    wish = {"target": stand.other_city.code, "why": "重复登记"}
    page = first.post(address, data=wish)
    assert page.status_code == 200
    assert "1 份审核中的报名" in page.text
    assert session.scalar(select(func.count()).select_from(OrganisationMerge)) == 0
    for wrong in ({"target": ""}, {"target": "none"}, {"target": stand.county.code}, {"why": ""},
                  {"target": stand.county_firm.code}):  # fmt: skip
        assert first.post(address, data={**wish, **wrong}).status_code == 422, wrong
        assert first.post(f"{address}/ask", data={**wish, **wrong}).status_code == 422, wrong
    assert first.post(f"{address}/ask", data=wish).status_code == 303
    assert first.post(f"{address}/ask", data=wish).status_code == 409, "one waits already"
    decision = f"/staff/merges/{asked(session).id}"
    assert first.post(decision, data={"decision": "agree"}).status_code == 403
    assert second.post(decision, data={}).status_code == 422
    assert "重复登记" in second.get("/staff/merges").text
    assert session.get_one(Organisation, stand.county.id).merged_into_id is None
    assert second.post(decision, data={"decision": "agree"}).status_code == 303
    assert second.post(decision, data={"decision": "agree"}).status_code == 409
    assert asked(session).state == "done"
    assert session.get_one(Organisation, stand.county.id).merged_into_id == stand.other_city.id
    assert session.get_one(Organisation, stand.county_firm.id).parent_id == stand.other_city.id
    assert application.awaiting_organisation_id == stand.other_city.id
    assert application.chain[0]["organisation_id"] == stand.other_city.id
    assert decide(browser(app, old), application.id) == 303, "the role held at both is held once"
    held = select(func.count()).where(RoleGrant.person_id == old.person_id, RoleGrant.revoked_at.is_(None))
    assert session.scalar(held) == 1
    audited = session.scalars(select(AuditRow).where(AuditRow.action == "organisation.merged")).one()
    assert (audited.why, audited.facts["reviews"]) == ("重复登记", 1)


def test_people_follow_and_what_was_confirmed_keeps_its_unit(
    app: Flask, session: Session, stand: Stand
) -> None:
    alice = stand.worker("王小明")
    register(browser(app, alice), stand.event.id)
    application = the_application(session, alice)
    first, second = browser(app, make_staff(Role.ADMINISTRATOR)), browser(app, make_staff(Role.ADMINISTRATOR))
    address = f"/staff/organisations/{stand.county_firm.id}/merge"
    assert (
        first.post(f"{address}/ask", data={"target": stand.city_firm.code, "why": "同一单位"}).status_code
        == 303
    )
    assert second.post(f"/staff/merges/{asked(session).id}", data={"decision": "agree"}).status_code == 303
    session.expire_all()
    assert session.get_one(Person, alice.person_id).unit_id == stand.city_firm.id
    assert application.unit_id == stand.county_firm.id


def test_a_merge_may_be_refused_and_asked_again(app: Flask, session: Session, stand: Stand) -> None:
    first, second = browser(app, make_staff(Role.ADMINISTRATOR)), browser(app, make_staff(Role.ADMINISTRATOR))
    address = f"/staff/organisations/{stand.county_firm.id}/merge/ask"
    wish = {"target": stand.city_firm.code, "why": "同一单位"}
    assert "还没有合并" in first.get("/staff/merges").text
    assert first.post(address, data=wish).status_code == 303
    assert second.post(f"/staff/merges/{asked(session).id}", data={"decision": "refuse"}).status_code == 303
    assert asked(session).state == "refused"
    assert session.get_one(Organisation, stand.county_firm.id).is_open
    assert first.post(address, data=wish).status_code == 303


def test_who_manages_a_part_merges_within_it_only(app: Flask, session: Session, stand: Stand) -> None:
    part = browser(app, make_staff(Role.ADMINISTRATOR, stand.city))
    address = f"/staff/organisations/{stand.county_firm.id}/merge"
    outside = {"target": stand.other_firm.code, "why": "登记了两遍"}
    assert part.post(address, data=outside).status_code == 403
    assert part.post(f"{address}/ask", data=outside).status_code == 403
    everywhere = browser(app, make_staff(Role.ADMINISTRATOR))
    assert everywhere.post(f"{address}/ask", data=outside).status_code == 303
    assert part.post(f"/staff/merges/{asked(session).id}", data={"decision": "agree"}).status_code == 404
    assert "登记了两遍" not in part.get("/staff/merges").text


def test_what_changed_since_it_was_asked_is_seen_before_it_is_agreed(
    app: Flask, session: Session, stand: Stand
) -> None:
    first, second = browser(app, make_staff(Role.ADMINISTRATOR)), browser(app, make_staff(Role.ADMINISTRATOR))
    address = f"/staff/organisations/{stand.county_firm.id}/merge/ask"
    assert first.post(address, data={"target": stand.city_firm.code, "why": "同一单位"}).status_code == 303
    session.get_one(Organisation, stand.city_firm.id).is_open = False
    session.commit()
    decision = f"/staff/merges/{asked(session).id}"
    assert second.post(decision, data={"decision": "agree"}).status_code == 422
    assert asked(session).state == "waiting"
    assert second.post(decision, data={"decision": "refuse"}).status_code == 303


def test_many_merges_take_as_many_statements_as_one(
    app: Flask, session: Session, stand: Stand, count_queries: list[str]
) -> None:
    client = browser(app, make_staff(Role.ADMINISTRATOR))
    address = "/staff/organisations/{}/merge/ask"
    units = [make_organisation(f"甲{n}厂", stand.county, kind="unit", level="unit") for n in range(6)]
    session.commit()
    counts = []
    for group in (units[:1], units[1:]):
        for unit in group:
            wish = {"target": stand.city_firm.code, "why": "同一单位"}
            assert client.post(address.format(unit.id), data=wish).status_code == 303
        client.get("/staff/merges")
        count_queries.clear()
        assert client.get("/staff/merges").text.count("→") == len(units[:1] if group == units[:1] else units)
        counts.append(len(count_queries))
    assert counts[0] == counts[1], counts
