"""The app on a real PostgreSQL and Valkey: one database a worker, emptied after each test.

Everything commits for real, so threads, hot statements and jobs see what a test wrote."""

import contextvars
import gc
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session

from tests import database, spreading
from webapp.accounts.queries import forget_principals
from webapp.app import create_app
from webapp.config import Settings
from webapp.core.db import KEYS_SCHEMA, Base, db
from webapp.core.queue import function_of
from webapp.leaderboard.routes.fragments import cache as board_fragments

# Tests say what is right, never how fast: on a busy machine a slow example is no failure.
settings.register_profile(
    "unhurried", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")

TEST_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def make_settings(url: str, redis_url: str, var: Path, **environ: str) -> Settings:
    """Settings of a test app; secrets are fixed and worthless. environ: settings that differ."""
    return Settings.from_env(
        {
            "DATABASE_URL": url,
            "REDIS_URL": redis_url,
            "JIANGSAI_VAR": str(var),
            "JIANGSAI_SECRET_KEY": "tests only: nothing is signed with this key for real",
            "JIANGSAI_DATA_KEY": TEST_KEY,
            "JIANGSAI_PUBLIC_URL": "http://localhost",
            "JIANGSAI_POOL_SIZE": "30",
            **environ,
        }
    )


def make_app(
    url: str, redis_url: str, var: Path, environ: dict[str, str] | None = None, **overrides: Any
) -> Flask:
    """An app for tests: cheap password hashes, no request limits, jobs collected instead of sent."""
    overrides = {
        "TESTING": True,
        "WTF_CSRF_ENABLED": False,
        "RATELIMIT_ENABLED": False,
        "PROPAGATE_EXCEPTIONS": False,
        "ARGON2_TIME_COST": 1,
        "ARGON2_MEMORY_KIB": 8,
        **overrides,
    }
    app = create_app(make_settings(url, redis_url, var, **(environ or {})), **overrides)
    app.test_client_class = FreshContextClient
    app.extensions["jobs_inline"] = []
    return app


class FreshContextClient(FlaskClient):
    """Each request runs in a context of its own, as in production: nothing of the test's app
    context (session, current user) leaks into it. What the test wrote is committed first."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            db.session.commit()
        response = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.expire_all()
        return response


def another_app(app: Flask, var: Path, environ: dict[str, str], **overrides: Any) -> Flask:
    """A second app on the database and Redis of `app`, with other settings, as another site would be set up."""
    settings = app.extensions["settings"]
    return make_app(settings.database_url, settings.redis_url, var, environ, **overrides)


def migrate(url: str) -> None:
    """Bring an empty database to the present schema."""
    app = create_app(make_settings(url, "redis://nowhere", Path("/nonexistent")))
    with app.app_context():
        flask_migrate.upgrade()
        for engine in db.engines.values():
            engine.dispose()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> spreading.Spreading:
    """Of the process that gives the tests out, whatever `--dist` says."""
    return spreading.Spreading(config, log)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector of garbage need not walk through it again and again,
    nor after every seven hundred objects. That was a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # of several processes
        spreading.in_order(items)


@pytest.fixture(scope="session")
def worker_app(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Flask]:
    """One app and one database for all tests of this process."""
    cluster = database.start_cluster()
    database.template(migrate)
    name = f"test_{worker_id}"
    app = make_app(database.clone(name), cluster.redis_url, tmp_path_factory.mktemp("var"))
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
    _sweeper(name).close()
    database.drop(name)


@pytest.fixture
def app(worker_app: Flask, worker_id: str) -> Iterator[Flask]:
    """The app on an empty database."""
    worker_app.extensions["jobs_inline"].clear()
    forget_principals()
    board_fragments.forget()
    yield worker_app
    forget_principals()
    worker_app.extensions["redis"].flushdb()
    empty_database(f"test_{worker_id}")


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A database session inside an app context. Commit (or call the client) to let others see it."""
    with app.app_context():
        yield db.session()
        db.session.rollback()


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser without script. `session` is open beside it."""
    return app.test_client()


@pytest.fixture
def committed_db(session: Session) -> Session:
    """The same as `session`: all database tests commit for real. Named where a race needs it."""
    return session


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], int]:
    """Run the collected background jobs, and what they queue in turn; return how many ran."""

    def run() -> int:
        done = 0
        pending: list[Any] = app.extensions["jobs_inline"]
        if has_app_context():
            db.session.commit()
        while pending:
            name, args = pending.pop(0)
            contextvars.Context().run(_run_in_app, app, function_of(name), args)
            done += 1
        if has_app_context():
            db.session.expire_all()
        return done

    return run


def _run_in_app(app: Flask, function: Callable[..., object], args: dict[str, Any]) -> None:
    with app.app_context():
        function(**args)


def empty_database(name: str) -> None:
    """Delete all rows, as the superuser, without triggers: a few milliseconds for small tests."""
    _sweeper(name).execute("SELECT pg_temp.empty_all()")


@cache
def _sweeper(name: str) -> psycopg.Connection:
    """A connection that keeps the plans of all the deletions: to make them anew was most of the time."""
    tables = [
        f'"{table.schema or "public"}"."{table.name}"'
        for table in Base.metadata.tables.values()
        if table.schema in {None, KEYS_SCHEMA}
    ]
    statements = "".join(f"DELETE FROM {table};" for table in tables)
    connection = database.start_cluster().connect(name)
    connection.execute("SET session_replication_role = replica")
    connection.execute(
        "CREATE FUNCTION pg_temp.empty_all() RETURNS void LANGUAGE plpgsql"
        f" AS $$ BEGIN {statements} END $$".encode()
    )
    return connection


@pytest.fixture
def count_queries(app: Flask) -> Iterator[list[str]]:
    """Every statement sent to the database while the test runs; clear() it before what you count."""
    from sqlalchemy import event

    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
