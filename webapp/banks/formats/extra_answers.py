"""A second workbook of accepted answers: 序号, 第几空, 答案1, 答案2 …, for fill-ins that stand in another one."""

from dataclasses import dataclass

from webapp.banks.formats.grid import Sheet
from webapp.banks.formats.headings import find_extra
from webapp.banks.formats.notation import FALSE_WORDS, fold


@dataclass(frozen=True)
class ExtraAnswers:
    """What one row says. number: of the question; blank: counted from 1; row: where it stands."""

    number: str
    blank: int
    texts: tuple[str, ...]
    row: int


def read_extra(sheet: Sheet) -> list[ExtraAnswers] | None:
    """The rows of such a sheet, or None when it is none."""
    columns = find_extra(sheet.rows)
    if columns is None:
        return None
    found = []
    for index in range(columns.row + 1, len(sheet.rows)):
        cells = [cell.text for cell in sheet.rows[index]]
        cells += [""] * (len(columns.titles) - len(cells))
        blank = cells[columns.at["blank_number"]]
        is_off = "enabled" in columns.at and fold(cells[columns.at["enabled"]]) in FALSE_WORDS
        texts = tuple(dict.fromkeys(cells[column] for column in columns.blanks if cells[column]))
        if not is_off and texts and blank.isascii() and blank.isdigit():
            found.append(ExtraAnswers(cells[columns.at["number"]], int(blank), texts, sheet.number(index)))
    return found
