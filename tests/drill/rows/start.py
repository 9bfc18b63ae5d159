"""START: how long `jiangsai up` takes: first, later, and after kill -9 of everything."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.browser.site import running_site
from tests.drill.figures import Figure, at_most
from webapp.supervisor import processes

ROW = "START"
FIRST_S, LATER_S = 90.0, 10.0


def run() -> Iterator[Figure]:
    """The demo, as `make run` starts it, on an empty folder, again, and again after a power cut."""
    with tempfile.TemporaryDirectory(prefix="jsd") as name:
        var = Path(name) / "var"
        for _ in range(2):
            with running_site(var):
                pass
        starts: dict[str, float] = json.loads((var / "run" / "starts.json").read_text(encoding="utf-8"))
        yield at_most(ROW, "first start of the demo", starts["first"], FIRST_S, "s")
        yield at_most(ROW, "later start", starts["later"], LATER_S, "s")
        try:
            with running_site(var):
                supervisor = int(
                    json.loads((var / "run" / "supervisor.json").read_text(encoding="utf-8"))["pid"]
                )
                for pid in [supervisor, *(pid for pid in processes.all_pids() if _is_of(pid, var))]:
                    _kill(pid)
        except ProcessLookupError:
            pass
        began = time.monotonic()
        with running_site(var):
            took_s = time.monotonic() - began
        yield at_most(ROW, "start after kill -9 of everything", took_s, LATER_S, "s")


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _is_of(pid: int, var: Path) -> bool:
    folder = str(processes.folder_of(pid) or "")
    mark = processes.environment_of(pid).get("JIANGSAI_CHILD", "")
    return folder.startswith(str(var)) or mark.startswith(f"{var}|")
