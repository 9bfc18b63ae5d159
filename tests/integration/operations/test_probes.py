"""Health, readiness, metrics: no session, no secrets, the right status."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import text

from tests import database
from tests.conftest import make_app
from tests.factories import make_staff, sign_in
from webapp.access.permissions import Role
from webapp.config import Settings
from webapp.core.db import db
from webapp.operations import queries, service
from webapp.operations.errors import NotDurable
from webapp.operations.queries import State


def test_the_process_is_alive_without_a_session(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "alive"})
    assert response.headers["Cache-Control"] == "no-store"


def test_ready_names_database_migrations_clock_and_redis(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.get_json()["status"] == "ready"
    assert {"database", "migrations", "clock", "redis"} <= set(response.get_json()["checks"])


def test_without_redis_the_node_stays_in_the_pool(tmp_path: Path, app: Flask) -> None:
    other = make_app(app.config["SQLALCHEMY_DATABASE_URI"], "unix:///nowhere.sock", tmp_path)
    response = other.test_client().get("/readyz")
    with other.app_context():
        for engine in db.engines.values():
            engine.dispose()
    assert response.status_code == 200
    assert response.get_json()["status"] == "degraded"


def test_without_a_database_the_node_leaves_the_pool(tmp_path: Path) -> None:
    other = make_app("postgresql+psycopg:///x?host=/nowhere", "unix:///nowhere.sock", tmp_path)
    client = other.test_client()
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert b"jiangsai_database_up 0.0" in client.get("/metrics").data


def test_an_older_schema_is_not_ready(app: Flask, tmp_path: Path) -> None:
    url = database.clone("test_old_schema")
    other = make_app(url, app.extensions["settings"].redis_url, tmp_path)
    with database.start_cluster().connect("test_old_schema") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    response = other.test_client().get("/readyz")
    with other.app_context():
        for engine in db.engines.values():
            engine.dispose()
    database.drop("test_old_schema")
    assert response.status_code == 503
    assert response.get_json()["checks"]["migrations"]["state"] == "failed"


def test_a_server_that_may_lose_answers_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "TESTING", False)  # the test servers run without fsync on purpose
    assert app.test_client().get("/readyz").status_code == 503
    with app.app_context(), pytest.raises(NotDurable, match="fsync, synchronous_commit, full_page_writes"):
        service.release()


def test_metrics_speak_prometheus_and_can_be_closed(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert b"jiangsai_outbox_oldest_seconds 0.0" in response.data
    closed = Settings.from_env({"JIANGSAI_METRICS_OPEN": "0"})
    monkeypatch.setitem(app.extensions, "settings", closed)
    assert client.get("/metrics").status_code == 404


def test_a_waiting_job_shows_in_the_numbers(session: object) -> None:
    db.session.execute(
        text(
            "INSERT INTO outbox (job, args, created_at)"
            " VALUES ('x', '{}', clock_timestamp() - interval '2 minutes')"
        )
    )
    db.session.commit()
    assert dict(queries.gauges())["jiangsai_outbox_oldest_seconds"] >= 120
    outbox = next(check for check in queries.everything() if check.name == "outbox")
    assert outbox.state is State.WARNING


def test_the_keys_are_closed_to_the_role_of_the_pages(session: object) -> None:
    check = next(check for check in queries.everything() if check.name == "keys-role")
    assert check.state is State.OK
    assert check.said.params["user"] == "jiangsai_pages"


def test_a_node_that_is_about_to_stop_is_unready(client: FlaskClient, app: Flask) -> None:
    mark = app.extensions["settings"].stopping_file
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    try:
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
    finally:
        mark.unlink()
    assert client.get("/readyz").status_code == 200


def test_the_chinese_health_page_has_no_english_sentence(
    client: FlaskClient, session: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sound and unsound: names of products, settings and processes may stand in a Chinese sentence, not more."""
    sign_in(client, make_staff(Role.SUPERVISOR))
    for is_sound in (True, False):
        monkeypatch.setattr(queries, "OLDEST_POSTGRES", 15 if is_sound else 99)
        monkeypatch.setattr(queries, "LATE_JOB_S", 60.0 if is_sound else -1.0)
        monkeypatch.setattr(queries, "LOW_SPACE", 0.0 if is_sound else 1.0)
        page = client.get("/staff/health")
        assert page.status_code == 200
        shown = re.sub(r"<[^>]+>", "\n", page.text[page.text.index("<main") : page.text.index("</main>")])
        assert (
            re.findall(r"[A-Za-z]{2,}(?: [a-z]{2,}){2,}", shown.replace("jiangsai backup FOLDER", "")) == []
        )
    assert "请查看定时进程、后台进程和 Redis 是否在运行。" in page.text
    assert "最早的一项工作已等待" in page.text
    assert "需要 99 或更高版本" in page.text


def test_a_silent_redis_is_told_to_people_in_their_language_and_to_programs_in_full(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "redis_client", lambda: Redis.from_url("unix:///nowhere/redis.sock"))
    said = client.get("/readyz").get_json()["checks"]["redis"]
    assert said["state"] == "warning"
    assert said["said"].startswith("No answer (ConnectionError).")
    assert "redis.sock" in said["said"]
