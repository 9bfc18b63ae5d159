"""A table of events (one row an event) → what their [[events]] tables hold. Every problem with row and column."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.contests.rules.windows import moment
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message

UNDECIDED = "undecided"
UNDECIDED_WORDS = frozenset({UNDECIDED, "待定", "待主办方确定"})
YES = frozenset({"是", "有", "yes", "true", "1"})
NO = frozenset({"否", "无", "no", "false", "0"})
LIST_MARKS = re.compile(r"[;；\n]")
SPAN_MARKS = re.compile(r"\s*(?:\.\.|—|–|至|~|～|/)\s*")
HEADINGS: Mapping[str, str] = {
    "赛项代码": "code", "code": "code",
    "赛项名称": "title.zh", "title": "title.zh",
    "英文名称": "title.en", "english title": "title.en",
    "类别": "class", "class": "class",
    "规则组": "profile", "profile": "profile",
    "工种": "trade", "trade": "trade",
    "承办单位": "organiser", "organiser": "organiser",
    "行业": "industry", "industry": "industry",
    "样例": "sample", "sample": "sample",
    "国家职业标准": "national_standard", "national standard": "national_standard",
    "团体赛": "team", "team": "team",
    "题库": "bank", "bank": "bank",
    "题库知识点": "bank_topics", "bank topics": "bank_topics",
    "实操模块数": "practical.modules", "practical modules": "practical.modules",
    "限时作品小时数": "practical.take_home_h", "take-home hours": "practical.take_home_h",
    "说明": "note.zh", "note": "note.zh",
    "英文说明": "note.en", "english note": "note.en",
}  # fmt: skip
"""Heading in lower case -> path inside an event's table. Windows have headings of their own: see WINDOW."""
WINDOW = re.compile(r"^(?:时间[:： ]|window )\s*([a-z0-9_\-]+)$")
NEEDED = ("code", "title.zh", "class", "profile")
CODE = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")


@dataclass
class EventRow:
    """One event of the table. values: path inside its TOML table -> value; None where the cell is empty."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return str(self.values.get("code") or "")


@dataclass(frozen=True)
class EventTable:
    """The rows, the columns by path ('class' -> 'D 类别'), and what is wrong."""

    rows: tuple[EventRow, ...]
    columns: Mapping[str, str]
    problems: tuple[Problem, ...]


class _Wrong(Exception):
    """A cell that cannot be read; the reason is a message."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.reason = Message(text)


def read_events(cells: Sequence[tuple[int, Sequence[str]]], file: str = "") -> EventTable:
    """The events of a table. cells: (row number as the spreadsheet shows it, texts of its cells), the heading
    row among them: the first that holds two known headings. Nothing is filled down."""
    columns: dict[int, str] = {}
    names: dict[str, str] = {}
    rows: list[EventRow] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, texts in cells:
        if not columns:
            columns, names, found = _columns(number, texts, file)
            problems += found
            continue
        if not any(text.strip() for text in texts):
            continue
        row = EventRow(number)
        for at, path in columns.items():
            text = texts[at].strip() if at < len(texts) else ""
            try:
                row.values[path] = _value(path, text)
            except _Wrong as wrong:
                row.values[path] = None
                problems.append(_problem("bad-cell", wrong.reason, file, number, names[path], text))
        problems += _row_problems(row, names, file, seen)
        rows.append(row)
    if not columns:
        problems.append(
            _problem("no-headings", Message(N_("No row holds the headings of a table of events.")), file, 1)
        )
    elif not rows:
        problems.append(_problem("no-rows", Message(N_("The table holds no events.")), file, None))
    return EventTable(tuple(rows), names, tuple(problems))


def _columns(
    number: int, texts: Sequence[str], file: str
) -> tuple[dict[int, str], dict[str, str], list[Problem]]:
    """(index -> path, path -> name of the column, problems); empty when this is not the heading row."""
    found: dict[int, str] = {}
    names: dict[str, str] = {}
    problems: list[Problem] = []
    for at, text in enumerate(texts):
        path = _path_of(text.strip().lower())
        name = f"{column_letters(at)} {text.strip()}".strip()
        if not text.strip():
            continue
        if not path:
            reason = Message(N_("This heading is not known."))
            problems.append(_problem("unknown-heading", reason, file, number, name, text))
        elif path in names:
            reason = Message(N_("This heading stands twice."))
            problems.append(_problem("heading-twice", reason, file, number, name, text))
        else:
            found[at], names[path] = path, name
    if len(found) < 2:
        return {}, {}, []
    for path in NEEDED:
        if path not in names:
            heading = next(text for text, known in HEADINGS.items() if known == path)
            reason = Message(N_("The column “%(name)s” is missing."), {"name": heading})
            problems.append(_problem("missing-column", reason, file, number, heading))
    return found, names, problems


def _path_of(heading: str) -> str:
    window = WINDOW.match(heading)
    return f"windows.{window.group(1)}" if window else HEADINGS.get(heading, "")


def _row_problems(row: EventRow, names: Mapping[str, str], file: str, seen: dict[str, int]) -> list[Problem]:
    found = [
        _problem("empty-cell", Message(N_("This cell must not be empty.")), file, row.number, names[path])
        for path in NEEDED
        if path in names and not row.values.get(path)
    ]
    if row.code in seen:
        reason = Message(N_("This code stands in row %(row)s already."), {"row": seen[row.code]})
        found.append(_problem("code-twice", reason, file, row.number, names["code"], row.code))
    elif row.code:
        seen[row.code] = row.number
    return found


def _value(path: str, text: str) -> Any:
    """What a cell says, or None when it is empty. Raise _Wrong."""
    if not text:
        return None
    kind = "windows" if path.startswith("windows.") else path
    return READERS.get(kind, str)(text)


def _code(text: str) -> str:
    if not CODE.match(text):
        raise _Wrong(N_("Codes are made of small letters, digits and hyphens, at most 40."))
    return text


def _flag(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise _Wrong(N_("Write yes or no."))
    return text.lower() in YES


def _flag_or_undecided(text: str) -> bool | str:
    return UNDECIDED if text.lower() in UNDECIDED_WORDS else _flag(text)


def _count(text: str) -> int | str:
    if text.lower() in UNDECIDED_WORDS:
        return UNDECIDED
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise _Wrong(N_("Write a whole number above zero."))
    return int(text)


def _names(text: str) -> list[str]:
    return [part.strip() for part in LIST_MARKS.split(text) if part.strip()]


def _window(text: str) -> list[str] | str:
    if text.lower() in UNDECIDED_WORDS:
        return UNDECIDED
    parts = SPAN_MARKS.split(text)
    if len(parts) != 2 or any(moment(part) is None for part in parts):
        raise _Wrong(N_("Write the first and the last day, for example 2026-05-01 .. 2026-05-21."))
    return parts


READERS: Mapping[str, Callable[[str], Any]] = {
    "code": _code,
    "class": _code,
    "profile": _code,
    "sample": _flag,
    "team": _flag,
    "national_standard": _flag_or_undecided,
    "bank_topics": _names,
    "practical.modules": _count,
    "practical.take_home_h": _count,
    "windows": _window,
}


def column_letters(at: int) -> str:
    """The letters of a column: 0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _problem(
    code: str, reason: Message, file: str, row: int | None, column: str = "", value: str = ""
) -> Problem:
    return Problem(code=code, reason=reason, file=file, row=row, column=column, value=shorten(value))
