"""A question after it was answered, for people: what was chosen, and the key where it may be shown."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.banks.queries.contents import QuestionContent
from webapp.banks.queries.shown import blank_words, number_words
from webapp.banks.rules.answers import ARRANGED, NOTHING, blank_texts
from webapp.banks.rules.schema import LETTERS, QuestionKey
from webapp.core.i18n import gettext as _


@dataclass(frozen=True)
class OptionLine:
    """One option as it stood on the paper. is_right is None while the key is closed."""

    letter: str
    text: str
    is_chosen: bool
    is_right: bool | None


@dataclass(frozen=True)
class PairLine:
    """What was put at a place (an item to match, a rank). given, right: texts; right is None while the key is
    closed."""

    place: str
    given: str
    right: str | None


@dataclass(frozen=True)
class QuestionLine:
    """One question. accepted: by blank; any_order: they may stand in any blank."""

    kind: str
    stem: str
    picture: str
    picture_alt: str
    options: tuple[OptionLine, ...]
    texts: tuple[str, ...]
    pairs: tuple[PairLine, ...]
    parts: "tuple[QuestionLine, ...]"
    is_answered: bool
    accepted: tuple[str, ...]
    any_order: bool = False
    number: int = 0
    mark: str = ""
    full: str = ""
    explanation: str = ""
    source: str = ""


def answered(
    content: QuestionContent, stored: str, order: Sequence[int], key: QuestionKey | None
) -> QuestionLine:
    """A question with the answer to it. order: of its options on this paper; key: None while it is
    closed."""
    kind = content.question_type
    is_choice = kind in {"single", "multiple", "true_false"}
    return QuestionLine(
        kind=kind,
        stem=content.stem,
        picture=content.picture,
        picture_alt=content.picture_alt,
        options=_options(content, stored, order, key) if is_choice else (),
        texts=_texts(kind, stored),
        pairs=_pairs(content, stored, order, key) if kind in ARRANGED else (),
        parts=_parts(content, stored, key),
        is_answered=bool(stored),
        accepted=() if key is None else _accepted(key),
        any_order=key is not None and key.fill.any_order and len(key.blanks) > 1,
        explanation=key.explanation if key else "",
    )


def _options(
    content: QuestionContent, stored: str, order: Sequence[int], key: QuestionKey | None
) -> tuple[OptionLine, ...]:
    if content.question_type == "true_false":
        return tuple(
            OptionLine("", words, letter in stored, None if key is None else key.truth is (letter == "T"))
            for letter, words in (("T", _("True")), ("F", _("False")))
        )
    return tuple(
        OptionLine(
            LETTERS[shown],
            content.options[original],
            LETTERS[shown] in stored,
            None if key is None else LETTERS[original] in key.letters,
        )
        for shown, original in enumerate(order)
    )


def _texts(kind: str, stored: str) -> tuple[str, ...]:
    if kind == "fill":
        return blank_texts(stored)
    return (stored,) if stored and kind in {"numeric", "essay"} else ()


def _pairs(
    content: QuestionContent, stored: str, order: Sequence[int], key: QuestionKey | None
) -> tuple[PairLine, ...]:
    places = content.items or tuple(str(rank + 1) for rank in range(len(content.options)))
    given = stored or NOTHING * len(places)
    return tuple(
        PairLine(
            place,
            "" if letter == NOTHING else content.options[order[LETTERS.index(letter)]],
            None if key is None else content.options[LETTERS.index(key.letters[at])],
        )
        for at, (place, letter) in enumerate(zip(places, given, strict=True))
    )


def _parts(content: QuestionContent, stored: str, key: QuestionKey | None) -> tuple[QuestionLine, ...]:
    if not content.parts:
        return ()
    answers = json.loads(stored) if stored else [""] * len(content.parts)
    keys = [None] * len(content.parts) if key is None else key.parts
    return tuple(
        answered(part, answer, range(2 if part.question_type == "true_false" else len(part.options)), own)
        for part, answer, own in zip(content.parts, answers, keys, strict=True)
    )


def _accepted(key: QuestionKey) -> tuple[str, ...]:
    """The accepted answers of texts, blank by blank; what brings only a share says which."""
    if key.blanks:
        return tuple(" / ".join(texts) for texts in map(blank_words, key.blanks))
    if key.numbers:
        return (" / ".join(map(number_words, key.numbers)),)
    return (key.reference,) if key.reference else ()
