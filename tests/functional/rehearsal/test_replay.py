"""The same seed gives the same people, scores, lists and awards, whenever, wherever and in however many processes
it is played."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = (
    sys.executable,
    "-m",
    "webapp.main",
    "rehearse",
    "haidian-2026",
    "--contestants",
    "18",
    "--events",
    "2",
)


def test_two_rehearsals_with_one_seed_have_one_digest(tmp_path: Path) -> None:
    environ = {
        "PATH": "/usr/bin:/bin",
        "JIANGSAI_VAR": str(tmp_path),
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
    }
    running = [
        subprocess.Popen(
            [*COMMAND, "--seed", "3", "--processes", processes, "--json"],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for processes in ("1", "2")
    ]
    found: list[dict[str, Any]] = []
    for one in running:
        out, err = one.communicate(timeout=300)
        assert one.returncode == 0, err[-2000:]
        found.append(json.loads(out))
    assert found[0]["digest"] == found[1]["digest"]
    assert found[0]["table"][-1]["people_out"] > 0
    assert found[0]["database_cpu_seconds"] > 0, "each had a server of its own"
    assert found[0]["peak_mib"] > 100
