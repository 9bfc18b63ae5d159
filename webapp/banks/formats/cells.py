"""Workbooks and delimited text → sheets of texts as displayed. Hostile files are refused with one problem."""

import csv
import io
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
import xlrd
from defusedxml.common import DefusedXmlException
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from webapp.banks.errors import refused
from webapp.core.words import N_

MAX_BYTES = 20 * 1024 * 1024
MAX_EXPANDED = 300 * 1024 * 1024
MAX_ENTRIES = 5000
MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL = 20_000
STRIPPED = " \t\r\n\u3000\u00a0\u200b\u200c\u200d\ufeff"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Cell:
    """A cell as displayed. is_date: the workbook holds a date here, perhaps by mistake ('3-4' typed)."""

    text: str = ""
    is_date: bool = False


EMPTY = Cell()


@dataclass(frozen=True)
class Sheet:
    """rows[i] stands in physical row i + first_row."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    is_hidden: bool = False
    row_numbers: tuple[int, ...] = ()
    pictures: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def number(self, index: int) -> int:
        """The physical row (1-based) of rows[index]."""
        return self.row_numbers[index] if self.row_numbers else index + 1


def read_sheets(content: bytes, file: str) -> list[Sheet]:
    """The sheets of an .xlsx, .xls, .csv or .tsv, told apart by content, not by name.

    Raise FileRefused for what is empty, too large, damaged, encrypted, with macros or of another kind."""
    if not content.strip():
        raise refused("empty-file", file, N_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise refused(
            "too-large", file, N_("The file is larger than %(limit)s MB."), limit=MAX_BYTES // 1024 // 1024
        )
    if content.startswith(b"PK"):
        return _read_xlsx(content, file)
    if content.startswith(OLE):
        return _read_xls(content, file)
    if content.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"7z", b"Rar!")
    ):
        raise refused(
            "wrong-kind",
            file,
            N_("This is not a workbook or a text table."),
            N_("Upload an .xlsx, .xls, .csv or .tsv file, or a TOML bank."),
        )
    return [Sheet("", *_read_text(content, file))]


def column_name(index: int) -> str:
    """0 → 'A'."""
    return str(get_column_letter(index + 1))


def _check_zip(content: bytes, file: str) -> None:
    """Refuse bombs, macros and files that are no workbook before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_EXPANDED:
                raise refused(
                    "too-large-inside", file, N_("The file unpacks to more than this system reads.")
                )
            if any(entry.flag_bits & 1 for entry in entries):
                raise refused(
                    "encrypted",
                    file,
                    N_("The file is protected by a password."),
                    N_("Save it without a password."),
                )
            if any("vbaProject" in name for name in names):
                raise refused(
                    "macros", file, N_("The file contains macros."), N_("Save it as .xlsx, without macros.")
                )
            if "xl/workbook.xml" not in names:
                raise refused(
                    "wrong-kind",
                    file,
                    N_("This archive is not a workbook."),
                    N_("Upload the .xlsx file itself."),
                )
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise refused("damaged", file, N_("The file is damaged and cannot be opened.")) from error


def _read_xlsx(content: bytes, file: str) -> list[Sheet]:
    _check_zip(content, file)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=False, keep_links=False)
        return [_xlsx_sheet(sheet, file) for sheet in book.worksheets]
    except DefusedXmlException as error:
        raise refused(
            "unsafe-xml", file, N_("The file contains definitions that are not allowed in a workbook.")
        ) from error
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        EOFError,
        SyntaxError,
    ) as error:
        raise refused("damaged", file, N_("The file is damaged and cannot be opened.")) from error


def _xlsx_sheet(sheet: Any, file: str) -> Sheet:
    if sheet.max_row > MAX_ROWS or sheet.max_column > 16_384:
        raise refused("too-many-rows", file, N_("The file has more than %(limit)s rows."), limit=MAX_ROWS)
    merged = _merged_values(sheet)
    rows = []
    for row in sheet.iter_rows(max_col=min(sheet.max_column, MAX_COLUMNS)):
        rows.append(tuple(merged.get((cell.row, cell.column)) or _xlsx_cell(cell) for cell in row))
    return Sheet(sheet.title, tuple(rows), sheet.sheet_state != "visible", pictures=_pictures(sheet))


def _merged_values(sheet: Any) -> dict[tuple[int, int], Cell]:
    """A cell merged downwards stands for all its rows (categories are written so)."""
    values: dict[tuple[int, int], Cell] = {}
    for area in sheet.merged_cells.ranges:
        if area.min_col != area.max_col or area.size["rows"] > MAX_ROWS:
            continue
        cell = _xlsx_cell(sheet.cell(area.min_row, area.min_col))
        for row in range(area.min_row + 1, area.max_row + 1):
            values[(row, area.min_col)] = cell
    return values


def _pictures(sheet: Any) -> dict[tuple[int, int], bytes]:
    """Pictures anchored to cells, by (row, column) counted from 1 and 0."""
    found: dict[tuple[int, int], bytes] = {}
    for image in getattr(sheet, "_images", []):
        anchor = getattr(image.anchor, "_from", None)
        if anchor is not None:
            found[(anchor.row + 1, anchor.col)] = image._data()
    return found


def _xlsx_cell(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, (datetime, date, time)):
        return Cell(_shown_date(value, str(cell.number_format)), is_date=True)
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE")
    if isinstance(value, (int, float)):
        return Cell(_shown_number(value, str(cell.number_format)))
    return Cell(clean(value))


def clean(value: object) -> str:
    """Text without surrounding white space of any width; line ends as \\n."""
    if value is None:
        return ""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    return text.strip(STRIPPED)[:MAX_CELL]


def _shown_number(value: float, number_format: str) -> str:
    """1.0 → '1', 0.15 shown as a percentage → '15%'."""
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    suffix = ""
    if "%" in number_format:
        number, suffix = number * 100, "%"
    text = format(number.normalize(), "f") if number else "0"
    return text + suffix


def _shown_date(value: datetime | date | time, number_format: str) -> str:
    if isinstance(value, time):
        return value.isoformat("minutes")
    if "年" in number_format:
        return f"{value.year}年{value.month}月{value.day}日"
    if not number_format.lower().startswith("y") and "y" not in number_format.lower():
        return f"{value.month}-{value.day}"
    return f"{value.year}-{value.month:02d}-{value.day:02d}"


def _read_xls(content: bytes, file: str) -> list[Sheet]:
    try:
        book = xlrd.open_workbook(file_contents=content, on_demand=False, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise refused(
                "encrypted",
                file,
                N_("The file is protected by a password."),
                N_("Save it without a password."),
            ) from error
        raise refused(
            "wrong-kind",
            file,
            N_("This is not a workbook that can be read (perhaps a Word file or a protected workbook)."),
            N_("Save it as .xlsx without a password and upload it again."),
        ) from error
    except Exception as error:  # xlrd raises many kinds on damaged files; all mean the same to the person
        raise refused("damaged", file, N_("The file is damaged and cannot be opened.")) from error
    sheets = []
    for sheet in book.sheets():
        if sheet.nrows > MAX_ROWS:
            raise refused("too-many-rows", file, N_("The file has more than %(limit)s rows."), limit=MAX_ROWS)
        rows = tuple(
            tuple(
                _xls_cell(sheet.cell(row, column), book.datemode)
                for column in range(min(sheet.ncols, MAX_COLUMNS))
            )
            for row in range(sheet.nrows)
        )
        sheets.append(Sheet(sheet.name, rows, sheet.visibility != 0))
    return sheets


def _xls_cell(cell: Any, datemode: int) -> Cell:
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return Cell(_shown_number(cell.value, ""))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return Cell("TRUE" if cell.value else "FALSE")
    if cell.ctype == xlrd.XL_CELL_DATE:
        return Cell(_shown_date(xlrd.xldate_as_datetime(cell.value, datemode), "yyyy-mm-dd"), is_date=True)
    return Cell("" if cell.ctype == xlrd.XL_CELL_ERROR else clean(cell.value))


def decode(content: bytes, file: str) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, GB18030; nothing is ever replaced silently.

    Raise FileRefused with row and column of the first byte that cannot be read."""
    has_utf16_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if has_utf16_mark else ["utf-8-sig", "gb18030"]
    first: UnicodeDecodeError | None = None
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            first = first or error
            continue
        if "\x00" not in text:
            return text
        before = text[: text.index("\x00")]
        raise refused(
            "not-text",
            file,
            N_("The file is not text: it contains NUL characters."),
            row=before.count("\n") + 1,
            column=str(len(before) - before.rfind("\n")),
        )
    assert first is not None
    before_bytes = content[: first.start]
    raise refused(
        "not-text",
        file,
        N_("The file is neither UTF-8 nor GB18030 text."),
        N_("Save it as CSV UTF-8, or upload the workbook itself."),
        row=before_bytes.count(b"\n") + 1,
        column=str(first.start - before_bytes.rfind(b"\n")),
    )


def _read_text(content: bytes, file: str) -> tuple[tuple[tuple[Cell, ...], ...], bool, tuple[int, ...]]:
    text = decode(content, file)
    sample = text[:4000]
    delimiter = max(
        (",", "\t", ";"), key=lambda sign: sample.splitlines()[0].count(sign) if sample.splitlines() else 0
    )
    rows: list[tuple[Cell, ...]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    try:
        for row in reader:
            rows.append(tuple(Cell(clean(value)) for value in row[:MAX_COLUMNS]))
            numbers.append(start)
            start = reader.line_num + 1
            if len(rows) > MAX_ROWS:
                raise refused(
                    "too-many-rows", file, N_("The file has more than %(limit)s rows."), limit=MAX_ROWS
                )
    except csv.Error as error:
        raise refused("damaged", file, N_("The table cannot be read from this row on."), row=start) from error
    return tuple(rows), False, tuple(numbers)
