"""`jiangsai results`: a file that anybody can check, and that shows every change made to it."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.orm import Session

from tests.integration.leaderboard.boards import Board, combine, grade, learn, make_board
from webapp.audit.models import AuditRow
from webapp.leaderboard.formats.results import Format, ResultsUnreadable, read, written
from webapp.leaderboard.rules.verify import faults
from webapp.results.cli import cli


@pytest.fixture
def board(session: Session) -> Board:
    made = make_board(people=8)
    grade([(one, 60 + n // 2 * 5) for n, one in enumerate(made.people)])
    learn(made, [(made.people[0], "123.45"), (made.people[5], 300)])
    combine(made)
    return made


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, words, obj=lambda: app)
    return result.exit_code, result.output


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_exported_file_verifies_and_is_noted(
    app: Flask, session: Session, board: Board, tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"results.{form}"
    code, said = run(app, "export", "jilin-5", "--format", form, "--out", str(file))
    assert (code, "8 results" in said) == (0, True)
    assert (session.query(AuditRow).filter_by(action="results.export").one().facts["rows"]) == 8
    code, said = run(app, "verify", str(file))
    assert (code, "8 results agree" in said) == (0, True), said
    lines, _ = read(file.read_text(encoding="utf-8"))
    assert lines[0].rank == 1
    assert {line.number for line in lines} == {one.number for one in board.people}


def test_a_changed_byte_breaks_the_digest(app: Flask, board: Board, tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    run(app, "export", "jilin-5", "--format", "jsonl", "--out", str(file))
    file.write_text(file.read_text().replace('"rank": 1', '"rank": 2', 1))
    code, said = run(app, "verify", str(file))
    assert code == 1
    assert "digest" in said


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda row: row["terms"][0].update(score="99.0000"), {"combined", "sort-key"}),
        (lambda row: row.update(combined="1.00"), {"combined"}),
        (lambda row: row.update(rank=5), {"rank"}),
        (lambda row: row.update(number="999999"), {"sort-key"}),
        (lambda row: row.update(time_used_s=1), {"sort-key"}),
    ],
    ids=["component", "combined", "rank", "number", "time"],
)
def test_a_changed_value_with_a_new_digest_is_found(
    app: Flask, board: Board, tmp_path: Path, change: object, what: set[str]
) -> None:
    file = tmp_path / "results.jsonl"
    run(app, "export", "jilin-5", "--format", "jsonl", "--out", str(file))
    rows = [json.loads(line) for line in file.read_text().splitlines()[:-1]]
    change(rows[0])  # type: ignore[operator]  # a lambda of the table above
    body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    end = json.dumps({"end": True, "rows": len(rows), "digest": hashlib.sha256(body.encode()).hexdigest()})
    file.write_text(f"{body}{end}\n")
    code, said = run(app, "verify", str(file))
    assert code == 1
    found = {fault.what for fault in faults(read(file.read_text())[0])}
    assert what <= found
    assert all(word in said for word in what)


def test_two_rows_in_the_wrong_order_are_found(app: Flask, board: Board, tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    run(app, "export", "jilin-5", "--format", "jsonl", "--out", str(file))
    lines, _ = read(file.read_text())
    lines[0], lines[1] = lines[1], lines[0]
    swapped, _ = read("".join(written(lines, Format.JSONL)))
    assert {fault.what for fault in faults(swapped)} >= {"order"}


def test_an_unknown_contest_is_named(app: Flask, session: Session) -> None:
    code, said = run(app, "export", "nowhere")
    assert (code, "nowhere" in said) == (1, True)


@pytest.mark.parametrize("text", ["", "{}\n", "a,b\n", '{"x": 1}\n{"rows": 1, "digest": "0"}\n'])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(ResultsUnreadable):
        read(text)
