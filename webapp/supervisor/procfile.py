"""The Procfile: one process a line, `name: command`."""

import re
from pathlib import Path

_LINE = re.compile(r"(?P<name>[a-z][a-z0-9_-]*):\s*(?P<command>\S.*)")


class ProcfileInvalid(Exception):
    """The text names the line."""


def parse_procfile(path: Path) -> dict[str, str]:
    """Names and commands in the order of the file. Raise ProcfileInvalid, FileNotFoundError."""
    found: dict[str, str] = {}
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ProcfileInvalid(f"{path}, line {number}: expected `name: command`, found {line!r}")
        if match["name"] in found:
            raise ProcfileInvalid(f"{path}, line {number}: {match['name']} stands there twice")
        found[match["name"]] = match["command"]
    return found
