"""PostgreSQL and Valkey for one var folder, as long as nobody brings outside ones."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from webapp.config import Settings, require_secrets
from webapp.supervisor import keys, processes
from webapp.supervisor.binaries import postgres_install
from webapp.supervisor.folders import AlreadyRunning, Folders
from webapp.supervisor.placement import place
from webapp.supervisor.postgres import PORT, SUPERUSER, Postgres
from webapp.supervisor.processes import StartFailed
from webapp.supervisor.valkey import Valkey

CHILD_MARK = "JIANGSAI_CHILD"
"""Set for every process that we start: `<var folder>|<name>`. It tells orphans from strangers."""

ORPHAN_STOP = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))

Say = Callable[[str], None]


@dataclass
class Services:
    """`environ` grows by the addresses and secrets that children need."""

    folders: Folders
    environ: dict[str, str]
    say: Say
    postgres: Postgres | None = field(default=None, init=False)
    valkey: Valkey | None = field(default=None, init=False)
    is_first: bool = field(default=False, init=False)

    def configure(self) -> Settings:
        """Decide addresses and secrets without starting anything. Raise SettingInvalid, StartFailed."""
        demo = Settings.from_env(self.environ).demo
        own_database = not self.environ.get("DATABASE_URL") and not self.environ.get("DATABASE_URL_FILE")
        if own_database:
            self._place_postgres()
            assert self.postgres is not None
            self.is_first = not self.postgres.data.exists()
        if demo:
            has_data = own_database and not self.is_first and self._has_database(demo)
            self.environ.update(keys.demo_secrets(self.folders.secrets, self.environ, has_data))
        else:
            keys.refuse_demo_secrets(self.folders.secrets, self.environ)
        if self.postgres is not None:
            self.environ["DATABASE_URL"] = self.postgres.url(database_name(demo))
        if not self.environ.get("REDIS_URL") and not self.environ.get("REDIS_URL_FILE"):
            self.valkey = Valkey(self.folders.valkey, self.folders.sockets("redis"))
            self.environ["REDIS_URL"] = f"{self.valkey.url}?db={0 if demo else 1}"
        settings = Settings.from_env(self.environ)
        require_secrets(settings)
        return settings

    def _place_postgres(self) -> None:
        placement = place(postgres_install(), self.folders.var, self.folders.location_file)
        sockets = self.folders.sockets("pg", within=placement.folder)
        self.postgres = Postgres(placement.install, placement.data, sockets, placement.identity)
        archive = Settings.from_env(self.environ).archive
        if archive:
            self.postgres.archive_into(Path(archive).absolute())
        if placement.folder != self.folders.var:
            self.say(f"the database lies in {placement.data} (see {self.folders.location_file})")

    def _has_database(self, demo: bool) -> bool:
        return (self.folders.run / f"{database_name(demo)}.made").exists()

    def start(self) -> None:
        """Start what is ours and wait until it answers. Raise StartFailed."""
        if self.valkey is not None:
            self._start_server("valkey", self.valkey)
        if self.postgres is not None:
            if self.postgres.create():
                self.say("made a new PostgreSQL folder")
            self._start_server("postgres", self.postgres)
            self._make_database(database_name(Settings.from_env(self.environ).demo))

    def _start_server(self, name: str, server: Postgres | Valkey) -> None:
        """Start it with its lines going to a file; show the last of them when it fails."""
        path = self.folders.log(name)
        with path.open("ab") as log:
            server.output = log
            try:
                server.start()
            except StartFailed as error:
                lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
                raise StartFailed("\n".join([str(error), f"The end of {path}:", *lines])) from error
            finally:
                server.output = None

    def _make_database(self, name: str) -> None:
        assert self.postgres is not None
        with psycopg.connect(
            host=str(self.postgres.sockets),
            port=PORT,
            user=SUPERUSER,
            dbname="postgres",
            autocommit=True,
            connect_timeout=10,
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        (self.folders.run / f"{name}.made").touch()

    def restart(self, name: str) -> None:
        """Start one of our servers again after it died. Raise StartFailed."""
        server = {"postgres": self.postgres, "valkey": self.valkey}[name]
        assert server is not None
        self._start_server(name, server)

    def ended(self) -> list[str]:
        """Names of our servers that died, or could not be started again."""
        mine = {"postgres": self.postgres, "valkey": self.valkey}
        return [
            name for name, one in mine.items() if one and (one.child is None or one.child.poll() is not None)
        ]

    def stop(self) -> None:
        """Stop what we started, the database last."""
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()


def database_name(demo: bool) -> str:
    """The demo has a database of its own, so that JIANGSAI_DEMO=0 starts empty beside it."""
    return "jiangsai_demo" if demo else "jiangsai"


def marked(mark: str) -> list[int]:
    """Processes whose CHILD_MARK starts so, without our own."""
    return [
        pid
        for pid in processes.all_pids()
        if pid != os.getpid() and processes.environment_of(pid).get(CHILD_MARK, "").startswith(mark)
    ]


def end_orphans(mark: str) -> list[int]:
    """End processes that an earlier supervisor of this folder (or a dead child of ours) left behind.

    mark: what CHILD_MARK starts with. Only processes started with that mark are touched."""
    orphans = marked(mark)
    end_all(orphans)
    return orphans


def end_all(pids: Sequence[int]) -> None:
    """Ask these to end, and end them when they do not."""
    for number, timeout_s in ORPHAN_STOP:
        alive = [pid for pid in pids if processes.is_alive(pid)]
        for pid in alive:
            try:
                os.kill(pid, number)
            except (ProcessLookupError, PermissionError):
                continue
        processes.wait_until(lambda pids=alive: not any(map(processes.is_alive, pids)), timeout_s)  # type: ignore[misc]


@contextmanager
def reachable(environ: Mapping[str, str], var: Path, say: Say) -> Iterator[dict[str, str]]:
    """The environment in which a command finds its database: the one of the supervisor that runs
    on `var`, or, when none runs, our own servers for as long as the command takes."""
    folders = Folders(var)
    if environ.get("DATABASE_URL") and environ.get("REDIS_URL"):
        yield {**_kept_secrets(folders, environ), **environ}
        return
    try:
        folders.lock()
    except AlreadyRunning:
        told = folders.read_state().get("environ", {})
        if not told:
            raise StartFailed(
                f"another jiangsai command is using {var}; try again when it has ended"
            ) from None
        yield {**told, **environ}
        return
    services = Services(folders, dict(environ), say)
    try:
        services.configure()
        say("starting the database for this command")
        services.start()
        yield services.environ
    finally:
        services.stop()
        folders.unlock()


def _kept_secrets(folders: Folders, environ: Mapping[str, str]) -> dict[str, str]:
    """The demo's secrets when it has made some; a command makes none."""
    if not Settings.from_env(environ).demo:
        return {}
    files = {f"{name}_FILE": folders.secrets / file_name for name, file_name in keys.NAMES.items()}
    return {
        name: str(path)
        for name, path in files.items()
        if path.exists() and not environ.get(name.removesuffix("_FILE"))
    }
