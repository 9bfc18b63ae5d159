"""Fill-ins with lists, several blanks or tolerances, written as Cloze: the answers stand in the text."""

import html
from collections.abc import Callable
from decimal import Decimal

from webapp.banks.formats.entries import number_of
from webapp.banks.rules.schema import BLANK, Blank, Question, QuestionType
from webapp.core.words import N_


def needs_cloze(question: Question) -> bool:
    """Whether a fill-in is more than one blank for a text."""
    blanks = question.secret.blanks
    return question.public.type == QuestionType.FILL and (
        len(blanks) != 1 or any(question.public.choices) or blanks[0].tolerance is not None
    )


def with_gaps(stem: str, question: Question, tell: Callable[..., None]) -> str:
    """The stem (HTML) with an embedded answer in the place of each blank. Marks are whole numbers there."""
    pieces = stem.split(BLANK)
    blanks = question.secret.blanks
    marks = _whole([blank.weight for blank in blanks])
    if marks != [blank.weight for blank in blanks]:
        tell(
            N_("Moodle needs whole numbers as marks of blanks: %(marks)s."), marks=", ".join(map(str, marks))
        )
    choices = question.public.choices
    made = [pieces[0]]
    for index, (blank, mark) in enumerate(zip(blanks, marks, strict=True)):
        options = choices[index] if index < len(choices) else ()
        made.append(_gap(blank, mark, options, question.secret.fill.case_sensitive))
        made.append(pieces[index + 1] if index + 1 < len(pieces) else "")
    return "".join(made)


def _whole(weights: list[Decimal]) -> list[int]:
    """The weights in whole numbers, in the same proportions where a factor up to 1000 makes them so."""
    for factor in range(1, 1001):
        if all(weight * factor == (weight * factor).to_integral_value() for weight in weights):
            return [int(weight * factor) for weight in weights]
    return [max(1, round(weight)) for weight in weights]


def _gap(blank: Blank, mark: int, options: tuple[str, ...], is_case: bool) -> str:
    shares = {text: Decimal(1) for text in blank.accepted} | dict(blank.partial)
    if options:
        kind = "MULTICHOICE"
        texts = [_weighed(shares.get(option, Decimal(0)), _escaped(option)) for option in options]
    elif blank.tolerance is not None and all(number_of(text) is not None for text in shares):
        kind = "NUMERICAL"
        texts = [_weighed(share, f"{text}:{blank.tolerance:f}") for text, share in shares.items()]
    else:
        kind = "SHORTANSWER_C" if is_case else "SHORTANSWER"
        texts = [
            _weighed(share, _escaped(text) if blank.is_pattern else _escaped(text).replace("*", "\\*"))
            for text, share in shares.items()
        ]
    return f"{{{mark}:{kind}:{'~'.join(texts)}}}"


def _weighed(share: Decimal, text: str) -> str:
    return f"={text}" if share == 1 else text if share == 0 else f"%{share * 100:f}%{text}"


def _escaped(text: str) -> str:
    marked = "".join(f"\\{sign}" if sign in "\\~#=}{" else sign for sign in text)
    return html.escape(marked, quote=False)
