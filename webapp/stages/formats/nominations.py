"""The list of a selection outside (基层选拔): a workbook with contestant numbers and names."""

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.accounts.errors import WorkbookUnreadable
from webapp.accounts.formats.cells import Row, open_workbook, rows_of
from webapp.core.problems import Problem
from webapp.core.words import N_, Message

HEADINGS: Mapping[str, str] = {
    "选手编号": "number", "编号": "number", "contestant number": "number", "number": "number",
    "姓名": "name", "name": "name",
    "推荐单位": "by", "nominated by": "by",
}  # fmt: skip


@dataclass(frozen=True)
class Nomination:
    """One line. row: as the spreadsheet shows it; by: the unit or county that nominates."""

    row: int
    sheet: str
    number: str
    name: str
    by: str


def read(content: bytes) -> tuple[tuple[Nomination, ...], tuple[Problem, ...]]:
    """The lines that are right in themselves, and every problem. raise (WorkbookUnreadable, FileRefused)."""
    found: dict[str, Nomination] = {}
    problems: list[Problem] = []
    count = 0
    for sheet in open_workbook(content):
        for row in rows_of(sheet, HEADINGS):
            count += 1
            one = Nomination(row.number, sheet.name, row.text("number"), row.text("name"), row.text("by"))
            if not one.number or not one.name:
                problems.append(
                    problem(one, "missing", N_("Contestant number and name are both needed."), row)
                )
            elif one.number in found:
                problems.append(problem(one, "twice", N_("This contestant number stands twice."), row))
            else:
                found[one.number] = one
    if not count:
        raise WorkbookUnreadable
    return tuple(found.values()), tuple(problems)


def problem(one: Nomination, code: str, words: str, row: Row | None = None) -> Problem:
    """What is wrong with a line, with its place."""
    column = row.cells["number"].column if row and "number" in row.cells else ""
    return Problem(code, Message(words), sheet=one.sheet, row=one.row, column=column, value=one.number[:40])
