"""Row V01: numbers and phones are nowhere in plain; lists cost a bounded number of statements."""

import logging

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask, Response, request
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_person, make_staff, sign_in
from tests.functional.accounts.conftest import Phones
from tests.functional.accounts.people import card, sign_in_as, sign_up_as
from webapp.access.permissions import Role
from webapp.accounts.models import Account, IdentityClaim, Person, PersonChange
from webapp.accounts.service import document_number, phone_number
from webapp.core.db import Base

PHONES = ("13911112222", "13933334444", "13955556666")


def test_no_plain_number_or_phone_in_tables_redis_logs_or_addresses(
    app: Flask,
    client: FlaskClient,
    session: Session,
    text_messages: Phones,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    addresses: list[str] = []

    def note(response: Response) -> Response:
        addresses.extend([request.url, response.headers.get("Location", "")])
        return response

    app.after_request_funcs.setdefault(None, []).append(note)
    try:
        pages = _all_flows(client, app, session)
    finally:
        app.after_request_funcs[None].remove(note)
    secrets = [card(1), card(2), *PHONES]
    kept = _everything_stored(session) + "".join(
        str(key) + str(app.extensions["redis"].dump(key)) for key in app.extensions["redis"].keys("*")
    )
    for secret in secrets:
        assert secret not in kept
        assert secret.encode().hex() not in kept
        assert secret not in caplog.text
        assert secret not in "\n".join(addresses)
        assert secret not in pages


def _all_flows(client: FlaskClient, app: Flask, session: Session) -> str:
    top = make_organisation("吉林省总工会")
    unit = make_organisation("一汽铸造", parent=top, kind="unit", level="unit")
    reviewer = app.test_client()
    sign_in(reviewer, make_staff(Role.UNION_REVIEWER, top))
    pages = [sign_up_as(client, number=card(1), phone=PHONES[0], unit=str(unit.id)).text]
    pages.append(client.get("/my/account").text)
    client.post("/my/phone", data={"phone": PHONES[1]})
    pages.append(client.get("/my/phone").text)
    client.post("/sign-out")
    sign_in_as(client, card(1), "wrong password")
    sign_in_as(client, PHONES[0])
    stranger = app.test_client()
    claim = {
        "name": "孙丽", "document_kind": "resident-id", "document_number": card(1), "phone": PHONES[2],
        "explanation": "I sign up for the first time",
    }  # fmt: skip
    stranger.post("/claims/new", data=claim)
    person = session.query(Person).filter_by(name="王芳").one()
    pages.append(reviewer.post("/staff/people", data={"name": "王芳", "last4": card(1)[-4:]}).text)
    correction = {"document_kind": "resident-id", "document_number": card(2), "reason": "wrong digit"}
    reviewer.post(f"/staff/people/{person.id}/document", data=correction)
    for address in ("/staff/people/changes", "/staff/people/claims", f"/staff/people/{person.id}"):
        pages.append(reviewer.get(address).text)
    open_claim = session.query(IdentityClaim).one()
    answer = reviewer.post(f"/staff/people/claims/{open_claim.id}", data={"decision": "grant", "why": "seen"})
    return "\n".join([*pages, answer.text])


def _everything_stored(session: Session) -> str:
    rows: list[str] = []
    for table in Base.metadata.tables.values():
        if table.schema is None:
            rows.extend(session.scalars(text(f'SELECT t::text FROM "{table.name}" t')).all())
    return "\n".join(rows)


def test_numbers_are_found_by_hash_and_open_only_for_their_owner(
    client: FlaskClient, session: Session
) -> None:
    sign_up_as(client, number=card(1), phone=PHONES[0])
    client.post("/sign-out")
    sign_up_as(client, name="李芳", number=card(2), phone=PHONES[0])
    first, second = session.query(Person).order_by(Person.id)
    account = session.query(Account).filter_by(person_id=first.id).one()
    assert (document_number(first), phone_number(account, first)) == (card(1), PHONES[0])
    first.document_cipher = second.document_cipher
    with pytest.raises(InvalidTag):
        document_number(first)


def test_lists_of_people_cost_the_same_for_one_and_for_thirty(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    top = make_organisation("吉林省总工会")
    sign_in(client, make_staff(Role.UNION_REVIEWER, top))
    counts = []
    for people in (1, 29):
        for _ in range(people):
            unit = make_organisation(parent=top, kind="unit", level="unit")
            person = make_person(unit=unit)
            session.add(
                PersonChange(
                    person_id=person.id, kind="unit", proposed={"unit_id": unit.id}, organisation_id=unit.id
                )
            )
            session.add(
                IdentityClaim(
                    person_id=person.id, claimant_name="孙丽", claimant_phone_cipher=b"", claimant_phone_mask="139****0000",
                    organisation_id=unit.id, explanation="first time", reference=f"R{person.id}",
                )
            )  # fmt: skip
        session.commit()
        for address in (
            "/staff/people/changes",
            "/staff/people/claims",
            "/organisations/options?unit_search=工会",
        ):
            client.get(address)
            count_queries.clear()
            client.get(address)
            counts.append(len(count_queries))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 12
