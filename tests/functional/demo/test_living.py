"""The host's page of the living demo."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from webapp.access.permissions import Role
from webapp.demo.models import DemoRun


def test_a_host_starts_one_run_at_a_time(
    app: Flask, session: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    host = make_staff(Role.HOST)
    session.commit()
    sign_in(client, host)
    assert client.get("/staff/demo").status_code == 200
    for _ in range(2):
        assert client.post("/staff/demo").status_code == 303
    (run,) = session.scalars(select(DemoRun)).all()
    assert run.asked_by_account_id == host.id


def test_without_the_demo_there_is_no_such_page(
    app: Flask, session: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DEMO", False)
    host = make_staff(Role.HOST)
    session.commit()
    sign_in(client, host)
    assert client.get("/staff/demo").status_code == 404
    assert client.post("/staff/demo").status_code == 404


def test_nobody_else_starts_it(
    app: Flask, session: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    account = make_account()
    session.commit()
    sign_in(client, account)
    assert client.post("/staff/demo").status_code == 403
