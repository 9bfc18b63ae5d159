"""The first filled sheet of a workbook or text table, as rows of named texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webapp.banks.formats.cells import read_sheets
from webapp.core.problems import Problem, shorten
from webapp.core.words import Message
from webapp.judging.errors import FileEmpty, ScoresFileWrong

EXAMPLE_MARK = "示例"


@dataclass
class Table:
    """Rows with something in them, and the problems found so far."""

    file: str
    sheet: str
    rows: list[tuple[int, dict[str, str]]]
    problems: list[Problem] = field(default_factory=list)

    def problem(self, row: int, column: str, code: str, reason: Message, value: str = "") -> None:
        """Note what is wrong in a cell."""
        self.problems.append(
            Problem(
                code, reason, file=self.file, sheet=self.sheet, row=row, column=column, value=shorten(value)
            )
        )


def read_table(content: bytes, file: str, columns: Mapping[str, str], needed: Sequence[str]) -> Table:
    """The rows of a file. columns: heading (small letters) -> the name it has here; other columns are left out.
    Rows whose first named cell begins with 示例 are examples.

    raise (FileRefused): no workbook or text table. raise (ScoresFileWrong): needed columns are missing.
    raise (FileEmpty)."""
    sheet = next((one for one in read_sheets(content, file) if one.rows and not one.is_hidden), None)
    if sheet is None:
        raise FileEmpty
    at: dict[str, int] = {}
    for place, cell in enumerate(sheet.rows[0]):
        name = columns.get(cell.text.strip().rstrip("*").lower())
        if name is not None:
            at.setdefault(name, place)
    missing = [name for name in needed if name not in at]
    if missing:
        raise ScoresFileWrong(missing="、".join(missing))
    rows = []
    for index in range(1, len(sheet.rows)):
        cells = sheet.rows[index]
        texts = {name: cells[place].text.strip() if place < len(cells) else "" for name, place in at.items()}
        if any(texts.values()) and not texts[needed[0]].startswith(EXAMPLE_MARK):
            rows.append((sheet.number(index), texts))
    if not rows:
        raise FileEmpty
    return Table(file, sheet.name, rows)
