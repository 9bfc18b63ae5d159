"""Finds the heading row of a question table and what each column means, by the synonyms of the field."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from webapp.banks.formats.cells import Cell, column_name
from webapp.banks.formats.notation import type_of
from webapp.banks.rules.schema import QuestionType

SEARCHED_ROWS = 30

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "type": (
        "题型",
        "试题类型",
        "题目类型",
        "类型",
        "题型名称",
        "试题类别",
        "题目类别",
        "试题题型",
        "题目题型",
        "type",
        "question type",
    ),
    "stem": (
        "题干",
        "题目",
        "试题",
        "问题",
        "题目内容",
        "题目描述",
        "试题内容",
        "试题题干",
        "题目题干",
        "题干内容",
        "题面",
        "试题名称",
        "题目名称",
        "问题内容",
        "问题描述",
        "试题描述",
        "stem",
        "question",
        "question text",
    ),
    "options": ("选项", "题目选项", "备选项", "备选答案", "选项内容", "options", "choices"),
    "answer": (
        "答案",
        "正确答案",
        "标准答案",
        "标答",
        "参考答案",
        "正确选项",
        "题目答案",
        "试题答案",
        "答案选项",
        "参考答案/正确答案",
        "正确答案/参考答案",
        "answer",
        "correct answer",
        "key",
    ),
    "explanation": ("解析", "试题解析", "答案解析", "题目解析", "整体解析", "说明", "explanation"),
    "difficulty": (
        "难度",
        "难易度",
        "试题难易",
        "难度系数",
        "难易程度",
        "难易系数",
        "难度等级",
        "难度级别",
        "difficulty",
    ),
    "topic": (
        "知识点",
        "知识类别",
        "能力要素",
        "评价内容",
        "章节",
        "单元",
        "作业种类",
        "工种",
        "学科",
        "所属知识点",
        "知识点名称",
        "考点",
        "所属章节",
        "章节名称",
        "科目",
        "专业",
        "模块",
        "topic",
    ),
    "category": ("分类", "题目分类", "试题分类", "所属分类", "分类名称", "一级分类", "category"),
    "mark": ("分值", "分数", "得分", "本题分值", "题目分值", "试题分值", "mark", "score"),
    "picture_alt": ("图片说明", "picture text"),
    "fill_rules": ("填空规则", "fill rules"),
    "keywords": ("关键词", "关键字", "得分点", "采分点", "评分要点", "keywords"),
    "passage": ("材料编号", "材料号", "所属材料", "passage"),
    "right": (
        "是否正确",
        "是否正确答案",
        "是否为正确答案",
        "是否答案",
        "是否为答案",
        "is correct",
        "is right",
    ),
    "option_label": ("选项标号", "选项号", "选项字母", "选项序号"),
    "blank_number": ("第几空", "空号", "空序号"),
    "enabled": ("是否启用", "启用", "enabled"),
    "tolerance": ("误差", "允许误差", "误差范围", "容差", "tolerance"),
    "tags": ("标签", "tags"),
    "source": ("出自规范", "依据", "出处", "来源", "法规依据", "source"),
    "external_id": ("外部编号", "外部id", "试题编号", "题目编号", "试题id", "题目id", "external id"),
    "number": ("序号", "题号", "编号", "no", "no.", "number", "id"),
    "remark": ("备注", "等级", "级别", "是否有图片", "排序", "年级", "导入结果", "remark"),
}

_NOTE = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_OPTION = re.compile(
    r"^(?:选项|备选项?|备选答案|待选项?|答案|option|choice)?\s*([A-Z])(?:选项|项|[.、])?$", re.IGNORECASE
)
_OPTION_NUMBER = re.compile(r"^(?:选项|备选项?|备选答案)?\s*(\d{1,2}|[一二三四五六七八九十])$")
_CHINESE_NUMBERS = "一二三四五六七八九十"
_PICTURE = re.compile(r"^(?:图片|图片名称|配图|picture|image)\s*\d{0,2}$", re.IGNORECASE)
_BLANK_ANSWER = re.compile(r"^(?:答案|填空|正确答案|空|第(?=\d{1,2}空))\s*(\d{1,2})(?:空|空答案)?$")
_SHARE = re.compile(r"^答案(\d{1,2})(?:分值|得分|分数|比例)$")
_OPTION_TEXT = ("选项内容", "选项文本", "选项描述", "选项文字")


@dataclass(frozen=True)
class Columns:
    """Where things stand. at: meaning → column index; options, blanks, pictures: column indexes in order;
    assumed: meanings that no heading named and the content of the column suggested; unread: titles that
    nobody reads; shares: columns that say how much of the mark each option brings."""

    row: int
    at: Mapping[str, int]
    options: tuple[int, ...]
    blanks: tuple[int, ...]
    titles: tuple[str, ...]
    pictures: tuple[int, ...] = ()
    assumed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    shares: tuple[int, ...] = ()

    def type_of(self, name: str) -> QuestionType | None:
        """The type that the heading's own legend gives a number: 题型（0单选，1判断，2多选）."""
        if not name.isdigit() or "type" not in self.at:
            return None
        legend = unicodedata.normalize("NFKC", self.titles[self.at["type"]])
        for number, words in re.findall(r"(\d{1,2})\s*[:=、.-]?\s*([^\d\s,;/:=、]+)", legend):
            if number == name:
                return type_of(words.strip("()（）"))
        return None

    @property
    def is_own_template(self) -> bool:
        """Whether the table is ours: then texts are taken to the letter, and \\ escapes."""
        return "fill_rules" in self.at

    def title(self, index: int) -> str:
        """'C 正确答案': letter and heading of a column, for problems."""
        heading = self.titles[index] if index < len(self.titles) else ""
        return f"{column_name(index)} {heading}".strip()

    def where(self, meaning: str) -> str:
        """The title of the column of a meaning; '' when there is none. 'option:2' counts from 0."""
        kind, _, position = meaning.partition(":")
        if kind == "option" and int(position) < len(self.options):
            return self.title(self.options[int(position)])
        if meaning == "options" and self.options:
            return self.title(self.options[0])
        if meaning == "answer" and "answer" not in self.at and self.blanks:
            return self.title(self.blanks[0])
        return self.title(self.at[meaning]) if meaning in self.at else ""


def plain(text: str) -> str:
    """A heading without stars, spaces and notes in brackets, width folded."""
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s*:：]", " ", _NOTE.sub("", folded)).strip().casefold()


def meaning_of(heading: str) -> str:
    """What a heading means, or ''."""
    wanted = plain(heading).replace(" ", "")
    for meaning, names in SYNONYMS.items():
        if wanted in {name.replace(" ", "") for name in names}:
            return meaning
    return ""


def find_columns(rows: Sequence[Sequence[Cell]], mapping: Mapping[str, str] | None = None) -> Columns | None:
    """The heading row within the first 30, or None. mapping: meaning → heading text, from the person,
    overrides the synonyms ('option:A' names option columns).

    Where options stand under A, B, C … without known headings for stem and answer, the content tells:
    the answer is the column of letters, the stem the one with the longest texts."""
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        columns = columns_of(index, [cell.text for cell in row], mapping or {})
        tells = columns.blanks or columns.shares or {"answer", "type", "right"} & set(columns.at)
        if "stem" in columns.at and tells:
            return columns
        if len(columns.options) >= 2 and "blanks" not in columns.at:
            guessed = guess(columns, rows[index + 1 : index + 101])
            if guessed is not None:
                return guessed
    return None


def find_extra(rows: Sequence[Sequence[Cell]]) -> Columns | None:
    """The heading row of a table of further accepted answers: a number, which blank, answers in columns."""
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        columns = columns_of(index, [cell.text for cell in row], {})
        if {"number", "blank_number"} <= set(columns.at) and columns.blanks and "stem" not in columns.at:
            return columns
    return None


class _Found:
    """What the titles of a row say, gathered one by one."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}
        self.letters: dict[int, int] = {}
        self.numbers: dict[int, int] = {}
        self.blanks: dict[int, int] = {}
        self.shares: dict[int, int] = {}
        self.pictures: list[int] = []
        self.unread: list[str] = []

    def told(self, meaning: str, index: int) -> None:
        """A column whose meaning the person said."""
        if meaning.startswith("option:"):
            self.letters[ord(meaning[-1].upper()) - 64] = index
        elif meaning == "picture":
            self.pictures.append(index)
        else:
            self.at.setdefault(meaning, index)

    def titled(self, title: str, index: int) -> None:
        """A column by its title."""
        folded = plain(title).replace(" ", "").upper()
        meaning = meaning_of(title)
        if meaning != "options" and (found := _OPTION.match(folded)):
            self.letters.setdefault(ord(found[1].upper()) - 64, index)
        elif found := _OPTION_NUMBER.match(folded):
            number = found[1]
            place = _CHINESE_NUMBERS.find(number) + 1 or int(number)
            self.numbers.setdefault(place, index)
        elif found := _SHARE.match(folded):
            self.shares.setdefault(int(found[1]), index)
        elif found := _BLANK_ANSWER.match(folded):
            self.blanks.setdefault(int(found[1]), index)
        elif _PICTURE.match(folded):
            self.pictures.append(index)
        elif meaning and meaning not in self.at:
            self.at[meaning] = index
        elif meaning == "options" and folded in _OPTION_TEXT:
            # 选项 | 选项内容: the first of the two holds the letters.
            self.at["option_label"], self.at["options"] = self.at["options"], index
        else:
            self.unread.append(title)


def columns_of(row: int, titles: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """What the titles of a row mean. mapping: meaning → title, from the person."""
    found = _Found()
    for index, title in enumerate(titles):
        meanings = [meaning for meaning, heading in mapping.items() if heading == title and title]
        for meaning in meanings:
            found.told(meaning, index)
        if title and not meanings:
            found.titled(title, index)
    remark = found.at.get("remark")
    if "explanation" not in found.at and remark is not None and plain(titles[remark]) == "备注":
        found.at["explanation"] = found.at.pop("remark")
    letters, numbers, blanks = found.letters, found.numbers, found.blanks
    options = _run(letters) or _run(numbers)
    if not _run(letters) and numbers and "answer" not in found.at and not blanks:
        options, blanks = (), numbers
    if found.shares and not options:
        options = _run(blanks)
    inside = {*options, *blanks.values()}
    unread = [titles[index] for index in (*letters.values(), *numbers.values()) if index not in inside]
    return Columns(
        row, found.at, options, _run(blanks), tuple(titles), tuple(found.pictures),
        unread=(*found.unread, *unread), shares=_run(found.shares),
    )  # fmt: skip


def _run(found: Mapping[int, int]) -> tuple[int, ...]:
    """The columns numbered 1, 2, 3 … (or from 0) without a gap: an 'I' far from A to D is no option."""
    columns: list[int] = []
    first = 0 if 0 in found else 1
    while len(columns) + first in found:
        columns.append(found[len(columns) + first])
    return tuple(columns)


def guess(columns: Columns, below: Sequence[Sequence[Cell]]) -> Columns | None:
    """The columns with stem and answer told by what stands below, or None."""
    at = dict(columns.at)
    taken = {*at.values(), *columns.options, *columns.pictures}
    texts = {
        index: [row[index].text for row in below if index < len(row) and row[index].text]
        for index in range(len(columns.titles))
        if index not in taken
    }
    full = {index: values for index, values in texts.items() if len(values) >= 0.9 * len(below) > 0}
    assumed = []
    if "answer" not in at:
        known = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(columns.options)]
        answers = [
            index
            for index, values in full.items()
            if all(set(value.upper()) <= set(known) and len(value) <= len(known) for value in values)
        ]
        if len(answers) != 1:
            return None
        at["answer"] = answers[0]
        full.pop(answers[0])
        assumed.append("answer")
    if "stem" not in at:
        if not full:
            return None
        at["stem"] = max(full, key=lambda index: sum(map(len, full[index])) / len(full[index]))
        assumed.append("stem")
    unread = tuple(
        title for title in columns.unread if title not in {columns.titles[at[name]] for name in assumed}
    )
    return replace(columns, at=at, assumed=tuple(assumed), unread=unread)
