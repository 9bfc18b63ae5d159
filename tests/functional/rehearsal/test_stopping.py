"""A rehearsal that is stopped leaves nothing behind: no process, no database, no folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.database import start_cluster
from tests.functional.rehearsal.test_command import scratch_databases
from webapp.rehearsal.gauge import family
from webapp.supervisor.processes import is_alive, program_of

COMMAND = (
    sys.executable, "-m", "webapp.main", "rehearse", "haidian-2026", "--contestants", "60", "--events", "4",
    "--processes", "2",
)  # fmt: skip
POOL = "learning "
"""What it says while two processes play."""


@contextmanager
def begun(tmp_path: Path, url: str) -> Iterator[tuple["subprocess.Popen[str]", set[int]]]:
    """A rehearsal in the middle of a step of two processes, and all processes below it (not below the server of the site,
    which may be a child of this very process)."""
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "LANG": "C.UTF-8"}
    environ |= {"JIANGSAI_VAR": str(tmp_path / "var")} | ({"DATABASE_URL": url} if url else {})
    running = subprocess.Popen(
        COMMAND,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stderr is not None
    try:
        said = next((line for line in running.stderr if line.startswith(POOL)), "")
        assert said, "it ended before two processes played"
        yield running, set(family(running.pid))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # whoever is left holds the pipes open
        running.communicate()


@pytest.mark.parametrize(
    ("how", "to_all", "has_own_server", "status"),
    [(signal.SIGTERM, False, True, 143), (signal.SIGINT, True, False, 1)],
    ids=["stopped by a supervisor, on a server of its own", "Ctrl-C, on the server of the site"],
)
def test_a_stopped_rehearsal_leaves_nothing_behind(
    tmp_path: Path, how: signal.Signals, to_all: bool, has_own_server: bool, status: int
) -> None:
    url = "" if has_own_server else start_cluster().database_url("postgres")
    with begun(tmp_path, url) as (running, below):
        programs = {found.name for pid in below if (found := program_of(pid)) is not None}
        assert ("postgres" in programs) == has_own_server
        assert len(scratch_databases(running.pid)) == (0 if has_own_server else 1)
        if to_all:  # a terminal tells everybody in the foreground
            os.killpg(running.pid, how)
        else:
            running.send_signal(how)
        _out, err = running.communicate(timeout=60)
    assert running.returncode == status, err[-2000:]
    deadline = time.monotonic() + 10
    while any(map(is_alive, below)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [pid for pid in below if is_alive(pid)] == []
    assert scratch_databases(running.pid) == set()
    assert [one.name for one in tmp_path.iterdir() if one.name != "var"] == []
