"""The user's own rows with a last column 导入结果: what happened to each, in words."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from webapp.banks.errors import FileRefused
from webapp.banks.formats.archive import files_in, open_zip
from webapp.banks.formats.cells import read_sheets
from webapp.banks.formats.detect import detect
from webapp.banks.formats.files import TABLES
from webapp.banks.formats.grid import Sheet
from webapp.banks.formats.headings import find_columns
from webapp.banks.formats.template import new_book, text_formats, write_text
from webapp.core.problems import Problem
from webapp.core.words import N_, Message

RESULT = "导入结果"
NO_LINES = ("moodle", "qti", "olx", "h5p", "docx", "json")
"""Beginnings of the names of formats whose lines mean nothing to people."""
OK = N_("May be imported")

Say = Callable[[Message | str], str]


def annotate(content: bytes, name: str, problems: Sequence[Problem], say: Say) -> bytes:
    """A workbook: every sheet as it was uploaded with the result of each row, and a sheet of all problems.

    say: makes words of messages in the reader's language. Files that are no tables get the list alone."""
    out = io.BytesIO()
    with new_book(out) as book:
        formats = text_formats(book)
        used: set[str] = set()
        for file, sheet in _tables(content, name):
            title = _free(sheet.name or file, used)
            found = [item for item in problems if (item.file, item.sheet) == (file, sheet.name)]
            _write_sheet(book.add_worksheet(title), sheet, found, say, formats)
        _write_list(book.add_worksheet(_free(say(N_("Problems")), used)), problems, say, formats)
    return out.getvalue()


def _tables(content: bytes, name: str) -> list[tuple[str, Sheet]]:
    try:
        if content.startswith(b"PK") and not detect(content, name):
            archive = open_zip(content, name)
            if not any(member.startswith("xl/") for member in archive.namelist()):
                files = files_in(archive, name)
                return [
                    (path, sheet)
                    for path, data in files.items()
                    if path.lower().endswith(TABLES)
                    for sheet in read_sheets(data, path)
                ]
        form = detect(content, name)
        if name.lower().endswith(".toml") or form.startswith(NO_LINES):
            return []
        return [(name, sheet) for sheet in read_sheets(content, name)]
    except FileRefused:
        return []


def _write_sheet(
    target: Any, sheet: Sheet, problems: Sequence[Problem], say: Say, formats: tuple[Any, Any, Any]
) -> None:
    columns = find_columns(sheet.rows)
    heading = sheet.number(columns.row) if columns else 0
    last = max((len(row) for row in sheet.rows), default=0)
    if columns and columns.titles and columns.titles[-1] == RESULT:
        last = len(columns.titles) - 1
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.row:
            by_row.setdefault(problem.row, []).append(problem)
    target.set_column(0, max(last - 1, 0), 18, formats[0])
    target.set_column(last, last, 60, formats[0])
    for index, row in enumerate(sheet.rows):
        number = sheet.number(index)
        for column, cell in enumerate(row[:last]):
            write_text(target, number - 1, column, cell.text, formats)
        if number == heading:
            target.write_string(number - 1, last, RESULT, formats[2])
        elif number > heading or number in by_row:
            write_text(target, number - 1, last, _result(by_row.get(number, []), say), formats)


def _result(problems: Sequence[Problem], say: Say) -> str:
    lines = [_line(problem, say) for problem in problems]
    if not any(problem.is_error for problem in problems):
        lines.insert(0, say(OK))
    return "\n".join(lines)


def _line(problem: Problem, say: Say) -> str:
    place = f"{problem.column}: " if problem.column else ""
    hint = f" {say(problem.hint)}" if problem.hint else ""
    return f"{severity_word(problem, say)} {place}{say(problem.reason)}{hint}"


def severity_word(problem: Problem, say: Say) -> str:
    """'Error' or 'Warning' in the reader's language."""
    return say(N_("Error")) if problem.is_error else say(N_("Warning"))


def _write_list(target: Any, problems: Sequence[Problem], say: Say, formats: tuple[Any, Any, Any]) -> None:
    titles = (
        N_("File"), N_("Sheet"), N_("Row"), N_("Column"),
        N_("Value"), N_("Severity"), N_("Reason"), N_("Hint"),
    )  # fmt: skip
    for column, title in enumerate(titles):
        target.write_string(0, column, say(title), formats[2])
    target.set_column(0, 5, 16, formats[0])
    target.set_column(6, 7, 60, formats[0])
    for number, problem in enumerate(problems, start=1):
        values = (
            problem.file,
            problem.sheet,
            str(problem.row or ""),
            problem.column,
            problem.value,
            severity_word(problem, say),
            say(problem.reason),
            say(problem.hint) if problem.hint else "",
        )
        for column, value in enumerate(values):
            write_text(target, number, column, value, formats)


def _free(title: str, used: set[str]) -> str:
    """A sheet title that Excel accepts and that is not taken."""
    bare = "".join(sign for sign in title if sign not in "[]:*?/\\").strip("'")[:28] or "1"
    candidate, number = bare, 1
    while candidate.casefold() in used:
        number += 1
        candidate = f"{bare[:25]}_{number}"
    used.add(candidate.casefold())
    return candidate
