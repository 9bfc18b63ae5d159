"""Rows of a question table that are no questions: headings again, sections, chapters, notes below the table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from webapp.banks.formats import notation
from webapp.banks.formats.row import Row
from webapp.banks.formats.text_marks import each_mark, heading_at, is_chapter
from webapp.core.problems import shorten
from webapp.core.words import N_, Message

MAX_TITLE = 60
_NOTE = re.compile(
    r"(?:注意?|说明|备注|附注|提示|温馨提示|注意事项|填写说明)\s*\d{0,2}\s*[:：、.]|以上(?:题目|试题|各题)?[均由为]"
    r"|(?:合计|总计|小计|共计)\s*[:：]?\s*\d*|共\s*\d+\s*[道题]|(?:制表|审核|出题|编制|命题|录入)(?:人|单位|日期)?\s*[:：]"
)
_ORDINAL = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}|[（(][一二三四五六七八九十]{1,3}[)）])\s*[、.．]?\s*\S"
)
_MEANT = ("stem", "answer", "options", "explanation")


@dataclass(frozen=True)
class Section:
    """What a row above says of the questions below it. mark: '' for none."""

    type: str = ""
    topic: str = ""
    mark: str = ""


class Asides:
    """Looks at the rows of one sheet in order. section: what holds now. listed: what was passed over, and why."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.listed: list[Message] = []

    def take(self, row: Row) -> bool:
        """Whether a row is no question. A row with only a stem, a number or a type is a damaged one: not taken."""
        if row.columns.is_own_template:
            return False
        filled = [(at, cell.text) for at, cell in enumerate(row.cells) if cell.text and not cell.is_merged]
        if len(filled) >= 2 and all(_is_title(row, at, text) for at, text in filled):
            self._list(row, N_("Row %(row)s repeats the headings."))
            return True
        if not filled or len(filled) > 3 or any(cell.note for cell in row.cells):
            return False
        at, text = filled[0]
        meant = {index for name in _MEANT if (index := row.columns.at.get(name)) is not None}
        meant |= {*row.columns.options, *row.columns.blanks}
        if not any(other in meant for other, _ in filled[1:]) and _NOTE.match(text):
            self._list(row, N_("Row %(row)s is a note: %(text)s"), text)
            return True
        if len(filled) > 1 or (at in meant and at != row.columns.at.get("stem")):
            return False
        return self._take_alone(row, at, text)

    def _take_alone(self, row: Row, at: int, text: str) -> bool:
        """The only text of a row."""
        places = row.columns.at
        if len(text) > MAX_TITLE or text.isdigit() or (at == places.get("type") and row_type(row, text)):
            return False
        if heading_at(text) is not None and (name := notation.type_in(text)):
            mark = each_mark(text)
            self.section = replace(self.section, type=name, mark="" if mark is None else str(mark))
            self._list(row, N_("Row %(row)s heads a section: %(text)s"), text)
            return True
        is_stem = at == places.get("stem")
        if is_chapter(text) or at == places.get("topic") or (not is_stem and _ORDINAL.match(text)):
            self.section = replace(self.section, topic=text)
            self._list(row, N_("Row %(row)s heads a section: %(text)s"), text)
            return True
        if is_stem or at not in {places.get("type"), places.get("number"), places.get("remark")}:
            return False
        self._list(row, N_("Row %(row)s is a note: %(text)s"), text)
        return True

    def _list(self, row: Row, words: str, text: str = "") -> None:
        params = {"row": row.number, "text": shorten(text)} if text else {"row": row.number}
        self.listed.append(Message(words, params))


def section_above(texts: Sequence[str]) -> Section:
    """What the row right above the headings says of all questions: '一、单选题（每题2分）'."""
    filled = [text for text in texts if text]
    if len(filled) != 1 or len(filled[0]) > MAX_TITLE or heading_at(filled[0]) is None:
        return Section()
    mark = each_mark(filled[0])
    return Section(notation.type_in(filled[0]), mark="" if mark is None else str(mark))


def row_type(row: Row, text: str) -> bool:
    """Whether a text is the name of a type, ours or the person's."""
    return (row.options.type_of(text) or row.columns.type_of(text) or notation.type_of(text)) is not None


def _is_title(row: Row, at: int, text: str) -> bool:
    return at < len(row.columns.titles) and row.columns.titles[at] == text
