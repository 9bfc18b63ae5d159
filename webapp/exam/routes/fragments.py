"""Questions rendered once and kept, so that a paper is only a joining of ready pieces.

A question is rendered with marks in the places that differ from person to person (number, options in
their order, what is chosen) and cut at them. Question versions never change, so pieces never go stale.
Measured: joining is 5.8 times faster than rendering a hundred questions (PERFORMANCE 3)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

from flask import render_template
from markupsafe import Markup, escape

from webapp.core.i18n import locale
from webapp.exam.queries.contents import QuestionContent, contents
from webapp.exam.rules.answers import LETTERS, blank_texts

OPEN, CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{OPEN}([a-z_]+){CLOSE}")


@dataclass(frozen=True)
class Place:
    """Where and how a question stands on one person's page. mark: in words, with its unit."""

    slot: int
    order: tuple[int, ...]
    mark: str
    answer: str
    seq: int
    flag: bool


class Pieces:
    """A rendered text cut at its marks."""

    def __init__(self, rendered: str) -> None:
        self._parts = _MARK.split(rendered)

    def fill(self, values: dict[str, str]) -> str:
        """The text with each mark replaced; values are safe HTML."""
        parts = self._parts.copy()
        for at in range(1, len(parts), 2):
            parts[at] = values[parts[at]]
        return "".join(parts)


@dataclass(frozen=True)
class ReadyQuestion:
    """The pieces of one question in one language."""

    question_type: str
    frame: Pieces
    options: tuple[Pieces, ...]

    def html(self, place: Place) -> str:
        """The question as it stands on this person's page."""
        return self.frame.fill(
            {
                "number": str(place.slot + 1),
                "slot": str(place.slot),
                "mark": place.mark,
                "seq": str(place.seq),
                "pressed": "true" if place.flag else "false",
                "state": "saved" if place.answer else "empty",
                "controls": self._controls(place),
            }
        )

    def _controls(self, place: Place) -> str:
        slot = str(place.slot)
        if self.question_type == "fill":
            texts = blank_texts(place.answer)
            return "".join(
                piece.fill({"slot": slot, "value": str(escape(texts[at] if at < len(texts) else ""))})
                for at, piece in enumerate(self.options)
            )
        letters = "TF" if self.question_type == "true_false" else LETTERS
        return "".join(
            self.options[original].fill(
                {
                    "slot": slot,
                    "letter": letters[shown],
                    "checked": " checked" if letters[shown] in place.answer else "",
                }
            )
            for shown, original in enumerate(place.order)
        )


_cache: dict[tuple[int, str], ReadyQuestion] = {}
_lock = Lock()


def ready(version_ids: Iterable[int]) -> list[ReadyQuestion]:
    """The ready questions of these versions, in their order, in the reader's language."""
    language = locale()
    ids = list(version_ids)
    missing = [version_id for version_id in ids if (version_id, language) not in _cache]
    if missing:
        made = {(found.version_id, language): _render(found) for found in contents(missing).values()}
        with _lock:
            _cache.update(made)
    return [_cache[version_id, language] for version_id in ids]


def forget_fragments() -> None:
    """Empty the cache: tests reuse ids."""
    with _lock:
        _cache.clear()


def marker(name: str) -> Markup:
    """A place that differs from person to person."""
    return Markup(f"{OPEN}{name}{CLOSE}")  # noqa: S704 - names are our own constants


def _render(content: QuestionContent) -> ReadyQuestion:
    frame = render_template("exam/_question.html", q=content, at=marker)
    controls = [
        render_template("banks/_control.html", q=content, text=text, number=number, at=marker)
        for number, text in enumerate(_control_texts(content), 1)
    ]
    return ReadyQuestion(content.question_type, Pieces(frame), tuple(map(Pieces, controls)))


def _control_texts(content: QuestionContent) -> Sequence[str]:
    match content.question_type:
        case "fill":
            return [""] * content.blanks
        case "true_false":
            return ["true", "false"]
        case _:
            return content.options
