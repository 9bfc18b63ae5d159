"""JSON texts as lists of items that know their line; JSON Lines too."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.delimited import decode
from webapp.banks.formats.json_shapes import flattened, inner_lists
from webapp.core.words import N_

DEPTH = 3
"""So deep below the top a list of questions is looked for."""
MAX_ITEMS = 200_000
_ASSIGNED = re.compile(
    r"\ufeff?\s*(?:(?:export\s+)?(?:var|let|const)\s+[\w$]{1,80}|(?:window|module|exports)\.[\w$.]{1,80}|export\s+default)"
    r"\s*=?\s*(?=[\[{])"
)
_OWN = re.compile(r'"format"\s*:\s*"jiangsai-bank"')
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass
class Items:
    """A list and the line on which each of its items starts. broken: (line, what is wrong) of items that are no
    JSON (only in JSON Lines)."""

    values: list[Any] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.decoder = json.JSONDecoder(parse_float=Decimal)
        self.counted, self.line = 0, 1
        self.is_own = _OWN.search(text) is not None

    def skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def line_at(self, at: int) -> int:
        """The line of a position; positions come in rising order."""
        self.line += self.text.count("\n", self.counted, at)
        self.counted = at
        return self.line

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        """The value at a position, its lists as Items and its objects with such values, and where it ends."""
        at = self.skip(at)
        sign = self.text[at : at + 1]
        if sign == "[":
            return self.items(at)
        if sign == "{" and depth:
            return self.members(at, depth)
        return self.decoder.raw_decode(self.text, at)

    def items(self, at: int) -> tuple[Items, int]:
        found = Items()
        at = self.skip(at + 1)
        while self.text[at : at + 1] != "]":
            found.lines.append(self.line_at(at))
            start = at
            value, at = self.decoder.raw_decode(self.text, at)
            inner = self.inside(value, start) if isinstance(value, dict) else None
            if inner is None:
                found.values.append(value)
            else:  # A chapter with its questions: each has a line of its own.
                found.lines.pop()
                found.values += inner.values
                found.lines += inner.lines
            at = self.skip(at)
            if self.text[at : at + 1] == ",":
                at = self.skip(at + 1)
            elif self.text[at : at + 1] != "]":
                raise json.JSONDecodeError("Expecting ',' delimiter", self.text, at)
        return found, at + 1

    def inside(self, value: dict[str, Any], at: int) -> Items | None:
        """The questions inside a chapter that begins at a position; None when it is no chapter."""
        if self.is_own or not inner_lists(value):
            return None
        flat = list(flattened(value, number=str(self.line)))
        # The lines: where the words that ask begin, in order; the chapter's own when they cannot be found.
        lines = []
        for item in flat:
            text = next((text for text in item.values() if isinstance(text, str) and len(text) > 3), "")
            place = (
                self.text.find(json.dumps(text, ensure_ascii=False)[1:40].rstrip('"'), at, at + 50_000)
                if text
                else -1
            )
            place = self.text.rfind("{", at, place) if place > at else -1
            at = max(at, place)
            lines.append(self.line_at(at))
        return Items(flat, lines)

    def members(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self.skip(at + 1)
        while self.text[at : at + 1] != "}":
            if self.text[at : at + 1] != '"':
                raise json.JSONDecodeError("Expecting property name enclosed in double quotes", self.text, at)
            key, at = self.decoder.raw_decode(self.text, at)
            at = self.skip(at)
            if self.text[at : at + 1] != ":":
                raise json.JSONDecodeError("Expecting ':' delimiter", self.text, at)
            found[key], at = self.value(at + 1, depth - 1)
            at = self.skip(at)
            if self.text[at : at + 1] == ",":
                at = self.skip(at + 1)
            elif self.text[at : at + 1] != "}":
                raise json.JSONDecodeError("Expecting ',' delimiter", self.text, at)
        return found, at + 1


def load_json(content: bytes, file: str) -> Items | dict[str, Any]:
    """A list at the top, JSON Lines as such a list, or an object whose lists (three levels down) are Items.

    Raise FileRefused with line and column."""
    text = _without_script(decode(content, file))
    try:
        lines = _json_lines(text)
        if lines is not None:
            return lines
        reader = _Reader(text)
        value, end = reader.value(0, DEPTH)
        end = reader.skip(end)
        if text[end:].strip() == ";":
            end = len(text)
        if end < len(text) and text[end] == "," and isinstance(value, dict):
            reader = _Reader("[" + text[1:] if text[0].isspace() else f"[{text}")
            reader.text = (
                reader.text.rstrip().rstrip(",") + "]"
            )  # Objects one after the other, without brackets.
            value, end = reader.value(0, DEPTH)
            end = len(text)
        if end < len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    except json.JSONDecodeError as error:
        raise _refusal(file, error.lineno, error.colno, error.msg) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits, or lists in lists without end.
        raise _refusal(file, 1, 1, type(error).__name__) from error
    if not isinstance(value, Items | dict):
        raise _refusal(file, 1, 1, "no list")
    return value


def _without_script(text: str) -> str:
    """A list that a script gives a name (`const bank = [...]`) without the name; places stay."""
    found = _ASSIGNED.match(text)
    return re.sub(r"[^\n]", " ", text[: found.end()]) + text[found.end() :] if found else text


def plain_value(value: Any) -> Any:
    """A value without the line numbers of its lists."""
    if isinstance(value, Items):
        return value.values
    return {name: plain_value(item) for name, item in value.items()} if isinstance(value, dict) else value


def element_rows(lines: Sequence[int]) -> list[int]:
    """The line of each item; where several share a line, their number in the list."""
    return list(lines) if len(set(lines)) == len(lines) else list(range(1, len(lines) + 1))


def _json_lines(text: str) -> Items | None:
    """The items when each line is an object of its own and there are several."""
    rows = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    starts = sum(line.lstrip().startswith("{") for _, line in rows)
    if len(rows) < 2 or starts < len(rows) / 2:
        return None
    decoder = json.JSONDecoder(parse_float=Decimal)
    try:
        if not isinstance(decoder.decode(rows[0][1].strip()), dict):
            return None
    except (ValueError, RecursionError):
        return None
    found = Items()
    for number, line in rows:
        try:
            value = decoder.decode(line.strip())
        except (ValueError, RecursionError) as error:
            found.broken.append((number, str(getattr(error, "msg", type(error).__name__))))
            continue
        found.values.append(value)
        found.lines.append(number)
    return found


def _refusal(file: str, line: int, column: int, error: str) -> FileRefused:
    return refused(
        "not-json",
        file,
        N_("The file cannot be read as JSON: %(error)s"),
        N_("Look for a missing comma, quotation mark or bracket on this line or the one before."),
        row=line,
        column=str(column),
        error=error,
    )
