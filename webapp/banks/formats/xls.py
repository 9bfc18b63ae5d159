"""Old workbooks (.xls) as displayed texts."""

import io
from typing import Any

import xlrd

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.displayed import displayed
from webapp.banks.formats.grid import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Sheet,
    clean,
    damaged,
    encrypted,
    too_many,
)
from webapp.core.words import N_

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_xls(content: bytes, file: str) -> list[Sheet]:
    """The sheets of an old workbook. Raise FileRefused: protected, damaged, too large, a Word file."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise encrypted(file)
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        return [_sheet(book, sheet, file) for sheet in book.sheets()]
    except FileRefused:
        raise
    except Exception as error:
        # As with .xlsx: other people's broken files, one plain answer.
        if "encrypted" in str(error).lower():
            raise encrypted(file) from error
        if "can't find workbook" in str(error).lower():
            raise refused(
                "wrong-kind",
                file,
                N_("This is not a workbook that can be read (perhaps a Word file or a protected workbook)."),
                N_("Save it as .xlsx without a password and upload it again."),
            ) from error
        raise damaged(file) from error


def _sheet(book: Any, sheet: Any, file: str) -> Sheet:
    if sheet.nrows > MAX_ROWS or sheet.nrows * sheet.ncols > MAX_CELLS:
        raise too_many(file, sheet.nrows)
    rows = tuple(
        tuple(_cell(book, cell) for cell in sheet.row(number)[:MAX_COLUMNS]) for number in range(sheet.nrows)
    )
    return Sheet(sheet.name, rows, sheet.visibility != 0)


def _cell(book: Any, cell: Any) -> Cell:
    shown = (
        "" if cell.xf_index is None else book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    )
    text, note = displayed(_value(book, cell), str(shown))
    text = clean(text)
    return Cell(text, note if text else "")


def _value(book: Any, cell: Any) -> object:
    match cell.ctype:
        case xlrd.XL_CELL_TEXT:
            return cell.value
        case xlrd.XL_CELL_NUMBER:
            return int(cell.value) if cell.value == int(cell.value) else cell.value
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_DATE:
            try:
                return xlrd.xldate_as_datetime(cell.value, book.datemode)
            except (ValueError, xlrd.XLDateError):
                return cell.value
        case _:
            return None
