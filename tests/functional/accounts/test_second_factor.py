"""The second factor of staff."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.accounts.people import in_english
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.core import clock


@pytest.fixture
def strict(app: Flask) -> Iterator[Flask]:
    app.config["SECOND_FACTOR"] = True
    yield app
    app.config["SECOND_FACTOR"] = False


def set_up(client: FlaskClient) -> pyotp.TOTP:
    page = client.get("/second-factor/setup").text
    assert "<svg" in page
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret is not None
    return pyotp.TOTP(secret.group(1).replace(" ", ""))


def test_staff_sets_up_and_passes_the_second_factor(
    strict: Flask, client: FlaskClient, session: Session
) -> None:
    account = make_staff(Role.UNION_REVIEWER)
    sign_in(in_english(client), account)
    first = client.get("/staff/people")
    assert first.headers["Location"] == "/second-factor?next=/staff/people"
    assert client.get(first.headers["Location"]).headers["Location"].startswith("/second-factor/setup")
    totp = set_up(client)
    assert client.post("/second-factor/setup", data={"code": "000000"}).status_code == 422
    assert client.get("/staff/people").status_code == 303
    code = totp.at(clock.now())
    assert (
        client.post("/second-factor/setup", data={"code": code, "next": "/staff/people"}).status_code == 303
    )
    assert client.get("/staff/people").status_code == 200
    other = strict.test_client()
    sign_in(other, account)
    assert other.get("/staff/people").status_code == 303
    replay = other.post("/second-factor", data={"code": code})
    assert replay.status_code == 422
    later = totp.at(clock.now() + timedelta(seconds=30))
    assert other.post("/second-factor", data={"code": later}).status_code == 303
    assert other.get("/staff/people").status_code == 200


def test_secret_is_not_shown_again_without_the_factor(
    strict: Flask, client: FlaskClient, session: Session
) -> None:
    account = make_staff(Role.UNION_REVIEWER)
    sign_in(client, account)
    totp = set_up(client)
    client.post("/second-factor/setup", data={"code": totp.at(clock.now())})
    thief = strict.test_client()
    sign_in(thief, account)
    again = thief.get("/second-factor/setup")
    assert again.status_code == 303
    assert again.headers["Location"].startswith("/second-factor?")
    sealed = session.query(Account).filter_by(id=account.id).one().totp_cipher
    assert sealed is not None
    assert totp.secret.encode() not in sealed


def test_code_sent_before_any_set_up_is_simply_wrong(strict: Flask, client: FlaskClient) -> None:
    sign_in(client, make_staff(Role.UNION_REVIEWER))
    assert client.post("/second-factor/setup", data={"code": "123456"}).status_code == 422


def test_guessing_the_six_digits_is_slowed(strict: Flask, client: FlaskClient, session: Session) -> None:
    sign_in(client, make_staff(Role.UNION_REVIEWER))
    totp = set_up(client)
    client.post("/second-factor/setup", data={"code": totp.at(clock.now())})
    answers = [client.post("/second-factor", data={"code": f"{n:06d}"}).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]
