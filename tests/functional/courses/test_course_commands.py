"""`jiangsai courses`: what is wrong is named with its line; what goes out comes back as the same."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session

from tests.integration.courses.sample import make_folder
from tests.integration.learning.stand import make_learner
from webapp.courses import queries
from webapp.courses.cli import cli
from webapp.registry import commands

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, session: Session) -> Run:
    """Run a command of the group on the test app."""
    session.commit()
    return lambda *args: CliRunner().invoke(cli, [str(part) for part in args], obj=lambda: app)


def test_the_commands_are_part_of_the_program() -> None:
    assert "courses" in {command.name for command in commands()}


def test_check_names_file_and_line(run: Run, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    assert run("check", folder).exit_code == 0
    (folder / "texts/read.md").unlink()
    refused = run("check", folder)
    assert refused.exit_code == 1
    assert "course.toml:20" in refused.output
    found = json.loads(run("check", folder, "--json").stdout)
    assert [(item["row"], item["value"]) for item in found] == [(20, "texts/read.md")]


def test_a_course_goes_in_out_and_in_again_as_one_version(run: Run, session: Session, tmp_path: Path) -> None:
    learner = make_learner("welding")
    session.commit()
    made = run("import", make_folder(tmp_path), "--publish", "--because", "第一版", "--json")
    assert json.loads(made.stdout) == {"version": 1, "is_new": True, "published": True}
    assert len(queries.courses_of_event(learner.event_id)) == 1
    target = tmp_path / "out.zip"
    assert run("export", "sample-course", "--into", target).exit_code == 0
    again = run("import", target, "--json")
    assert json.loads(again.stdout) == {"version": 1, "is_new": False, "published": False}
    assert run("export", "no-such-course", "--into", target).exit_code == 2
    assert run("assign").exit_code == 0


def test_a_broken_zip_is_refused(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip")
    refused = run("import", broken)
    assert refused.exit_code == 1
    assert "broken.zip" in refused.output
