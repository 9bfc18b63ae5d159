"""Text tables: comma, tab or semicolon; UTF-8 with or without a mark, UTF-16 with one, GB18030."""

import csv
import io

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.grid import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Sheet,
    clean,
    text_cell,
    too_many,
)
from webapp.core.spreadsheets import FORMULA_STARTS
from webapp.core.words import N_

DELIMITERS = (",", "\t", ";", "|")


def decode(content: bytes, file: str) -> str:
    """The text of a file; nothing is ever replaced silently.

    Raise FileRefused with line and column of the first sign that cannot be read."""
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    furthest: UnicodeDecodeError | None = None
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            # The reading that got further is the one that was meant.
            furthest = error if furthest is None or error.start > furthest.start else furthest
            continue
        if "\x00" in text:
            raise _not_text(file, text[: text.index("\x00")])
        return text
    assert furthest is not None
    encoding = "utf-16" if is_utf16 else furthest.encoding
    raise _not_text(file, content[: furthest.start].decode(encoding, "ignore"))


def _not_text(file: str, before: str) -> FileRefused:
    return refused(
        "not-text",
        file,
        N_("The file is neither UTF-8 nor GB18030 text: row %(row)s, character %(character)s."),
        N_("Save it as CSV UTF-8, or upload the workbook itself."),
        row=before.count("\n") + 1,
        column=str(len(before) - before.rfind("\n")),
        character=len(before) - before.rfind("\n"),
    )


def read_delimited(content: bytes, file: str) -> Sheet:
    """The rows of a .csv or .tsv. A record that spans lines has the number of its first line."""
    text = decode(content, file)
    rows: list[tuple[Cell, ...]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    start, cells = 1, 0
    try:
        for record in reader:
            cells += len(record)
            if len(rows) > MAX_ROWS or cells > MAX_CELLS:
                raise too_many(file, start)
            if any(record):
                rows.append(tuple(text_cell(clean(unescaped(value))) for value in record[:MAX_COLUMNS]))
                numbers.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise refused(
            "damaged",
            file,
            N_("The table cannot be read from this row on."),
            N_("Look for a quotation mark that is opened and never closed."),
            row=start,
        ) from error
    return Sheet("", tuple(rows), row_numbers=tuple(numbers))


def delimiter_of(text: str) -> str:
    """The sign that divides the first lines into most columns, counted outside quotation marks."""
    outside = [part for line in text[:20_000].split("\n")[:10] for part in line.split('"')[::2]]
    counts = {sign: sum(part.count(sign) for part in outside) for sign in DELIMITERS}
    if counts["\t"] and counts["\t"] >= counts[","] / 2:
        return "\t"
    if counts["|"] > 3 * max(counts[","], counts[";"], 1):
        return "|"
    return ";" if counts[";"] > 2 * counts[","] else ","


def escaped(text: str) -> str:
    """A text for a cell of a CSV file: an apostrophe before what a spreadsheet would calculate."""
    return "'" + text if text.startswith((*FORMULA_STARTS, "'")) else text


def unescaped(text: str) -> str:
    """Undo `escaped`."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in (*FORMULA_STARTS, "'") else text
