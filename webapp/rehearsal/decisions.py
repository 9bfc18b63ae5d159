"""What a definition leaves open, decided for a rehearsal: invented values, put into the text as a host would.

A decisions file is TOML: `note`, and `[[decisions]]` with `path` (as in `proposed`, for example
profiles[0].stages[1].quota), `value`, and `why` where it is no plain invention."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from webapp.contests.rules.places import line_index

BARE = re.compile(r"^[A-Za-z0-9_-]+$")


class DecisionMisplaced(ValueError):
    """A decision names a place that the definition does not have."""


@dataclass(frozen=True)
class Decision:
    """One invented value. path: where it stands in the definition."""

    path: str
    value: Any
    why: str = ""


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """The decisions of a file; none when there is no file. Raise tomllib.TOMLDecodeError, KeyError."""
    if not path.exists():
        return ()
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Decision(item["path"], item["value"], item.get("why", "")) for item in data["decisions"])


def decided(text: str, decisions: Sequence[Decision]) -> str:
    """The definition with these values in place of what stands there; everything else stays as it is.

    A value replaces the line of its key, or stands below the first key of its table where there was none.
    Raise DecisionMisplaced."""
    for decision in decisions:
        text = _put(text, decision)
    return text


def _put(text: str, decision: Decision) -> str:
    lines, index = text.splitlines(), line_index(text)
    table, _, key = decision.path.rpartition(".")
    written = f"{key} = {toml(decision.value)}"
    at = index.get(decision.path)
    if at is not None:
        lines[at - 1] = written
    elif table in index:
        lines.insert(_below(lines, index[table]), written)
    else:
        raise DecisionMisplaced(decision.path)
    return "\n".join(lines) + "\n"


def _below(lines: Sequence[str], header: int) -> int:
    """Where a new line of the table goes whose header is this line (from 1): after its first key."""
    for at in range(header, len(lines)):
        if "=" in lines[at] and not lines[at].lstrip().startswith("#"):
            return at + 1
    return header


def toml(value: Any) -> str:
    """A value as TOML in one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {toml(item)}" for key, item in value.items()) + "}"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _key(key: str) -> str:
    return key if BARE.match(key) else toml(key)
