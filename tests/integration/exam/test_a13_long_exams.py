"""Row A13: in a 150-minute exam nothing but the exam's own time limits a save."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import database
from tests.conftest import make_app
from tests.factories import make_account, sign_in
from tests.integration.exam.exams import make_exam, participant
from webapp.accounts.models import Account, Person
from webapp.accounts.queries import forget_principals
from webapp.core.db import db
from webapp.exam.models import Sheet

EXAM_S = 150 * 60


@pytest.fixture
def guarded(app: Flask, worker_id: str, tmp_path: Path) -> Iterator[Flask]:
    """The app as in production: form tokens are checked."""
    cluster = database.start_cluster()
    made = make_app(
        cluster.database_url(f"test_{worker_id}"), cluster.redis_url, tmp_path, WTF_CSRF_ENABLED=True
    )
    yield made
    with made.app_context():
        for engine in db.engines.values():
            engine.dispose()


class LongSitting:
    """Somebody in a 150-minute exam, with the token that the page was opened with."""

    def __init__(self, app: Flask, session: Session) -> None:
        exam_id = make_exam(duration_s=EXAM_S)
        person = participant(exam_id)
        self.session = session
        self.account: Account = make_account(session.get_one(Person, person.person_id))
        self.client: FlaskClient = app.test_client()
        sign_in(self.client, self.account)
        page = self.client.get(f"/exams/{exam_id}/start").text
        data = {"csrf_token": found(r'name="csrf_token" value="([^"]+)"', page)}
        self.url = self.client.post(f"/exams/{exam_id}/start", data=data).location
        self.token = found(r'name="csrf_token" value="([^"]+)"', self.client.get(self.url).text)
        self.attempt_id = int(self.url.rsplit("/", 1)[1])
        self.lease = session.get_one(Sheet, self.attempt_id).lease
        self.seq = 0

    def save(self) -> Any:
        self.seq += 1
        body = {"lease": self.lease, "items": [{"slot": 0, "seq": self.seq, "answer": ""}]}
        return self.client.post(f"{self.url}/answers", json=body, headers={"X-CSRFToken": self.token})

    def fetch_token(self) -> None:
        """What the page's script does after a refused token."""
        self.token = self.client.get(f"{self.url}/token").get_json()["csrf"]


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match is not None
    return match[1]


@pytest.fixture
def sitting(guarded: Flask, session: Session) -> LongSitting:
    return LongSitting(guarded, session)


def test_a13_a_token_as_old_as_the_exam_still_saves(
    sitting: LongSitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sitting.save().status_code == 200
    real = time.time
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: real() + EXAM_S)
    assert sitting.save().status_code == 200


@pytest.mark.parametrize("factor", [1.5, 2])
def test_a16_neither_token_nor_session_ends_before_the_extra_time(
    sitting: LongSitting, session: Session, monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    """A16, rule 10: whoever has half as much time again, or twice as much, meets no other limit either."""
    real = time.time
    age_s = EXAM_S * factor
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: real() + age_s)
    session.execute(
        text("UPDATE auth_sessions SET created_at = created_at - :age, seen_at = seen_at - :age"),
        {"age": timedelta(seconds=age_s)},
    )
    session.commit()
    forget_principals()
    assert sitting.save().status_code == 200


def test_a13_a_session_as_old_as_the_exam_still_saves(sitting: LongSitting, session: Session) -> None:
    session.execute(
        text("UPDATE auth_sessions SET created_at = created_at - :age, seen_at = seen_at - :age"),
        {"age": timedelta(seconds=EXAM_S)},
    )
    session.commit()
    forget_principals()
    assert sitting.save().status_code == 200


def test_a13_signing_in_again_keeps_paper_lease_and_input(sitting: LongSitting, session: Session) -> None:
    session.execute(text("UPDATE auth_sessions SET revoked_at = clock_timestamp()"))
    session.commit()
    forget_principals()
    signed_out = sitting.save()
    assert (signed_out.status_code, signed_out.get_json()["code"]) == (401, "sign-in-needed")
    sign_in(sitting.client, sitting.account)
    refused = sitting.save()
    assert (refused.status_code, refused.get_json()["code"]) == (400, "csrf")
    sitting.fetch_token()
    saved = sitting.save()
    assert saved.status_code == 200, "the same page with the same lease goes on"
    assert saved.get_json()["items"][0]["state"] == "saved"


def test_a13_a_rotated_key_refuses_no_answer_for_good(guarded: Flask, sitting: LongSitting) -> None:
    old = guarded.config["SECRET_KEY"]
    guarded.config["SECRET_KEY"] = "another key of the same length as before: rotated"
    guarded.config["SECRET_KEY_FALLBACKS"] = [old]
    first = sitting.save()
    if first.status_code != 200:
        assert first.get_json()["code"] == "csrf", "a fresh token is all it takes"
        sitting.fetch_token()
        assert sitting.save().status_code == 200
