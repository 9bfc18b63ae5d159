"""Captions: files that browsers read as WebVTT."""

import re
from pathlib import Path

MAX_BYTES = 1024 * 1024
_START = re.compile(r"\A\ufeff?WEBVTT(?:[ \t][^\n]*)?(?:\r\n|\n|\r|\Z)")
_CUE = re.compile(
    r"^(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}[ \t]+-->[ \t]+(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}", re.MULTILINE
)


def is_captions(path: Path) -> bool:
    """Whether a file is WebVTT with at least one caption."""
    if path.stat().st_size > MAX_BYTES:
        return False
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return bool(_START.match(text) and _CUE.search(text))
