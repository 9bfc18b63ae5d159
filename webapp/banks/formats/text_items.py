"""The lines of one numbered question taken apart: stem, options, answer, explanation and what else it names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from webapp.banks.formats.text_key import pairs_of
from webapp.banks.formats.text_marks import (
    Line,
    bracketed_number_at,
    fields_of,
    inline_options,
    number_at,
    option_letter,
    options_at,
    tag_mark,
    take_kind,
    take_mark,
)
from webapp.banks.rules.schema import LETTERS, QuestionType

_LETTERS_FIRST = re.compile(
    r"([A-ZＡ-Ｚ]{1,8}|[√×✓✗对错]|正确|错误)(?:[。.,，;；:：]\s*|\s+)(?![A-ZＡ-Ｚ√×])(\S.+)", re.DOTALL
)
_MARKED_RIGHT = re.compile(
    r"(?:[(（\[【]\s{0,5}(?:√|✓|✔|正确答案|正确选项|答案)\s{0,5}[)）\]】]|(?<=\S)\s{0,5}[√✓✔☑])$"
)
_BARE_LETTER = re.compile(r"[A-Z](?=[\u4e00-\u9fff])")


@dataclass
class Item:
    """One question as it was written. kind: what it says of its type itself; is_choice: only 'choice'.
    parts: its sub-questions. ignored: what a learner answered and got."""

    row: int
    stem: str = ""
    options: list[str] = field(default_factory=list)
    answer: str = ""
    explanation: str = ""
    difficulty: str = ""
    mark: Decimal | None = None
    mark_text: str = ""
    topic: str = ""
    source: str = ""
    tags: str = ""
    keywords: str = ""
    ignored: str = ""
    kind: QuestionType | None = None
    is_choice: bool = False
    type_word: str = ""
    parts: list["Item"] = field(default_factory=list)


def key_parts(text: str) -> tuple[str, str]:
    """The answer and the explanation of a question's entry in the key: 'B。解析：…', '【答案】B', 'B 医疗急救'."""
    answer, rest, current = "", "", "answer"
    for line in text.split("\n"):
        for name, part in fields_of(line):
            if name in {"answer", "explanation"}:
                current = name
            if current == "answer":
                answer = f"{answer}\n{part}".strip()
            else:
                rest = f"{rest}\n{part}".strip()
    answer = answer.removeprefix("答：").removeprefix("答:").strip()
    if not rest and (found := _LETTERS_FIRST.fullmatch(answer)):
        answer, rest = found[1].strip(), found[2].strip()
    return answer, rest


def item_of(lines: Sequence[Line], may_have_parts: bool, has_plain_parts: bool = False) -> Item:
    """A question of its lines (its number is gone). may_have_parts: the section says that it is a case.
    has_plain_parts: sub-questions carry plain numbers."""
    starts = _part_starts(lines, has_plain_parts)
    if len(starts) > 0:
        stops = [*starts[1:], len(lines)]
        parts = [
            _plain([_without_number(lines[start], has_plain_parts), *lines[start + 1 : stop]])
            for start, stop in zip(starts, stops, strict=True)
        ]
        is_case = any(part.options or part.answer for part in parts[:-1]) or any(
            part.options for part in parts
        )
        if may_have_parts or is_case:
            whole = _plain(lines[: starts[0]]) if starts[0] else Item(lines[0].row)
            return _shared_answers(replace(whole, parts=parts))
    return _plain(lines)


def _without_number(line: Line, is_plain: bool) -> Line:
    found = (number_at(line.text) if is_plain else None) or bracketed_number_at(line.text)
    return Line(line.row, found[1]) if found else line


def _part_starts(lines: Sequence[Line], is_plain: bool) -> list[int]:
    """Where sub-questions (1), (2) … begin, in order; none when an answer of the whole came before."""
    starts: list[int] = []
    first: int | None = None
    for index, line in enumerate(lines):
        found = (number_at(line.text) if is_plain else None) or bracketed_number_at(line.text)
        if found and (first is None or found[0] == first + len(starts)):
            first = found[0] if first is None else first
            if first != 1 and not is_plain:
                return []
            starts.append(index)
        elif not starts and any(name in {"answer", "explanation"} for name, _ in fields_of(line.text)):
            return []
    return _before_answers(lines, starts)


def _before_answers(lines: Sequence[Line], starts: list[int]) -> list[int]:
    """Numbers after an answer that stands alone on its line belong to that answer."""
    for position, start in enumerate(starts[:-1]):
        for line in lines[start + 1 : starts[position + 1]]:
            if any(name == "answer" and not text for name, text in fields_of(line.text)):
                return starts[: position + 1]
    return starts


def _shared_answers(item: Item) -> Item:
    """One answer for all parts, '（1）A （2）B', divided among them."""
    last = item.parts[-1]
    if any(part.answer for part in item.parts[:-1]) or not last.answer:
        return item
    pairs = pairs_of(last.answer)
    if [number for number, _ in pairs] == list(range(1, len(item.parts) + 1)):
        for part, (_, answer) in zip(item.parts, pairs, strict=True):
            part.answer = answer
        return item
    pieces: list[str] = []
    for word in last.answer.replace("（", "\n（").replace("(", "\n(").split("\n"):
        found = bracketed_number_at(word.strip())
        if found and found[0] == len(pieces) + 1:
            pieces.append(found[1].strip())
        elif pieces:
            pieces[-1] = f"{pieces[-1]}{word}" if word.startswith(("(", "（")) else f"{pieces[-1]}\n{word}"
    if len(pieces) == len(item.parts):
        for part, piece in zip(item.parts, pieces, strict=True):
            part.answer = piece.strip()
    return item


def _plain(lines: Sequence[Line]) -> Item:
    """A question without sub-questions."""
    item = Item(lines[0].row)
    lines = _with_signs(lines)
    stem, item.kind, item.is_choice = take_kind(lines[0].text)
    if item.kind is not None or item.is_choice:
        item.mark = tag_mark(lines[0].text)
    current = "stem"
    for index, line in enumerate(lines):
        for name, text in fields_of(stem if index == 0 else line.text):
            if name:
                current = name
                _add(item, name, text, is_new=True)
            else:
                current = _unnamed(item, text, current)
    if item.ignored and not item.answer:
        _add(item, "explanation", item.ignored)
    if item.keywords and not item.answer:
        item.answer = item.keywords
    if len(item.options) > 1 and all(option.endswith(("；", ";")) for option in item.options[:-1]):
        item.options = [option.rstrip("；; ") or option for option in item.options]
    if not item.answer and not item.ignored:
        _take_marked(item)
    item.stem, mark = take_mark(item.stem)
    item.mark = item.mark or mark
    item.stem, item.answer = item.stem.strip().rstrip("(（").strip(), item.answer.strip()
    return item


def _take_marked(item: Item) -> None:
    """Options that say themselves that they are right: '119（√）', '119 √', '119(正确答案)'."""
    marked = [_MARKED_RIGHT.search(option) for option in item.options]
    right = [index for index, found in enumerate(marked) if found]
    if not right or len(right) == len(item.options) or len(item.options) > len(LETTERS):
        return
    item.options = [
        option[: found.start()].strip() if found else option
        for option, found in zip(item.options, marked, strict=True)
    ]
    item.answer = "".join(LETTERS[index] for index in right)


def _with_signs(lines: Sequence[Line]) -> list[Line]:
    """Lines 'A红色', 'B黄色' with a sign behind their letter, when A and B follow each other like that."""
    letters = [_BARE_LETTER.match(line.text) for line in lines]
    first = next(
        (
            index
            for index in range(1, len(lines) - 1)
            if (one := letters[index]) and (two := letters[index + 1]) and (one[0], two[0]) == ("A", "B")
        ),
        None,
    )
    if first is None:
        return list(lines)
    return [
        Line(line.row, f"{line.text[0]}.{line.text[1:]}") if index >= first and letters[index] else line
        for index, line in enumerate(lines)
    ]


def _unnamed(item: Item, text: str, current: str) -> str:
    """A text without a field name: options, or more of what stands before. What follows is returned."""
    wanted = LETTERS[len(item.options)] if len(item.options) < len(LETTERS) else ""
    may_follow = current not in {"answer", "explanation"} or (
        current == "answer" and not item.options and 0 < len(item.answer) <= 10
    )
    if may_follow and wanted and option_letter(text) == wanted:
        item.options += options_at(text, wanted)
        return "options"
    if current == "stem" and not item.options and (at := inline_options(text)) >= 0:
        _add(item, "stem", text[:at].strip())
        item.options += options_at(text[at:], "A")
        return "options"
    if current == "options":
        item.options[-1] = f"{item.options[-1]}\n{text}".strip()
        return current
    # A text behind a field of one word belongs to none of them; it is not dropped.
    _add(item, current if current in {"stem", "answer", "explanation", "ignored"} else "explanation", text)
    return current


def _add(item: Item, name: str, text: str, is_new: bool = False) -> None:
    match name:
        case "mark":
            item.mark_text = item.mark_text or text
        case "type":
            item.type_word = item.type_word or text
        case _:
            before = getattr(item, name)
            if is_new and name not in {"answer", "explanation"} and before:
                return
            setattr(item, name, f"{before}\n{text}" if before and text else before or text)
