"""What surrounds signing in: tokens of forms, load, long sessions, forgetting, notices."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.factories import make_account, make_person, make_staff, sign_in
from tests.functional.accounts.people import card, in_english, sign_in_as, sign_up_as
from webapp.access.permissions import Role
from webapp.accounts.jobs import forget_the_old
from webapp.accounts.models import AuthSession, OneTimeCode, Person, SignInFailure
from webapp.accounts.queries import forget_principals
from webapp.accounts.service import document_number, hash_password, passwords
from webapp.core import clock
from webapp.core.words import N_
from webapp.notifications.service import notify


@pytest.fixture
def with_tokens(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def test_forms_need_their_token_and_carry_it(client: FlaskClient, with_tokens: None) -> None:
    assert sign_up_as(client, number=card(1)).status_code == 400
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-up").text)
    assert found is not None
    assert sign_up_as(client, number=card(1), csrf_token=found.group(1)).status_code == 303
    assert client.post("/sign-out").status_code == 400
    assert client.get("/my/account").status_code == 200


def test_too_many_at_once_are_asked_to_come_back_and_not_counted(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up_as(client, number=card(1))
    client.post("/sign-out")
    monkeypatch.setattr(passwords, "WAIT_S", 0.01)
    gate = app.extensions["password_gate"]
    taken = [gate.acquire() for _ in range(app.extensions["settings"].concurrent_hashes)]
    try:
        answers = [sign_in_as(client, card(1)) for _ in range(6)]
    finally:
        for _ in taken:
            gate.release()
    assert {answer.status_code for answer in answers} == {503}
    assert answers[0].headers["Retry-After"] == "5"
    assert session.query(SignInFailure).count() == 0
    assert sign_in_as(client, card(1)).status_code == 303


def test_a_session_in_use_does_not_end_in_the_middle(client: FlaskClient, session: Session) -> None:
    sign_up_as(client, number=card(1))
    soon = clock.now() + timedelta(minutes=5)
    session.execute(update(AuthSession).values(expires_at=soon))
    session.commit()
    with client.session_transaction() as cookie:
        cookie["refreshed"] -= 3601
    client.get("/my/account")
    assert session.query(AuthSession).one().expires_at > clock.now() + timedelta(hours=11)
    session.execute(update(AuthSession).values(expires_at=clock.now() - timedelta(seconds=1)))
    session.commit()
    forget_principals()
    assert client.get("/my/account").status_code == 303


def test_old_failures_codes_and_sessions_are_forgotten(client: FlaskClient, session: Session) -> None:
    sign_up_as(client, number=card(1))
    person = make_person()
    for days in (1, 31):
        at = clock.now() - timedelta(days=days)
        session.add(SignInFailure(key_hash=b"k", address="", at=at))
        session.add(OneTimeCode(person_id=person.id, purpose="recovery", code_hash=b"h", expires_at=at))
    session.commit()
    forget_the_old()
    assert session.query(SignInFailure).count() == 1
    assert session.query(OneTimeCode).count() == 1
    assert client.get("/my/account").status_code == 200


def test_notices_are_one_s_own_and_can_be_marked_read(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    alice, bob = make_account(), make_account()
    notify(
        alice.person_id,
        N_("Your change was not confirmed: %(reason)s"),
        {"reason": "<b>no</b>"},
        "/my/account",
    )
    sign_in(in_english(client), alice)
    other = app.test_client()
    sign_in(in_english(other), bob)
    page = client.get("/my/notices").text
    assert "Your change was not confirmed: &lt;b&gt;no&lt;/b&gt;" in page
    assert "Mark all as read" in page
    assert "No notices yet" in other.get("/my/notices").text
    assert client.post("/my/notices/read").status_code == 303
    assert "Mark all as read" not in client.get("/my/notices").text


def test_staff_with_a_contestant_s_password_is_led_to_change_it(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = make_staff(Role.HOST)
    account.password_hash = hash_password("only small letters")
    person = account.person_id
    session.flush()
    number = document_number(session.get_one(Person, person))
    monkeypatch.setitem(client.application.config, "DEMO", True)
    assert sign_in_as(client, number, "only small letters").headers["Location"] == "/"
    client.post("/sign-out")
    monkeypatch.setitem(client.application.config, "DEMO", False)
    assert sign_in_as(client, number, "only small letters").headers["Location"] == "/my/password"
    weak = client.post(
        "/my/password", data={"present": "only small letters", "password": "other small letters"}
    )
    assert weak.status_code == 422
    strong = client.post(
        "/my/password", data={"present": "only small letters", "password": "Zhuangpei-2026-xx"}
    )
    assert strong.status_code == 303


def test_pages_about_oneself_are_never_stored(client: FlaskClient) -> None:
    sign_up_as(client, number=card(1))
    for address in ("/my/account", "/my/consents", "/my/notices"):
        assert client.get(address).headers["Cache-Control"] == "no-store"
    for typed in (sign_up_as(client, number="1"), sign_up_as(client, number=card(2), find="1")):
        assert typed.headers["Cache-Control"] == "no-store"
