"""What must hold for the app as a whole: policies, queues, names, templates, layers."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from flask import Flask

from webapp.access.guards import policy_of
from webapp.access.permissions import ROLE_PERMISSIONS, Permission, Role
from webapp.core.queue import QUEUE_OF, Job, QueueName, function_of

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "webapp").rglob("*.py"))


def test_every_route_declares_a_policy(app: Flask) -> None:
    bare = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and policy_of(app.view_functions[rule.endpoint]) is None
    ]
    assert bare == []


def test_every_job_resolves_and_has_a_queue(app: Flask) -> None:
    assert set(QUEUE_OF) == set(Job)
    assert {QUEUE_OF[job] for job in Job} <= set(QueueName)
    for job in Job:
        assert callable(function_of(job))


def test_every_permission_is_held_by_some_role() -> None:
    held = frozenset().union(*ROLE_PERMISSIONS.values())
    assert held == set(Permission)
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_every_template_parses(app: Flask) -> None:
    names = app.jinja_env.list_templates(filter_func=lambda name: name.endswith(".html"))
    assert names
    for name in names:
        app.jinja_env.get_template(name)


def test_templates_carry_no_inline_script_style_or_handler() -> None:
    pattern = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\sstyle=|\son[a-z]+=|hx-on|javascript:", re.I
    )
    wrong = [
        f"{path.relative_to(ROOT)}: {match.group(0).strip()}"
        for path in (ROOT / "webapp").rglob("*.html")
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_only_transaction_commits() -> None:
    allowed = {"core/transaction.py", "core/outbox.py", "core/hot.py", "app.py"}
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        if str(path.relative_to(ROOT / "webapp")) not in allowed
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert wrong == []


def test_only_rehearsals_move_the_clock() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "rehearsal" not in path.parts and "clock.travel(" in path.read_text(encoding="utf-8")
    ]
    assert wrong == []


def test_only_settings_read_the_environment() -> None:
    allowed = {"config.py"}
    wrong = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "supervisor" not in path.parts
        and str(path.relative_to(ROOT / "webapp")) not in allowed
        and re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_files_stay_small_enough_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert long == {}


def test_settings_stand_in_the_readme() -> None:
    from webapp.config import SETTINGS

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [setting.env for setting in SETTINGS if f"`{setting.env}`" not in readme] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "package-lock.json"])
def test_lock_files_name_no_registry(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    addresses = [
        line.strip() for line in lines if "://" in line and not re.search(r'"url": "https?://', line)
    ]
    assert addresses == []


def test_dependencies_are_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8").lower()
    names = [re.split(r"[\[><=~ ]", line)[0].lower() for line in project["dependencies"]]
    assert [
        name for name in names if not re.search(rf"^{re.escape(name)}(\[[^\]]*\])?==", locked, re.M)
    ] == []
