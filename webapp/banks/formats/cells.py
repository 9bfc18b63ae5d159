"""Workbooks and text tables → sheets of texts as displayed, told apart by content, not by name."""

from webapp.banks.errors import refused
from webapp.banks.formats.delimited import decode, read_delimited
from webapp.banks.formats.grid import (
    MAX_BYTES,
    MAX_ENTRIES,
    MAX_EXPANDED,
    MAX_ROWS,
    MEBIBYTE,
    Cell,
    Sheet,
    clean,
    column_name,
)
from webapp.banks.formats.progress import Progress
from webapp.banks.formats.xls import SIGNATURE, read_xls
from webapp.banks.formats.xlsx import read_xlsx
from webapp.core.words import N_

OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")


def refuse_size(content: bytes, file: str) -> None:
    """Raise FileRefused when a file is empty or too large."""
    if not content.strip():
        raise refused(
            "empty-file", file, N_("The file is empty."), N_("Save it again and upload the saved file.")
        )
    if len(content) > MAX_BYTES:
        raise refused(
            "too-large",
            file,
            N_("The file is larger than %(limit)s MB."),
            N_("Divide it into several files."),
            limit=MAX_BYTES // MEBIBYTE,
        )


def read_sheets(
    content: bytes,
    file: str,
    most_rows: int = MAX_ROWS,
    progress: Progress | None = None,
    first_rows: int = 0,
) -> list[Sheet]:
    """The sheets of an .xlsx, .xls, .csv or .tsv. most_rows: filled rows of a workbook's sheet.
    first_rows: of a workbook read no more than so many of each sheet, 0 for all.

    Raise FileRefused for what is empty, too large, damaged, encrypted, with macros or of another kind."""
    refuse_size(content, file)
    if content.startswith(b"PK"):
        return read_xlsx(content, file, most_rows, progress, first_rows)
    if content.startswith(SIGNATURE):
        return read_xls(content, file)
    if content.startswith(OTHER_KINDS):
        raise refused(
            "wrong-kind",
            file,
            N_("This is not a workbook or a text table."),
            N_("Upload an .xlsx, .xls, .csv or .tsv file, or a TOML bank."),
        )
    return [read_delimited(content, file)]


__all__ = [
    "MAX_ENTRIES",
    "MAX_EXPANDED",
    "Cell",
    "Sheet",
    "clean",
    "column_name",
    "decode",
    "read_sheets",
    "refuse_size",
]
