"""The overview, the audit trail, the public frame pages, and compressed static files."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_contest, make_staff, sign_in
from tests.integration.registration.stand import make_stand
from webapp.access.permissions import Role
from webapp.audit.service import record
from webapp.core import assets
from webapp.helpdesk.models import Ticket


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.JUDGE, Role.CHIEF_JUDGE}])
def test_every_role_has_an_overview(client: FlaskClient, session: Session, role: Role) -> None:
    sign_in(client, make_staff(role))
    assert client.get("/staff").status_code == 200


def test_a_contestant_has_no_overview(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_account())
    assert client.get("/staff").status_code == 403
    assert 'href="/staff"' not in client.get("/help").text


def test_the_overview_counts_what_waits(client: FlaskClient, session: Session) -> None:
    stand = make_stand()
    sign_in(client, stand.worker())
    form = {"occupation": "worker", "consent": "y"}
    assert client.post(f"/register/{stand.event.id}", data=form).status_code == 303
    desk = stand.reviewer(stand.county)
    grant(desk, Role.HELP_DESK)
    session.add(Ticket(subject="无法登录", text="手机号已停用"))
    sign_in(client, desk)
    page = client.get("/staff").text
    assert "份报名等待您审核" in page
    assert "条求助待处理" in page
    assert 'href="/staff"' in client.get("/help").text


def test_the_trail_is_filtered_and_shows_its_chain(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_staff(Role.SUPERVISOR))
    record("contest.load", "contest", 7, why="第一版", actor="install")
    record("role.grant", "person", 9, why="新同事", actor="install")
    session.commit()
    page = client.get("/staff/audit")
    assert (page.status_code, "校验一致" in page.text) == (200, True)
    assert "第一版" in page.text
    assert "新同事" not in client.get("/staff/audit?action=contest.").text
    assert "第一版" not in client.get("/staff/audit?target=person 9").text
    assert "新同事" in client.get("/staff/audit?actor=inst&target=person").text
    assert client.get("/staff/audit?page=999999&check=1&action=%25").status_code == 200


def test_a_supervisor_of_one_contest_does_not_read_the_whole_trail(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, make_staff(Role.SUPERVISOR, make_contest()))
    assert client.get("/staff/audit").status_code == 403


def test_help_is_public_and_tells_the_version(client: FlaskClient) -> None:
    page = client.get("/help")
    assert page.status_code == 200
    version = client.application.jinja_env.globals["app_version"]
    assert version
    assert str(version) in page.text


def test_the_style_guide_exists_in_the_demonstration_only(client: FlaskClient, app: Flask) -> None:
    shown = app.config["DEMO"]
    try:
        app.config["DEMO"] = True
        assert client.get("/styleguide").status_code == 200
        assert client.post("/styleguide", data={"years": "99"}).status_code == 422
        app.config["DEMO"] = False
        assert client.get("/styleguide").status_code == 404
    finally:
        app.config["DEMO"] = shown


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> bytes:
    """A built style sheet with its compressed copy, in a static folder of its own."""
    words = b"body{color:#222}" * 100
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "app-0123.css").write_bytes(words)
    (tmp_path / "dist" / "app-0123.css.gz").write_bytes(gzip.compress(words))
    (tmp_path / "dist" / "plain-0123.css").write_bytes(words)
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    return words


def test_a_built_file_is_sent_compressed_to_who_takes_it(client: FlaskClient, built: bytes) -> None:
    packed = client.get("/static/dist/app-0123.css", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == built
    plain = client.get("/static/dist/app-0123.css", headers={"Accept-Encoding": "gzip;q=0"})
    assert (plain.data, "Content-Encoding" in plain.headers) == (built, False)
    for answer in (packed, plain):
        assert answer.mimetype == "text/css"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert {"max-age=31536000", "immutable"} <= set(answer.headers["Cache-Control"].split(", "))
    assert packed.headers["ETag"] != plain.headers["ETag"]
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert client.get("/static/dist/app-0123.css", headers=again).status_code == 304


def test_a_file_without_a_copy_is_sent_as_it_is(client: FlaskClient, built: bytes) -> None:
    answer = client.get("/static/dist/plain-0123.css", headers={"Accept-Encoding": "gzip"})
    assert (answer.data, "Content-Encoding" in answer.headers) == (built, False)
    assert client.get("/static/dist/../../config.py").status_code == 404
    assert client.get("/static/dist/..%2f..%2fconfig.py").status_code == 404
