"""Two definitions side by side, value by value: what a person reads before deciding on a change."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

NAMES = ("code", "rule", "component", "key", "activity")
"""What an element of a list is called; without one it goes by its number."""


@dataclass(frozen=True)
class Difference:
    """One value. path: for example events[welding].title.zh. None: it is not there."""

    path: str
    before: str | None
    after: str | None


def differences(before: str, after: str) -> list[Difference]:
    """Every value that differs between two TOML texts, in the order of the later one; what is gone comes last.

    Moving a table changes nothing. Comments are not compared. Both texts are valid TOML."""
    old, new = dict(_values(tomllib.loads(before), "")), dict(_values(tomllib.loads(after), ""))
    found = [Difference(path, old.get(path), value) for path, value in new.items() if old.get(path) != value]
    return found + [Difference(path, value, None) for path, value in old.items() if path not in new]


def _values(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _values(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        seen: dict[str, int] = {}
        for at, item in enumerate(value):
            name = next((str(item[key]) for key in NAMES if key in item), str(at))
            seen[name] = seen.get(name, 0) + 1
            mark = name if seen[name] == 1 else f"{name}#{seen[name]}"
            yield from _values(item, f"{path}[{mark}]")
    else:
        yield path, _said(value)


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_said(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
