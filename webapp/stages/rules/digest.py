"""The canonical text of a list and its digest: the same on every machine, with or without a database."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, letters as they are, in one line.

    Only text, whole numbers, true/false, null, lists and text-keyed objects: what has a fraction is given as
    text, so that no machine rounds it. raise (TypeError): anything else."""
    _require_plain(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, hexadecimal: what `sha256sum` prints for the downloaded file."""
    return hashlib.sha256(text.encode()).hexdigest()


def _require_plain(value: Any) -> None:
    if value is None or isinstance(value, str | bool | int):
        return
    if isinstance(value, list):
        for item in value:
            _require_plain(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key of {type(key).__name__}: keys are text")
            _require_plain(item)
    else:
        raise TypeError(f"{type(value).__name__} has no canonical form")
