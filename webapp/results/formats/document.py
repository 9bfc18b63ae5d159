"""The document as text: one event a line, long lists in pieces, so that nobody has to hold a whole contest or the
board of a large event; a digest at the end."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

FORMAT, VERSION = "jiangsai-results", 1
START = f'{{"format":"{FORMAT}","version":{VERSION},'


MARK = "\0rows"
"""Stands where rows are put in; no text of the database holds the sign NUL."""
BATCH = 500
"""So many rows are fetched at a time."""


@dataclass(frozen=True)
class Rows:
    """A list of the document that is read while it is written; read: begins anew with every call."""

    read: Callable[[], Iterator[dict[str, Any]]]


class DocumentUnreadable(ValueError):
    """Not one of our documents, or somebody changed it; the text says what is wrong."""


def written(contest: dict[str, Any], events: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The document in pieces, together one JSON object. sha256: of the UTF-8 bytes of all lines before its own, which
    is the last piece."""
    digest = hashlib.sha256()
    for line in _body(contest, events):
        digest.update(line.encode())
        yield line
    yield f'],"sha256":"{digest.hexdigest()}"}}\n'


def read(text: str) -> tuple[dict[str, Any], str]:
    """(the document, its digest, which is right). raise (DocumentUnreadable)."""
    body, sign, end = text.rpartition('],"sha256":"')
    try:
        document = json.loads(text)
        stated = document["sha256"]
        is_ours = document["format"] == FORMAT and document["version"] == VERSION
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentUnreadable(f"this is no document of results: {error}") from error
    if not sign or not is_ours or end != f'{stated}"}}\n':
        raise DocumentUnreadable("this is no document of results of this version")
    computed = hashlib.sha256(body.encode()).hexdigest()
    if computed != stated:
        raise DocumentUnreadable(f"the digest is {computed}, but the file says {stated}")
    return document, stated


def _body(contest: dict[str, Any], events: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f'{START}"contest":{_json(contest)},"events":[\n'
    sign = ""
    for event in events:
        yield sign
        yield from _event(event)
        yield "\n"
        sign = ","


def _event(event: dict[str, Any]) -> Iterator[str]:
    """One event; where it holds Rows they are read row after row."""
    found: list[Rows] = []

    def mark(value: object) -> str:
        if not isinstance(value, Rows):
            raise TypeError(type(value).__name__)
        found.append(value)
        return MARK

    first, *rest = _json(event, mark).split(json.dumps(MARK))
    yield first
    for rows, text in zip(found, rest, strict=True):
        yield "["
        sign = ""
        for row in rows.read():
            yield sign + _json(row)
            sign = ","
        yield "]"
        yield text


def _json(value: object, default: Callable[[object], object] | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=default)
