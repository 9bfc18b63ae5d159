"""The Procfile names programs and modules that exist."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

from webapp.main import main
from webapp.supervisor.procfile import parse_procfile

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = parse_procfile(ROOT / "Procfile")


def test_the_fixed_processes_are_there() -> None:
    assert list(PROCESSES) == ["release", "web", "worker", "live", "clock"]


@pytest.mark.parametrize("name", PROCESSES)
def test_every_process_resolves(name: str) -> None:
    words = shlex.split(PROCESSES[name])
    modules = [word.partition(":")[0] for word in words if re.fullmatch(r"webapp\.\w+(:\w+)?", word)]
    assert modules
    assert all(find_spec(module) is not None for module in modules)
    if modules == ["webapp.main"]:
        assert main.get_command(main.make_context("jiangsai", [], resilient_parsing=True), words[-1])


def test_ports_and_addresses_come_from_the_environment() -> None:
    for name in ("web", "live"):
        assert "$PORT" in PROCESSES[name] or "$JIANGSAI_LIVE_PORT" in PROCESSES[name]
        assert not re.search(r":\d{4}", PROCESSES[name])
