"""schema.json: what editors know is exactly what the program reads, and every shipped file fits it."""

import copy
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.contests.json_schema import Schema
from webapp.contests.rules.parse import _contest, parse_contest
from webapp.contests.rules.reader import Reader, Report
from webapp.contests.service.checking import check_definition

DEFINITIONS = Path(__file__).resolve().parents[3] / "webapp/contests/definitions"
SCHEMA = Schema(json.loads((DEFINITIONS / "schema.json").read_text(encoding="utf-8")))
MAXIMAL = (Path(__file__).parent / "maximal.toml").read_text(encoding="utf-8")
TEXTS = [MAXIMAL, *(path.read_text(encoding="utf-8") for path in sorted(DEFINITIONS.glob("*.toml")))]
OWN_EXAM = (r"^events\[\]\.exam\.[^.]+", "profiles[].stages[].exam")
OWN_MODULES = (r"^events\[\]\.modules\.[^.\[]+", "profiles[].stages[].modules")
"""An event's own exam and modules are the same tables as those of a stage."""
OWN_HOURS = (r"^events\[\]\.(booking|attendance)\.[^.\[]+", r"events[].\1.*")


@pytest.fixture(scope="module")
def asked() -> dict[str, set[str]]:
    """Path of a table without numbers -> every key that the reader asks for there, over all files."""
    found: dict[str, set[str]] = {}
    readers: list[Reader] = []

    class Noted(Reader):
        def __init__(self, data: Any, path: str, report: Report) -> None:
            super().__init__(data, path, report)
            readers.append(self)

    with pytest.MonkeyPatch.context() as patch:
        for module in ("parse", "reader"):
            patch.setattr(f"webapp.contests.rules.{module}.Reader", Noted)
        for number, text in enumerate(TEXTS):
            parse_contest(f"{text}\n# {number}\n")  # a text of its own, so that it is read again
    for reader in readers:
        path = re.sub(*OWN_MODULES, re.sub(*OWN_EXAM, re.sub(r"\[\d+\]", "[]", reader.path)))
        path = re.sub(*OWN_HOURS, path)
        found.setdefault(path, set()).update(reader._asked)
    return found


def tables(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, set[str]]]:
    """(path, keys) of every table with fixed keys that the schema describes."""
    node = SCHEMA.resolve(node)
    for choice in node.get("anyOf", ()):
        kind = SCHEMA.resolve(choice).get("type")
        if kind == "array" or (kind == "object" and "$ref" in choice):
            yield from tables(choice, path)
    if node.get("type") == "array":
        yield from tables(node["items"], f"{path}[]")
    if node.get("type") != "object":
        return
    if "properties" in node:
        yield path, set(node["properties"])
    elif isinstance(node.get("additionalProperties"), dict):
        yield from tables(node["additionalProperties"], f"{path}.*")
    for key, part in node.get("properties", {}).items():
        yield from tables(part, f"{path}.{key}" if path else key)


def test_editors_know_every_key_that_is_read_and_no_other(asked: dict[str, set[str]]) -> None:
    own = ("events[].exam.*", "events[].modules.*")
    known = {path: keys for path, keys in tables(SCHEMA.root) if not path.startswith(own)}
    # tables of names: windows, and the stages of what an event has of its own; values of rules are free
    stages = ("events[].exam", "events[].modules", "events[].booking", "events[].attendance")
    names = ("windows", *stages, "limits[].value", "limits[].value.per_event_of")
    read = {path: keys for path, keys in asked.items() if not path.endswith(names)}
    assert set(read) == set(known)
    different = {
        path: (keys - known[path], known[path] - keys) for path, keys in read.items() if keys != known[path]
    }
    assert different == {}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: tomllib.loads(text)["code"])
def test_every_shipped_file_fits_the_schema(text: str) -> None:
    assert list(SCHEMA.problems(tomllib.loads(text))) == []


def test_the_example_of_the_guide_is_sound_and_fits() -> None:
    guide = (DEFINITIONS.parents[1] / "docs/contest-files.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert check_definition(example).problems == ()
    assert list(SCHEMA.problems(tomllib.loads(example))) == []


def test_the_maximal_example_is_a_valid_definition_with_every_key() -> None:
    parse_contest(MAXIMAL)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("code",), "Not A Code"),
        (("title",), {"en": "no Chinese"}),
        (("titel",), "x"),
        (("windows", "first"), ["2026-05-01"]),
        (("profiles", 0, "stages", 0, "quota"), 0),
        (("profiles", 0, "stages", 0, "kind"), "offline"),
        (("profiles", 0, "awards", 0, "conditions", "level"), 6),
        (("limits", 0, "force"), "soft"),
    ],
)
def test_the_schema_refuses_what_the_program_refuses(path: tuple[str | int, ...], value: Any) -> None:
    data = copy.deepcopy(tomllib.loads(MAXIMAL))
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert list(SCHEMA.problems(data))


VALUES: tuple[Any, ...] = (-1, 10**13, "x", "", "undecided", True, [], {"a": 1})
ACROSS = frozenset(
    {
        "no-phases",
        "window-backwards",
        "no-watching",
        "order",
        "formula-sheet",
        "full-mark",
        "nothing-left",
        "no-offers",
    }
)
"""What the program refuses because two values do not fit to each other: a schema tells nothing of that."""
TOGETHER = re.compile(
    r"(sections\[\]\.(count|per_pick_mark)|config_keys|booking_opens|booking_closes):(missing|unknown-key)$"
)
"""Keys that are needed, or not known, because of another key."""


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a parsed file, tables and lists too."""
    if path:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def refused(data: dict[str, Any]) -> list[str]:
    """Place and code of whatever the program finds wrong with one value."""
    report = Report("", {})
    root = Reader(data, "", report)
    _contest(root)
    root.close()
    found = {re.sub(r"\[\d+\]", "[]", f".{one.column}:{one.code}") for one in report.problems}
    return sorted(one for one in found if one.rpartition(":")[2] not in ACROSS and not TOGETHER.search(one))


def test_editors_mark_exactly_what_the_program_refuses() -> None:
    """Every place of every file with eight values of other kinds, without its key and with an unknown one: the
    schema says no where the program says no, and yes where it says yes."""
    seen: set[tuple[object, ...]] = set()
    wrong: list[tuple[str, object, str, list[str]]] = []
    for text in TEXTS:
        data = tomllib.loads(text)
        if text != MAXIMAL:  # of the others what they say beside that: mostly the values of their rules
            data = {key: part for key, part in data.items() if key not in {"profiles", "events", "campaigns"}}
            data["profiles"] = tomllib.loads(MAXIMAL)["profiles"][1:]
        for path in list(places(data)):
            holder: Any = data
            rule = ""
            for key in path[:-1]:
                holder = holder[key]
                rule = holder.get("rule", rule) if isinstance(holder, dict) else rule
            name = ".".join("[]" if isinstance(key, int) else key for key in path)
            before = holder[path[-1]]
            for value in (*VALUES, *(("gone",) if isinstance(holder, dict) else ()), "more"):
                if (name, rule, repr(value)) in seen or (value == "more" and not isinstance(before, dict)):
                    continue
                seen.add((name, rule, repr(value)))
                if value == "gone":
                    del holder[path[-1]]
                else:
                    holder[path[-1]] = {**before, "zzz": 1} if value == "more" else value
                editor, program = next(SCHEMA.problems(data), ""), refused(data)
                holder[path[-1]] = before
                if bool(editor) != bool(program) and name != "hosting.offers":
                    wrong.append((name, value, editor, program[:1]))
    assert len(seen) > 2000
    assert wrong == []


def test_every_key_is_explained_in_both_languages() -> None:
    def described(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, part in node.get("properties", {}).items():
                own = part.get("description", "") if isinstance(part, dict) else ""
                yield f"{key}: {own}"
            for part in node.values():
                yield from described(part)
        elif isinstance(node, list):
            for part in node:
                yield from described(part)

    found = list(described(SCHEMA.root))
    assert len(found) > 150
    wrong = [one for one in found if not re.search(r"[\u4e00-\u9fff].* — \S", one)]
    assert wrong == []
