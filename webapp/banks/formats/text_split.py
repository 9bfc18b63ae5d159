"""A numbered Chinese text cut into sections and questions; the key at its end."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from webapp.banks.formats import text_key
from webapp.banks.formats.text_marks import (
    Heading,
    Line,
    bracketed_number_at,
    case_at,
    chapter_path,
    each_mark,
    fields_of,
    heading_at,
    is_chapter,
    kind_named,
    number_at,
    option_letter,
)
from webapp.banks.rules.schema import QuestionType

_SIGNS = re.compile(
    r"\s*+(?:[A-ZＡ-Ｚ](?:[\s,，、;；]*+[A-ZＡ-Ｚ]){0,25}|[√×✓✗✔✘对错]|正确|错误)\s*+[。.]?\s*"
)
MAX_GAP = 10
"""Numbers that jump further are no question's: '380、220 伏' may begin a line of a stem."""


@dataclass
class Block:
    """One question. number: as written. lines: the first without its number. is_case: a case whose
    sub-questions carry plain numbers. key: its answer in the key at the end."""

    number: int | None
    row: int
    lines: list[Line] = field(default_factory=list)
    is_case: bool = False
    key: str = ""


@dataclass
class Section:
    """Questions under one heading."""

    heading: Heading = field(default_factory=lambda: Heading("", None))
    topic: str = ""
    blocks: list[Block] = field(default_factory=list)
    each: Decimal | None = None

    @property
    def is_passages(self) -> bool:
        return self.heading.kind == QuestionType.PASSAGE


@dataclass
class Split:
    """sections in order; loose: lines before the first question that head nothing; lost: lines of the key
    that belong to no question."""

    sections: list[Section] = field(default_factory=lambda: [Section()])
    loose: list[Line] = field(default_factory=list)
    lost: list[Line] = field(default_factory=list)


def split(lines: Sequence[Line]) -> Split:
    """The questions of a text. Lines are stripped; empty ones stand for themselves."""
    splitter = _Splitter(lines)
    splitter.run()
    return splitter.result


class _Splitter:
    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines, self.result = lines, Split()
        self.topic = ""
        self.block: Block | None = None
        self.nested: int | None = None
        self.field, self.has_options, self.is_short_answer, self.is_brief = "", False, False, False
        self.is_after_gap = True
        self.keys: list[Line] = []
        dotted = [line for line in lines if number_at(line.text)]
        self.is_weak = self.is_unnumbered = False
        bracketed = [line for line in lines if bracketed_number_at(line.text)]
        self.is_bracketed = bool(bracketed) and (
            not dotted or (bracketed[0].row < dotted[0].row and len(bracketed) > 2 * len(dotted))
        )
        self._look_ahead(0)

    @property
    def section(self) -> Section:
        return self.result.sections[-1]

    def _look_ahead(self, index: int) -> None:
        """How the questions up to the next heading are numbered: '1.', '1 ' or not at all."""
        texts: list[str] = []
        for line in self.lines[index:]:
            if line.text and heading_at(line.text):
                break
            texts.append(line.text)
        is_strong = any(map(bracketed_number_at if self.is_bracketed else number_at, texts))
        self.is_weak = not is_strong
        numbered = is_strong or any(number_at(text, is_weak=True) for text in texts)
        self.is_unnumbered = not numbered and any(
            option_letter(text) == "A" or fields_of(text)[0][0] == "answer" for text in texts if text
        )

    def run(self) -> None:
        for index, line in enumerate(self.lines):
            if not line.text:
                self.is_after_gap = True
                continue
            if self._opens_key(index):
                self._end_keys()
                self._read_key(self.lines[index + 1 :])
                return
            if self._is_key(line):
                answers = text_key.inline_key(line.text) or fields_of(line.text)[0][1]
                self.keys.append(Line(line.row, answers))
            else:
                self._take(index, line)
            self.is_after_gap = False
        self._end_keys()

    def _take(self, index: int, line: Line) -> None:
        heading = heading_at(line.text)
        if heading is not None:
            self._end_keys()
            each = heading.each
            self.result.sections.append(Section(heading, self.topic, each=each))
            self._close()
            self._look_ahead(index + 1)
        elif (
            is_chapter(line.text) and not number_at(line.text) and self.field in {"", "answer", "explanation"}
        ):
            self.topic = chapter_path(self.topic, line.text)
            self.result.sections.append(Section(self.section.heading, self.topic, each=self.section.each))
            self._close()
        elif self.section.is_passages and (rest := case_at(line.text)) is not None:
            self._open(None, Line(line.row, rest or line.text), is_case=True)
        elif (numbered := self._number(line.text)) is not None and self._is_question(index, numbered[0]):
            self._open(numbered[0], Line(line.row, numbered[1].strip()))
        elif self.is_unnumbered and self._begins_unnumbered(line):
            self._open(None, line)
        elif self.block is not None:
            self._continue(line)
        elif self.section.is_passages and not (line.text[0] in "（(" and line.text[-1] in "）)"):
            self._open(None, line)
        else:
            self.section.each = self.section.each or each_mark(line.text)
            self.result.loose.append(line)

    def _number(self, text: str) -> tuple[int, str] | None:
        return bracketed_number_at(text) if self.is_bracketed else number_at(text, self.is_weak)

    def _close(self) -> None:
        self.block, self.nested, self.field = None, None, ""
        self.has_options, self.is_short_answer, self.is_brief = False, False, False

    def _open(self, number: int | None, line: Line, is_case: bool = False) -> None:
        self._close()
        self.block = Block(number, line.row, [], is_case)
        self.section.blocks.append(self.block)
        self._continue(line)

    def _continue(self, line: Line) -> None:
        """Add a line to the open question and note what it brings."""
        assert self.block is not None
        self.block.lines.append(line)
        parts = fields_of(line.text)
        for name, text in parts:
            if name:
                self.field, self.nested = name, None
                self.is_brief = name == "answer" and 0 < len(text) <= 10
                self.is_short_answer = name == "answer" and _SIGNS.fullmatch(text) is not None
        if option_letter(line.text) and self.field not in {"answer", "explanation"}:
            self.has_options = True

    def _begins_unnumbered(self, line: Line) -> bool:
        """Without any numbers a question begins after the answer of the one before."""
        if fields_of(line.text)[0][0] or option_letter(line.text):
            return False
        if self.block is None:
            return True
        return self.field != "" and (self.is_after_gap or self.is_brief)

    def _is_question(self, index: int, number: int) -> bool:
        """Whether a numbered line begins a question, or goes on in a list of the one before."""
        if self.block is None:
            return True
        if self.block.is_case:
            return False
        last = self.block.number or 0
        is_next = last < number <= last + MAX_GAP
        is_listed = self.field == "explanation" or (self.field == "answer" and not self.is_short_answer)
        if not is_listed:
            return is_next or number == 1 or self.has_options
        if self._is_answered(index):
            return True
        if self.nested is not None and number == self.nested + 1:
            self.nested = number
            return False
        if number == 1:
            self.nested = 1
            return False
        return is_next

    def _is_answered(self, index: int) -> bool:
        """Whether an answer or options come before the next number."""
        for line in self.lines[index : index + 60]:
            if line is not self.lines[index] and (self._number(line.text) or heading_at(line.text)):
                return False
            if any(name == "answer" for name, _ in fields_of(line.text)) if line.text else False:
                return True
            if option_letter(line.text) == "A":
                return True
        return False

    def _is_key(self, line: Line) -> bool:
        """'1-5 ABCDE', or '答案：1-5 ABCDE' under the questions of a section; a case has its own."""
        if self.block is not None and (self.block.is_case or self.section.is_passages):
            return False
        if text_key.is_key_line(line.text) or text_key.inline_key(line.text):
            return True
        parts = fields_of(line.text)
        return parts[0][0] == "answer" and text_key.is_key_line(parts[0][1])

    def _end_keys(self) -> None:
        """Answers that stood together without a heading: for the section above, or for all when they begin
        again or name numbers that only others have."""
        lines, self.keys = self.keys, []
        numbers = [number for line in lines for number, _ in text_key.answers_of(line.text)]
        mine = {block.number: block for block in self.section.blocks}
        if any(after <= before for before, after in pairwise(numbers)) or not set(mine).issuperset(numbers):
            self._read_key(lines)
            return
        for line in lines:
            answers = text_key.answers_of(line.text)
            if not answers:
                self.result.lost.append(line)
            for number, answer in answers:
                mine[number].key = answer

    def _opens_key(self, index: int) -> bool:
        """Whether this line heads the key of the file: numbered answers or the sections again follow it."""
        if not any(section.blocks for section in self.result.sections):
            return False
        if not text_key.is_key_head(self.lines[index].text):
            return False
        after = [line for line in self.lines[index + 1 : index + 8] if line.text]
        if not after:
            return False
        heading = _heading_in_key(after[0].text)[0]
        if text_key.is_key_line(after[0].text) or (heading and not self._questions_follow(index + 1)):
            return True
        numbered = number_at(after[0].text)
        if numbered is None or numbered[0] != 1 or self.block is None or (self.block.number or 0) < 2:
            return False
        return not self._questions_follow(index + 1) and not self._has_answers()

    def _questions_follow(self, index: int) -> bool:
        """Whether options or fields of questions come later: then it was no key."""
        return any(
            option_letter(line.text) or fields_of(line.text)[0][0] == "answer"
            for line in self.lines[index:]
            if line.text
        )

    def _has_answers(self) -> bool:
        """Whether a question so far has an answer of its own."""
        return any(
            name == "answer" and text
            for section in self.result.sections
            for block in section.blocks
            for line in block.lines
            for name, text in fields_of(line.text)
        )

    def _read_key(self, lines: Sequence[Line]) -> None:
        """The key: its headings name the section; numbers that begin again go on to the next one."""
        sections = [section for section in self.result.sections if section.blocks]
        numbered = [{block.number: block for block in section.blocks} for section in sections]
        anywhere = _only_once(numbered)
        at, last = 0, 0
        target: Block | None = None
        if not sections:
            self.result.lost += lines
            return
        for line in lines:
            if not line.text:
                continue
            heading, text = _heading_in_key(line.text)
            if heading is not None:
                at, last, target = _named(sections, heading, at + bool(last)), 0, None
                if not text:
                    continue
            answers = text_key.answers_of(text)
            if not answers:
                if target is not None:
                    target.key = f"{target.key}\n{text}".strip()
                else:
                    self.result.lost.append(line)
                continue
            for number, answer in answers:
                if number <= last and at + 1 < len(sections):
                    at += 1
                last = number
                target = numbered[at].get(number) or anywhere.get(number)
                if target is None:
                    self.result.lost.append(line)
                else:
                    target.key = answer.strip()


def _heading_in_key(text: str) -> tuple[Heading | None, str]:
    """A heading of the key and what answers stand on its line: '一、单选题：1-5 ABCDE'; (None, text) for others."""
    heading = heading_at(text)
    if heading is not None:
        return heading, ""
    found = re.search(r"题\s*[:：]?\s*(?=\d)", text[:40])
    if (
        found
        and text_key.answers_of(text[found.end() :])
        and (heading := heading_at(text[: found.start() + 1]))
    ):
        return heading, text[found.end() :]
    return None, text


def _named(sections: Sequence[Section], heading: Heading, at: int) -> int:
    """The section that a heading of the key means: the next one of its type, else the next. at: where to begin."""
    for index, section in [*enumerate(sections)][at:] + [*enumerate(sections)][:at]:
        same = kind_named(section.heading.title)[0] == heading.kind
        if section.heading.title and same and section.heading.is_choice == heading.is_choice:
            return index
    return min(at, len(sections) - 1)


def _only_once(numbered: Sequence[dict[int | None, Block]]) -> dict[int | None, Block]:
    """Questions whose number no other section has."""
    counts = Counter(number for blocks in numbered for number in blocks)
    return {number: block for blocks in numbered for number, block in blocks.items() if counts[number] == 1}
