"""How our template writes what other tables have no usual form for, both ways: fill-ins with lists and shares,
pairs, keywords, rules. Reading reports on the row; `template.py` writes."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from webapp.banks.formats.notation import escape, fold_width, split_escaped, unescape
from webapp.banks.formats.ranges import shown
from webapp.banks.formats.row import Row
from webapp.banks.rules.schema import LETTERS, Blank, FillRules, PublicQuestion, QuestionKey
from webapp.core.problems import WARNING
from webapp.core.words import N_, Message

FLAGS = {"any_order": "顺序不限", "all_needed": "全对得分", "case_sensitive": "区分大小写"}
WEIGHTS, TOLERANCE, PATTERN, OPTION_WEIGHTS = "权重", "误差", "通配符", "选项权重"
ARROW = " => "
_ARROWS = re.compile(r"\\.|=>|＝＞|→", re.DOTALL)
_SHARE = re.compile(r"(.*\S)\s+得\s*(\d{1,2}(?:\.\d{1,30})?)\s*[%％]", re.DOTALL)
_LOOKS_SHARED = re.compile(r"\s得(?=\s*\d{1,2}(?:\.\d+)?\s*[%％]\s*$)")
_KEYWORD_SIGNS = ";；、，,\n"


# Fill-ins: 绿;绿色;青 得50%|红


def blanks_of(answer: str) -> list[Blank]:
    """The blanks of a cell 正确答案."""
    return [_blank(part) for part in split_escaped(answer, "|")] if answer else []


def _blank(text: str) -> Blank:
    accepted: list[str] = []
    partial: list[tuple[str, Decimal]] = []
    for part in split_escaped(text, ";"):
        told = _SHARE.fullmatch(part.strip())
        share = Decimal(told[2]).scaleb(-2) if told else Decimal(0)
        bare = unescape(told[1] if told and share else part).strip()
        if bare and share:
            partial.append((bare, share))
        elif bare:
            accepted.append(bare)
    return Blank(tuple(accepted), partial=tuple(partial))


def blanks_text(blanks: Sequence[Blank]) -> str:
    """The cell that `blanks_of` reads back."""
    return "|".join(
        ";".join(
            [
                *(_answer(text) for text in blank.accepted),
                *(f"{_answer(text)} 得{shown(share.scaleb(2))}%" for text, share in blank.partial),
            ]
        )
        for blank in blanks
    )


def _answer(text: str) -> str:
    return _LOOKS_SHARED.sub(lambda found: found[0][:-1] + "\\得", escape(text))


def choices_of(cells: Sequence[str], blanks: int) -> tuple[tuple[str, ...], ...]:
    """The lists of a fill-in: the cell 选项A holds the texts of the first blank, and so on; () without any."""
    if not any(cells):
        return ()
    padded = [*cells, *[""] * (blanks - len(cells))]
    return tuple(
        tuple(text for part in split_escaped(cell, ";；") if (text := unescape(part).strip()))
        for cell in padded
    )


def choices_cells(public: PublicQuestion) -> list[str]:
    """The cells that `choices_of` reads back."""
    return [";".join(escape(text, "|;；") for text in texts) for texts in public.choices]


# Rules: 顺序不限; 权重=2,1; 误差=0.1; 通配符=1; 选项权重=A:0.5,B:-0.2


def fill_rules(row: Row, blanks: Sequence[Blank]) -> tuple[FillRules, tuple[Blank, ...]]:
    """The rules of the cell 填空规则, and the blanks with their weights, tolerances and patterns."""
    count = len(blanks)
    flags: dict[str, bool] = {}
    weights: list[Decimal | None] = [Decimal(1)] * count
    tolerances: list[Decimal | None] = [None] * count
    patterns = [False] * count
    known = {words: name for name, words in FLAGS.items()}
    for name, value in _rules(row):
        numbers = _numbers(value, count)
        places = _places(value, count) if name == PATTERN else None
        if name in known and not value:
            flags[known[name]] = True
        elif name == WEIGHTS and numbers and all(number is not None and number > 0 for number in numbers):
            weights = numbers
        elif name == TOLERANCE and numbers:
            tolerances = numbers
        elif places is not None:
            patterns = places
        else:
            _refuse(row)
    return FillRules(**flags), tuple(
        Blank(blank.accepted, weight or Decimal(1), tolerance, blank.partial, is_pattern)
        for blank, weight, tolerance, is_pattern in zip(blanks, weights, tolerances, patterns, strict=True)
    )


def option_weights(row: Row) -> dict[str, Decimal]:
    """The share of each letter, when the cell 填空规则 of a choice gives them."""
    found: dict[str, Decimal] = {}
    for name, value in _rules(row):
        if name != OPTION_WEIGHTS:
            row.report(
                "rules-unused", "fill_rules", Message(N_("These rules are for fill-ins only.")), WARNING
            )
            continue
        pairs = [part.partition(":") for part in value.split(",")]
        for letter, _, number in pairs:
            weight = _decimal(number)
            if letter.strip() not in list(LETTERS) or weight is None:
                _refuse(row)
                return {}
            found[letter.strip()] = weight
    return found


def _rules(row: Row) -> list[tuple[str, str]]:
    parts = [fold_width(part).partition("=") for part in re.split(r"[;；、\n]", row.text("fill_rules"))]
    return [(name.strip(), value.strip()) for name, _, value in parts if name.strip()]


def _refuse(row: Row) -> None:
    row.report(
        "fill-rules",
        "fill_rules",
        Message(N_("These rules of a fill-in cannot be read.")),
        hint=Message(
            N_("Known here: %(keys)s."),
            {
                "keys": "; ".join(
                    [*FLAGS.values(), "权重=2,1", "误差=0.1", "通配符=1", "选项权重=A:0.5,B:0.5"]
                )
            },
        ),
    )


def _numbers(text: str, count: int) -> list[Decimal | None]:
    """One number for all blanks, or one a blank ('-' for none); [] when that is not what stands there."""
    found: list[Decimal | None] = []
    for part in text.split(","):
        number = _decimal(part)
        if number is None and part.strip() != "-":
            return []
        found.append(None if number is None else abs(number))
    if len(found) == 1:
        found *= count
    return found if len(found) == count else []


def _places(text: str, count: int) -> list[bool] | None:
    """Which blanks are named by '1,3'; all of them by nothing; None when it is not readable."""
    if not text:
        return [True] * count
    named = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= count for part in named):
        return None
    return [str(number) in named for number in range(1, count + 1)]


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def rules_text(key: QuestionKey) -> str:
    """The cell of 填空规则; '' for the usual rules."""
    parts = [words for name, words in FLAGS.items() if getattr(key.fill, name)]
    if any(blank.weight != 1 for blank in key.blanks):
        parts.append(f"{WEIGHTS}={','.join(shown(blank.weight) for blank in key.blanks)}")
    if any(blank.tolerance is not None for blank in key.blanks):
        each = ("-" if blank.tolerance is None else shown(blank.tolerance) for blank in key.blanks)
        parts.append(f"{TOLERANCE}={','.join(each)}")
    patterns = [str(number) for number, blank in enumerate(key.blanks, start=1) if blank.is_pattern]
    if patterns:
        parts.append(f"{PATTERN}={','.join(patterns)}")
    if key.weights:
        each = (f"{letter}:{shown(weight)}" for letter, weight in key.weights.items())
        parts.append(f"{OPTION_WEIGHTS}={','.join(each)}")
    return "; ".join(parts)


# Matching: each cell 选项 holds a pair, 左 => 右


def pairs_of(cells: Sequence[str], letters: str) -> tuple[list[str], list[str], str]:
    """(left, right, letters) of cells with pairs. Without letters, what shares a cell belongs together, and '=> 右'
    is a right text too many; with them, left and right stand side by side and the letters tell."""
    read = [_pair(cell) for cell in cells]
    lefts = [left for left, _ in read if left]
    if letters:
        return lefts, [right for _, right in read if right], letters
    rights = list(dict.fromkeys(right for _, right in read if right))
    letters = "".join(
        LETTERS[min(rights.index(right), len(LETTERS) - 1)] for left, right in read if left and right
    )
    return lefts, rights, letters


def _pair(cell: str) -> tuple[str, str]:
    for found in _ARROWS.finditer(cell):
        if not found[0].startswith("\\"):
            return unescape(cell[: found.start()]).strip(), unescape(cell[found.end() :]).strip()
    return unescape(cell).strip(), ""


def pairs_cells(public: PublicQuestion, letters: str) -> tuple[list[str], str]:
    """(cells, 正确答案) that `pairs_of` reads back; the answer is empty where pairs say it all."""
    rights = [public.options[LETTERS.index(letter)] for letter in letters]
    used = list(dict.fromkeys(rights))
    if list(public.options) == [*used, *(text for text in public.options if text not in used)]:
        spare = [text for text in public.options if text not in used]
        pairs = [*zip(public.items, rights, strict=True), *(("", text) for text in spare)]
        if pairs_of([_joined(*pair) for pair in pairs], "") == ([*public.items], [*public.options], letters):
            return [_joined(*pair) for pair in pairs], ""
    count = max(len(public.items), len(public.options))
    lefts = [*public.items, *[""] * (count - len(public.items))]
    right = [*public.options, *[""] * (count - len(public.options))]
    return [_joined(*pair) for pair in zip(lefts, right, strict=True)], letters


def _joined(left: str, right: str) -> str:
    return f"{_side(left)}{ARROW}{_side(right)}".strip()


def _side(text: str) -> str:
    return re.sub(r"(\\|=>|＝＞|→)", r"\\\1", text)


# Essays


def keywords_of(text: str) -> tuple[str, ...]:
    """The keywords of a cell."""
    return tuple(word for part in split_escaped(text, _KEYWORD_SIGNS) if (word := unescape(part).strip()))


def keywords_text(words: Sequence[str]) -> str:
    """The cell that `keywords_of` reads back."""
    return "；".join(escape(word, _KEYWORD_SIGNS) for word in words)
