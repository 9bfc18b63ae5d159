"""Options that stand in one cell or in the stem, and the labels before them (FORMATS section 3)."""

import re
from collections.abc import Sequence

from webapp.banks.formats.notation import either_width, fold_width
from webapp.banks.rules.schema import LETTERS

_CAPITALS = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}


OPTION_SIGNS = ("**", "##", "$$", "|", "｜", "\n", ";", "；")


def split_options(cell: str, needed: int, sign: str = "") -> list[str]:
    """The options of one cell, split at the separator that gives enough, else at labels A, B, C in order.

    needed: how many options the answer's letters ask for. Letters inside the text (16A, 以上A、C均正确) never
    split: a label stands at the start, after white space or a separator, in alphabetical order. sign: the person
    says what divides them, a sign or "labels"."""
    if sign and sign != "labels":
        return strip_labels([part for each in re.split(either_width(sign), cell) if (part := each.strip())])
    for separator in OPTION_SIGNS if not sign else ():
        parts = [part.strip() for part in cell.split(separator)]
        parts = [part for part in parts if part]
        if len(parts) >= max(2, needed):
            return strip_labels(parts)
    for patterns in (_LABELS, _BARE_LABELS):
        labelled = _split_at_labels(cell, patterns)
        if len(labelled) >= max(2, needed) or (len(labelled) >= 2 and patterns is _LABELS):
            return labelled
    loose = _split_at_labels(cell, _LOOSE_LABELS) if re.match(r"\s*A\s*[.、:]", fold_width(cell)) else []
    if len(loose) >= max(2, needed) and all(loose):
        return loose
    return [cell.strip()] if cell.strip() else []


def split_weakly(cell: str, needed: int) -> list[str]:
    """The options of one cell without labels, divided by a sign that texts have too: '110、119、120'. [] when
    not exactly one of these signs divides it, or into too few parts for the answer's letters."""
    text = fold_width(cell)
    for sign in ("、", ",", "/", " "):
        parts = [part.strip() for part in text.split(sign)]
        parts = [part for part in parts if part]
        if len(parts) >= max(2, needed) and len(parts) <= 8 and len(set(parts)) == len(parts):
            return parts if all(other == sign or other not in text.strip() for other in "、,/") else []
    return []


def options_in(stem: str) -> tuple[str, list[str]]:
    """A stem that holds its options, apart: '……（ ）A. 甲 B. 乙'. (stem, []) without labels A and B in it."""
    folded = fold_width(stem)
    found = re.search(r"(?:(?<=[\s)?。:,])|(?<=__))\(?A\)?\s*[.、:)]", folded)
    if found is None:
        return stem, []
    parts = split_options(stem[found.start() :].strip(), 2)
    if len(parts) < 2 or not re.match(r"\(?A\)?\s*[.、:)]", folded[found.start() :]):
        return stem, []
    return stem[: found.start()].strip(), parts


_LABELS = (
    r"(?:^|(?<=[\s;|。]))\(?@\)?\s*[.、:,)]\s*|(?:^|(?<=\s))\(?@\)?\s+",
    r"^\(?@\)?(?=[^A-Za-z0-9])",
    r"(?<![A-Za-z0-9、,])\(?@\)?\s*[.:)]\s*",
)
"""Labels with a sign or a space behind them; @ stands for the letter."""
_LOOSE_LABELS = (r"(?<![A-Za-z0-9])@\s*[.、:]\s*", r"(?<![A-Za-z])@\s*[.、:]\s*")
"""Labels with a sign behind them wherever they stand: A：甲，B：乙; A、110B、119."""
_BARE_LABELS = (r"(?:^|(?<=[\s;|。]))@(?=[^A-Za-z0-9\s.,、:)+-])",)
"""Labels with nothing behind them: A一 B二."""


def _split_at_labels(cell: str, patterns: Sequence[str]) -> list[str]:
    """Text between labels that come in order A, B, C …, each at a place where a label can stand."""
    if cell.startswith("①"):
        return [part.strip(" \t\n;；,，.、") for part in re.split("[①-⑳]", cell)[1:]]
    text = fold_width(cell)
    if re.match(r"\s*\(?a\s*[.、:,)]", text):
        text = text.translate(_CAPITALS)
    positions: list[tuple[int, int]] = []
    start = 0
    for letter in LETTERS:
        found = None
        for pattern in patterns:
            found = found or re.compile(pattern.replace("@", letter)).search(text, start)
        if found is None:
            break
        positions.append((found.start(), found.end()))
        start = found.end()
    if patterns is _BARE_LABELS and len({text[end : end + 1] for _, end in positions}) < len(positions):
        positions = [(start, start) for start, _ in positions]  # A类 B类: the letters belong to the texts.
    ends = [*(position[0] for position in positions[1:]), len(text)][: len(positions)]
    return [
        cell[begin:end].strip(" \t\n\u3000;；,，") for (_, begin), end in zip(positions, ends, strict=True)
    ]


def strip_labels(options: Sequence[str]) -> list[str]:
    """Options without their leading labels, when all of them carry one in sequence."""
    bare = []
    for index, option in enumerate(options[: len(LETTERS)]):
        circled = chr(ord("①") + index)
        label = re.match(rf"\(?{LETTERS[index]}(?:\)\s*[.、:,]?|\s*[.、:,])\s*", fold_width(option).upper())
        if option.startswith(circled):
            bare.append(option[1:].lstrip(" .、．:："))
        elif label is not None and len(option) > label.end():
            bare.append(option[label.end() :].strip())
        else:
            return _without_bare_labels(options)
    return bare


def _without_bare_labels(options: Sequence[str]) -> list[str]:
    """Options without a label that no sign follows (A一, B二), unless the letters belong to the texts (A类, B类)."""
    folded = [fold_width(option) for option in options]
    spaced = [re.match(rf"{letter}\s+(?=\S)", text) for letter, text in zip(LETTERS, folded, strict=False)]
    if len(options) > 1 and len(spaced) == len(options) and all(spaced):
        return [option[1:].strip() for option in options]
    is_labelled = len(options) > 1 and all(
        re.match(rf"{letter}(?=[^A-Za-z0-9\s.,、:)+-])", text)
        for letter, text in zip(LETTERS, folded, strict=False)
    )
    bare = [option[1:].strip() for option in options]
    if not is_labelled or len(options) > len(LETTERS) or len({text[0] for text in bare}) < len(bare):
        return list(options)
    return bare


def is_label(options: Sequence[str]) -> bool:
    """Whether the last option is nothing but its label: templates hold 'C.' and 'D.' that nobody filled."""
    at = len(options) - 1
    return (
        0 < at < len(LETTERS)
        and re.fullmatch(rf"\(?{LETTERS[at]}\)?\s*[.、:]", fold_width(options[at])) is not None
    )
