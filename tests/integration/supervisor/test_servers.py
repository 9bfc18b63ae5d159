"""PostgreSQL and Valkey as children: crashes, stale files, servers left behind, strangers."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from webapp.supervisor import processes
from webapp.supervisor.binaries import postgres_install
from webapp.supervisor.placement import Placement, place
from webapp.supervisor.postgres import PORT, SUPERUSER, Postgres
from webapp.supervisor.processes import StartFailed
from webapp.supervisor.valkey import Valkey


@pytest.fixture
def make_postgres(short: Path) -> Iterator[Callable[[], Postgres]]:
    """Makes servers on one folder, as a supervisor does after another; stops them at the end."""
    placement = place(postgres_install(), short)
    (short / "s").mkdir(mode=0o700)
    made: list[Postgres] = []

    def make() -> Postgres:
        server = Postgres(placement.install, placement.data, short / "s", placement.identity, durable=False)
        server.output = subprocess.DEVNULL
        made.append(server)
        return server

    yield make
    for server in made:
        server.stop()


@pytest.fixture
def make_valkey(short: Path) -> Iterator[Callable[[], Valkey]]:
    made: list[Valkey] = []

    def make() -> Valkey:
        server = Valkey(short / "valkey", short, output=subprocess.DEVNULL)
        made.append(server)
        return server

    yield make
    for server in made:
        server.stop()


def query(server: Postgres, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(
        host=str(server.sockets), port=PORT, user=SUPERUSER, dbname="postgres", connect_timeout=10
    ) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def pid_of(server: Postgres | Valkey) -> int:
    assert server.child is not None
    return server.child.pid


def test_postgres_listens_on_a_private_socket_only(make_postgres: Callable[[], Postgres]) -> None:
    server = make_postgres()
    assert server.create()
    assert not server.create()
    server.start()
    assert query(server, "SHOW listen_addresses") == [("",)]
    assert query(server, "SHOW server_encoding") == [("UTF8",)]
    assert server.sockets.stat().st_mode & 0o077 == 0
    assert server.data.stat().st_mode & 0o077 == 0


def test_durable_settings_are_on_unless_a_test_says_otherwise(make_postgres: Callable[[], Postgres]) -> None:
    server = make_postgres()
    server.durable = True
    server.create()
    server.start()
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert query(server, f"SHOW {name}") == [("on",)]


def test_postgres_comes_back_after_kill_9_with_its_data(make_postgres: Callable[[], Postgres]) -> None:
    first = make_postgres()
    first.durable = True
    first.create()
    first.start()
    query(first, "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(pid_of(first), signal.SIGKILL)
    second = make_postgres()
    second.start()
    assert query(second, "SELECT n FROM kept") == [(7,)]


def test_a_server_left_behind_is_stopped_and_its_data_taken_over(
    make_postgres: Callable[[], Postgres],
) -> None:
    orphan = make_postgres()
    orphan.create()
    orphan.start()
    query(orphan, "CREATE TABLE kept AS SELECT 7 AS n")
    heir = make_postgres()
    heir.start()
    assert not processes.is_alive(pid_of(orphan))
    assert query(heir, "SELECT n FROM kept") == [(7,)]


def test_a_stranger_with_the_number_of_the_dead_server_is_left_alone(
    make_postgres: Callable[[], Postgres],
) -> None:
    server = make_postgres()
    server.create()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        server.pid_file.write_text(f"{stranger.pid}\n{server.data}\n1\n{PORT}\n\n\n\nready\n")
        server.own(server.data)
        server.start()
        assert query(server, "SELECT 1") == [(1,)]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_half_made_folder_is_made_again(make_postgres: Callable[[], Postgres]) -> None:
    server = make_postgres()
    draft = server.data.with_name(f"{server.data.name}.draft")
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    assert server.create()
    server.start()
    assert query(server, "SELECT 1") == [(1,)]


def test_data_of_another_version_is_refused_in_words(make_postgres: Callable[[], Postgres]) -> None:
    server = make_postgres()
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(StartFailed, match="made by PostgreSQL 14"):
        server.create()


def test_postgres_ends_with_whoever_started_it(short: Path) -> None:
    program = f"""
import os, pathlib, signal, subprocess
from webapp.supervisor.binaries import postgres_install
from webapp.supervisor.placement import place
from webapp.supervisor.postgres import Postgres
short = pathlib.Path({str(short)!r})
(short / "s").mkdir()
p = place(postgres_install(), short)
server = Postgres(p.install, p.data, short / "s", p.identity, durable=False, output=subprocess.DEVNULL)
server.create()
server.start()
print(server.child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    pid = int(told.stdout)
    assert processes.wait_until(lambda: not processes.is_alive(pid), 20)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_under_a_closed_folder_another_user_gets_data_and_programs_elsewhere(short: Path) -> None:
    home, elsewhere = short / "closed", short / "open"
    home.mkdir(mode=0o700)
    short.chmod(0o711)
    record = home / "location.json"

    def only_nobody(near: Path) -> list[str]:
        return ["uid:65534:65534"]

    found = place(postgres_install(), home, record, among=only_nobody, elsewhere=[elsewhere])
    assert found.folder.is_relative_to(elsewhere)
    assert place(postgres_install(), home, record, among=only_nobody, elsewhere=[]) == found
    _serves(found)
    assert found.data.stat().st_uid == 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_made_by_one_identity_can_be_used_by_another(short: Path) -> None:
    short.chmod(0o711)
    for identity in ("uid:65534:65534", *(["map:65534:65534"] if _has_namespaces(short) else [])):
        _serves(Placement(identity, postgres_install(), short))


def _has_namespaces(folder: Path) -> bool:
    return place(postgres_install(), folder).identity.startswith("map")


def _serves(placement: Placement) -> None:
    sockets = placement.folder / "s"
    sockets.mkdir(exist_ok=True, mode=0o700)
    server = Postgres(placement.install, placement.data, sockets, placement.identity, durable=False)
    server.output = subprocess.DEVNULL
    server.create()
    try:
        server.start()
        assert query(server, "SELECT 1") == [(1,)]
    finally:
        server.stop()


def test_valkey_keeps_its_keys_over_kill_9(make_valkey: Callable[[], Valkey]) -> None:
    first = make_valkey()
    first.start()
    with Redis.from_url(first.url) as redis:
        redis.set("kept", "7")
        redis.execute_command("WAITAOF", 1, 0, 5000)
    os.kill(pid_of(first), signal.SIGKILL)
    second = make_valkey()
    second.start()
    with Redis.from_url(second.url) as redis:
        assert redis.get("kept") == b"7"
        assert redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_valkey_left_behind_is_stopped(make_valkey: Callable[[], Valkey]) -> None:
    orphan = make_valkey()
    orphan.start()
    heir = make_valkey()
    heir.start()
    assert not processes.is_alive(pid_of(orphan))
    assert pid_of(heir) != pid_of(orphan)


def test_a_file_that_valkey_cannot_read_is_put_aside(make_valkey: Callable[[], Valkey], short: Path) -> None:
    first = make_valkey()
    first.start()
    first.stop()
    manifest = next((short / "valkey" / "appendonlydir").glob("*.manifest"))
    manifest.write_text("this is no manifest\n")
    second = make_valkey()
    second.start()
    assert list(short.glob("valkey.unreadable-*"))
