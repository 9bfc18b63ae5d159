"""Sheets as rows of displayed texts, whatever file they came from, and how large they may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.drawings import Anchored
from webapp.core.words import N_

MEBIBYTE = 1024 * 1024
MAX_BYTES = 20 * MEBIBYTE
MAX_EXPANDED = 200 * MEBIBYTE
MAX_ENTRIES = 5000
MAX_RATIO = 300
"""Unpacked over packed size of one large member of a zip."""
MAX_ROWS = 50_000
MAX_CELLS = 1_500_000
MAX_PHYSICAL_ROW = 300_000
MAX_COLUMNS = 200

LOST_SIGN, LOST = "\ufffd", "lost-sign"
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_BLANKS = " \t\n\u3000"


@dataclass(frozen=True)
class Cell:
    """A cell as displayed. note: '' or what to know about it: 'date' (perhaps typed as 3-4), 'formula'
        (read by its saved value), 'formula-empty' (no saved value), 'long-number' (digits may be lost), 'lost-sign'
        (a program before us put U+FFFD for what it could not read). is_merged: the text stands in a cell above, merged
    downwards to here."""

    text: str = ""
    note: str = ""
    is_merged: bool = False


@dataclass(frozen=True)
class Sheet:
    """rows[i] stands in physical row row_numbers[i] (i + 1 when there are none). pictures: by (row from 1,
    column from 0). hidden: physical rows that the workbook does not show."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    is_hidden: bool = False
    row_numbers: tuple[int, ...] = ()
    pictures: Mapping[tuple[int, int], Anchored] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()

    def number(self, index: int) -> int:
        """The physical row (1-based) of rows[index]."""
        return self.row_numbers[index] if self.row_numbers else index + 1


def text_cell(text: str) -> Cell:
    """A cell of a text table."""
    return Cell(text, LOST if LOST_SIGN in text else "")


def clean(value: object) -> str:
    """A cell's text as we keep it: line ends as \\n, no invisible signs, no blanks of any width around it."""
    if value is None:
        return ""
    if isinstance(value, str) and value.isprintable() and "_x000D_" not in value:
        return value.strip(" ")  # Nearly all cells: nothing invisible in them, no line ends.
    text = str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    text = text.translate(_INVISIBLE).replace("\u00a0", " ")
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t").strip(_BLANKS)


def column_name(index: int) -> str:
    """The letter of a column counted from 0: 0 -> 'A', 26 -> 'AA'."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def too_many(file: str, row: int) -> FileRefused:
    """The refusal of a table beyond the limits."""
    return refused(
        "too-many-rows",
        file,
        N_("The table is larger than %(rows)s rows or %(cells)s cells."),
        N_("Divide it into several files."),
        row=row,
        rows=MAX_ROWS,
        cells=MAX_CELLS,
    )


def damaged(file: str) -> FileRefused:
    """The refusal of a file that cannot be opened."""
    return refused(
        "damaged",
        file,
        N_("The file is damaged and cannot be opened."),
        N_("Open it in its own program, save it again and upload the saved file."),
    )


def encrypted(file: str) -> FileRefused:
    """The refusal of a file behind a password."""
    return refused(
        "encrypted", file, N_("The file is protected by a password."), N_("Save it without a password.")
    )
