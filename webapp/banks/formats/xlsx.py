"""Workbooks (.xlsx) as displayed texts: saved values of formulas, joined rich text, anchored pictures."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

import openpyxl

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.archive import member, open_zip
from webapp.banks.formats.displayed import displayed
from webapp.banks.formats.drawings import anchored_pictures, sheet_paths
from webapp.banks.formats.grid import (
    LOST,
    LOST_SIGN,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_PHYSICAL_ROW,
    MAX_ROWS,
    Cell,
    Sheet,
    clean,
    damaged,
    too_many,
)
from webapp.banks.formats.progress import Progress, Step
from webapp.core.words import N_

_DEFINITIONS = tuple(
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_ROW = re.compile(rb"<(?:\w+:)?row[ >/]")
_FAR_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d{6,9})"')
_HIDDEN = re.compile(rb'<(?:\w+:)?row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d{1,7})"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')

Places = frozenset[tuple[int, int]]


def read_xlsx(
    content: bytes,
    file: str,
    most_rows: int = MAX_ROWS,
    progress: Progress | None = None,
    first_rows: int = 0,
) -> list[Sheet]:
    """The sheets of a workbook. progress: hears of each row. first_rows: the reading of each sheet ends
    after so many, 0: at its end. Raise FileRefused: damaged, macros, a DTD inside, too many rows or cells."""
    archive = open_zip(content, file)
    has_formulas, rows = _refuse_unsafe(archive, file)
    progress = progress or Progress()
    progress.begin(Step.READING, rows * (2 if has_formulas else 1))
    try:
        with warnings.catch_warnings():
            # openpyxl warns about parts it does not know (drop-downs of newer Excel); none holds text.
            warnings.simplefilter("ignore")
            return _read(content, archive, has_formulas, file, most_rows, progress, first_rows)
    except FileRefused:
        raise
    except Exception as error:
        # The parser meets other people's broken files; whatever it raises, the person gets one answer.
        raise damaged(file) from error


def _refuse_unsafe(archive: zipfile.ZipFile, file: str) -> tuple[bool, int]:
    """Look at every part once. Return whether there are formulas, and how many rows."""
    names = archive.namelist()
    if not any(name.startswith("xl/") for name in names):
        raise refused(
            "wrong-kind", file, N_("This archive is not a workbook."), N_("Upload the .xlsx file itself.")
        )
    has_formulas, rows = False, 0
    for name in names:
        if "vbaproject" in name.lower():
            raise refused(
                "macros", file, N_("The file contains macros."), N_("Save it as .xlsx, without macros.")
            )
        if not name.lower().endswith((".xml", ".rels", ".vml")):
            continue
        part = member(archive, name, file)
        if any(mark in part for mark in _DEFINITIONS):
            raise refused(
                "unsafe-xml", file, N_("The file contains definitions that are not allowed in a workbook.")
            )
        if "worksheets/" in name:
            # Counted in the text: a parser needs half a minute for a million rows before it says no.
            found = sum(1 for _ in islice(_ROW.finditer(part), MAX_PHYSICAL_ROW + 1))
            far = (int(row) for row in _FAR_ROW.findall(part))
            if max(found, *far, 0) > MAX_PHYSICAL_ROW:
                raise too_many(file, MAX_PHYSICAL_ROW)
            rows += found
            has_formulas = has_formulas or bool(_FORMULA.search(part))
    return has_formulas, rows


def _read(
    content: bytes,
    archive: zipfile.ZipFile,
    has_formulas: bool,
    file: str,
    most_rows: int,
    progress: Progress,
    first_rows: int,
) -> list[Sheet]:
    formulas = _formula_places(content, file, progress, first_rows) if has_formulas else {}
    pictures = anchored_pictures(archive)
    paths = dict(sheet_paths(archive))
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheets, cells = [], 0
    for sheet in book.worksheets:
        hidden: frozenset[int] = frozenset()
        rows: list[tuple[Cell, ...]] = []
        numbers: list[int] = []
        for number, row in _rows(sheet, file):
            progress.add()
            if first_rows and len(rows) >= first_rows:
                break
            cells += len(row)
            if len(rows) > most_rows or cells > MAX_CELLS:
                raise too_many(file, number)
            read = _cells(row, number, formulas.get(sheet.title, frozenset()))
            if any(cell.text or cell.note for cell in read):
                rows.append(read)
                numbers.append(number)
        if sheet.title in paths:
            part = archive.read(paths[sheet.title])
            rows = _with_merged(rows, numbers, part)
            hidden = frozenset(int(found) for found in _HIDDEN.findall(part))
        is_hidden = getattr(sheet, "sheet_state", "visible") != "visible"
        sheets.append(
            Sheet(sheet.title, tuple(rows), is_hidden, tuple(numbers), pictures.get(sheet.title, {}), hidden)
        )
    book.close()
    return sheets


def _rows(sheet: Any, file: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
    # The stated size may be a lie (A1:XFD1048576); the rows themselves are the truth.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MAX_PHYSICAL_ROW:
            raise too_many(file, number)
        yield number, row[:MAX_COLUMNS]


_EMPTY = Cell()


def _cells(row: tuple[Any, ...], number: int, formulas: Places) -> tuple[Cell, ...]:
    if not formulas and all(cell.value is None for cell in row):
        return (_EMPTY,) * len(row)
    return tuple(_cell(cell, (number, index) in formulas) for index, cell in enumerate(row))


def _cell(cell: Any, is_formula: bool) -> Cell:
    if cell.value is None and not is_formula:
        return _EMPTY
    text, note = displayed(cell.value, getattr(cell, "number_format", "") or "")
    text = clean(text)
    if is_formula:
        return Cell(text, "formula" if text else "formula-empty")
    if LOST_SIGN in text:
        return Cell(text, LOST)
    return Cell(text, note if text else "")


def _formula_places(content: bytes, file: str, progress: Progress, first_rows: int) -> dict[str, Places]:
    """Per sheet, (row from 1, column from 0) of every formula."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    found = {}
    for sheet in book.worksheets:
        places: set[tuple[int, int]] = set()
        for number, row in _rows(sheet, file):
            progress.add()
            if first_rows and number > 2 * first_rows:
                break
            places.update((number, index) for index, cell in enumerate(row) if cell.data_type == "f")
        found[sheet.title] = frozenset(places)
    book.close()
    return found


def _with_merged(rows: list[tuple[Cell, ...]], numbers: list[int], part: bytes) -> list[tuple[Cell, ...]]:
    """A cell merged downwards stands for all its rows: categories are written so."""
    index_of = {number: index for index, number in enumerate(numbers)}
    for left, top, right, bottom in _MERGED.findall(part):
        if left != right or int(top) not in index_of or int(bottom) - int(top) > MAX_ROWS:
            continue
        column = _column_index(left.decode())
        first = rows[index_of[int(top)]]
        if column >= len(first):
            continue
        for number in range(int(top) + 1, int(bottom) + 1):
            if number in index_of:
                row = list(rows[index_of[number]])
                row += [Cell()] * (column + 1 - len(row))
                row[column] = Cell(first[column].text, is_merged=True)
                rows[index_of[number]] = tuple(row)
    return rows


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
