"""The signs of numbered Chinese question texts: numbers, options, fields, headings (FORMATS section 6)."""

import re
from dataclasses import dataclass
from decimal import Decimal

from webapp.banks.formats.notation import fold_width
from webapp.banks.rules.schema import LETTERS, QuestionType


@dataclass(frozen=True)
class Line:
    """One line (of a text) or paragraph (of a document), stripped. row: 1-based, empty ones counted."""

    row: int
    text: str


_DOTTED = re.compile(
    r"(?:(?P<dot>\d{1,5})\s*[.、:](?!\d)|第\s*(?P<word>\d{1,4})\s*题\s*[.、:]?|(?P<paren>\d{1,4})\)"
    r"|(?P<tab>\d{1,5})\t|[\[【]\s*第?\s*(?P<square>\d{1,4})\s*题?\s*[\]】]|(?:题目?|试题|[Qq])\s*(?P<named>\d{1,4})\s*[.、:)])\s*"
)
_SPACED = re.compile(r"(\d{1,3}) +(?=[\u4e00-\u9fff“《(\[【])")
_BRACKETED = re.compile(r"\((\d{1,3})\)\s*[.、:]?\s*")
_OPTION = re.compile(r"(?:\(([A-Z])\)\s*[.、:]?|([A-Z])\s*[.、:)]|([A-Z])(?=\s))\s*")
_FIELD_NAMES = {
    "answer": r"(?:正确|参考|标准|本题|试题)?答案(?:是|为|要点|选项)?|标答|(?:参考|答题|评分|解答)要点|参考解答|答|[Aa]nswer",
    "explanation": r"(?:试题|答案|题目|本题|整体|考点|习题)?(?:解析|详解|分析)|(?:答案|题目|试题)说明|点评|解题思路|题解|解释",
    "difficulty": r"难度(?:系数|等级)?|难易(?:程?度)?",
    "mark": r"分值|分数",
    "topic": r"(?:所属)?知识点|考点|考核点|(?:所属)?章节",
    "tags": r"标签|题目标签",
    "keywords": r"关键[词字]",
    "type": r"题型|题目类型|试题类型",
    "source": r"出处|来源|依据|出自规范",
    "ignored": r"(?:我的|学生|考生|你的)(?:答案|作答)|得分|批语",
}
_NAMES = "|".join(f"(?P<{name}>{words})" for name, words in _FIELD_NAMES.items())
_NAMES_2 = _NAMES.replace("(?P<", "(?P<b_")
_FIELD = re.compile(
    rf"(?:(?:^|(?<=[\s。.?!;()】\]]))(?:{_NAMES})\s*:|[【\[]\s*(?:{_NAMES_2})\s*:?\s*[】\]]\s*:?)\s*"
)
_BARE_ANSWER = re.compile(r"(?:正确|参考|标准)?答案\s*(?=[A-Z√×✓✗]{1,8}\s*$)")
KINDS: tuple[tuple[str, QuestionType | None], ...] = (
    ("多项选择|多选|不定项", QuestionType.MULTIPLE),
    ("单项选择|单选", QuestionType.SINGLE),
    ("判断|是非题|对错题", QuestionType.TRUE_FALSE),
    ("填空|填充题", QuestionType.FILL),
    ("案例|材料分析|材料题|阅读理解|综合分析|综合题", QuestionType.PASSAGE),
    ("简答|问答|论述|名词解释|计算题|分析题|简述题|解答题|主观题", QuestionType.ESSAY),
    ("匹配|连线", QuestionType.MATCHING),
    ("排序题", QuestionType.ORDERING),
    ("选择题", None),
)
_HEADING = re.compile(
    r"(?:第\s*[一二三四五六七八九十\d]{1,3}\s*(?:部分|大题)|[一二三四五六七八九十]{1,3}\s*[、.:)]|\([一二三四五六七八九十]{1,3}\)|[Ⅰ-Ⅻ]{1,2}\s*[、.:)])\s*[、.:]?\s*"
)
_CHAPTER = re.compile(r"第\s*[一二三四五六七八九十百\d]{1,4}\s*[章节篇单元](?!部分)\s*\S")
_KIND_ALONE = re.compile(
    r"[\u4e00-\u9fff]{0,6}题|单选|多选|判断|填空|简答|论述|问答|单项选择|多项选择|名词解释"
)
_NOTE = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]|【[^【】]{0,80}】")
_CASE = re.compile(
    r"(?:[【\[]?(?:案例|材料|背景资料?)\s*[一二三四五六七八九十\d]{1,3}\s*[】\]]?[.、:]?|\([一二三四五六七八九十]{1,3}\))\s*"
)
_EACH = re.compile(r"每[小]?[题空]\s*(\d{1,3}(?:\.\d{1,2})?)\s*分")
_MARK = re.compile(
    r"[(\[【]\s*+(?:本[小]?题)?(?:共|满分|计)?\s*+(\d{1,3}(?:\.\d{1,2})?)\s*+分\s*+[)\]】]\s*+[。.]?\s*"
)
_KIND_TAG = re.compile(
    r"^\s*+(?:[(\[【]\s*+([^\s()\[\]【】,:][^()\[\]【】,:]{1,7}?)(?:\s*+[,、:]?\s*+(?:共|本题)?(\d{1,3}(?:\.\d{1,2})?)\s*+分)?\s*+[)\]】]"
    r"|((?:单选|多选|判断|填空|简答|单项选择|多项选择|不定项选择)题)\s*[:：]|((?:单选|多选|判断|填空|简答)题?)\s*\|)\s*"
)


def number_at(text: str, is_weak: bool = False) -> tuple[int, str] | None:
    """A question's number at the start of a line, and the rest of the line. is_weak: '12 题干' counts too."""
    folded = fold_width(text)
    found = _DOTTED.match(folded) or (_SPACED.match(folded) if is_weak else None)
    if found is None:
        return None
    return int(next(part for part in found.groups() if part)), text[found.end() :]


def bracketed_number_at(text: str) -> tuple[int, str] | None:
    """A number in brackets at the start of a line, and the rest of the line."""
    found = _BRACKETED.match(fold_width(text))
    return (int(found[1]), text[found.end() :]) if found else None


def option_letter(text: str) -> str:
    """The label that a line begins with, '' without one."""
    found = _OPTION.match(fold_width(text))
    return next((part for part in found.groups() if part), "") if found else ""


def options_at(text: str, first: str) -> list[str]:
    """The options of a line that begins with the label `first`: labels that follow in order divide it."""
    folded = fold_width(text)
    begin = _OPTION.match(folded)
    if begin is None or first not in begin.groups():
        return []
    is_weak = begin[3] is not None
    starts, ends, at = [0], [begin.end()], begin.end()
    for letter in LETTERS[LETTERS.index(first) + 1 :]:
        found = _label(letter, is_weak).search(folded, at)
        if found is None:
            break
        starts.append(found.start())
        ends.append(found.end())
        at = found.end()
    if len(starts) == 1 and first == "A" and len(loose := _loose(folded, begin.end())) > 1:
        starts, ends = [0, *(place[0] for place in loose)], [begin.end(), *(place[1] for place in loose)]
    stops = [*starts[1:], len(text)]
    return [text[end:stop].strip() for end, stop in zip(ends, stops, strict=True)]


def _loose(folded: str, at: int) -> list[tuple[int, int]]:
    """Where B, C, D … stand though nothing divides them from the text before: 'A、110B、119C、120'. At least C."""
    found = []
    for letter in LETTERS[1:]:
        label = re.compile(rf"(?<![A-Za-z、,(/]){letter}\s*[.、:]\s*").search(folded, at)
        if label is None:
            break
        found.append((label.start(), label.end()))
        at = label.end()
    return found


def _label(letter: str, is_weak: bool) -> re.Pattern[str]:
    if is_weak:
        return re.compile(rf"(?<=\s){letter}(?:\s*[.、:)]|(?=\s))\s*")
    return re.compile(rf"(?<=\s)\({letter}\)\s*[.、:]?\s*|(?<![A-Za-z0-9、,(/]){letter}\s*[.、:)]\s*")


def inline_options(text: str) -> int:
    """Where options begin that follow the stem on its line; -1 without any. At least A and B must come."""
    folded = fold_width(text)
    found = re.search(r"(?:(?<=[\s)?。])|(?<=_))(?:A\s*[.、:)]|\(A\))", folded)
    if found is None or len(options_at(text[found.start() :], "A")) < 2:
        return -1
    return found.start()


def fields_of(text: str) -> list[tuple[str, str]]:
    """A line cut at its fields: [('', '1. 题干'), ('answer', 'A'), ('explanation', '…')]."""
    folded = fold_width(text)
    bare = _BARE_ANSWER.match(folded)
    if bare:
        return [("answer", text[bare.end() :])]
    found = list(_FIELD.finditer(folded))
    parts = [("", text[: found[0].start()] if found else text)]
    for index, mark in enumerate(found):
        name = next(name for name, value in mark.groupdict().items() if value).removeprefix("b_")
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        parts.append((name, text[mark.end() : end].strip()))
    return [part for part in parts if part[0] or part[1].strip()]


@dataclass(frozen=True)
class Heading:
    """kind: the type it names, None for none; is_choice: it only says 'choice'. each: mark of each question."""

    title: str
    kind: QuestionType | None
    is_choice: bool = False
    each: Decimal | None = None


def kind_named(text: str) -> tuple[QuestionType | None, bool]:
    """The type that words name; (None, True) for 'choice' without saying which."""
    for words, kind in KINDS:
        if re.search(words, text):
            return kind, kind is None
    return None, False


def heading_at(text: str) -> Heading | None:
    """A line that heads a section: '一、单选题（每题1分，共60分）', '判断题', '第二部分 多选题'."""
    if len(text) > 120:
        return None
    folded = fold_width(text)
    found = _HEADING.match(folded)
    rest = folded[found.end() :] if found else folded.strip("【】[]#*").strip()
    bare = _NOTE.sub("", rest).strip(" :.。")
    kind, is_choice = kind_named(bare)
    each = _EACH.search(folded)
    mark = Decimal(each[1]) if each and Decimal(each[1]) > 0 else None
    is_named = kind is not None or is_choice
    words = re.sub(r"^\d{1,3}\s*[.、]\s*", "", bare)
    is_short = _KIND_ALONE.fullmatch(words) is not None
    if is_named and (is_short or (found and (each or (len(words) <= 12 and words.endswith("题"))))):
        return Heading(text, kind, is_choice, mark)
    return None


def is_chapter(text: str) -> bool:
    """'第一章 总则': a topic for what follows."""
    return len(text) <= 40 and _CHAPTER.match(fold_width(text)) is not None


def chapter_path(above: str, title: str) -> str:
    """The topic under a new title: a section (节) stands below its chapter."""
    chapter = above.split("/", maxsplit=1)[0]
    is_below = re.match(r"第\s*[一二三四五六七八九十百\d]{1,4}\s*节", title) and re.match(
        r"第\s*\S{1,4}?\s*[章篇单]", chapter
    )
    return f"{chapter}/{title}" if is_below else title


def case_at(text: str) -> str | None:
    """The rest of a line that begins a case: '案例一：…', '（二）…'; None for other lines."""
    found = _CASE.match(fold_width(text))
    return text[found.end() :] if found else None


def each_mark(text: str) -> Decimal | None:
    """'每题2分' somewhere in a line."""
    found = _EACH.search(fold_width(text))
    return Decimal(found[1]) if found and Decimal(found[1]) > 0 else None


def take_mark(stem: str) -> tuple[str, Decimal | None]:
    """A stem without '（2分）', and these marks."""
    folded = fold_width(stem)
    found = _MARK.search(folded)
    if found is None or Decimal(found[1]) <= 0:
        return stem, None
    return (stem[: found.start()] + stem[found.end() :]).strip(), Decimal(found[1])


def tag_mark(stem: str) -> Decimal | None:
    """The mark that stands beside the type: '(填空题, 5.0分)'."""
    found = _KIND_TAG.match(fold_width(stem))
    return Decimal(found[2]) if found and found[2] and Decimal(found[2]) > 0 else None


def take_kind(stem: str) -> tuple[str, QuestionType | None, bool]:
    """A stem without '【单选题】' at its start, and the type it names."""
    found = _KIND_TAG.match(fold_width(stem))
    if found is None:
        return stem, None, False
    kind, is_choice = kind_named(found[1] or found[3] or found[4])
    return (stem[found.end() :], kind, is_choice) if kind or is_choice else (stem, None, False)
