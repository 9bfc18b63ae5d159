"""How people write types, options, answers and blanks in tables (FORMATS sections 3 to 5)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

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
    "简答题": "essay",
    "问答题": "essay",
    "论述题": "essay",
    "案例题": "passage",
    "计算题": "essay",
    "名词解释": "essay",
    "简答": "essay",
    "匹配题": "matching",
    "连线题": "matching",
    "排序题": "ordering",
    "案例分析题": "passage",
    "essay": "essay",
    "matching": "matching",
    "ordering": "ordering",
    "numeric": "numeric",
    "passage": "passage",
}
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
_LABEL = r"[（(]?\s*([A-ZＡ-Ｚa-zａ-ｚ①-⑳])\s*[)）]?\s*[.．、:：,，)）]?\s*"
_BLANK_MARKS = re.compile(
    r"_{2,}|＿{2,}|（[\s\u3000]*）|\([\s\u3000]*\)|\[[\s\u3000]*\]|【[\s\u3000]*】|\[\[\d+\]\]|\{\s*\}|\(%_+%\)"
)


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

    needed: how many options the answer's letters ask for. Letters in the text (16A, '以上A、C均正确')
    never split: a label stands at the start, after white space or a separator, in alphabetical order."""
    candidates = []
    for separator in ("**", "##", "$$", "|", "｜", "\n", ";", "；"):
        parts = [part.strip() for part in cell.split(separator)]
        parts = [part for part in parts if part]
        if len(parts) >= max(2, needed):
            candidates.append(parts)
            break
    if candidates:
        return strip_labels(candidates[0])
    labelled = _split_at_labels(cell)
    if len(labelled) >= 2:
        return labelled
    return [cell.strip()] if cell.strip() else []


def _split_at_labels(cell: str) -> list[str]:
    """Text between labels that come in order A, B, C … each at a place where a label can stand."""
    text = unicodedata.normalize("NFKC", cell)
    positions: list[tuple[int, int]] = []
    start = 0
    for letter in LETTERS:
        pattern = re.compile(
            rf"(?:^|(?<=[\s;,。、；，|]))\(?{letter}\)?\s*[.．、:,)]\s*|(?:^|(?<=\s))\(?{letter}\)?\s+|(?:^)\(?{letter}\)?(?=[^A-Za-z0-9])"
        )
        found = pattern.search(text, start)
        if found is None:
            found = re.compile(rf"(?<![A-Za-z0-9])\(?{letter}\)?\s*[.:)]\s*").search(text, start)
        if found is None:
            break
        positions.append((found.start(), found.end()))
        start = found.end()
    ends = [position[0] for position in positions[1:]] + [len(text)]
    return [text[begin:end].strip(" \t\n;；,，") for (_, begin), end in zip(positions, ends, strict=True)]


def strip_labels(options: Sequence[str]) -> list[str]:
    """Options without their leading labels, when all of them carry one in sequence."""
    bare = []
    for index, option in enumerate(options):
        text = unicodedata.normalize("NFKC", option) if option else ""
        label = re.match(_LABEL, text)
        circled = chr(ord("①") + index)
        has_label = (
            label is not None and label.group(1).upper() == LETTERS[index] and len(text) > len(label.group(0))
        )
        follows = label is not None and re.match(r"[A-Z]\s*[.:,)、]", text.lstrip("("), re.IGNORECASE)
        if option.startswith(circled):
            bare.append(option[1:].lstrip(" .、．:："))
        elif has_label and label is not None and follows:
            bare.append(text[label.end() :].strip())
        else:
            return list(options)
    return bare


def strip_number(stem: str) -> str:
    """A stem without a leading '1.', '1、', '（1）'."""
    return re.sub(r"^\s*(?:\d{1,4}\s*[.．、](?!\d)|[（(]\d{1,4}[)）]|\d{1,4}\t)\s*", "", stem)


@dataclass(frozen=True)
class Stem:
    """A stem with every blank written the same way."""

    text: str
    blanks: int


def with_blanks(stem: str) -> Stem:
    """Every blank mark becomes four underscores; counts them. Brackets with text are not blanks."""
    text, count = _BLANK_MARKS.subn(BLANK, stem)
    return Stem(text, count)


def split_blanks(answer: str, blanks: int) -> list[list[str]] | None:
    """Accepted answers per blank, or None when no reading gives the count of blanks.

    Between blanks '|' (default), '######', '###', then ';', '、', ','; between alternatives ';' '/'
    when '|' separates blanks. The count of blanks decides."""
    text = answer.strip()
    bracketed = re.findall(r"[（(]([^（）()]+)[）)]", text)
    if blanks > 1 and len(bracketed) == blanks and re.fullmatch(r"(?:\s*[（(][^（）()]+[）)]\s*)+", text):
        return [[part.strip()] for part in bracketed]
    if blanks == 1:
        return [[part.strip() for part in re.split(r"[;；|｜]", text) if part.strip()]] if text else None
    for separator in (r"\s*[|｜]\s*", r"#{3,}", r"\s*[;；]\s*", r"、", r"[,，]", r"\s+"):
        parts = [part.strip() for part in re.split(separator, text)]
        if len(parts) == blanks and all(parts):
            inner = r"[;；/]" if separator in {r"\s*[|｜]\s*", r"#{3,}"} else r"/"
            return [[item.strip() for item in re.split(inner, part) if item.strip()] for part in parts]
    return None
