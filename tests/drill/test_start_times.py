"""How long `jiangsai up` takes: first, later, and after kill -9 of everything."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.supervisor import processes

ROOT = Path(__file__).resolve().parents[2]
FIRST_S, LATER_S = 90.0, 10.0


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jsd") as name:
        yield Path(name) / "var"


def start(var: Path) -> subprocess.Popen[bytes]:
    """Start the whole site and wait until it says that it is ready."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JIANGSAI_")}
    for name in ("DATABASE_URL", "REDIS_URL"):
        clean.pop(name, None)
    log = var.with_name("said.txt")
    with log.open("wb") as said:
        run = subprocess.Popen(
            [sys.executable, "-m", "webapp.main", "up"],
            cwd=ROOT,
            env={**clean, "PORT": "0", "JIANGSAI_VAR": str(var), "JIANGSAI_VISITORS": "0"},
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def is_ready() -> bool:
        return re.search(r"ready .*http://", log.read_text(errors="replace")) is not None

    processes.wait_until(lambda: is_ready() or run.poll() is not None, 180)
    assert is_ready(), log.read_text(errors="replace")[-3000:]
    return run


def stop(run: subprocess.Popen[bytes]) -> None:
    run.send_signal(signal.SIGINT)
    assert run.wait(60) == 0


def told(var: Path) -> dict[str, float]:
    starts: dict[str, float] = json.loads((var / "run" / "starts.json").read_text())
    return starts


def test_the_first_start_takes_90_seconds_at_most_and_later_ones_10(var: Path) -> None:
    stop(start(var))
    stop(start(var))
    assert told(var)["first"] <= FIRST_S
    assert told(var)["later"] <= LATER_S


def test_after_kill_9_of_everything_it_is_back_in_10_seconds(var: Path) -> None:
    run = start(var)
    for pid in [run.pid, *(pid for pid in processes.all_pids() if _is_of(pid, var))]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    run.wait()
    began = time.monotonic()
    again = start(var)
    took_s = time.monotonic() - began
    stop(again)
    assert took_s <= LATER_S


def _is_of(pid: int, var: Path) -> bool:
    folder = str(processes.folder_of(pid) or "")
    mark = processes.environment_of(pid).get("JIANGSAI_CHILD", "")
    return folder.startswith(str(var)) or mark.startswith(f"{var}|")
