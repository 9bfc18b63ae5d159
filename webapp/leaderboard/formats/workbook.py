"""A list of a board as an .xlsx workbook."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

import xlsxwriter

from webapp.leaderboard.rules.masking import neutral

Cell = str | int | None
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False}


def workbook(title: str, notes: Sequence[str], head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """The bytes of a workbook with one sheet: title, notes, the head row, then the rows.

    Text is written as text and neutralised: no cell becomes a formula here or when saved as CSV."""
    target = BytesIO()
    _fill(xlsxwriter.Workbook(target, {**_PLAIN, "in_memory": True}), title, notes, head, rows)
    return target.getvalue()


def workbook_in_parts(
    title: str,
    notes: Sequence[str],
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    parts: Sequence[tuple[str, Sequence[Sequence[Cell]]]],
) -> bytes:
    """The same workbook with a sheet more for each part: (its name, its rows). The first sheet holds everything."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {**_PLAIN, "in_memory": True})
    _sheet(book, "1", title, notes, head, rows)
    for number, (name, own) in enumerate(parts, 2):
        _sheet(book, f"{number} {_sheet_name(name)}".strip(), f"{title} · {name}", notes, head, own)
    book.close()
    return target.getvalue()


def _sheet_name(name: str) -> str:
    """What a sheet may be called: without the signs that a workbook refuses, short; the number before it tells
    two apart."""
    return "".join(sign for sign in name if sign not in "[]:*?/\\'")[:24].strip()


def workbook_file(
    path: Path, title: str, notes: Sequence[str], head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    """The same workbook as a file, written row by row: memory does not grow with the list."""
    _fill(xlsxwriter.Workbook(str(path), {**_PLAIN, "constant_memory": True}), title, notes, head, rows)


def _fill(
    book: xlsxwriter.Workbook,
    title: str,
    notes: Sequence[str],
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
) -> None:
    _sheet(book, "1", title, notes, head, rows)
    book.close()


def _sheet(
    book: xlsxwriter.Workbook,
    name: str,
    title: str,
    notes: Sequence[str],
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    sheet.write_string(0, 0, neutral(title), bold)
    at = 1
    for note in notes:
        sheet.write_string(at, 0, neutral(note))
        at += 1
    for column, words in enumerate(head):
        sheet.write_string(at, column, neutral(words), bold)
    sheet.freeze_panes(at + 1, 0)
    for row in rows:
        at += 1
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(at, column, value)
            elif value is not None:
                sheet.write_string(at, column, neutral(value))
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, len(head), 16)
