"""A production-like site for one drill: started by the supervisor on its own var, killed piece by piece."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from tests.conftest import TEST_KEY
from webapp.app import create_app
from webapp.config import ROOT, Settings
from webapp.supervisor import processes
from webapp.supervisor.services import CHILD_MARK

START_S, STOP_S = 180.0, 60.0


@dataclass(frozen=True)
class Site:
    """A running site. `environ` is what other programs need to work on its data."""

    address: str
    environ: Mapping[str, str]
    var: Path
    supervisor: subprocess.Popen[bytes]
    log: Path

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def app(self) -> Flask:
        """The application on this site's data, in our own process. Nothing is sent to the queue by it."""
        app = create_app(Settings.from_env(self.environ), RATELIMIT_ENABLED=False)
        app.extensions["jobs_inline"] = []
        return app

    def pids(self, name: str) -> list[int]:
        """Every living process that the supervisor started under a name of the Procfile."""
        mark = f"{self.var}|{name}|"
        return [
            pid
            for pid in processes.all_pids()
            if processes.is_alive(pid) and processes.environment_of(pid).get(CHILD_MARK, "") == mark
        ]

    def web_workers(self) -> list[int]:
        """The web's worker processes: those that have started nothing themselves."""
        found = self.pids("web")
        parents = {parent_of(pid) for pid in found}
        return [pid for pid in found if pid not in parents and parent_of(pid) in found]

    def database_pids(self) -> list[int]:
        """The database server and all of its children, the server first."""
        location = json.loads((self.var / "location.json").read_text(encoding="utf-8"))
        data = self.var / location["folder"] / "postgres"
        try:
            first = int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return []
        return [first, *(pid for pid in processes.all_pids() if parent_of(pid) == first)]


def parent_of(pid: int) -> int:
    """The process that a process belongs to; 0 when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def command_of(pid: int) -> str:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def kill(pids: list[int]) -> None:
    """kill -9, all at once; who is gone already is gone."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


@contextmanager
def running_site(more: Mapping[str, str] | None = None, var: Path | None = None) -> Iterator[Site]:
    """Start a site on a free port, wait until it is ready, stop it whatever happens.

    more: settings beside the usual ones. var: its data; otherwise a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="jsd") as name:
        folder, log = var or Path(name) / "var", Path(name) / "said.txt"
        environ = environment(folder, more or {})
        with log.open("wb") as said:
            supervisor = subprocess.Popen(
                [sys.executable, "-m", "webapp.main", "up"],
                cwd=ROOT,
                env=environ,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            address = _address(supervisor, log)
            state = json.loads((folder / "run" / "supervisor.json").read_text(encoding="utf-8"))
            yield Site(address, {**environ, **state["environ"]}, folder, supervisor, log)
        finally:
            supervisor.send_signal(signal.SIGINT)
            try:
                supervisor.wait(STOP_S)
            except subprocess.TimeoutExpired:
                supervisor.kill()
                raise


def environment(var: Path, more: Mapping[str, str]) -> dict[str, str]:
    """As in production: empty, with keys from outside, and the second factor off (nobody is there to give it)."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JIANGSAI_")}
    for name in ("DATABASE_URL", "REDIS_URL"):
        clean.pop(name, None)
    return {
        **clean,
        "PORT": "0",
        "PYTHONPATH": str(ROOT),
        "JIANGSAI_VAR": str(var),
        "JIANGSAI_DEMO": "0",
        "JIANGSAI_SECRET_KEY": "drill only: nothing is signed with this key for real",
        "JIANGSAI_DATA_KEY": TEST_KEY,
        "JIANGSAI_SECOND_FACTOR": "0",
        "JIANGSAI_LOG_LEVEL": "WARNING",
        **more,
    }


def _address(supervisor: subprocess.Popen[bytes], log: Path) -> str:
    """Where the site answers, once it says that it is ready."""

    def found() -> re.Match[str] | None:
        return re.search(r"ready .*(http://\S+)", log.read_text(encoding="utf-8", errors="replace"))

    processes.wait_until(lambda: found() is not None or supervisor.poll() is not None, START_S, 0.1)
    match = found()
    assert match is not None, log.read_text(encoding="utf-8", errors="replace")[-4000:]
    return match.group(1)


def seconds_until(true: Callable[[], bool], at_most_s: float = 120.0) -> float:
    """How long it takes until something is so; at_most_s when it never is."""
    started = time.monotonic()
    processes.wait_until(true, at_most_s, 0.05)
    return time.monotonic() - started
