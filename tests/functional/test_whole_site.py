"""The whole site as `make run` starts it: real processes, its own database, a person's commands."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.supervisor import processes

ROOT = Path(__file__).resolve().parents[2]
START_S = 240.0
STOP_S = 60.0

pytestmark = pytest.mark.slow


def environment(var: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JIANGSAI_")}
    for name in ("DATABASE_URL", "REDIS_URL"):
        clean.pop(name, None)
    return {**clean, "PORT": "0", "JIANGSAI_VAR": str(var)}


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, Path, Path]]:
    """(address, var folder, file of all lines) of a running site."""
    with tempfile.TemporaryDirectory(prefix="jsw") as name:
        var, log = Path(name) / "var", Path(name) / "said.txt"
        with log.open("wb") as said:
            run = subprocess.Popen(
                [sys.executable, "-m", "webapp.main", "up"],
                cwd=ROOT,
                env=environment(var),
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield _address(run, log), var, log
        finally:
            run.send_signal(signal.SIGINT)
            try:
                run.wait(STOP_S)
            except subprocess.TimeoutExpired:
                run.kill()
                raise


def _address(run: subprocess.Popen[bytes], log: Path) -> str:
    def found() -> re.Match[str] | None:
        return re.search(r"ready .*(http://\S+)", log.read_text(errors="replace"))

    processes.wait_until(lambda: found() is not None or run.poll() is not None, START_S)
    match = found()
    assert match is not None, log.read_text(errors="replace")[-4000:]
    return match.group(1)


def get(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=30) as response:  # noqa: S310 - our own address
        return response.status, response.read().decode()


def command(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A `jiangsai` command in another terminal; it finds the running site by itself."""
    return subprocess.run(
        [sys.executable, "-m", "webapp.main", *words],
        cwd=ROOT,
        env=environment(var),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_site_is_ready_and_shows_its_first_page(site: tuple[str, Path, Path]) -> None:
    address, _, _ = site
    status, ready = get(f"{address}/readyz")
    assert (status, json.loads(ready)["status"]) == (200, "ready")
    assert get(f"{address}/")[0] == 200


def test_an_account_of_every_role_is_printed(site: tuple[str, Path, Path]) -> None:
    _, var, log = site
    accounts = json.loads((var / "demo-accounts.json").read_text(encoding="utf-8"))["accounts"]
    said = log.read_text(encoding="utf-8")
    assert len(accounts) >= 9
    for account in accounts:
        assert account["login"] in said
        assert account["password"] in said


def test_the_doctor_finds_the_running_site_sound(site: tuple[str, Path, Path]) -> None:
    _, var, _ = site
    done = command(var, "doctor", "--json")
    told = json.loads(done.stdout)
    failed = [check for check in told["checks"] if check["state"] == "failed"]
    assert (done.returncode, failed) == (0, [])
    secrets = {row["name"]: row["value"] for row in told["settings"] if "KEY" in row["name"]}
    assert set(secrets.values()) <= {"***", ""}


def test_every_process_of_the_procfile_keeps_running(site: tuple[str, Path, Path]) -> None:
    _, _, log = site
    assert not re.findall(r"(\w+) +\| ended \(", log.read_text(encoding="utf-8"))


def test_a_running_site_is_backed_up_but_not_restored_over(
    site: tuple[str, Path, Path], tmp_path: Path
) -> None:
    _, var, _ = site
    done = command(var, "backup", str(tmp_path / "backup"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] > 1
    assert (tmp_path / "backup.keys.json").stat().st_mode & 0o777 == 0o600
    refused = command(var, "restore", str(tmp_path / "backup"), "--replace")
    assert refused.returncode == 1
    assert "Stop the site first" in refused.stderr
