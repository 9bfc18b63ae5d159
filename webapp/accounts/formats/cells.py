"""Opening a workbook with limits, and reading its sheets as text with their places."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from webapp.accounts.errors import WorkbookUnreadable

MOST_BYTES = 5 * 1024 * 1024
MOST_EXPANDED_BYTES = 60 * 1024 * 1024
MOST_ROWS = 5000


@dataclass(frozen=True)
class Cell:
    """One cell as text. `was_number` tells that the program stored a number: long ones have lost digits."""

    text: str
    column: str
    was_number: bool = False


@dataclass(frozen=True)
class Row:
    """One row by column key. number: 1-based, as the spreadsheet shows it."""

    number: int
    cells: Mapping[str, Cell]

    def text(self, key: str) -> str:
        """The text of a cell, '' when its column is missing."""
        return self.cells[key].text if key in self.cells else ""


def open_workbook(content: bytes) -> CalamineWorkbook:
    """Raise WorkbookUnreadable for anything that is not an .xlsx of a sensible size."""
    if len(content) > MOST_BYTES:
        raise WorkbookUnreadable
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_EXPANDED_BYTES:
                raise WorkbookUnreadable
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (zipfile.BadZipFile, CalamineError, OSError, ValueError) as error:
        raise WorkbookUnreadable from error


def rows_of(workbook: CalamineWorkbook, sheet: str, headings: Mapping[str, str]) -> Iterator[Row]:
    """The filled rows below the heading row, which is the first row that holds known headings.

    headings: heading in lower case -> column key. Raise WorkbookUnreadable above MOST_ROWS rows."""
    table = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    if len(table) > MOST_ROWS:
        raise WorkbookUnreadable
    columns: dict[int, str] = {}
    for number, values in enumerate(table, start=1):
        texts = [as_text(value) for value in values]
        if not columns:
            known = {
                index: headings[text.lower()] for index, text in enumerate(texts) if text.lower() in headings
            }
            columns = known if len(known) >= 2 else {}
            titles = texts
            continue
        if any(texts[index] for index in columns if index < len(texts)):
            yield Row(
                number,
                {
                    key: Cell(
                        texts[index],
                        f"{letters(index)} {titles[index]}",
                        isinstance(values[index], float | int) and not isinstance(values[index], bool),
                    )
                    for index, key in columns.items()
                    if index < len(texts)
                },
            )


def as_text(value: object) -> str:
    """A cell's value as a person typed it; whole numbers without '.0'."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip().strip("\u3000\u200b\ufeff")


def letters(index: int) -> str:
    """'A' for column 0, 'AA' for column 26."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name
