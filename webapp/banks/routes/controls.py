"""What a question is answered with, in exams and quizzes: rendered once, cut at the places that differ from
person to person (letters in their order, what is chosen, what is written)."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup, escape

from webapp.banks.queries.contents import QuestionContent
from webapp.banks.rules.answers import ARRANGED, NOTHING, blank_texts
from webapp.banks.rules.schema import LETTERS

OPEN, CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{OPEN}([a-z_]+){CLOSE}")


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
class Controls:
    """What one question, or one part of a passage, is answered with. pieces: a control per option, blank or
    text. listed, labels: the lettered things and the places they are put at (matching, ordering), choices:
    the texts of the list of each blank that has one. parts: a frame with controls of its own for each."""

    question_type: str
    pieces: tuple[Pieces, ...] = ()
    listed: tuple[Pieces, ...] = ()
    choices: tuple[tuple[str, ...], ...] = ()
    parts: "tuple[tuple[Pieces, Controls], ...]" = ()

    def html(self, slot: str, order: Sequence[int], answer: str) -> str:
        """The controls with an answer in them. slot: as the names of the fields say it."""
        match self.question_type:
            case "fill":
                return self._blanks(slot, answer)
            case "matching" | "ordering":
                return self._places(slot, order, answer)
            case "numeric" | "essay":
                return self.pieces[0].fill({"slot": slot, "value": str(escape(answer))})
            case "passage":
                return self._parts(slot, answer)
            case _:
                return self._options(slot, order, answer)

    def _options(self, slot: str, order: Sequence[int], answer: str) -> str:
        letters = "TF" if self.question_type == "true_false" else LETTERS
        return "".join(
            self.pieces[original].fill(
                {
                    "slot": slot,
                    "letter": letters[shown],
                    "checked": " checked" if letters[shown] in answer else "",
                }
            )
            for shown, original in enumerate(order)
        )

    def _blanks(self, slot: str, answer: str) -> str:
        texts = blank_texts(answer)
        values = [texts[at] if at < len(texts) else "" for at in range(len(self.pieces))]
        return "".join(
            piece.fill(
                {
                    "slot": slot,
                    "value": str(escape(value)),
                    "choices": _choices([("", "")] + [(text, text) for text in lists], value),
                }
            )
            for piece, value, lists in zip(
                self.pieces, values, self.choices or ((),) * len(values), strict=True
            )
        )

    def _places(self, slot: str, order: Sequence[int], answer: str) -> str:
        """The things under the letters of this person, then a list of letters for each place."""
        things = [
            self.listed[original].fill({"letter": LETTERS[shown]}) for shown, original in enumerate(order)
        ]
        given = answer or NOTHING * len(self.pieces)
        letters = [(NOTHING, "")] + [(letter, letter) for letter in LETTERS[: len(order)]]
        rows = [
            piece.fill({"slot": slot, "choices": _choices(letters, held)})
            for piece, held in zip(self.pieces, given, strict=True)
        ]
        return f'<div class="things">{"".join(things)}</div><div class="places">{"".join(rows)}</div>'

    def _parts(self, slot: str, answer: str) -> str:
        held = json.loads(answer) if answer else [""] * len(self.parts)
        return "".join(
            frame.fill(
                {
                    "number": str(at + 1),
                    "part": str(at),
                    "controls": controls.html(f"{slot}.{at}", controls.own_order, text),
                }
            )
            for at, ((frame, controls), text) in enumerate(zip(self.parts, held, strict=True))
        )

    @property
    def own_order(self) -> range:
        """The order as written: what is within a passage is not shuffled."""
        return range(len(self.listed or self.pieces))


def _choices(pairs: Sequence[tuple[str, str]], held: str) -> str:
    """The entries of a list, (value, text) each, with the held one chosen."""
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == held else ""}>{escape(text)}</option>'
        for value, text in pairs
    )


def marker(name: str) -> Markup:
    """A place that differs from person to person."""
    return Markup(f"{OPEN}{name}{CLOSE}")  # noqa: S704 - names are our own constants


def controls_of(content: QuestionContent) -> Controls:
    """The controls of a question, in the reader's language."""
    return Controls(
        content.question_type,
        tuple(
            Pieces(
                render_template(
                    "banks/_control.html",
                    q=content,
                    text=text,
                    number=number,
                    at=marker,
                    has_list=bool(content.choices and content.choices[number - 1]),
                )
            )
            for number, text in enumerate(_control_texts(content), 1)
        ),
        tuple(
            Pieces(render_template("banks/_thing.html", text=text, at=marker))
            for text in (content.options if content.question_type in ARRANGED else ())
        ),
        content.choices,
        tuple(
            (Pieces(render_template("banks/_part.html", q=part, at=marker)), controls_of(part))
            for part in content.parts
        ),
    )


def _control_texts(content: QuestionContent) -> Sequence[str]:
    match content.question_type:
        case "fill":
            return [""] * content.blanks
        case "true_false":
            return ["true", "false"]
        case "matching":
            return content.items
        case "ordering":
            return [""] * len(content.options)
        case "numeric" | "essay":
            return [""]
        case "passage":
            return ()
        case _:
            return content.options
