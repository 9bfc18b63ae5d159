"""The stand-alone program that recomputes results: a document worked out by hand, and every way to falsify it."""

import ast
import copy
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.unit.results.named import FAULTS, named_stages
from tests.unit.results.sample import award, document, line
from webapp.results.formats.document import DocumentUnreadable, Rows, read, written
from webapp.results.rules.reasons import CODES

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "scripts" / "recompute.py"
Path_ = tuple[str | int, ...]


def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("recompute", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


recompute = program()


def found(made: dict[str, Any]) -> list[str]:
    return list(recompute.differences(made))


def test_the_document_worked_out_by_hand_has_no_difference() -> None:
    assert found(document()) == []


def test_the_program_uses_the_standard_library_only() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)


def leaves(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path


def at(value: Any, path: Path_) -> Any:
    for step in path:
        value = value[step]
    return value


def other(value: Any) -> Any:
    """Another value of the same kind; a score by a whole point, less may vanish in rounding."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 1
    text = str(value)
    if text.replace(".", "").isdigit() and "." in text:
        return f"{float(text) + 1:.{len(text.partition('.')[2])}f}"
    return f"{int(text) + 1}" if text.isdigit() else f"{text}x"


STATED = {
    "rank", "combined", "sort_key", "number", "scores", "is_substitute", "state", "origin", "replaces", "award",
    "amount", "level", "reasons", "granted_amount", "decision", "promoted",
}  # fmt: skip


def stated_results() -> list[Path_]:
    """Every score, number, rank, place, award and promotion in the document that says a result."""
    return [
        path
        for path in leaves(document())
        if STATED & set(path) and "rules" not in path and "facts" not in path and "decisions" not in path
    ]


def test_any_single_result_that_is_changed_is_found() -> None:
    paths = stated_results()
    assert len(paths) > 250
    missed = []
    for path in paths:
        made = copy.deepcopy(document())
        at(made, path[:-1])[path[-1]] = other(at(made, path))
        try:
            said = found(made)
        except (ValueError, KeyError, TypeError):  # no document any more: the program ends with 2
            continue
        if not said:
            missed.append(path[-3:])
    assert missed == [("lines", 10, "granted_amount")], "below a ceiling the sum is the authority's own"


def stages(made: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    first, last = made["events"][0]["stages"]
    return first, last


def rows_of(made: dict[str, Any], name: str) -> list[dict[str, Any]]:
    first, last = stages(made)
    one = first["lists"][0]
    chosen: dict[str, list[dict[str, Any]]] = {
        "board": one["board"]["rows"],
        "version": one["versions"][0]["rows"],
        "final": one["final"]["rows"],
        "places": last["places"]["rows"],
        "lines": last["awards"]["lines"],
        "finalists": last["awards"]["finalists"],
    }
    return chosen[name]


@pytest.mark.parametrize("name", ["board", "version", "final", "places", "lines", "finalists"])
def test_a_row_that_is_left_out_moved_or_doubled_is_found(name: str) -> None:
    for position in range(len(rows_of(document(), name))):
        without, doubled = document(), document()
        del rows_of(without, name)[position]
        is_last_of_board = name == "board" and position >= 5
        assert found(without) or is_last_of_board, f"{name} {position}: nobody depends on the end of a board"
        doubled_rows = rows_of(doubled, name)
        doubled_rows.insert(position, copy.deepcopy(doubled_rows[position]))
        assert found(doubled), (name, position)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decision": "withdrawn"}, None),
        ({"decision": "eligible"}, "is missing"),
        ({"at": "2026-05-20T00:00:00+00:00"}, "is missing"),
        ({"number": "1004"}, "1004 should not be on it"),
    ],
)
def test_decisions_of_the_re_check_count(changes: dict[str, str], said: str | None) -> None:
    made = document()
    stages(made)[0]["lists"][0]["decisions"][0].update(changes)
    told = found(made)
    assert (said is None and told == []) or any(said in one for one in told if said)


def test_rules_count() -> None:
    for name, value in (("quota", 2), ("cut", "ordinal"), ("display", "ordinal"), ("breakers", [])):
        made = document()
        stages(made)[0]["lists"][0]["board"]["rules"] = {
            **stages(made)[0]["lists"][0]["board"]["rules"], name: value,
        }  # fmt: skip
        if name != "cut":
            assert found(made), name
    made = document()
    stages(made)[1]["awards"]["rules"].append(award("more", "honour", 1, 1))
    assert found(made) == ["welding/final: awards: more for contestant 1003 is missing"]


@pytest.mark.parametrize(
    ("facts", "award_code"),
    [
        ({"is_woman": False}, "women"),
        ({"under_age": {"35": False}}, "young"),
        ({"held_level": "technician"}, "level"),
    ],
)
def test_facts_about_a_person_count(facts: dict[str, Any], award_code: str) -> None:
    made = document()
    rows_of(made, "finalists")[0]["facts"].update(facts)
    assert any(award_code in one for one in found(made))


def test_an_award_nobody_is_due_or_more_money_than_the_rules_give_is_found() -> None:
    made = document()
    stages(made)[1]["awards"]["lines"].append(
        line("gold", "1001", 2, "candidate", "band-rank", "standard-yes")
    )
    assert found(made) == ["welding/final: awards: gold for contestant 1001 does not follow from the rules"]
    made = document()
    prize = next(one for one in rows_of(made, "lines") if one["award"] == "prize")
    prize["granted_amount"] = 6000
    assert len(found(made)) == 1
    prize["has_decision_reason"] = True
    assert found(made) == [], "the rule is not hard, and a named person gave a reason"
    prize["granted_amount"] = None
    assert len(found(made)) == 1


def test_a_substitute_who_passes_somebody_is_found_unless_that_person_had_left() -> None:
    made = document()
    place = rows_of(made, "places")[3]
    place.update(number="1006", rank=6)
    assert any("1006 moved up before contestant 1005" in one for one in found(made))
    rows_of(made, "board")[4]["left"] = True
    assert not any("moved up before" in one for one in found(made))


def test_a_certificate_of_a_replaced_list_may_name_another_rank_once_it_is_revoked() -> None:
    made = document()
    one = next(row for row in stages(made)[1]["certificates"]["rows"] if row["is_by_list"])
    one["rank"] += 1
    assert any("certificates: " in said for said in found(made))
    one["is_revoked"] = True
    assert found(made) == []


def written_file(tmp_path: Path) -> Path:
    file = tmp_path / "results.json"
    made = document()
    file.write_text("".join(written({"code": "cup"}, made["events"])), encoding="utf-8")
    return file


def run(file: Path) -> int:
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file)], capture_output=True, check=False
    ).returncode


def test_the_program_ends_with_0_1_or_2(tmp_path: Path) -> None:
    file = written_file(tmp_path)
    text = file.read_text(encoding="utf-8")
    assert json.loads(text)["events"] == document()["events"], "the whole file is one JSON object"
    assert run(file) == 0
    events = json.loads(text)["events"]
    events[0]["stages"][0]["lists"][0]["board"]["rows"][0]["rank"] = 2
    file.write_text("".join(written({"code": "cup"}, events)), encoding="utf-8")
    assert run(file) == 1
    file.write_text(text.replace("90.50", "90.51", 1), encoding="utf-8")
    assert run(file) == 2
    assert run(tmp_path / "nothing.json") == 2


def test_rows_that_are_read_while_they_are_written_give_the_same_bytes() -> None:
    wanted = "".join(written({"code": "cup"}, document()["events"]))
    made, fetched = document(), []
    board = stages(made)[0]["lists"][0]["board"]
    kept = board["rows"]

    def rows() -> Iterator[dict[str, Any]]:
        for row in kept:
            fetched.append(row["number"])
            yield row

    board["rows"] = Rows(rows)
    stages(made)[1]["certificates"]["rows"] = Rows(
        lambda: iter(document()["events"][0]["stages"][1]["certificates"]["rows"])
    )
    pieces, seen = [], []
    for piece in written({"code": "cup"}, made["events"]):
        pieces.append(piece)
        seen.append(len(fetched))
    assert "".join(pieces) == wanted
    assert set(range(len(kept))) <= set(seen), "one row is fetched at a time"


def test_every_changed_byte_breaks_the_digest(tmp_path: Path) -> None:
    text = written_file(tmp_path).read_text(encoding="utf-8")
    read(text)
    for place in range(0, len(text), 97):
        changed = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]
        with pytest.raises(DocumentUnreadable):
            read(changed)


def test_every_reason_of_an_award_has_a_code() -> None:
    said = set()
    for file in ("derive", "levels", "conditions", "age"):
        tree = ast.parse((ROOT / "webapp/awards/rules" / f"{file}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                said.add(ast.literal_eval(node.args[0]))
    from webapp.awards.rules.levels import LEVEL_WORDS

    assert said - set(LEVEL_WORDS.values()) == set(CODES)


def test_a_selection_outside_is_recomputed_and_every_fault_in_it_is_found() -> None:
    made = document()
    made["events"] = [{"code": "trade", "stages": named_stages()}]
    assert found(made) == []
    for break_it, words in FAULTS:
        broken = copy.deepcopy(made)
        break_it(*broken["events"][0]["stages"])
        assert [said for said in found(broken) if words in said], words
