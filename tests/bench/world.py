"""What the benchmark runs on: durable servers, one open exam, people with sessions and drawn papers."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import flask_migrate
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from tests import factories
from tests.conftest import TEST_KEY
from webapp.accounts.models import AuthSession
from webapp.accounts.queries import token_hash
from webapp.accounts.service import sessions
from webapp.app import create_app
from webapp.banks import service as banks
from webapp.config import ROOT, Settings
from webapp.contests import service as contests
from webapp.contests.models import Event, Stage
from webapp.contests.rules.reanchor import Anchor, reanchor
from webapp.core import clock
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction
from webapp.exam.service import opening, papers
from webapp.supervisor.binaries import postgres_install
from webapp.supervisor.placement import place
from webapp.supervisor.postgres import Postgres
from webapp.supervisor.valkey import Valkey

EVENT = "welding"
BROWSER = "bench"
LEARNING_EVENT = "electrician"
"""Where learning is open, for the quiz answers."""


@dataclass(frozen=True)
class Sitter:
    """One contestant with a browser: what the load generator needs."""

    person_id: int
    participation_id: int
    attempt_id: int
    cookie: str
    csrf: str


@dataclass(frozen=True)
class World:
    """The running servers, ports and people."""

    app: Flask
    folder: Path
    database: str
    redis: str
    app_port: int
    bare_port: int
    exam_id: int
    event_id: int
    stage_id: int
    sitters: tuple[Sitter, ...]


@contextlib.contextmanager
def world(people: int) -> Iterator[World]:
    """Everything started and filled; stopped and removed on leaving."""
    with tempfile.TemporaryDirectory(prefix="jsb-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        database, redis = servers(folder, stack)
        environ = environ_of(database, redis, folder)
        app = create_app(Settings.from_env(environ), RATELIMIT_ENABLED=False)
        app.extensions["jobs_inline"] = []
        with app.app_context():
            flask_migrate.upgrade()
            exam_id, event_id, stage_id, sitters = _fill(app, people)
            app_port = serve("webapp.wsgi:app", environ, stack)
            bare = {**environ, "BARE_DATABASE": database.replace("postgresql+psycopg://", "postgresql://")}
            bare_port = serve("tests.bench.bare:app", bare, stack)
            yield World(
                app, folder, database, redis, app_port, bare_port, exam_id, event_id, stage_id, sitters
            )


def servers(folder: Path, stack: contextlib.ExitStack) -> tuple[str, str]:
    sockets = folder / "s"
    sockets.mkdir(mode=0o700)
    placement = place(postgres_install(), folder)
    postgres = Postgres(placement.install, placement.data, sockets, placement.identity, durable=True)
    postgres.create()
    postgres.start()
    stack.callback(postgres.stop)
    valkey = Valkey(folder / "valkey", folder, durable=False)
    valkey.start()
    stack.callback(valkey.stop)
    return postgres.url("postgres"), valkey.url


def environ_of(database: str, redis: str, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "JIANGSAI_VAR": str(folder / "var"),
        "JIANGSAI_SECRET_KEY": "bench only: nothing is signed with this key for real",
        "JIANGSAI_DATA_KEY": TEST_KEY,
        "JIANGSAI_LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
    }


def serve(target: str, environ: dict[str, str], stack: contextlib.ExitStack) -> int:
    """Granian as in the Procfile: 2 workers of 4 threads."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += [
        "--workers",
        "2",
        "--blocking-threads",
        "4",
        "--no-access-log",
        "--log-level",
        "error",
        target,
    ]
    server = subprocess.Popen(command, env=environ, cwd=ROOT)
    stack.callback(server.wait, 20)
    stack.callback(server.terminate)
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            time.sleep(1.0)
            return port
        time.sleep(0.1)
    raise RuntimeError(f"{target} does not answer")


def _fill(app: Flask, people: int) -> tuple[int, int, int, tuple[Sitter, ...]]:
    now = clock.now()
    text = (ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8")
    with transaction():
        contests.load_contest(
            reanchor(
                text,
                {EVENT: Anchor.EXAM_OPEN, LEARNING_EVENT: Anchor.LEARNING},
                now.astimezone(clock.SHANGHAI).date(),
            )
        )
        setter, reviewer = factories.make_account(), factories.make_account()
        setter_id, reviewer_id = setter.id, reviewer.id
    with keys_scope(), transaction():
        banks.import_shipped(ROOT / "question_banks" / "work_safety", setter_id, reviewer_id)
    event = db.session.query(Event).filter_by(code=EVENT).one()
    stage = db.session.query(Stage).filter_by(event_id=event.id, code="preliminary").one()
    event_id, stage_id = event.id, stage.id
    with transaction():
        exam_id = opening.open_for_stage(stage_id, now)
    with transaction():
        event = db.session.get_one(Event, event_id)
        made = []
        for _ in range(people):
            person = factories.make_person()
            participation = factories.make_participation(event, person)
            made.append((person.id, participation.id, factories.make_account(person).id))
    with transaction():
        drawn = [papers.paper_for(exam_id, participation_id).attempt_id for _, participation_id, _ in made]
    sitters = []
    with transaction():
        for (person_id, participation_id, account_id), attempt_id in zip(made, drawn, strict=True):
            cookie, csrf = browser(app, account_id, person_id)
            sitters.append(Sitter(person_id, participation_id, attempt_id, cookie, csrf))
    return exam_id, event_id, stage_id, tuple(sitters)


def browser(app: Flask, account_id: int, person_id: int) -> tuple[str, str]:
    """A session row with its signed cookie and form token."""
    token = f"bench-{account_id:08d}-{'x' * 24}"
    db.session.add(
        AuthSession(
            token_hash=token_hash(token),
            account_id=account_id,
            auth_version=1,
            expires_at=clock.now() + timedelta(hours=12),
        )
    )
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    # Signed in as the sign-in page does it, from the place and with the browser of the load generator: a
    # cookie of another origin would be written anew with every answer.
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}, headers={"User-Agent": BROWSER}):
        sessions.start_browser(token, account_id=account_id, person_id=person_id, name="", now=clock.now())
        value = signer.dumps({**session, "csrf_token": "b" * 40})
    csrf = URLSafeTimedSerializer(str(app.config["SECRET_KEY"]), salt="wtf-csrf-token").dumps("b" * 40)
    return f"{app.config['SESSION_COOKIE_NAME']}={value}", str(csrf)
