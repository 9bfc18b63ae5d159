"""What a person may say about a file before it is read: which column is what, house names, signs. One schema for
the mapping step of the web and for `--map FILE`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.progress import Progress
from webapp.banks.formats.shape import Shape
from webapp.banks.rules.schema import Difficulty, QuestionType
from webapp.core.problems import shorten
from webapp.core.words import N_

SKIP = "skip"
"""In the place of a type: rows of this name are left out."""
LABELS = "labels"
"""In the place of a sign: options of one cell are divided by their labels A. B. C."""
MAX_SIGN, MAX_ENTRIES, MAX_TEXT = 6, 200, 200


@dataclass(frozen=True)
class ReadOptions:
    """columns: meaning → heading. ignored: headings that nobody reads. types: name in the file (with * and ?) →
    type or "skip". difficulties: name in the file → difficulty. between_blanks and alternatives: the signs that
    divide answers of fill-ins; between_options: options in one cell ('' by what the cell looks like, "labels" by
    A. B. C.); between_answers: right options of a choice ('' any usual sign). first_option: the number of option
    A where answers are numbers, None by what the answers look like.

    The rest nobody says: progress hears how far the reading is, shape gathers what was found, first_rows: how
    many rows of each table are read, 0 for all."""

    columns: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    between_blanks: str = "|"
    alternatives: str = ";"
    ignored: tuple[str, ...] | list[str] = ()
    difficulties: Mapping[str, str] = field(default_factory=dict)
    between_options: str = ""
    between_answers: str = ""
    first_option: int | None = None
    progress: Progress = field(default_factory=Progress, compare=False, repr=False)
    shape: Shape = field(default_factory=Shape, compare=False, repr=False)
    first_rows: int = field(default=0, compare=False)

    def type_of(self, name: str) -> QuestionType | None:
        """The type that the person assigned to a name, or None."""
        kind = self._said_of(name)
        return QuestionType(kind) if kind and kind != SKIP else None

    def skips(self, name: str) -> bool:
        """Whether the person said that rows of this name are left out."""
        return bool(self.types) and self._said_of(name) == SKIP

    def _said_of(self, name: str) -> str:
        if name in self.types:
            return self.types[name]
        return next((kind for pattern, kind in self.types.items() if fnmatchcase(name, pattern)), "")

    def difficulty_of(self, name: str) -> Difficulty | None:
        """The difficulty that the person assigned to a name, or None."""
        return Difficulty(self.difficulties[name]) if name in self.difficulties else None

    def said(self) -> dict[str, Any]:
        """What differs from an untouched file, by the names of a mapping file."""
        plain = ReadOptions()
        found = {name: getattr(self, name) for name in KEYS if getattr(self, name) != getattr(plain, name)}
        return {
            name: list(value) if name == "ignored" else value for name, value in found.items() if value != []
        }


MEANINGS = (
    "type", "stem", "options", "answer", "explanation", "difficulty", "mark", "topic", "category", "category2",
    "category3", "tags", "source", "picture", "picture_alt", "external_id", "number", "keywords", "passage",
    "tolerance", "fill_rules", "right", "option_label", "enabled",
)  # fmt: skip
"""Beside these: option:A … option:Z, blank:1 … (the answer of a blank) and share:1 … (what an option brings)."""
KEYS = (
    "columns", "types", "difficulties", "ignored", "between_blanks", "alternatives", "between_options",
    "between_answers", "first_option",
)  # fmt: skip
SIGNS = ("between_blanks", "alternatives", "between_options", "between_answers")
_NUMBERED = re.compile(r"option:[A-Z]|(?:blank|share):(?:[1-9]|1\d|20)")


def is_meaning(name: str) -> bool:
    """Whether a column may be told to mean this."""
    return name in MEANINGS or _NUMBERED.fullmatch(name) is not None


def parse_options(text: str, name: str) -> ReadOptions:
    """The options of a mapping file. Raise FileRefused naming what is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refused(
            "not-toml", name, N_("The file cannot be read as TOML: %(error)s"), error=str(error)
        ) from error
    return options_from(data, name)


def options_from(data: Mapping[str, Any], name: str = "") -> ReadOptions:
    """The options that a table of KEYS says. Raise FileRefused naming the first key or value that is wrong."""
    for key in data:
        if key not in KEYS:
            raise _unknown(key, name)
    columns = _texts(data, "columns", name)
    types, difficulties = _texts(data, "types", name), _texts(data, "difficulties", name)
    for key in (
        *(meaning for meaning in columns if not is_meaning(meaning)),
        *(kind for kind in types.values() if kind not in {*QuestionType, SKIP}),
        *(word for word in difficulties.values() if word not in set(Difficulty)),
    ):
        raise _unknown(key, name)
    ignored = data.get("ignored", [])
    if not isinstance(ignored, list | tuple) or not all(_is_text(item) for item in ignored):
        raise _wrong("ignored", name)
    first = data.get("first_option")
    if first is not None and (isinstance(first, bool) or first not in (0, 1)):
        raise _wrong("first_option", name)
    signs = {key: data[key] for key in SIGNS if key in data}
    for key, sign in signs.items():
        if not isinstance(sign, str) or len(sign) > MAX_SIGN or "\x00" in sign:
            raise _wrong(key, name)
    kept = {key: sign for key, sign in signs.items() if sign}
    return ReadOptions(
        columns,
        types,
        ignored=tuple(ignored[:MAX_ENTRIES]),
        difficulties=difficulties,
        first_option=first,
        **kept,
    )


def _texts(data: Mapping[str, Any], key: str, name: str) -> dict[str, str]:
    """A table of texts."""
    table = data.get(key, {})
    if not isinstance(table, Mapping) or len(table) > MAX_ENTRIES:
        raise _wrong(key, name)
    for entry, value in table.items():
        if not _is_text(entry) or not _is_text(value):
            raise _wrong(f"{key}.{entry}", name)
    return dict(table)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT and "\x00" not in value


def _unknown(key: str, name: str) -> FileRefused:
    return refused("unknown-key", name, N_("“%(key)s” is not known here."), key=shorten(key))


def _wrong(key: str, name: str) -> FileRefused:
    return refused(
        "wrong-value", name, N_("“%(key)s” has a value that is not possible here."), key=shorten(key)
    )
