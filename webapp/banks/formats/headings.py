"""Finds the heading row of a question table and what each column means, by the synonyms of the field."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from webapp.banks.formats.cells import Cell, column_name
from webapp.banks.formats.heading_words import SYNONYMS
from webapp.banks.formats.notation import type_of
from webapp.banks.rules.schema import QuestionType

SEARCHED_ROWS = 30
MAX_HEADING = 200
"""What is longer is no heading; only so much of a cell is looked at."""

_NOTE = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_OPTION = re.compile(
    r"^(?:题目|试题|答案)?(?:选项|备选项?|备选答案|待选项?|答案|option|choice)?\s*([A-Z])(?:选项内容|选项|内容|项|[.、])?$",
    re.IGNORECASE,
)
_BRACKETED_OPTION = re.compile(r"^(?:备?选项|备选答案|答案)[(\[【]([A-Za-z])[)\]】]$")
_OPTION_NUMBER = re.compile(
    r"^(?:选项|备选项?|备选答案|OPTION|CHOICE|ANSWER)?\s*(\d{1,2}|[一二三四五六七八九十])$"
)
_CHINESE_NUMBERS = "一二三四五六七八九十"
_PICTURE = re.compile(
    r"^(?:(?:题干|题目|试题)?图片|图片(?:名称|地址|文件|文件名)|配图|附图|题图|picture|image)\s*\d{0,2}$",
    re.IGNORECASE,
)
_BLANK_ANSWER = re.compile(r"^(?:答案|填空|正确答案|空|第(?=\d{1,2}空))\s*(\d{1,2})(?:空|空答案)?$")
_WRONG = re.compile(
    r"^(?:干扰项|干扰选项|错误答案|错误选项|错误项|INCORRECTANSWER|WRONGANSWER|DISTRACTOR)(\d{1,2}|[A-Z])?$"
)
_SHARE = re.compile(r"^答案(\d{1,2})(?:分值|得分|分数|比例)$")
_OPTION_TEXT = ("选项内容", "选项文本", "选项描述", "选项文字")


_STEM_HEADINGS = frozenset(SYNONYMS["stem"])


@dataclass(frozen=True)
class Columns:
    """Where things stand. at: meaning → column index; options, blanks, pictures: column indexes in order;
    assumed: meanings that no heading named and the content of the column suggested; unread: titles that
    nobody reads; shares: columns that say how much of the mark each option brings; wrongs: columns of wrong
    answers, beside one that holds the text of the right one."""

    row: int
    at: Mapping[str, int]
    options: tuple[int, ...]
    blanks: tuple[int, ...]
    titles: tuple[str, ...]
    pictures: tuple[int, ...] = ()
    assumed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    shares: tuple[int, ...] = ()
    wrongs: tuple[int, ...] = ()
    must_type: ClassVar[bool] = True

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


UNSEEN = frozenset({"remark", "blank_number"})
"""Headings that are known and bring nothing to a question by themselves."""


def meanings_of(columns: Columns | None) -> dict[int, str]:
    """What each column was taken for, by its index."""
    if columns is None:
        return {}
    found = {index: meaning for meaning, index in columns.at.items() if meaning not in UNSEEN}
    found |= {index: f"option:{chr(65 + at)}" for at, index in enumerate(columns.options[:26])}
    found |= {index: f"blank:{at}" for at, index in enumerate(columns.blanks, start=1) if index not in found}
    found |= {index: f"share:{at}" for at, index in enumerate(columns.shares, start=1)}
    return found | dict.fromkeys(columns.pictures, "picture")


def plain(text: str) -> str:
    """A heading without stars, spaces and notes in brackets, width folded."""
    folded = unicodedata.normalize("NFKC", text[:MAX_HEADING])
    if folded.isascii():
        folded = re.sub(r"\s-\s.*$", "", folded)  # 'Answer 1 - max 75 characters'
    return re.sub(r"[\s*:：]", " ", _NOTE.sub("", folded)).strip().casefold()


def meaning_of(heading: str) -> str:
    """What a heading means, or ''."""
    wanted = plain(heading).replace(" ", "")
    for meaning, names in SYNONYMS.items():
        if wanted in {name.replace(" ", "") for name in names}:
            return meaning
    return ""


def find_columns(
    rows: Sequence[Sequence[Cell]],
    mapping: Mapping[str, str] | None = None,
    is_typed: bool = False,
    ignored: Sequence[str] = (),
) -> Columns | None:
    """The heading row within the first 30, or None. mapping: meaning → heading text, from the person,
    overrides the synonyms ('option:A' names option columns). ignored: headings that mean nothing.

    Where options stand under A, B, C … without known headings for stem and answer, the content tells:
    the answer is the column of letters, the stem the one with the longest texts. is_typed: the title of the sheet
    names a type, so that the answers may stand in the brackets of the stems alone."""
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        titled = columns_of(index, [cell.text for cell in row], mapping or {}, ignored)
        columns = _spread(titled, rows, mapping or {})
        tells = columns.blanks or columns.shares or {"answer", "type", "right"} & set(columns.at)
        if "stem" in columns.at and (tells or (is_typed and len(rows) > index + 1)):
            return columns
        if len(columns.options) >= 2 and "blanks" not in columns.at:
            guessed = guess(columns, rows[index + 1 : index + 101])
            if guessed is not None:
                return guessed
            if "stem" in columns.at:
                return columns  # The answers may stand in the stems; a row without any is named.
    return None


def heads_again(texts: Sequence[str], titles: Sequence[str]) -> bool:
    """Whether a row below the headings heads a table of other columns."""
    if not any(text in _STEM_HEADINGS for text in texts) or list(texts) == list(titles):
        return False
    found = columns_of(0, texts, {})
    filled = sum(bool(text) for text in texts)
    return (
        filled >= 2 and "stem" in found.at and bool("answer" in found.at or found.blanks) and not found.unread
    )


def _spread(columns: Columns, rows: Sequence[Sequence[Cell]], mapping: Mapping[str, str]) -> Columns:
    """Columns whose one heading 选项 stands over several columns: with letters in the row below, or none."""
    first = columns.at.get("options")
    if first is None or columns.options:
        return columns
    below = rows[columns.row + 1 :]
    titles = columns.titles
    second = [cell.text for cell in below[0]] if below else []
    second += [""] * (len(titles) - len(second))
    is_second = sum(bool(_OPTION.match(plain(text))) for text in second[first:]) >= 2 and all(
        not text or (at < len(titles) and text == titles[at]) or _OPTION.match(plain(text))
        for at, text in enumerate(second)
    )
    if is_second:
        both = [text or (titles[at] if at < len(titles) else "") for at, text in enumerate(second)]
        return columns_of(columns.row + 1, both, mapping)
    last = first + 1
    while last < len(titles) and (not titles[last] or titles[last] == titles[first]):
        last += 1
    if last == len(titles):
        widths = (max((at for at, cell in enumerate(row) if cell.text), default=0) for row in below[:100])
        last = min(max([last, *(width + 1 for width in widths)]), first + 27)
    used = [at for at in range(first, last) if any(at < len(row) and row[at].text for row in below[:100])]
    if len(used) < 2 or used != list(range(first, used[-1] + 1)):
        return columns
    at = {meaning: place for meaning, place in columns.at.items() if meaning != "options"}
    unread = tuple(title for title in columns.unread if title != titles[first])
    return replace(columns, at=at, options=tuple(used), unread=unread)


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
        self.wrongs: list[int] = []
        self.unread: list[str] = []

    def told(self, meaning: str, index: int) -> None:
        """A column whose meaning the person said."""
        kind, _, which = meaning.partition(":")
        if kind == "option":
            self.letters[ord(which.upper()) - 64] = index
        elif kind in {"blank", "share"}:
            (self.blanks if kind == "blank" else self.shares)[int(which)] = index
        elif meaning == "picture":
            self.pictures.append(index)
        else:
            self.at.setdefault(meaning, index)

    def titled(self, title: str, index: int) -> None:
        """A column by its title."""
        bracketed = _BRACKETED_OPTION.match(
            unicodedata.normalize("NFKC", title[:MAX_HEADING]).replace(" ", "")
        )
        folded = bracketed[1].upper() if bracketed else plain(title).replace(" ", "").upper()
        meaning = "" if bracketed else meaning_of(title)
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
        elif _WRONG.match(folded):
            self.wrongs.append(index)
        elif _PICTURE.match(folded):
            self.pictures.append(index)
        elif meaning and meaning not in self.at:
            self.at[meaning] = index
        elif meaning == "options" and folded in _OPTION_TEXT:
            # 选项 | 选项内容: the first of the two holds the letters.
            self.at["option_label"], self.at["options"] = self.at["options"], index
        else:
            self.unread.append(title)


def columns_of(
    row: int, titles: Sequence[str], mapping: Mapping[str, str], ignored: Sequence[str] = ()
) -> Columns:
    """What the titles of a row mean. mapping: meaning → title, from the person, whose word goes before what other
    titles suggest; ignored: titles that mean nothing."""
    found = _Found()
    said = {heading for heading in mapping.values() if heading}
    for index, title in enumerate(titles):
        for meaning in [meaning for meaning, heading in mapping.items() if heading == title and title]:
            found.told(meaning, index)
    for index, title in enumerate(titles):
        if title in ignored:
            found.unread.append(title)
        elif title and title not in said:
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
        wrongs=() if options else tuple(found.wrongs),
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
