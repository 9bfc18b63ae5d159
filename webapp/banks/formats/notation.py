"""How people write types, options, answers and blanks in tables (FORMATS sections 3 to 5)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from webapp.banks.formats.ranges import ranges_of
from webapp.banks.rules.schema import BLANK, LETTERS, Difficulty, QuestionType

TYPE_NAMES = {
    QuestionType.SINGLE: (
        "单选题",
        "单项选择题",
        "单选",
        "选择题",
        "single",
        "single choice",
        "single select",
        "radio",
    ),
    QuestionType.MULTIPLE: (
        "多选题",
        "多项选择题",
        "多选",
        "不定项选择题",
        "不定项",
        "多选项题",
        "checkbox",
        "multi choice",
        "multi select",
        "multiple select",
        "multiple response",
        "multiple",
        "multiple choice",
    ),
    QuestionType.TRUE_FALSE: (
        "判断题",
        "判断",
        "是非题",
        "对错题",
        "判断对错",
        "判断正误",
        "true_false",
        "true/false",
        "judge",
        "judgment",
        "judgement",
        "boolean",
    ),
    QuestionType.FILL: (
        "填空题",
        "填空",
        "完形填空",
        "完型填空",
        "选词填空",
        "fill",
        "fill-in",
        "fill in the blank",
        "fill in blank",
        "fill blank",
        "fill blanks",
        "completion",
        "blank",
        "cloze",
    ),
    QuestionType.MATCHING: ("匹配题", "连线题", "配对题", "匹配", "连线", "配对", "matching", "match"),
    QuestionType.ORDERING: ("排序题", "排列题", "排序", "ordering", "order", "sorting"),
    QuestionType.NUMERIC: ("数值题", "数值", "数字题", "数字填空题", "numeric", "numerical", "number"),
    QuestionType.PASSAGE: (
        "材料题",
        "材料",
        "材料分析题",
        "综合题",
        "组合题",
        "阅读理解",
        "阅读理解题",
        "passage",
    ),
    QuestionType.ESSAY: (
        "简答题",
        "简答",
        "问答题",
        "问答",
        "论述题",
        "论述",
        "案例题",
        "案例分析题",
        "案例分析",
        "名词解释",
        "名词解释题",
        "主观题",
        "essay",
        "short answer",
    ),
}
COMPUTED = frozenset({"计算题", "计算", "calculation"})
"""Numeric when the answer is a number, else a text that a person marks."""
CASES = frozenset({"案例题", "案例分析题", "案例分析"})
"""A passage where rows share the number of a passage, else a text that a person marks."""
TRUE_WORDS = {"正确", "对", "√", "✓", "✔", "是", "t", "true", "y", "yes", "1", "同意"}
FALSE_WORDS = {
    "错误",
    "错",
    "不正确",
    "×",
    "✗",
    "✘",
    "x",
    "否",
    "f",
    "false",
    "n",
    "no",
    "0",
    "不同意",
    "不对",
}
NO_ANSWER = {"无", "略", "-", "—", "/", "暂无"}
NO_EXPLANATION = {"略", "略。", "无", "/", "无。", "-"}
DIFFICULTIES = {
    Difficulty.EASY: ("易", "简单", "容易", "低", "初级", "easy", "1", "2", "较易"),
    Difficulty.MEDIUM: ("中", "一般", "中等", "适中", "中级", "medium", "3", "普通"),
    Difficulty.HARD: ("难", "困难", "高", "较难", "高级", "hard", "4", "5", "很难"),
}

_SEPARATORS = re.compile(r"[\s,，、;；|/#．.]+")
_BLANK_MARKS = re.compile(
    r"_+\d+_+|_{2,}|＿{2,}|（[\s\u3000]*）|\([\s\u3000]*\)|\[[\s\u3000]*\]|【[\s\u3000]*】|\[\[\d+\]\]|\{\s*\}|\(%_+%\)"
)


_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def fold_width(text: str) -> str:
    """Full-width signs as half-width, one for one: positions stay, and 10² does not become 102."""
    return text.translate(_WIDTH)


def fold(text: str) -> str:
    """Width folded, trimmed, small letters: for comparing words people type."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _name(text: str) -> str:
    return re.sub(r"[\s_-]", "", fold(text))


_TYPES = {_name(name): kind for kind, names in TYPE_NAMES.items() for name in names}


def type_of(name: str, answer: str = "") -> QuestionType | None:
    """The type a name means, or None. answer: tells a calculation with a number from one with a text."""
    wanted = _name(name)
    if wanted in COMPUTED:
        return QuestionType.NUMERIC if ranges_of(answer) else QuestionType.ESSAY
    return _TYPES.get(wanted)


_IN_TITLES = sorted(
    {
        name
        for kind, names in TYPE_NAMES.items()
        if kind != QuestionType.PASSAGE
        for name in names
        if not name.isascii()
        and (name.endswith("题") or name in {"单选", "多选", "判断", "填空", "简答", "问答"})
    }
    | {"计算题"},
    key=len,
    reverse=True,
)


def type_in(text: str) -> str:
    """The name of a type somewhere in a title such as '一、单选题（60道）'; '' for none or several."""
    if type_of(text) is not None and type_of(text) != QuestionType.PASSAGE:
        return text
    found: list[str] = []
    for name in _IN_TITLES:
        if name in text:
            text = text.replace(name, " ")
            found.append(name)
    kinds = {type_of(name) for name in found}
    return found[0] if len(kinds) == 1 else ""


def difficulty_of(text: str) -> Difficulty | None:
    """easy, medium or hard; None when the word is unknown. A number from 0 to 1 counts up with difficulty."""
    wanted = fold(text)
    for difficulty, names in DIFFICULTIES.items():
        if wanted in names:
            return difficulty
    try:
        number = float(wanted)
    except ValueError:
        return None
    if not 0 <= number <= 1:
        return None
    return Difficulty.EASY if number < 0.4 else Difficulty.MEDIUM if number < 0.7 else Difficulty.HARD


def truth_of(text: str, options: Sequence[str] = ()) -> bool | None:
    """The truth an answer means; a letter follows the listed options when there are any."""
    wanted = fold(text).strip("()（）[]【】")
    if wanted in {"a", "b"}:
        if len(options) >= 2:
            return truth_of(options[ord(wanted) - 97])
        return wanted == "a"
    if wanted in TRUE_WORDS:
        return True
    return False if wanted in FALSE_WORDS else None


def letters_of(text: str, options: Sequence[str], base: int = 1) -> str | None:
    """Sorted distinct letters an answer names, or None when it cannot be read.

    Takes 'ABD', 'A,B、D', 'A##B', '(A)', '选项A', full-width letters, numbers from 1 and the exact
    text of one option. Letters beyond the options are kept, for the caller to report."""
    folded = unicodedata.normalize("NFKC", text).strip()
    for option in options:
        if option and fold(option) == fold(folded) and not re.fullmatch(r"[A-Za-z]{1,2}", folded):
            return LETTERS[list(options).index(option)]
    bare = re.sub(r"选项|答案|[()\[\]【】（）<>《》“”\"']", "", folded)
    bare = _SEPARATORS.sub("", bare).upper()
    if bare and all("A" <= sign <= "Z" for sign in bare):
        return "".join(sorted(set(bare)))
    if re.fullmatch(r"[0-9]+", bare) and (base == 0 or "0" not in bare):
        return "".join(sorted({LETTERS[int(sign) - base] for sign in bare}))
    return _letters_of_texts(folded, options)


def _letters_of_texts(answer: str, options: Sequence[str]) -> str | None:
    """Letters of an answer that repeats options: 'D、四' with its label, or several texts one after the other."""
    by_text = {fold(option): LETTERS[index] for index, option in enumerate(options[: len(LETTERS)]) if option}
    labelled = re.match(r"\(?([A-Za-z])\)?\s*[.、:,)]?\s*(.+)", answer, re.DOTALL)
    if labelled and by_text.get(fold(labelled[2])) == labelled[1].upper():
        return labelled[1].upper()
    parts = [fold(part) for part in re.split(r"[;|、,\n]|##|\*\*", answer) if part.strip()]
    if len(parts) > 1 and all(part in by_text for part in parts):
        return "".join(sorted({by_text[part] for part in parts}))
    return None


def ordered_letters(text: str, options: Sequence[str]) -> str | None:
    """The letters of an answer in the order they are written, repeats kept; None when it cannot be read.

    Takes 'CADB', 'C-A-D-B', 'C→A→D→B', '3142', and the texts of the options one after the other."""
    folded = unicodedata.normalize("NFKC", text).strip()
    parts = [part for part in re.split(r"[\s,、;|/>→-]+", folded) if part]
    by_text = {fold(option): LETTERS[index] for index, option in enumerate(options[: len(LETTERS)])}
    if parts and len(parts) == len(options) and all(fold(part) in by_text for part in parts):
        return "".join(by_text[fold(part)] for part in parts)
    bare = re.sub(r"选项|[()\[\]【】]", "", "".join(parts)).upper()
    if bare and all("A" <= sign <= "Z" for sign in bare):
        return bare
    return "".join(LETTERS[int(sign) - 1] for sign in bare) if re.fullmatch(r"[1-9]+", bare) else None


_PAIR = re.compile(r"\s*(?:=+>|→|-+>|—+|–|↔|<->|--+|\|)\s*")


def foreign_pairs(options: Sequence[str]) -> tuple[list[str], list[str], str]:
    """(left, right, letter of the right per left) of options that are written as pairs: 左 => 右, 左→右, 左——右."""
    pairs = [_PAIR.split(option, maxsplit=1) for option in options]
    lefts = [pair[0] for pair in pairs if pair[0]]
    rights = list(dict.fromkeys(pair[1] for pair in pairs if len(pair) == 2 and pair[1]))
    letters = [
        LETTERS[rights.index(pair[1]) % len(LETTERS)] for pair in pairs if len(pair) == 2 and all(pair)
    ]
    return lefts, rights, "".join(letters)


_CAPITALS = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}


def split_options(cell: str, needed: int) -> list[str]:
    """The options of one cell, split at the separator that gives enough, else at labels A, B, C in order.

    needed: how many options the answer's letters ask for. Letters inside the text (16A, 以上A、C均正确) never
    split: a label stands at the start, after white space or a separator, in alphabetical order."""
    for separator in ("**", "##", "$$", "|", "｜", "\n", ";", "；"):
        parts = [part.strip() for part in cell.split(separator)]
        parts = [part for part in parts if part]
        if len(parts) >= max(2, needed):
            return strip_labels(parts)
    for patterns in (_LABELS, _BARE_LABELS):
        labelled = _split_at_labels(cell, patterns)
        if len(labelled) >= 2:
            return labelled
    return [cell.strip()] if cell.strip() else []


_LABELS = (
    r"(?:^|(?<=[\s;|。]))\(?@\)?\s*[.、:,)]\s*|(?:^|(?<=\s))\(?@\)?\s+",
    r"^\(?@\)?(?=[^A-Za-z0-9])",
    r"(?<![A-Za-z0-9、,])\(?@\)?\s*[.:)]\s*",
)
"""Labels with a sign or a space behind them; @ stands for the letter."""
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
    is_labelled = len(options) > 1 and all(
        re.match(rf"{letter}(?=[^A-Za-z0-9\s.,、:)+-])", text)
        for letter, text in zip(LETTERS, folded, strict=False)
    )
    bare = [option[1:].strip() for option in options]
    if not is_labelled or len(options) > len(LETTERS) or len({text[0] for text in bare}) < len(bare):
        return list(options)
    return bare


_NUMBER = re.compile(r"^\s*(?:(\d{1,4})\s*[.．、](?!\d)|[（(](\d{1,4})[)）]|(\d{1,4})\t)\s*")


def is_numbered(stems: Sequence[str]) -> bool:
    """Whether the stems of a sheet carry leading numbers that count up (restarting at 1 is allowed)."""
    numbers = [_leading_number(stem) for stem in stems if stem]
    if len(numbers) < 2 or numbers[0] is None:
        return False
    follow = sum(1 for before, after in pairwise(numbers) if after in {1, (before or 0) + 1})
    return follow >= 0.9 * (len(numbers) - 1)


def _leading_number(stem: str) -> int | None:
    found = _NUMBER.match(stem)
    return int(next(part for part in found.groups() if part)) if found else None


def strip_number(stem: str) -> str:
    """A stem without a leading '1.', '1、', '（1）'."""
    return _NUMBER.sub("", stem)


@dataclass(frozen=True)
class Stem:
    """A stem with every blank written the same way."""

    text: str
    blanks: int


def with_blanks(stem: str) -> Stem:
    """Every blank mark becomes four underscores; counts them. Brackets with text are not blanks."""
    text, count = _BLANK_MARKS.subn(BLANK, stem)
    return Stem(text, count)


def split_blanks(
    answer: str, blanks: int, between: str = "|", alternatives: str = ";"
) -> list[list[str]] | None:
    """Accepted answers per blank, or None when no reading gives the count of blanks.

    The declared pair of signs first; then ######, ###, ；、， between blanks; (one)(two) too."""
    text = answer.strip()
    if not text:
        return None
    bracketed = re.findall(r"[（(]([^（）()]+)[）)]", text)
    if blanks > 1 and len(bracketed) == blanks and re.fullmatch(r"(?:\s*[（(][^（）()]+[）)]\s*)+", text):
        return [[part.strip()] for part in bracketed]
    declared, inner = _either_width(between), _either_width(alternatives)
    if blanks == 1:
        return [[part.strip() for part in re.split(f"{declared}|{inner}", text) if part.strip()]]
    for separator in (declared, r"#{3,}", r"[;；]", r"、", r"[,，]", r"\s+"):
        parts = [part.strip() for part in re.split(separator, text)]
        if len(parts) == blanks and all(parts):
            within = f"{inner}|/" if separator in {declared, r"#{3,}"} else "/"
            return [[item.strip() for item in re.split(within, part) if item.strip()] for part in parts]
    return None


def _either_width(sign: str) -> str:
    """A pattern for a sign in half and full width."""
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in sign)
    return f"(?:{re.escape(sign)}|{re.escape(wide)})"


def split_escaped(text: str, signs: str) -> list[str]:
    """Parts of a text of our own template; a backslash keeps the sign after it from dividing. The parts
    are still escaped: split them further, then `unescape` them."""
    parts = [""]
    for piece in re.findall(r"\\.|[^\\]|\\$", text, re.DOTALL):
        if piece in signs:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def escape(text: str, signs: str = "|;") -> str:
    """A text for our own template: signs that divide get a backslash."""
    return re.sub(rf"([\\{re.escape(signs)}])", r"\\\1", text)


def unescape(text: str) -> str:
    """Undo `escape`."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


FLAGS = {"是", "否", "有", "无", "true", "false", "0", "1", "yes", "no"}
"""Words in a picture column that say whether there is one, and name none."""

_BRACKETED = re.compile(r"[（(]\s*([√×✓✗✔✘对错]|正确|错误)\s*[)）](?=\s*[。.]?\s*$)")


def answer_in_stem(stem: str) -> tuple[str, str]:
    """A stem whose last bracket holds the answer, apart: ('…。', '√'); (stem, '') without one."""
    found = _BRACKETED.search(stem)
    return (stem[: found.start()] + stem[found.end() :], found[1]) if found else (stem, "")


def without_empty_bracket(stem: str) -> str:
    """A true/false stem without the bracket where people write their sign."""
    return re.sub(r"[（(][\s\u3000]*[)）]", "", stem).strip()


def tags_of(text: str) -> list[str]:
    """Tags of a cell, each once."""
    parts = (part.strip() for part in re.split(r"[,，、;；|｜\n]", text))
    return list(dict.fromkeys(part for part in parts if part))
