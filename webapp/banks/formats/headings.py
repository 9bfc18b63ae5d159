"""Finds the heading row of a question table and what each column means, by the synonyms of the field."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.banks.formats.cells import Cell, column_name

SEARCHED_ROWS = 30

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "type": ("题型", "试题类型", "题目类型", "类型", "type", "question type"),
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
        "answer",
        "correct answer",
        "key",
    ),
    "explanation": ("解析", "试题解析", "答案解析", "题目解析", "整体解析", "说明", "explanation"),
    "difficulty": ("难度", "难易度", "试题难易", "难度系数", "难易程度", "difficulty"),
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
        "topic",
    ),
    "category": ("分类", "题目分类", "试题分类", "category"),
    "mark": ("分值", "分数", "得分", "mark", "score"),
    "picture": ("图片", "配图", "picture", "image"),
    "tags": ("标签", "tags"),
    "source": ("出自规范", "依据", "出处", "来源", "法规依据", "source"),
    "external_id": ("外部编号", "外部id", "external id"),
    "number": ("序号", "题号", "编号", "no", "no.", "number", "id"),
    "remark": ("备注", "等级", "级别", "是否有图片", "排序", "年级", "是否启用", "导入结果", "remark"),
}

_NOTE = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_OPTION = re.compile(r"^(?:选项|option)?\s*([A-Z])(?:选项|项)?$", re.IGNORECASE)
_OPTION_NUMBER = re.compile(r"^选项\s*(\d{1,2})$")
_BLANK_ANSWER = re.compile(r"^(?:答案|填空)\s*(\d{1,2})$")


@dataclass(frozen=True)
class Columns:
    """Where things stand. at: meaning → column index; options, blanks: column indexes in order."""

    row: int
    at: Mapping[str, int]
    options: tuple[int, ...]
    blanks: tuple[int, ...]
    titles: tuple[str, ...]

    def title(self, index: int) -> str:
        """'C 正确答案': letter and heading of a column, for problems."""
        heading = self.titles[index] if index < len(self.titles) else ""
        return f"{column_name(index)} {heading}".strip()

    def where(self, meaning: str) -> str:
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
    overrides the synonyms ('option:A' names option columns)."""
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        columns = _columns_of(index, [cell.text for cell in row], mapping or {})
        has_question = "stem" in columns.at and (
            "answer" in columns.at or columns.blanks or "type" in columns.at
        )
        if has_question:
            return columns
    return None


def _columns_of(row: int, titles: list[str], mapping: Mapping[str, str]) -> Columns:
    at: dict[str, int] = {}
    options: dict[int, int] = {}
    blanks: dict[int, int] = {}
    chosen = {heading: meaning for meaning, heading in mapping.items()}
    for index, title in enumerate(titles):
        if title in chosen:
            meaning = chosen[title]
            if meaning.startswith("option:"):
                options[ord(meaning[-1].upper()) - 64] = index
            else:
                at[meaning] = index
            continue
        if not title:
            continue
        folded = plain(title).replace(" ", "").upper()
        letter, numbered, blank = (
            _OPTION.match(folded),
            _OPTION_NUMBER.match(folded),
            _BLANK_ANSWER.match(folded),
        )
        if letter:
            options.setdefault(ord(letter.group(1).upper()) - 64, index)
        elif numbered:
            options.setdefault(int(numbered.group(1)), index)
        elif blank:
            blanks.setdefault(int(blank.group(1)), index)
        else:
            meaning = meaning_of(title)
            if meaning and meaning not in at:
                at[meaning] = index
    return Columns(
        row,
        at,
        tuple(options[key] for key in sorted(options)),
        tuple(blanks[key] for key in sorted(blanks)),
        tuple(titles),
    )
