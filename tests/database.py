"""One throw-away PostgreSQL and Valkey for a whole test run, shared by all its processes.

`start_cluster()` may be called by every pytest-xdist worker: the first starts a keeper process that
runs the servers, the others find it. Each caller holds a shared lock; when the last one is gone,
however it ended, the keeper gets the lock, stops the servers and removes the folder.

fsync is off. A test that needs durability starts its own `Postgres(..., durable=True)`."""

import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from webapp.supervisor import processes
from webapp.supervisor.binaries import postgres_install
from webapp.supervisor.placement import place
from webapp.supervisor.postgres import PORT, SUPERUSER, Postgres
from webapp.supervisor.valkey import Valkey

TEMPLATE = "template_jiangsai"
REDIS_DATABASES = 64
START_TIMEOUT_S = 90.0


@dataclass(frozen=True)
class Cluster:
    """The running servers: `sockets` holds PostgreSQL's socket."""

    folder: Path
    sockets: Path
    valkey_url: str

    def database_url(self, name: str) -> str:
        return f"postgresql+psycopg://{SUPERUSER}@/{name}?host={self.sockets}&port={PORT}"

    @property
    def redis_url(self) -> str:
        """A Redis database of this xdist worker's own."""
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        return f"{self.valkey_url}?db={int(worker) % REDIS_DATABASES}"

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        """A plain connection that commits every statement."""
        return psycopg.connect(
            host=str(self.sockets),
            port=PORT,
            user=SUPERUSER,
            dbname=name,
            autocommit=True,
            connect_timeout=10,
        )


@cache
def start_cluster() -> Cluster:
    """The servers of this test run; started by whoever asks first."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"alone-{secrets.token_hex(6)}"
    folder = Path(tempfile.gettempdir()) / f"jst-{os.geteuid()}-{run[:20]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise RuntimeError(f"{folder} belongs to somebody else")
    with _locked(folder / "start.lock"):
        _hold(folder / "users.lock")
        ready = folder / "ready.json"
        if not ready.exists():
            with (folder / "keeper.log").open("ab") as log:
                keeper = subprocess.Popen(
                    [sys.executable, str(Path(__file__).resolve()), str(folder)],
                    cwd=Path(__file__).resolve().parent.parent,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
                )
            processes.wait_until(lambda: ready.exists() or keeper.poll() is not None, START_TIMEOUT_S)
            if not ready.exists():
                raise RuntimeError(f"no test servers: {(folder / 'keeper.log').read_text()[-2000:]}")
            keeper.returncode = 0  # it outlives us on purpose: no warning about a child that still runs
    told = json.loads(ready.read_text())
    return Cluster(folder, Path(told["sockets"]), told["valkey_url"])


def template(migrate: Callable[[str], None]) -> str:
    """The name of a database with the present schema; `migrate(url)` makes it, once a run."""
    cluster = start_cluster()
    done = cluster.folder / "migrated"
    with _locked(cluster.folder / "template.lock"):
        if not done.exists():
            drop(TEMPLATE)
            with cluster.connect() as connection:
                connection.execute(f"CREATE DATABASE {TEMPLATE}")
            migrate(cluster.database_url(TEMPLATE))
            done.touch()
    return TEMPLATE


def clone(name: str, source: str = TEMPLATE) -> str:
    """A fresh copy of the template under `name` (replacing an old one); its URL.

    Nobody may be connected to the template: connections of the migration that linger are ended."""
    cluster = start_cluster()
    drop(name)
    with _locked(cluster.folder / "template.lock"), cluster.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source]
        )
        _create(connection, name, source)
    return cluster.database_url(name)


def drop(name: str) -> None:
    """Remove a database, ending its connections."""
    with start_cluster().connect() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _create(connection: psycopg.Connection, name: str, source: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
        sql.Identifier(name), sql.Identifier(source)
    )
    for last in (False, False, False, True):
        try:
            connection.execute(statement)
            return
        except psycopg.errors.ObjectInUse:  # a backend that is just ending, or autovacuum
            if last:
                raise
            time.sleep(0.2)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


_held: list[int] = []


def _hold(path: Path) -> None:
    """Keep a shared lock until this process ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _held.append(descriptor)


def keep(folder: Path) -> None:
    """The keeper: run the servers until nobody holds the lock, then remove everything."""
    sockets = folder / "s"
    sockets.mkdir(mode=0o700, exist_ok=True)
    placement = place(postgres_install(), folder)
    postgres = Postgres(
        placement.install, placement.data, sockets, placement.identity, durable=False,
        settings={"max_connections": "300", "autovacuum": "off", "log_min_messages": "panic"},
    )  # fmt: skip
    valkey = Valkey(folder / "valkey", folder, durable=False, databases=REDIS_DATABASES)
    try:
        valkey.start()
        postgres.create()
        postgres.start()
        draft = folder / "ready.draft"
        draft.write_text(json.dumps({"sockets": str(sockets), "valkey_url": valkey.url}))
        draft.rename(folder / "ready.json")
        with (folder / "users.lock").open("a") as users:
            processes.wait_until(lambda: _is_free(users.fileno()), float("inf"), step_s=0.5)
    finally:
        postgres.stop()
        valkey.stop()
        if placement.folder != folder:
            shutil.rmtree(placement.folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
