"""The whole site for a test run, as `make run` starts it: servers, release, demo, every process."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from webapp.config import ROOT
from webapp.supervisor import processes

START_S = 240.0
STOP_S = 60.0


@dataclass(frozen=True)
class Site:
    """A running site. `environ` is what other programs need to work on its data."""

    address: str
    environ: Mapping[str, str]


@contextmanager
def running_site(kept: Path | None = None) -> Iterator[Site]:
    """Start a site of its own on a free port, wait until it is ready, stop it whatever happens.

    kept: a folder for its data that stays; otherwise one that goes away."""
    with tempfile.TemporaryDirectory(prefix="jsb") as name:
        var, log = kept or Path(name) / "var", Path(name) / "said.txt"
        with log.open("wb") as said:
            supervisor = subprocess.Popen(
                [sys.executable, "-m", "webapp.main", "up"],
                cwd=ROOT,
                env=_environment(var),
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            address = _address(supervisor, log)
            state = json.loads((var / "run" / "supervisor.json").read_text(encoding="utf-8"))
            yield Site(address, {**state["environ"], "JIANGSAI_VAR": str(var)})
        finally:
            supervisor.send_signal(signal.SIGINT)
            try:
                supervisor.wait(STOP_S)
            except subprocess.TimeoutExpired:
                supervisor.kill()
                raise


def _environment(var: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JIANGSAI_")}
    for name in ("DATABASE_URL", "REDIS_URL"):
        clean.pop(name, None)
    return {**clean, "PORT": "0", "PYTHONPATH": str(ROOT), "JIANGSAI_VAR": str(var), "JIANGSAI_VISITORS": "0"}


def _address(supervisor: subprocess.Popen[bytes], log: Path) -> str:
    """Where the site answers, once it says that it is ready."""

    def found() -> re.Match[str] | None:
        return re.search(r"ready .*(http://\S+)", log.read_text(encoding="utf-8", errors="replace"))

    processes.wait_until(lambda: found() is not None or supervisor.poll() is not None, START_S, 0.1)
    match = found()
    assert match is not None, log.read_text(encoding="utf-8", errors="replace")[-4000:]
    return match.group(1)
