"""The mapping step: what a person says about a file in a form, as the options that a mapping file holds too."""

from collections.abc import Mapping
from typing import Any

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.options import SIGNS, ReadOptions, is_meaning, options_from
from webapp.banks.formats.shape import Shape, Unsure
from webapp.core.problems import shorten
from webapp.core.words import N_

KNOWN_FIELDS = frozenset({*SIGNS, "first_option", "csrf_token", "map", "like"})
PREFIXES = ("column:", "type:", "difficulty:")
GROUPS = ("columns", "types", "difficulties", "signs")


def undecided(shape: Shape, options: ReadOptions) -> tuple[str, ...]:
    """The groups of questions that the reader of a file could not decide, and nobody has."""
    doubts = {what for what in Unsure if shape.unsure[what]}
    if options.first_option is not None:
        doubts.discard(Unsure.FIRST_OPTION)
    open_ones = {
        "columns": Unsure.COLUMNS in doubts,
        "types": any(not (options.type_of(name) or options.skips(name)) for name in shape.unknown_types),
        "difficulties": any(name not in options.difficulties for name in shape.unknown_difficulties),
        "signs": bool(doubts - {Unsure.COLUMNS}),
    }
    return tuple(group for group in GROUPS if open_ones[group])


def answered(fields: Mapping[str, str], shape: Shape, before: ReadOptions) -> ReadOptions:
    """What a form says, on top of what was said before about questions that it does not ask.

    fields: column:N = meaning of the N-th column of the shape ('' not read), type:NAME, difficulty:NAME, the
    signs and first_option. What only repeats the file's own headings and names is not kept. Raise FileRefused
    naming the field that is wrong."""
    for name in fields:
        if name not in KNOWN_FIELDS and not name.startswith(PREFIXES):
            raise refused("unknown-key", "", N_("“%(key)s” is not known here."), key=shorten(name))
    said: dict[str, Any] = before.said()
    _columns(fields, shape, said)
    _names(fields, "type:", {name: found.guess for name, found in shape.types.items()}, said, "types")
    guesses = {name: found.guess for name, found in shape.difficulties.items()}
    _names(fields, "difficulty:", guesses, said, "difficulties")
    for sign in SIGNS:
        if sign in fields:
            said[sign] = fields[sign].replace("\r\n", "\n").strip(" ") or (" " if fields[sign] else "")
    if "first_option" in fields:
        first = fields["first_option"]
        if first not in {"", "0", "1"}:
            raise _wrong("first_option")
        said["first_option"] = int(first) if first else None
    found = options_from({key: value for key, value in said.items() if value is not None})
    return ReadOptions(**found.said())


def _columns(fields: Mapping[str, str], shape: Shape, said: dict[str, Any]) -> None:
    chosen = {name: value for name, value in fields.items() if name.startswith("column:")}
    if not chosen:
        return
    columns = list(shape.columns.values())
    own = {column.title for column in columns}
    meanings = {meaning: title for meaning, title in said.get("columns", {}).items() if title not in own}
    ignored = [title for title in said.get("ignored", []) if title not in own]
    for name, meaning in chosen.items():
        number = name.removeprefix("column:")
        if not (number.isascii() and number.isdigit() and len(number) < 4 and int(number) < len(columns)):
            raise _wrong(name)
        column = columns[int(number)]
        if meaning == column.guess:
            continue
        if meaning and not is_meaning(meaning):
            raise _wrong(name)
        if not meaning:
            ignored.append(column.title)
        elif meaning in meanings:
            raise refused(
                "column-twice", "",
                N_("“%(first)s” and “%(second)s” cannot both be the same thing."),
                N_("Give each meaning to one column."),
                first=shorten(meanings[meaning]), second=shorten(column.title),
            )  # fmt: skip
        else:
            meanings[meaning] = column.title
    said["columns"], said["ignored"] = meanings, ignored


def _names(
    fields: Mapping[str, str], prefix: str, guesses: Mapping[str, str], said: dict[str, Any], key: str
) -> None:
    kept = dict(said.get(key, {}))
    for name, value in fields.items():
        if not name.startswith(prefix):
            continue
        word = name.removeprefix(prefix)
        if word not in guesses and word not in kept:
            raise _wrong(name)
        kept.pop(word, None)
        if value and value != guesses.get(word, ""):
            kept[word] = value
    said[key] = kept


def _wrong(key: str) -> FileRefused:
    return refused(
        "wrong-value", "", N_("“%(key)s” has a value that is not possible here."), key=shorten(key)
    )
