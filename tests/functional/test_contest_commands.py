"""`jiangsai contests`: what it prints and how it ends."""

import contextvars
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from webapp.contests.cli import cli

JILIN = Path(__file__).resolve().parents[2] / "webapp/contests/definitions/jilin-5.toml"


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The same contest with another quota."""
    path = tmp_path / "changed.toml"
    path.write_text(JILIN.read_text(encoding="utf-8").replace("quota = 100", "quota = 120"), encoding="utf-8")
    return path


def run(app: Flask, *arguments: str) -> Result:
    return contextvars.Context().run(CliRunner().invoke, cli, arguments, obj=lambda: app)


def test_a_sound_file_is_0_a_wrong_one_1_and_none_2(app: Flask, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("schema = 1\ncode = 5\n", encoding="utf-8")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    assert run(app, "check", str(JILIN)).exit_code == 0
    refused = run(app, "check", str(wrong))
    assert refused.exit_code == 1
    assert "wrong.toml:2 code" in refused.output
    assert run(app, "check", str(tmp_path / "none.toml")).exit_code == 2
    assert run(app, "check", str(binary)).exit_code == 2


def test_problems_are_told_to_programs(app: Flask, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("", encoding="utf-8")
    told = json.loads(run(app, "check", str(wrong), "--json").stdout)
    assert {"schema", "code", "title"} <= {problem["column"] for problem in told}
    loaded = run(app, "load", str(wrong), "--json")
    assert loaded.exit_code == 1
    assert json.loads(loaded.stdout)["problems"]


def test_loading_twice_changes_nothing_and_rules_in_use_need_a_reason(app: Flask, changed: Path) -> None:
    assert json.loads(run(app, "load", str(JILIN), "--json").stdout)["is_new"] is True
    assert json.loads(run(app, "load", str(JILIN), "--json").stdout)["is_new"] is False
    refused = run(app, "load", str(changed))
    assert refused.exit_code == 1
    assert "晋级名额" in refused.output
    assert run(app, "load", str(changed), "--because", "主办方已决定").exit_code == 0
