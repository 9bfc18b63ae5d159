"""The document as text: one event a line, so that nobody has to hold a whole contest; a digest at the end."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

FORMAT, VERSION = "jiangsai-results", 1
START = f'{{"format":"{FORMAT}","version":{VERSION},'


class DocumentUnreadable(ValueError):
    """Not one of our documents, or somebody changed it; the text says what is wrong."""


def written(contest: dict[str, Any], events: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The lines of the document, together one JSON object. sha256: of the UTF-8 bytes of all lines before it."""
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
        yield f"{sign}{_json(event)}\n"
        sign = ","


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
