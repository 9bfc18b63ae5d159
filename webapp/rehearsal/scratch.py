"""A database, a Redis and a folder for one rehearsal, gone when it ends, however it ends.

The database is a new one beside that of the site (its server is used, its data never), or stands on a server
of its own when none is known. Nothing of it has to survive a crash, so nothing waits for the disk."""

import base64
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from webapp.config import Settings
from webapp.supervisor.binaries import postgres_install
from webapp.supervisor.folders import Folders
from webapp.supervisor.placement import place
from webapp.supervisor.postgres import Postgres
from webapp.supervisor.processes import StartFailed
from webapp.supervisor.valkey import Valkey

SERVER = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""Nothing follows this server and nothing of it is kept, so it writes as little twice as it can."""


@dataclass(frozen=True)
class Scratch:
    """environ: the settings of an app on it. database: its name. is_own_server: the server ends with it."""

    environ: Mapping[str, str]
    database: str
    is_own_server: bool


@contextmanager
def scratch(environ: Mapping[str, str], keep: bool = False) -> Iterator[Scratch]:
    """Make everything, and remove it afterwards. keep: the database stays where its server does.

    Raise StartFailed."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="jsr-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        known = _server(environ)
        server = known or _start_postgres(folder, stack)
        name = f"jiangsai_rehearsal_{os.getpid()}_{secrets.token_hex(4)}"
        _statement(server, "CREATE DATABASE {}", name)
        if not (keep and known):
            stack.callback(_statement, server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _statement(server, "ALTER DATABASE {} SET synchronous_commit = off", name)
        yield Scratch(
            _environ(environ, server, name, _start_valkey(folder, stack), folder), name, known is None
        )


def _server(environ: Mapping[str, str]) -> URL | None:
    """The server of DATABASE_URL, or the one that `jiangsai up` runs here."""
    settings = Settings.from_env(environ)
    url = settings.database_url or Folders(settings.var).read_state().get("environ", {}).get(
        "DATABASE_URL", ""
    )
    if not url:
        return None
    found = make_url(url)
    return found if _answers(found) or settings.database_url else None


def _answers(url: URL) -> bool:
    try:
        with _connect(url):
            return True
    except psycopg.OperationalError:
        return False


def _connect(url: URL) -> psycopg.Connection:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=10)


def _statement(url: URL, statement: str, name: str) -> None:
    try:
        with _connect(url) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise StartFailed(f"No scratch database could be made or removed: {error}") from error


def _start_postgres(folder: Path, stack: ExitStack) -> URL:
    placement = place(postgres_install(), folder)
    if placement.folder != folder:
        stack.callback(shutil.rmtree, placement.folder, ignore_errors=True)
    sockets = _folder(folder / "s")
    postgres = Postgres(
        placement.install, placement.data, sockets, placement.identity, durable=False, settings=SERVER
    )
    postgres.output = subprocess.DEVNULL
    postgres.create()
    stack.callback(postgres.stop)
    postgres.start()
    return make_url(postgres.url("postgres"))


def _start_valkey(folder: Path, stack: ExitStack) -> str:
    valkey = Valkey(folder / "valkey", _folder(folder / "v"), durable=False)
    valkey.output = subprocess.DEVNULL
    stack.callback(valkey.stop)
    valkey.start()
    return f"{valkey.url}?db=0"


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _environ(
    environ: Mapping[str, str], server: URL, name: str, redis_url: str, folder: Path
) -> dict[str, str]:
    """Settings of a site in production, with secrets that are forgotten with it."""
    kept = {key: value for key, value in environ.items() if key == "JIANGSAI_BANKS"}
    return {
        **kept,
        "DATABASE_URL": server.set(database=name).render_as_string(hide_password=False),
        "REDIS_URL": redis_url,
        "JIANGSAI_VAR": str(_folder(folder / "var")),
        "JIANGSAI_DEMO": "0",
        "JIANGSAI_SECRET_KEY": secrets.token_urlsafe(48),
        "JIANGSAI_DATA_KEY": base64.b64encode(os.urandom(32)).decode(),
        "JIANGSAI_PUBLIC_URL": "http://localhost",
        "JIANGSAI_POOL_SIZE": "4",
        "JIANGSAI_LOG_LEVEL": "WARNING",
    }
