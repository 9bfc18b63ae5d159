"""Practical scores counted elsewhere, from a workbook: one row a contestant, one column a module."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter

from webapp.contests.rules.practical import PracticalModule
from webapp.core.problems import Problem
from webapp.core.spreadsheets import harmless
from webapp.core.words import N_, Message
from webapp.judging.formats.tables import read_table
from webapp.judging.rules.items import number_of, plain

NUMBER, NAME = "选手编号", "姓名"
NUMBER_HEADINGS = {NUMBER: NUMBER, "number": NUMBER, "contestant number": NUMBER, NAME: NAME, "name": NAME}
PLACES = 4


@dataclass(frozen=True)
class ScoreRow:
    """The points of one contestant. modules: code -> points, all modules."""

    row: int
    entry_id: int
    modules: Mapping[str, Decimal]


@dataclass(frozen=True)
class ScoresFile:
    """What a file holds. A row with any problem is no valid row."""

    rows: tuple[ScoreRow, ...]
    problems: tuple[Problem, ...]


def heading(module: PracticalModule) -> str:
    """The title of a module's column."""
    return f"{module.title.zh}（{plain(module.mark)}）"


def read_scores(
    content: bytes, file: str, modules: Sequence[PracticalModule], entries: Mapping[str, tuple[int, str]]
) -> ScoresFile:
    """The rows of a file. entries: contestant number -> (entry, name) of everybody in the stage. A module's column
    bears its title, its code or the heading of the template; an empty cell is a problem, 0 is a score.

    raise (FileRefused, ScoresFileWrong, FileEmpty)."""
    columns = dict(NUMBER_HEADINGS)
    for module in modules:
        for title in (heading(module), module.title.zh, module.title.en, module.code):
            if title:
                columns.setdefault(title.lower(), module.code)
    table = read_table(content, file, columns, (NUMBER, *(module.code for module in modules)))
    rows: list[ScoreRow] = []
    seen: dict[str, int] = {}
    for row, texts in table.rows:
        before, number = len(table.problems), texts[NUMBER]
        known = entries.get(number)
        if known is None:
            table.problem(
                row, NUMBER, "unknown", Message(N_("Nobody in this stage has this number.")), number
            )
        elif texts.get(NAME) and texts[NAME] != known[1]:
            table.problem(
                row, NAME, "other-name", Message(N_("This number belongs to another name.")), texts[NAME]
            )
        if number in seen:
            words = Message(N_("Row %(row)s has the same contestant."), {"row": seen[number]})
            table.problem(row, NUMBER, "twice", words, number)
        seen.setdefault(number, row)
        points: dict[str, Decimal] = {}
        for module in modules:
            score = number_of(texts[module.code])
            fits = score is not None and 0 <= score <= module.mark and round(score, PLACES) == score
            if score is None or not fits:
                words = Message(N_("Write points from 0 to %(mark)s here."), {"mark": plain(module.mark)})
                table.problem(row, heading(module), "points", words, texts[module.code])
            else:
                points[module.code] = score
        if len(table.problems) == before and known is not None:
            rows.append(ScoreRow(row, known[0], points))
    return ScoresFile(tuple(rows), tuple(table.problems))


def write_template(modules: Sequence[PracticalModule], people: Sequence[tuple[str, str]]) -> bytes:
    """A workbook to fill in: contestant number and name of everybody in the stage, a column for each module."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("实操成绩")
        sheet.set_column(0, len(modules) + 1, 18, text)
        sheet.write_row(0, 0, [NUMBER, NAME, *(heading(module) for module in modules)], bold)
        for place, (number, name) in enumerate(people, 1):
            sheet.write_string(place, 0, number, text)
            sheet.write_string(place, 1, harmless(name), text)
    return out.getvalue()
