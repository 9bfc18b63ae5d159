"""The command: a scratch database on the server of the site, exit statuses, JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.database import start_cluster

COMMAND = (sys.executable, "-m", "webapp.main", "rehearse")
WITHOUT_WEIGHTS = '[[decisions]]\npath = "windows.contest"\nvalue = ["2026-05-06", "2026-06-12"]\n'


def run(var: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    running = subprocess.Popen(
        [*COMMAND, *words],
        env={**kept, "JIANGSAI_VAR": str(var), **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = running.communicate(timeout=300)
    assert scratch_databases(running.pid) == set()
    return subprocess.CompletedProcess(running.args, running.returncode, out, err)


def scratch_databases(pid: int) -> set[str]:
    """Databases that a rehearsal has on the test server; other tests come and go with theirs."""
    with start_cluster().connect() as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", (f"jiangsai\\_rehearsal\\_{pid}\\_%",)
        )
        return {str(row[0]) for row in names}


def test_a_stage_that_cannot_open_ends_with_status_1_and_leaves_no_database(tmp_path: Path) -> None:
    """Two processes on the server of the site; nobody has decided how the contest is scored."""
    decisions = tmp_path / "mine.toml"
    decisions.write_text(WITHOUT_WEIGHTS, encoding="utf-8")
    url = start_cluster().database_url("postgres")
    words = ("haidian-2026", "--contestants", "18", "--events", "2", "--decisions", str(decisions), "--json")
    ended = run(tmp_path, *words, DATABASE_URL=url)
    assert ended.returncode == 1, ended.stderr[-2000:]
    told: dict[str, Any] = json.loads(ended.stdout)
    assert set(told) >= {
        "contest",
        "seed",
        "ok",
        "digest",
        "assumed",
        "left_open",
        "cpu_seconds",
        "database_cpu_seconds",
        "peak_mib",
        "table",
        "steps",
        "problems",
    }
    assert told["ok"] is False
    assert told["assumed"][0]["path"] == "windows.contest"
    assert "profiles[0].stages[0].components" in told["left_open"]
    rows = {(row["step"], row["stage"]): row for row in told["table"]}
    assert rows["registering", ""]["people_in"] == 18
    assert rows["reviewing", ""]["people_out"] > 0
    assert set(rows["registering", ""]) == {
        "step", "stage", "events", "people_in", "people_out", "seconds", "cpu_seconds", "problems",
    }  # fmt: skip


def test_what_cannot_begin_ends_with_status_2(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[[decisions]]\npath = "profiles[7].stages[0].quota"\nvalue = 3\n', encoding="utf-8")
    assert run(tmp_path, "nobody-knows").returncode == 2
    refused = run(tmp_path, "haidian-2026", "--decisions", str(wrong))
    assert refused.returncode == 2
    assert "profiles[7].stages[0].quota" in refused.stderr
