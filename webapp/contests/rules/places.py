"""Where in a TOML text a path stands, so that a problem can name its line."""

import re
from collections.abc import Mapping

_HEADER = re.compile(r"^\s*(\[{1,2})\s*([A-Za-z0-9_.\-]+)\s*\]{1,2}\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.]+)\s*=")


def line_index(text: str) -> Mapping[str, int]:
    """Path ('events[3].windows.preliminary') -> 1-based line, for every header and key that starts a line."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            prefix = _resolve(header.group(2), header.group(1) == "[[", counts)
            found.setdefault(prefix, number)
            continue
        key = _KEY.match(line)
        if key:
            found.setdefault(f"{prefix}.{key.group(1)}" if prefix else key.group(1), number)
    return found


def _resolve(dotted: str, is_array: bool, counts: dict[str, int]) -> str:
    """A header's path with the index of every array of tables on the way."""
    parts = dotted.split(".")
    path = ""
    for position, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        is_last = position == len(parts) - 1
        if is_last and is_array:
            counts[path] = counts.get(path, -1) + 1
            # A new element starts its inner arrays anew.
            inner = f"{path}["
            for known in [key for key in counts if key.startswith(inner + str(counts[path]) + "]")]:
                del counts[known]
            path = f"{path}[{counts[path]}]"
        elif path in counts:
            path = f"{path}[{counts[path]}]"
    return path


def line_of(index: Mapping[str, int], path: str) -> int | None:
    """The line of a path, or of the nearest thing around it that starts a line."""
    while path:
        if path in index:
            return index[path]
        if f"{path}[0]" in index:  # a list of tables begins with its first one
            return index[f"{path}[0]"]
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
    return None
