"""A stored key that sorts Chinese names by sound; rare characters keep a stable place."""

from functools import cache
from importlib import import_module
from typing import Any


def pinyin_key(name: str) -> str:
    """Lower-case pinyin with tone numbers, syllables apart; other characters as they are."""
    library = _library()
    syllables = library.lazy_pinyin(name.strip(), style=library.Style.TONE3, neutral_tone_with_five=True)
    return " ".join(syllables).lower()


@cache
def _library() -> Any:
    """Its dictionaries take a fifth of a process's start: only those that write names load them."""
    return import_module("pypinyin")
