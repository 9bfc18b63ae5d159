"""Forgotten passwords, numbers in use, invitations, corrections: nobody ends at a dead end."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_organisation, make_person, make_staff, sign_in
from tests.functional.accounts.conftest import Phones
from tests.functional.accounts.people import PASSWORD, card, in_english, sign_in_as, sign_up_as
from tests.functional.world import comparable
from webapp.access.permissions import Role
from webapp.accounts import service
from webapp.accounts.models import Account, IdentityClaim, OneTimeCode, Person, PersonChange
from webapp.accounts.rules.documents import DocumentKind, parse
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.notifications.models import Notice
from webapp.organisations.models import Organisation

NEW = "a new password 9"


class Place:
    """A province with two cities, one unit in each, and a reviewer for each city."""

    def __init__(self, app: Flask) -> None:
        self.top = make_organisation("吉林省总工会")
        self.changchun = make_organisation("长春市总工会", parent=self.top, level="city")
        self.jilin = make_organisation("吉林市总工会", parent=self.top, level="city")
        self.foundry = make_organisation("一汽铸造", parent=self.changchun, kind="unit", level="unit")
        self.fibre = make_organisation("吉林化纤", parent=self.jilin, kind="unit", level="unit")
        self.reviewer = self._staff(app, Role.UNION_REVIEWER, self.changchun)
        self.colleague = self._staff(app, Role.UNION_REVIEWER, self.changchun)
        self.elsewhere = self._staff(app, Role.UNION_REVIEWER, self.jilin)
        self.province = self._staff(app, Role.UNION_REVIEWER, self.top)

    def _staff(self, app: Flask, role: Role, scope: Organisation) -> FlaskClient:
        client = in_english(app.test_client())
        sign_in(client, make_staff(role, scope))
        return client


@pytest.fixture
def place(app: Flask, session: Session) -> Place:
    return Place(app)


def shown_code(page: Any) -> str:
    found = re.search(r"<strong[^>]*>(\d{4} \d{4})</strong>", page.text)
    assert found is not None, page.text
    return found.group(1)


def person_id(session: Session, name: str) -> int:
    return session.query(Person).filter_by(name=name).one().id


def test_reviewer_hands_out_a_code_and_the_person_sets_a_new_password(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_up_as(client, number=card(1), unit=str(place.foundry.id))
    client.post("/sign-out")
    found = place.reviewer.post("/staff/people", data={"name": "王芳", "last4": card(1)[-4:]})
    assert "王芳" in found.text
    assert card(1) not in found.text
    page = place.reviewer.post(
        f"/staff/people/{person_id(session, '王芳')}/code", data={"why": "document seen"}
    )
    data = {"document_number": card(1), "code": shown_code(page), "password": NEW}
    assert client.post("/recover", data={**data, "code": "12345678"}).status_code == 422
    assert client.post("/recover", data={**data, "document_number": card(2)}).status_code == 422
    assert client.post("/recover", data=data).status_code == 303
    assert client.get("/my/account").status_code == 200
    client.post("/sign-out")
    assert client.post("/recover", data=data).status_code == 422
    assert sign_in_as(client, card(1), PASSWORD).status_code == 422
    assert sign_in_as(client, card(1), NEW).status_code == 303
    assert session.query(AuditRow).filter_by(action="code.issue", why="document seen").count() == 1


def test_code_ends_after_five_tries_and_after_half_an_hour(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_up_as(client, number=card(1), unit=str(place.foundry.id))
    client.post("/sign-out")
    address = f"/staff/people/{person_id(session, '王芳')}/code"
    code = shown_code(place.reviewer.post(address, data={"why": "document seen"}))
    data = {"document_number": card(1), "code": code, "password": NEW}
    for _ in range(5):
        assert client.post("/recover", data={**data, "code": "00000000"}).status_code == 422
    assert client.post("/recover", data=data).status_code == 422
    data["code"] = shown_code(place.reviewer.post(address, data={"why": "document seen"}))
    session.execute(update(OneTimeCode).values(expires_at=OneTimeCode.expires_at - timedelta(minutes=30)))
    session.commit()
    assert client.post("/recover", data=data).status_code == 422


def test_code_without_a_word_on_how_it_was_checked_is_refused(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_up_as(client, number=card(1), unit=str(place.foundry.id))
    page = place.reviewer.post(f"/staff/people/{person_id(session, '王芳')}/code", data={"why": " "})
    assert page.status_code == 422
    assert session.query(OneTimeCode).count() == 0


def test_reviewer_of_another_city_neither_finds_nor_helps(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_up_as(client, number=card(1), unit=str(place.foundry.id))
    one = person_id(session, "王芳")
    assert (
        "Nobody found"
        in place.elsewhere.post("/staff/people", data={"name": "王芳", "last4": card(1)[-4:]}).text
    )
    missing = place.elsewhere.get("/staff/people/999999")
    foreign = place.elsewhere.get(f"/staff/people/{one}")
    assert (missing.status_code, foreign.status_code) == (404, 404)
    told = [comparable(answer.text, [999999, one]) for answer in (missing, foreign)]
    assert told[0] == told[1]
    assert place.elsewhere.post(f"/staff/people/{one}/code", data={"why": "document seen"}).status_code == 404
    assert client.get(f"/staff/people/{one}").status_code == 403


@pytest.mark.parametrize(
    "data", [{"name": "王芳", "last4": ""}, {"name": "", "last4": "307X"}, {"name": "王", "last4": "1232"}]
)
def test_one_fact_alone_finds_nobody(client: FlaskClient, place: Place, data: dict[str, str]) -> None:
    sign_up_as(client, number=card(123), unit=str(place.foundry.id))
    assert "Nobody found" in place.province.post("/staff/people", data=data).text


def test_claim_is_granted_and_the_record_goes_over_with_everything_on_it(
    app: Flask, client: FlaskClient, place: Place, session: Session, text_messages: Phones
) -> None:
    sign_up_as(client, name="冒名", number=card(1), unit=str(place.foundry.id))
    owner = in_english(app.test_client())
    form = {
        "name": "王芳", "document_kind": "resident-id", "document_number": card(1), "phone": "13900000055",
        "explanation": "I sign up for the first time",
    }  # fmt: skip
    started = owner.post("/claims/new", data={**form, "start": "1"})
    assert f'value="{card(1)}"' in started.text
    opened = owner.post("/claims/new", data=form)
    assert opened.status_code == 303
    assert card(1) not in opened.headers["Location"]
    state = owner.get(opened.headers["Location"])
    assert "A reviewer is looking into it" in state.text
    assert "冒名" not in state.text
    claim = session.query(IdentityClaim).one()
    address = f"/staff/people/claims/{claim.id}"
    assert place.elsewhere.post(address, data={"decision": "grant", "why": "mine"}).status_code == 404
    page = place.reviewer.post(address, data={"decision": "grant", "why": "document seen"})
    assert text_messages.sent[-1][0] == "13900000055"
    assert text_messages.last_code() == shown_code(page)
    assert client.get("/my/account").status_code == 303
    assert sign_in_as(client, card(1)).status_code == 422
    assert "Granted" in owner.get(opened.headers["Location"]).text
    data = {"document_number": card(1), "code": shown_code(page), "password": NEW}
    assert owner.post("/recover", data=data).status_code == 303
    wish = session.query(PersonChange).filter_by(kind="name", state="open").one()
    decide = f"/staff/people/changes/{wish.id}"
    place.reviewer.post(decide, data={"decision": "confirm"})
    assert session.query(Person).filter_by(name="冒名").count() == 1
    place.colleague.post(decide, data={"decision": "confirm"})
    assert session.query(Person).filter_by(name="王芳").count() == 1
    assert (
        session.query(Person)
        .filter_by(document_mask=parse(DocumentKind.RESIDENT_ID, card(1), clock.now().date()).mask)
        .count()
        == 1
    )


def test_claim_on_a_free_number_leads_to_signing_up(client: FlaskClient, place: Place) -> None:
    answer = client.post(
        "/claims/new",
        data={
            "name": "王芳", "document_kind": "resident-id", "document_number": card(9), "phone": "13900000055",
            "explanation": "I sign up for the first time",
        },
    )  # fmt: skip
    assert answer.headers["Location"] == "/sign-up"


def test_mistyped_number_is_corrected_by_two_people_and_keeps_the_record(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_up_as(client, number=card(1), unit=str(place.foundry.id))
    one = person_id(session, "王芳")
    data = {"document_kind": "resident-id", "document_number": card(2), "reason": "a digit was wrong"}
    assert place.reviewer.post(f"/staff/people/{one}/document", data=data).status_code == 303
    wish = session.query(PersonChange).one()
    place.reviewer.post(f"/staff/people/changes/{wish.id}", data={"decision": "confirm"})
    assert session.query(PersonChange).one().state == "open"
    place.colleague.post(f"/staff/people/changes/{wish.id}", data={"decision": "confirm"})
    client.post("/sign-out")
    assert sign_in_as(client, card(1)).status_code == 422
    assert sign_in_as(client, card(2)).status_code == 303
    client.post("/sign-out")
    assert sign_in_as(client, "13900000001").status_code == 303
    assert person_id(session, "王芳") == one


def test_change_of_unit_is_decided_by_the_new_units_union_and_told(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_up_as(client, number=card(1), unit=str(place.foundry.id))
    assert client.post("/my/unit", data={"unit": str(place.fibre.id)}).status_code == 303
    assert client.post("/my/unit", data={"unit": "none"}).status_code == 422
    wish = session.query(PersonChange).one()
    address = f"/staff/people/changes/{wish.id}"
    assert place.reviewer.post(address, data={"decision": "confirm"}).status_code == 404
    place.elsewhere.post(address, data={"decision": "refuse"})
    assert session.query(PersonChange).one().state == "open"
    place.elsewhere.post(address, data={"decision": "confirm"})
    assert session.query(Person).filter_by(name="王芳").one().unit_id == place.fibre.id
    assert "Your change was confirmed" in in_english(client).get("/my/notices").text


def test_unit_in_words_is_found_by_the_default_reviewer(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_up_as(client, number=card(1), unit="other", unit_words="长春的一汽铸造")
    wish = session.query(PersonChange).one()
    assert "一汽铸造" in place.province.get("/staff/people/changes?unit_search=铸造").text
    place.province.post(
        f"/staff/people/changes/{wish.id}", data={"decision": "confirm", "unit": str(place.foundry.id)}
    )
    assert session.query(Person).filter_by(name="王芳").one().unit_id == place.foundry.id


def test_own_wish_can_be_withdrawn_and_a_foreign_one_not(
    app: Flask, client: FlaskClient, place: Place, session: Session
) -> None:
    sign_up_as(client, number=card(1), unit=str(place.foundry.id))
    client.post("/my/name", data={"name": "王方", "reason": "wrong character"})
    stranger = app.test_client()
    sign_up_as(stranger, number=card(2), phone="13900000002")
    wish = session.query(PersonChange).one()
    assert stranger.post(f"/my/changes/{wish.id}/withdraw").status_code == 404
    assert client.post(f"/my/changes/{wish.id}/withdraw").status_code == 303
    assert session.query(PersonChange).one().state == "withdrawn"


def test_reviewer_never_decides_on_an_own_wish(
    app: Flask, client: FlaskClient, place: Place, session: Session
) -> None:
    account = make_staff(Role.UNION_REVIEWER, place.top)
    session.query(Person).filter_by(id=account.person_id).update({"unit_id": place.foundry.id})
    sign_in(client, account)
    client.post("/my/unit", data={"unit": str(place.fibre.id)})
    wish = session.query(PersonChange).one()
    client.post(f"/staff/people/changes/{wish.id}", data={"decision": "confirm"})
    assert session.query(PersonChange).one().state == "open"


def invite(session: Session, unit: Organisation, name: str = "刘强", serial: int = 5) -> service.Invitation:
    document = parse(DocumentKind.RESIDENT_ID, card(serial), clock.now().date())
    made = service.invite_person(service.NewPerson(name, document, "", unit.id), now=clock.now())
    session.commit()
    return made


def test_invited_worker_signs_in_with_the_code_and_confirms(
    client: FlaskClient, place: Place, session: Session
) -> None:
    made = invite(session, place.foundry)
    assert sign_in_as(client, card(5), "").status_code == 422
    data = {"document_number": card(5), "code": made.code, "password": NEW}
    assert client.post("/first-sign-in", data=data).headers["Location"] == "/confirm"
    assert client.get("/my/account").headers["Location"].startswith("/confirm")
    page = client.get("/confirm").text
    assert "刘强" in page
    assert card(5) not in page
    assert client.post("/confirm", data={"phone": "13900000005"}).status_code == 422
    assert client.get("/my/account").status_code == 303
    done = client.post(
        "/confirm", data={"phone": "13900000005", "privacy": "y", "wrong": "My name has another character"}
    )
    assert done.status_code == 303
    assert client.get("/my/account").status_code == 200
    assert session.query(PersonChange).one().proposed == {"words": "My name has another character"}
    client.post("/sign-out")
    assert sign_in_as(client, "13900000005", NEW).status_code == 303


def test_inviting_twice_gives_a_new_code_and_never_a_second_record(place: Place, session: Session) -> None:
    first, second = invite(session, place.foundry), invite(session, place.foundry)
    assert (first.person_id, first.is_new, second.is_new) == (second.person_id, True, False)
    assert first.code != second.code
    assert session.query(Person).filter_by(name="刘强").count() == 1


def test_inviting_somebody_with_an_account_changes_nothing(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_up_as(client, name="刘强", number=card(5), unit=str(place.fibre.id))
    made = invite(session, place.foundry)
    assert (made.code, made.is_new) == ("", False)
    assert session.query(Person).filter_by(name="刘强").one().unit_id == place.fibre.id
    assert sign_in_as(client, card(5)).status_code == 303


def test_staff_password_set_by_code_must_be_a_staff_password(
    client: FlaskClient, place: Place, session: Session
) -> None:
    person = make_person(name="审核员", number=card(6))
    account = make_account(person)
    grant(account, Role.HOST)
    code = service.issue_code(person.id, service.CodePurpose.RECOVERY, now=clock.now())
    session.commit()
    data = {"document_number": card(6), "code": code, "password": "only small letters"}
    assert client.post("/recover", data=data).status_code == 422
    assert client.post("/recover", data={**data, "password": "Zhuangpei-2026-xx"}).status_code == 303


def test_every_decision_leaves_an_audit_row_and_no_names(
    client: FlaskClient, place: Place, session: Session
) -> None:
    sign_up_as(client, number=card(1), unit=str(place.foundry.id))
    client.post("/my/unit", data={"unit": str(place.fibre.id)})
    wish = session.query(PersonChange).one()
    place.elsewhere.post(
        f"/staff/people/changes/{wish.id}", data={"decision": "refuse", "why": "not there yet"}
    )
    row = session.query(AuditRow).filter_by(action="person-change.refuse").one()
    assert row.why == "not there yet"
    assert row.facts == {"kind": "unit"}
    assert session.query(Notice).one().params == {"reason": "not there yet"}
    assert session.query(Account).count() == 5
