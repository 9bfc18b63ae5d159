"""`jiangsai contests`: what it prints and how it ends."""

import contextvars
import csv
import json
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import webapp.admin.cli  # noqa: F401 - it adds `load` and `events` to the contests commands
from tests.factories import make_account, make_staff
from webapp.access.permissions import Role
from webapp.accounts.service.secrets import phone_hash
from webapp.audit.models import AuditRow
from webapp.contests import queries
from webapp.contests.cli import cli
from webapp.contests.models import ContestProposal
from webapp.notifications.models import Notice

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
    assert {"schema", "code", "title"} <= {problem["column"] for problem in told["problems"]}
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


def test_a_contest_that_has_begun_is_proposed_by_a_named_administrator(
    app: Flask, changed: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TWO_PERSON", True)
    assert run(app, "load", str(JILIN)).exit_code == 0, "a new contest needs one person"
    asker, other, foreign = (make_staff(Role.ADMINISTRATOR), make_staff(Role.ADMINISTRATOR), make_account())
    for account, phone in ((asker, "13911112222"), (other, "13911113333"), (foreign, "13911114444")):
        account.phone_hash, account.password_hash = phone_hash(phone), "x"
    session.commit()
    because = ("--because", "主办方已决定")
    nobody = run(app, "load", str(changed), *because)
    assert nobody.exit_code == 1
    assert "--as" in nobody.output
    assert run(app, "load", str(changed), *because, "--as", "13911115555").exit_code == 1
    assert run(app, "load", str(changed), *because, "--as", "13911114444").exit_code == 1
    assert run(app, "load", str(changed), "--as", "13911112222").exit_code == 1, "without a reason"
    assert session.scalars(select(ContestProposal)).all() == []
    done = run(app, "load", str(changed), *because, "--as", "13911112222", "--json")
    assert done.exit_code == 3
    told = json.loads(done.stdout)
    assert told["page"] == f"http://localhost/staff/contests/proposals/{told['proposal']}"
    assert queries.definition_text("jilin-5") == JILIN.read_text(encoding="utf-8").strip() + "\n"
    links = session.scalars(select(Notice.person_id).where(Notice.link.endswith(str(told["proposal"])))).all()
    assert set(links) == {asker.person_id, other.person_id}
    row = session.scalars(select(AuditRow).where(AuditRow.action == "contest.propose")).one()
    assert (row.actor_name, row.facts["asked_by_account_id"]) == ("jiangsai contests load", asker.id)
    again = run(app, "load", str(changed), *because, "--as", "13911113333")
    assert again.exit_code == 1, "one change at a time"
    assert run(app, "load", str(JILIN), *because).exit_code == 0, "what is in force already"


def test_events_are_written_from_a_workbook_and_its_problems_are_told(tmp_path: Path) -> None:
    definition = tmp_path / "jilin-5.toml"
    definition.write_text(JILIN.read_text(encoding="utf-8"), encoding="utf-8")
    table = JILIN.with_name("jilin-5-events.csv")
    group = cli
    same = CliRunner().invoke(group, ["events", str(table), "--into", str(definition)])
    assert same.exit_code == 0, same.output
    assert definition.read_text(encoding="utf-8") == JILIN.read_text(encoding="utf-8")
    book = tmp_path / "events.xlsx"
    with table.open(encoding="utf-8", newline="") as file, xlsxwriter.Workbook(str(book)) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(csv.reader(file)):
            sheet.write_row(number, 0, ["新" if cell == "焊工" else cell for cell in row])
    done = CliRunner().invoke(group, ["events", str(book), "--into", str(definition)])
    assert done.exit_code == 0, done.output
    assert "1 changed" in done.output
    assert 'title = {zh = "新", en = "Welder"}' in definition.read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("赛项代码,赛项名称,类别,规则组\nwelding,焊工,nine,competition\n", encoding="utf-8")
    refused = CliRunner().invoke(group, ["events", str(wrong), "--into", str(definition), "--drop"])
    assert refused.exit_code == 1
    assert "wrong.csv:2 C 类别 [nine]" in refused.output
