"""How people write types, options, answers and blanks in tables (FORMATS sections 3 to 5)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from webapp.banks.formats.ranges import ranges_of
from webapp.banks.formats.type_names import TYPE_NAMES
from webapp.banks.rules.schema import BLANK, LETTERS, Difficulty, QuestionType

COMPUTED = frozenset({"计算题", "计算", "calculation"})
"""Numeric when the answer is a number, else a text that a person marks."""
CASES = frozenset({"案例题", "案例分析题", "案例分析"})
"""A passage where rows share the number of a passage, else a text that a person marks."""
TRUE_WORDS = {
    "正确",
    "正確",
    "对",
    "對",
    "真",
    "√",
    "✓",
    "✔",
    "☑",
    "✅",
    "ˇ",
    "∨",
    "v",
    "勾",
    "是",
    "t",
    "true",
    "right",
    "y",
    "yes",
    "1",
    "1.0",
    "同意",
}
FALSE_WORDS = {
    "錯誤",
    "錯",
    "假",
    "✕",
    "✖",
    "❌",
    "☒",
    "╳",
    "乄",
    "х",
    "叉",
    "不是",
    "wrong",
    "0.0",
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

_SEPARATORS = re.compile(r"[\s,，、;；|/#．.。+&\\]+")
_AROUND = " \t\n()（）[]【】。.!！;；"
"""Signs around a verdict that say nothing."""
_NAMED_ANSWER = re.compile(
    r"(?:正确|参考|标准)?答案(?:是|为)?\s*[:：]?\s*|本题(?:应?选|答案)?\s*[:：]?\s*|应?选择?\s*(?=[a-zA-Z])"
)
_LABELLED_VERDICT = re.compile(r"([ab])\s*[.、:)]?\s*(\S+)$")
_TWO_VERDICTS = re.compile(r"([对错√×]|正确|错误)\s*[(]?([对错√×]|正确|错误)[)]?")
_LOOKALIKES = str.maketrans("АВСЕаеАΒΕ", "ABCEaeABE")
"""Cyrillic and Greek letters that look like A, B, C, E."""
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


MAX_NAME = 80


def _name(text: str) -> str:
    return re.sub(
        r"^\d{1,2}\s*[-.、:_]|[\s_:.、]|-(?!\d)|\([^()]*\)|\[[^\[\]]*\]|类$|试题$", "", fold(text[:MAX_NAME])
    )


_TYPES = {_name(name): kind for kind, names in TYPE_NAMES.items() for name in names}


def type_of(name: str, answer: str = "") -> QuestionType | None:
    """The type a name means, or None. answer: tells a calculation with a number from one with a text."""
    wanted = _name(name)
    if wanted in COMPUTED:
        return QuestionType.NUMERIC if ranges_of(answer) else QuestionType.ESSAY
    return _TYPES.get(wanted)


_ANY_CHOICE = frozenset({"multiplechoice", "mcq", "mc", "choice"})


CODES = {"qa": QuestionType.ESSAY, "short": QuestionType.ESSAY, "text": QuestionType.ESSAY}
"""Names that programs give types and files have too: read only where a type is named."""


def is_any_choice(name: str) -> bool:
    """Whether a name only says that there are choices: English banks call single choice 'multiple choice'."""
    return _name(name) in _ANY_CHOICE


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
    wanted = fold(text).replace("\ufe0f", "").strip(_AROUND)
    if wanted in {"a", "b"}:
        if len(options) >= 2:
            return truth_of(options[ord(wanted) - 97])
        return wanted == "a"
    found = _verdict(wanted)
    if found is None and (named := _NAMED_ANSWER.match(wanted)):
        return truth_of(wanted[named.end() :], options) if named.end() < len(wanted) else None
    if found is None and (labelled := _LABELLED_VERDICT.match(wanted)):
        found = _verdict(labelled[2])
        told = truth_of(labelled[1], options) if len(options) >= 2 else found
        return found if told == found else None  # "A. 错误" under A. 正确 means neither.
    return found


def _verdict(word: str) -> bool | None:
    """The truth of one word: 对, 对的, '对 √'."""
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    bare = word.removesuffix("的")
    if bare in TRUE_WORDS or bare in FALSE_WORDS:
        return bare in TRUE_WORDS
    pair = _TWO_VERDICTS.fullmatch(word)
    return _verdict(pair[1]) if pair and _verdict(pair[1]) == _verdict(pair[2]) else None


def letters_of(text: str, options: Sequence[str], base: int = 1) -> str | None:
    """Sorted distinct letters an answer names, or None when it cannot be read.

    Takes 'ABD', 'A,B、D', 'A##B', '(A)', '选项A', full-width letters, numbers from 1 and the exact
    text of one option. Letters beyond the options are kept, for the caller to report."""
    folded = unicodedata.normalize("NFKC", text).strip()
    for option in options:
        said = folded.rstrip("。;； ") or folded
        if option and fold(option) in {fold(folded), fold(said)} and not re.fullmatch(r"[A-Za-z]{1,2}", said):
            return LETTERS[list(options).index(option)]
    folded = _NAMED_ANSWER.sub("", folded, count=1) if _NAMED_ANSWER.match(folded) else folded
    bare = re.sub(r"选项|答案|[()\[\]【】（）<>《》“”\"']", "", folded)
    bare = re.sub(r"(?<=[A-Za-z])\s*(?:和|与|及|以及)\s*(?=[A-Za-z])", "", bare)
    bare = (
        re.sub(r"(?<=[A-Za-z])-(?=[A-Za-z])", "", bare) if bare.count("-") > 1 else bare
    )  # A-D may be a range.
    bare = _SEPARATORS.sub("", bare).translate(_LOOKALIKES).upper()
    is_word = len(bare) > 2 and folded.islower() and folded.isalpha() and list(bare) != sorted(bare)
    if bare and all("A" <= sign <= "Z" for sign in bare) and not is_word:
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
    noted = re.fullmatch(r"([A-Za-z][A-Za-z,、\s]{0,50})\(([^()]+)\)", answer)
    if noted:  # 'B（119）': the words say again what the letter says, and no other option.
        letters = letters_of(noted[1], ())
        if fold(noted[2]) in by_text or not re.search("[A-Za-z]", noted[2]):
            return letters if by_text.get(fold(noted[2]), letters) == letters else None
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


_NUMBER = re.compile(
    r"^\s*(?:(\d{1,4})\s*[.．、](?!\d)|[（(](\d{1,4})[)）]|(\d{1,4})\t|第\s*(\d{1,4})\s*题\s*[.．、:：]?)\s*"
)


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


_LOOSE_BLANKS = re.compile(r"(?:_[ \u3000]){2,}_?|…{2,}|\.{6,}|—{3,}|(?<=\S)[ \u3000]{3,}(?=\S)")


def with_loose_blanks(stem: str) -> Stem:
    """`with_blanks`, and where there is none the gaps that people leave instead: spaces, dots, '_ _ _'."""
    found = with_blanks(stem)
    return found if found.blanks else Stem(*_LOOSE_BLANKS.subn(BLANK, stem))


def with_blanks(stem: str) -> Stem:
    """Every blank mark becomes four underscores; counts them. Brackets with text are not blanks."""
    text, count = _BLANK_MARKS.subn(BLANK, stem)
    return Stem(text, count)


_HELD = (
    re.compile(r"\{([^{}\n]{1,60})\}"),
    re.compile(r"(?<!_)_{2,}\s*+([^_\s][^_\n]{0,40}?)\s*+_{2,}"),
    re.compile(r"【\s*+([^\s【】][^【】\n]{0,39}?)\s*+】"),
    re.compile(r"[(（]\s*+([^\s()（）][^()（）\n]{0,39}?)\s*+[)）]"),
)


def answers_in_stem(stem: str) -> tuple[str, list[str]] | None:
    """A fill-in whose answers stand in their places, {119} or （119）, with blanks instead, and the answers.
    None when it has blanks already, or nothing in braces or brackets."""
    if with_blanks(stem).blanks:
        return None
    for pattern in _HELD:
        words = [found[1].strip() for found in pattern.finditer(stem)]
        if words:
            return pattern.sub(BLANK, stem), words
    return None


_CIRCLED = re.compile("[①-⑳]")


def numbered_pieces(answer: str) -> list[list[str]]:
    """Readings of '第一空：甲 第二空：乙', '①甲②乙', '(1)甲(2)乙', '1.甲 2.乙' and of one answer a line."""
    signs = " \t\n;；,，、。"
    readings: list[Sequence[str]] = [
        re.split(r"第[一二三四五六七八九十\d]{1,2}空\s*[:：]", answer)[1:],
        _CIRCLED.split(answer)[1:],
        re.split(r"[(（]\d{1,2}[)）]", answer)[1:],
        re.split(r"(?:^|(?<=[\s;；,，]))\d{1,2}[.、．](?!\d)", answer)[1:],
        answer.split("\n") if "\n" in answer else [],
    ]
    return [[piece.strip(signs) for piece in pieces] for pieces in readings if pieces]


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
    declared, inner = either_width(between), either_width(alternatives)
    if blanks == 1:
        return [[part.strip() for part in re.split(f"{declared}|{inner}", text) if part.strip()]]
    if re.match(r"[(（①]|1\s*[.．、]|第[一1]空", text):
        for pieces in numbered_pieces(text):
            if len(pieces) == blanks and all(pieces):
                return [
                    [item.strip() for item in re.split(f"{inner}|/", piece) if item.strip()]
                    for piece in pieces
                ]
    for separator in (declared, r"#{3,}", r"[;；]", r"、", r"[,，]", r"\s+"):
        parts = [part.strip() for part in re.split(separator, text)]
        if len(parts) == blanks and all(parts):
            within = f"{inner}|/" if separator in {declared, r"#{3,}"} else "/"
            return [[item.strip() for item in re.split(within, part) if item.strip()] for part in parts]
    return None


def either_width(sign: str) -> str:
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

_VERDICT_SIGNS = r"[（(]\s*([√×✓✗✔✘对错]|正确|错误)\s*[)）]"
_BRACKETED = re.compile(rf"{_VERDICT_SIGNS}(?=\s*[。.]?\s*$)|^\s*{_VERDICT_SIGNS}")
_LETTERS_IN_STEM = re.compile(
    r"[（(](\s*)([A-Za-zＡ-Ｚａ-ｚ](?:[\s,，、]*[A-Za-zＡ-Ｚａ-ｚ]){0,25})(\s*)[)）](\s*[。.?？]?\s*$)?"
)


def answer_in_stem(stem: str) -> tuple[str, str]:
    """A stem whose last (or first) bracket holds the answer, apart: ('…。', '√'); (stem, '') without one."""
    found = _BRACKETED.search(stem)
    return (stem[: found.start()] + stem[found.end() :], found[1] or found[2]) if found else (stem, "")


def letters_in_stem(stem: str, options: Sequence[str], letters: str = "") -> tuple[str, str]:
    """A stem whose bracket holds letters of the options, apart: ('……（ ）。', 'B'); (stem, '') without one or
    with several. letters: the answer that is known already: then the bracket must name the same letters, and
    stand where an answer stands (at the end, or with spaces in it): 维生素（C） stays."""
    found = []
    for match in _LETTERS_IN_STEM.finditer(stem):
        named = letters_of(match[2], ()) or ""
        if not named or ord(named[-1]) - 65 >= len(options):
            continue
        if not letters or (named == letters and (match[1] or match[3] or match[4] is not None)):
            found.append((match, named))
    if len(found) != 1:
        return stem, ""
    match, named = found[0]
    return f"{stem[: match.start()]}（ ）{stem[match.end() - len(match[4] or '') :]}", named


def without_empty_bracket(stem: str) -> str:
    """A true/false stem without the bracket where people write their sign."""
    return re.sub(r"[（(][\s\u3000]*[)）]", "", stem).strip()


def tags_of(text: str) -> list[str]:
    """Tags of a cell, each once."""
    parts = (part.strip() for part in re.split(r"[,，、;；|｜\n]", text))
    return list(dict.fromkeys(part for part in parts if part))
