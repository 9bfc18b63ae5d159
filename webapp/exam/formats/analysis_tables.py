"""The tables of an item analysis as a workbook or as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

from webapp.core.spreadsheets import harmless

Cell = str | int | float | None
PLACES = 6
NAME_LENGTH = 31
"""A workbook takes no longer names of sheets."""


@dataclass(frozen=True)
class Table:
    """One sheet: its name, the head row, the rows. None is an empty cell: not defined."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook(tables: Sequence[Table]) -> bytes:
    """An .xlsx file with a sheet per table. Numbers are numbers; no text becomes a formula or a link."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True})
    for table in tables:
        sheet = book.add_worksheet(table.name[:NAME_LENGTH])
        for column, words in enumerate(table.head):
            sheet.write_string(0, column, harmless(words), bold)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, max(len(table.head) - 1, 0), 14)
        for at, row in enumerate(table.rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, column, harmless(value))
                elif value is not None:
                    sheet.write_number(at, column, round(value, PLACES))
    book.close()
    return target.getvalue()


def as_csv(table: Table) -> str:
    """UTF-8 text with a byte order mark, so that spreadsheets read Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(words) for words in table.head])
    for row in table.rows:
        writer.writerow([_text(value) for value in row])
    return "\ufeff" + out.getvalue()


def _text(value: Cell) -> str:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else format(round(value, PLACES), "g")
