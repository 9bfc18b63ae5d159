"""`jiangsai banks`: exit status 0, 1 and 2; what is printed; what is stored."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session

from tests.integration.banks.files import GOOD, table
from webapp.banks import queries
from webapp.banks.cli import cli

ROOT = Path(__file__).parents[3]
Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, session: Session) -> Run:
    """Run a command of the group on the test app."""
    session.commit()
    return lambda *args: CliRunner().invoke(cli, [str(part) for part in args], obj=lambda: app)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_bytes(table(*GOOD))
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_bytes(table(*GOOD, {**GOOD[0], "题干": "另一题？", "正确答案": "D", "外部编号": "x"}))
    return path


def test_check_tells_good_from_bad_and_from_wrong_use(run: Run, good: Path, bad: Path) -> None:
    assert run("check", good).exit_code == 0
    refused = run("check", bad)
    assert refused.exit_code == 1
    assert "bad.csv: 6" in refused.output
    assert run("check", "nowhere.csv").exit_code == 2
    assert run("check").exit_code == 2


def test_check_as_json_has_counts_and_places(run: Run, bad: Path) -> None:
    found = json.loads(run("check", bad, "--json").stdout)
    assert (found["format"], found["rows"], found["error_count"]) == ("csv", 5, 1)
    assert found["counts"] == {"fill": 1, "multiple": 1, "single": 1, "true_false": 1}
    assert [(item["row"], item["severity"]) for item in found["errors"]] == [(6, "error")]
    assert {"warnings", "skipped"} <= set(found)


FILES = {
    "a.json": ('[{"question": "一加一？", "options": ["一", "二"], "answer": "B", "type": "单选题"}]', "json", "single"),
    "b.jsonl": ('{"type": "判断题", "question": "对吗", "answer": true}\n{"type": "判断题", "question": "错吗", "answer": false}', "json", "true_false"),
    "c.gift": ("::q:: Two? {=2 ~3}", "gift", "single"),
    "d.txt": ("Two?\nA. one\nB. two\nANSWER: B\n", "aiken", "single"),
    "e.txt": ("一、单选题\n1. 一加一等于几？\nA. 一\nB. 二\n答案：B\n", "text", "single"),
    "f.csv": ("题型,题干,答案\n简答题,简述停电步骤。,停电、验电、接地\n", "csv", "essay"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_check_as_json_names_the_format_and_counts_by_type(run: Run, tmp_path: Path, name: str) -> None:
    content, form, kind = FILES[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    result = run("check", tmp_path / name, "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["format"], list(found["counts"]), found["errors"]) == (
        0,
        form,
        [kind],
        [],
    )


def test_check_reads_a_folder_with_files_of_many_kinds(run: Run, tmp_path: Path) -> None:
    for name, (content, _, _) in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    found = json.loads(run("check", tmp_path, "--json").stdout)
    assert (found["format"], found["errors"]) == ("zip", [])
    assert found["counts"] == {"essay": 1, "single": 4, "true_false": 2}
    empty = tmp_path / "empty"
    empty.mkdir()
    refused = run("check", empty, "--json")
    assert (refused.exit_code, [item["code"] for item in json.loads(refused.stdout)["errors"]]) == (
        1,
        ["wrong-kind"],
    )


@pytest.mark.parametrize("form", ["xlsx", "csv", "toml", "json"])
def test_what_is_exported_passes_the_check(run: Run, good: Path, tmp_path: Path, form: str) -> None:
    run("import", good, "--bank", "safety")
    target = tmp_path / f"out.{'zip' if form == 'toml' else form}"
    assert run("export", "safety", "--format", form, "--output", target).exit_code == 0
    found = json.loads(run("check", target, "--json").stdout)
    assert (sum(found["counts"].values()), found["errors"], found["warnings"]) == (4, [], [])


def test_the_shipped_bank_passes_the_check(run: Run) -> None:
    assert run("check", ROOT / "question_banks" / "work_safety").exit_code == 0


def test_the_example_of_the_readme_is_a_good_bank(run: Run, tmp_path: Path) -> None:
    text = (ROOT / "question_banks" / "README.md").read_text(encoding="utf-8")
    blocks = [part.split("```")[0] for part in text.split("```toml\n")[1:]]
    (tmp_path / "topics").mkdir()
    (tmp_path / "media").mkdir()
    (tmp_path / "bank.toml").write_text(blocks[0], encoding="utf-8")
    (tmp_path / "topics" / "electrical.toml").write_text(blocks[1] + blocks[2], encoding="utf-8")
    sign = ROOT / "question_banks" / "work_safety" / "media" / "sign-warn-electric.png"
    (tmp_path / "media" / sign.name).write_bytes(sign.read_bytes())
    result = run("check", tmp_path)
    assert result.exit_code == 0, result.output
    assert "9 questions, 0 errors" in result.output


def test_import_makes_a_draft_once_and_export_brings_it_back(run: Run, good: Path, tmp_path: Path) -> None:
    first = run("import", good, "--bank", "safety", "--submit", "--json")
    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout)["questions"] == 4
    assert json.loads(run("import", good, "--bank", "safety", "--json").stdout)["is_new"] is False
    assert [item.state for item in queries.versions(queries.bank_id_of("safety"))] == ["review"]
    target = tmp_path / "out.xlsx"
    exported = run("export", "safety", "--format", "xlsx", "--output", target)
    assert exported.exit_code == 0, exported.output
    assert run("check", target).exit_code == 0


def test_import_with_errors_stores_nothing_unless_the_valid_part_is_asked_for(run: Run, bad: Path) -> None:
    assert run("import", bad, "--bank", "safety").exit_code == 1
    assert queries.banks() == []
    assert run("import", bad, "--bank", "safety", "--valid-part").exit_code == 0
    assert queries.banks()[0].questions == 4


def test_export_of_an_unknown_bank_or_format_is_wrong_use(run: Run) -> None:
    assert run("export", "nowhere").exit_code == 2
    assert run("export", "nowhere", "--format", "exe").exit_code == 2


def test_a_mapping_that_says_something_unknown_is_wrong_use(run: Run, good: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\nstern = "Q"\n')
    assert run("check", good, "--map", mapping).exit_code == 2
