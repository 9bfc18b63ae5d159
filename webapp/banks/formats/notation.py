"""How people write types, options, answers and blanks in tables (FORMATS sections 3 to 5)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from webapp.banks.rules.schema import BLANK, LETTERS, Difficulty, QuestionType

TYPE_NAMES = {
    QuestionType.SINGLE: ("单选题", "单项选择题", "单选", "选择题", "single", "single choice"),
    QuestionType.MULTIPLE: (
        "多选题",
        "多项选择题",
        "多选",
        "不定项选择题",
        "不定项",
        "multiple",
        "multiple choice",
    ),
    QuestionType.TRUE_FALSE: ("判断题", "判断", "是非题", "对错题", "true_false", "true/false"),
    QuestionType.FILL: ("填空题", "填空", "fill", "fill-in"),
}
KNOWN_UNSUPPORTED = {
    "简答题": "essay", "问答题": "essay", "论述题": "essay", "案例题": "passage", "计算题": "essay",
    "名词解释": "essay", "简答": "essay", "匹配题": "matching", "连线题": "matching", "排序题": "ordering",
    "案例分析题": "passage",
    "essay": "essay",
    "matching": "matching", "ordering": "ordering", "numeric": "numeric", "passage": "passage",
}  # fmt: skip
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


def type_of(name: str) -> QuestionType | None:
    """The type a name means, or None."""
    wanted = fold(name).replace(" ", "")
    for kind, names in TYPE_NAMES.items():
        if wanted in {fold(item).replace(" ", "") for item in names}:
            return kind
    return None


def unsupported_type(name: str) -> str | None:
    """The standard name of a type that exists but cannot be held yet, or None."""
    return KNOWN_UNSUPPORTED.get(fold(name).replace(" ", ""))


def type_in(text: str) -> QuestionType | None:
    """The type named somewhere in a sheet's title such as '一、单选题（60道）'."""
    for kind, names in TYPE_NAMES.items():
        if any(name in text for name in names if len(name) > 1 and not name.isascii()):
            return kind
    return None


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


def letters_of(text: str, options: Sequence[str]) -> str | None:
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
    if re.fullmatch(r"[1-9]+", bare):
        return "".join(sorted({LETTERS[int(sign) - 1] for sign in bare}))
    return None


def split_options(cell: str, needed: int) -> list[str]:
    """The options of one cell, split at the separator that gives enough, else at labels A, B, C in order.

    needed: how many options the answer's letters ask for. Letters inside the text (16A, 以上A、C均正确) never
    split: a label stands at the start, after white space or a separator, in alphabetical order."""
    for separator in ("**", "##", "$$", "|", "｜", "\n", ";", "；"):
        parts = [part.strip() for part in cell.split(separator)]
        parts = [part for part in parts if part]
        if len(parts) >= max(2, needed):
            return strip_labels(parts)
    labelled = _split_at_labels(cell)
    if len(labelled) >= 2:
        return labelled
    return [cell.strip()] if cell.strip() else []


def _split_at_labels(cell: str) -> list[str]:
    """Text between labels that come in order A, B, C …, each at a place where a label can stand."""
    if cell.startswith("①"):
        return [part.strip(" \t\n;；,，.、") for part in re.split("[①-⑳]", cell)[1:]]
    text = fold_width(cell)
    positions: list[tuple[int, int]] = []
    start = 0
    for letter in LETTERS:
        found = None
        for pattern in (
            rf"(?:^|(?<=[\s;|。]))\(?{letter}\)?\s*[.、:,)]\s*|(?:^|(?<=\s))\(?{letter}\)?\s+",
            rf"^\(?{letter}\)?(?=[^A-Za-z0-9])",
            rf"(?<![A-Za-z0-9、,])\(?{letter}\)?\s*[.:)]\s*",
        ):
            found = found or re.compile(pattern).search(text, start)
        if found is None:
            break
        positions.append((found.start(), found.end()))
        start = found.end()
    ends = [*(position[0] for position in positions[1:]), len(text)][: len(positions)]
    return [cell[begin:end].strip(" \t\n;；,，") for (_, begin), end in zip(positions, ends, strict=True)]


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


def split_escaped(text: str, sign: str) -> list[str]:
    """Parts of a text of our own template; a backslash keeps the sign after it from dividing. The parts
    are still escaped: split them further, then `unescape` them."""
    parts = [""]
    for piece in re.findall(r"\\.|[^\\]|\\$", text, re.DOTALL):
        if piece == sign:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def escape(text: str) -> str:
    """A text for our own template: signs that divide get a backslash."""
    return re.sub(r"([\\|;])", r"\\\1", text)


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
