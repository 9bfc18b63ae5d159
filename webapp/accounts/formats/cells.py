"""The sheets of a workbook as rows by column key. Opening it, with every limit, is the banks' reader."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from webapp.accounts.errors import WorkbookUnreadable
from webapp.banks.errors import FileRefused
from webapp.banks.formats.cells import Sheet, column_name, read_sheets

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
ROUNDED = "long-number"


@dataclass(frozen=True)
class Cell:
    """One cell as text. is_rounded: the program stored a long number, which has lost digits."""

    text: str
    column: str
    is_rounded: bool = False


@dataclass(frozen=True)
class Row:
    """One row by column key. number: 1-based, as the spreadsheet shows it."""

    number: int
    cells: Mapping[str, Cell]

    def text(self, key: str) -> str:
        """The text of a cell, '' when its column is missing."""
        return self.cells[key].text if key in self.cells else ""


def open_workbook(content: bytes) -> list[Sheet]:
    """Its sheets. Raise WorkbookUnreadable for anything that is not a workbook of a sensible size; FileRefused
    where there is more to say: macros, definitions inside, a bomb, paths that leave the archive."""
    if len(content) > MOST_BYTES:
        raise WorkbookUnreadable
    try:
        return read_sheets(content, "", MOST_ROWS)
    except FileRefused as error:
        if error.problem.code in {"empty-file", "damaged", "wrong-kind"}:
            raise WorkbookUnreadable from error
        raise


def rows_of(sheet: Sheet, headings: Mapping[str, str]) -> Iterator[Row]:
    """The filled rows below the heading row, which is the first row that holds known headings.

    headings: heading in lower case -> column key. Raise WorkbookUnreadable above MOST_ROWS rows."""
    if len(sheet.rows) > MOST_ROWS:
        raise WorkbookUnreadable
    columns: dict[int, str] = {}
    titles: list[str] = []
    for index, cells in enumerate(sheet.rows):
        texts = [cell.text for cell in cells]
        if not columns:
            known = {at: headings[text.lower()] for at, text in enumerate(texts) if text.lower() in headings}
            columns = known if len(known) >= 2 else {}
            titles = texts
            continue
        if any(texts[at] for at in columns if at < len(texts)):
            yield Row(
                sheet.number(index),
                {
                    key: Cell(texts[at], f"{column_name(at)} {titles[at]}", cells[at].note == ROUNDED)
                    for at, key in columns.items()
                    if at < len(texts)
                },
            )
