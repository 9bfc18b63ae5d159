"""`jiangsai up` as a person meets it, with small processes instead of the whole application."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import database
from webapp.supervisor import processes
from webapp.supervisor.services import CHILD_MARK

WEB = """
import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""

PROCFILE = """
release: echo releasing
web: {python} {folder}/web.py
worker: sh -c 'echo working; sleep 1000 & sleep 1001'
"""

PATIENCE_S = 40.0


class Site:
    """One var folder, and the supervisors that run on it one after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.var = folder / "var"
        self.procfile = folder / "Procfile"
        (folder / "web.py").write_text(WEB)
        self.procfile.write_text(PROCFILE.format(python=sys.executable, folder=folder))
        self.runs: list[subprocess.Popen[str]] = []
        self.said: list[str] = []

    def up(self, **environ: str) -> subprocess.Popen[str]:
        """Start `jiangsai up`; its lines are collected in `said`."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JIANGSAI_")}
        for name in ("DATABASE_URL", "REDIS_URL"):
            clean.pop(name, None)
        run = subprocess.Popen(
            [sys.executable, "-m", "webapp.main", "up", "--procfile", str(self.procfile)],
            cwd=Path(__file__).resolve().parents[3],
            env={**clean, "PORT": "0", "JIANGSAI_VAR": str(self.var), "JIANGSAI_VISITORS": "0", **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.runs.append(run)
        self.said = []
        threading.Thread(target=self._collect, args=(run, self.said), daemon=True).start()
        return run

    @staticmethod
    def _collect(run: subprocess.Popen[str], said: list[str]) -> None:
        assert run.stdout is not None
        with run.stdout:
            said.extend(iter(run.stdout.readline, ""))

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first line that matches, or fail with all that was said."""
        found: list[re.Match[str]] = []

        def seen() -> bool:
            found.extend(match for line in list(self.said) if (match := re.search(pattern, line)))
            return bool(found)

        assert processes.wait_until(seen, PATIENCE_S), f"no {pattern!r} in:\n{''.join(self.said)}"
        return found[0]

    def ready(self, **environ: str) -> tuple[subprocess.Popen[str], str]:
        run = self.up(**environ)
        return run, self.wait_for(r"ready .*(http://\S+)").group(1)

    def marked(self) -> list[int]:
        """Processes of this site, servers included."""
        mine = (f"{self.var}|", str(self.var))
        return [
            pid
            for pid in processes.all_pids()
            if processes.is_alive(pid)
            and (
                processes.environment_of(pid).get(CHILD_MARK, "").startswith(mine[0])
                or str(processes.folder_of(pid) or "").startswith(mine[1])
            )
        ]

    def close(self) -> None:
        for run in self.runs:
            if run.poll() is None:
                run.send_signal(signal.SIGINT)
                try:
                    run.wait(PATIENCE_S)
                except subprocess.TimeoutExpired:
                    run.kill()
        processes.wait_until(lambda: not self.marked(), 10)
        for pid in self.marked():
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def site(short: Path) -> Iterator[Site]:
    made = Site(short)
    yield made
    made.close()


def page(address: str) -> str:
    with urllib.request.urlopen(f"{address}/readyz", timeout=10) as response:  # noqa: S310 - our own address
        return str(response.read().decode())


def test_it_says_where_it_serves_and_ctrl_c_stops_everything(site: Site) -> None:
    run, address = site.ready()
    assert page(address)
    said = "".join(site.said)
    assert "release  | releasing" in said
    assert re.search(r"first start · 首次启动: \d+\.\d s", said)
    run.send_signal(signal.SIGINT)
    assert run.wait(PATIENCE_S) == 0
    assert processes.wait_until(lambda: not site.marked(), 5)


def test_a_second_one_says_where_the_first_serves(site: Site) -> None:
    first, address = site.ready()
    second = site.up()
    assert second.wait(PATIENCE_S) == 1
    assert processes.wait_until(
        lambda: f"already running at {address} (process {first.pid})" in "".join(site.said), 5
    )
    assert page(address)


def test_a_taken_port_is_said_before_anything_is_made(site: Site) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        run = site.up(PORT=str(port))
        assert run.wait(PATIENCE_S) == 1
    site.wait_for(rf"Port {port} is taken .* PORT={port + 1} make run")
    assert not (site.var / "postgres").exists()


def test_it_comes_back_after_kill_9_of_the_supervisor(site: Site) -> None:
    run, _ = site.ready()
    left = site.marked()
    assert len(left) >= 4
    run.kill()
    run.wait()
    _, address = site.ready()
    assert page(address)
    assert "later start" in "".join(site.said)
    assert not set(left) & set(site.marked())


def test_it_comes_back_after_kill_9_of_everything(site: Site) -> None:
    run, _ = site.ready()
    for pid in [run.pid, *site.marked()]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    run.wait()
    _, address = site.ready()
    assert page(address)


def test_processes_that_outlived_their_supervisor_are_ended_and_strangers_are_not(site: Site) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    mark = {**os.environ, CHILD_MARK: f"{site.var}|web|"}
    orphan = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=mark)
    try:
        assert processes.wait_until(lambda: orphan.pid in site.marked(), 5)
        site.ready()
        assert orphan.wait(5) == -signal.SIGTERM
        assert stranger.poll() is None
    finally:
        for process in (stranger, orphan):
            process.kill()
            process.wait()


def test_a_process_that_dies_is_started_again_with_its_own_children_gone(site: Site) -> None:
    _, address = site.ready()
    before = page(address)
    workers = [
        pid for pid in site.marked() if processes.environment_of(pid).get(CHILD_MARK, "").endswith("|worker|")
    ]
    os.kill(int(before), signal.SIGKILL)
    os.kill(workers[0], signal.SIGKILL)
    site.wait_for(r"web +\| ended \(signal 9\); starting again in 0\.5 s")
    site.wait_for(r"worker +\| ended \(signal 9\)")

    def is_back() -> bool:
        try:
            return page(address) != before
        except OSError:
            return False

    assert processes.wait_until(is_back, PATIENCE_S)
    assert not any(processes.is_alive(pid) for pid in workers)


def test_the_database_is_started_again_when_it_dies(site: Site) -> None:
    site.ready()
    pid = int((site.var / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    site.wait_for(r"postgres +\| ended; starting it again")

    def is_back() -> bool:
        try:
            lines = (site.var / "postgres" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:  # the stale file is gone and the new one not yet there
            return False
        return lines[:1] != [str(pid)] and lines[7:8] == ["ready   "]

    assert processes.wait_until(is_back, PATIENCE_S)


def test_a_failing_release_stops_the_start_and_shows_why(site: Site) -> None:
    site.procfile.write_text("release: sh -c 'echo no table; exit 4'\nweb: sleep 1000\n")
    run = site.up()
    assert run.wait(PATIENCE_S) == 1
    site.wait_for(r"release +\| no table")
    site.wait_for(r"release step failed \(exit status 4\)")
    assert processes.wait_until(lambda: not site.marked(), 5)


def test_production_names_the_secrets_that_are_missing_and_makes_nothing(site: Site) -> None:
    run = site.up(JIANGSAI_DEMO="0")
    assert run.wait(PATIENCE_S) == 1
    said = site.wait_for(r"missing").string
    assert "JIANGSAI_SECRET_KEY" in said
    assert "JIANGSAI_DATA_KEY" in said
    assert "python3 -c" in said
    assert not (site.var / "postgres").exists()


def test_production_refuses_the_secrets_of_the_demo(site: Site) -> None:
    run, _ = site.ready()
    run.send_signal(signal.SIGINT)
    run.wait(PATIENCE_S)
    secrets = site.var / "secrets"
    assert {path.stat().st_mode & 0o777 for path in secrets.iterdir()} == {0o600}
    run = site.up(
        JIANGSAI_DEMO="0",
        JIANGSAI_SECRET_KEY_FILE=str(secrets / "secret_key"),
        JIANGSAI_DATA_KEY_FILE=str(secrets / "data_key"),
    )
    assert run.wait(PATIENCE_S) == 1
    site.wait_for(r"JIANGSAI_SECRET_KEY is the demo's")


def test_production_starts_empty_beside_the_demo(site: Site) -> None:
    site.procfile.write_text(
        PROCFILE.format(python=sys.executable, folder=site.folder).replace(
            "echo releasing", "sh -c 'echo to $DATABASE_URL'"
        )
    )
    run, _ = site.ready()
    site.wait_for(r"to \S+/jiangsai_demo\?")
    run.send_signal(signal.SIGINT)
    run.wait(PATIENCE_S)
    site.ready(
        JIANGSAI_DEMO="0", JIANGSAI_SECRET_KEY="0123456789abcdef" * 3, JIANGSAI_DATA_KEY="A" * 43 + "="
    )
    site.wait_for(r"to \S+/jiangsai\?")
    site.wait_for(r"jiangsai admin create")


def test_data_that_was_moved_is_found_at_its_new_place(site: Site) -> None:
    run, _ = site.ready()
    run.send_signal(signal.SIGINT)
    run.wait(PATIENCE_S)
    old, site.var = site.var, site.folder / "moved"
    old.rename(site.var)
    site.ready()
    assert "later start" in "".join(site.said)
    assert not old.exists()


def test_outside_servers_are_used_instead_of_our_own(site: Site) -> None:
    cluster = database.start_cluster()
    outside = "postgresql://somebody@/elsewhere?host=/nowhere"
    site.procfile.write_text("release: sh -c 'echo to $DATABASE_URL and $REDIS_URL'\n")
    site.up(DATABASE_URL=outside, REDIS_URL=cluster.redis_url)
    match = site.wait_for(r"to (\S+) and (\S+)")
    assert match.groups() == (outside, cluster.redis_url)
    assert not (site.var / "postgres").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave files that others cannot use")
def test_root_gives_an_ordinary_users_folder_back(site: Site) -> None:
    site.folder.chmod(0o711)
    site.var.mkdir()
    os.chown(site.var, 65534, 65534)
    run, _ = site.ready()
    run.send_signal(signal.SIGINT)
    assert run.wait(PATIENCE_S) == 0
    assert [path for path in site.var.rglob("*") if path.lstat().st_uid == 0] == []


def test_a_long_path_still_gets_short_sockets(short: Path) -> None:
    deep = short / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    site = Site(deep)
    try:
        run, address = site.ready()
        assert page(address)
        told = json.loads((site.var / "run" / "supervisor.json").read_text())["environ"]
        where = Path(told["DATABASE_URL"].partition("host=")[2].partition("&")[0])
        assert where.is_dir()
        run.send_signal(signal.SIGINT)
        assert run.wait(PATIENCE_S) == 0
        assert not where.exists()
    finally:
        site.close()


def test_the_demo_does_not_replace_a_lost_data_key(site: Site) -> None:
    run, _ = site.ready()
    run.send_signal(signal.SIGINT)
    run.wait(PATIENCE_S)
    (site.var / "secrets" / "data_key").unlink()
    run = site.up()
    assert run.wait(PATIENCE_S) == 1
    site.wait_for(r"data_key is gone")


def test_the_start_is_quick_to_refuse(site: Site) -> None:
    began = time.monotonic()
    run = site.up(PORT="99999999")
    assert run.wait(PATIENCE_S) == 1
    assert time.monotonic() - began < PATIENCE_S
    site.wait_for(r"PORT=99999999 is no port")
