"""One data row of a question table, read by meaning."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from webapp.banks.formats.grid import Cell, Sheet
from webapp.banks.formats.headings import Columns
from webapp.banks.formats.notation import strip_number
from webapp.banks.formats.options import ReadOptions
from webapp.core.problems import ERROR, Problem, shorten
from webapp.core.words import Message

Further = Mapping[tuple[str, int], Sequence[str]]
"""(number of the question, number of the blank) → further accepted answers."""


class Row:
    """The cells of a row by what they mean, and the problems found in it.

    below: further rows of the same question, one option each. given_letters: the right options, where flags or
    shares beside the options say them. index_base: what an answer in numbers counts from,
    is_counted: whether all answers of the sheet are such numbers. further: accepted
    answers of a second workbook. is_part: whether it is a sub-question of a passage. section_…: what a row above
    says of all below it. taken_stem: the stem after options or an answer were taken out of it."""

    def __init__(
        self, sheet: Sheet, index: int, columns: Columns, file: str, options: ReadOptions, is_numbered: bool
    ) -> None:
        self.cells = sheet.rows[index]
        self.number = sheet.number(index)
        self.sheet, self.columns, self.file, self.options = sheet, columns, file, options
        self.is_numbered = is_numbered
        self.below: list[Row] = []
        self.given_letters: str | None = None
        self.index_base, self.is_counted = 1, False
        self.is_part = False
        self.further: Further = {}
        self.section_type = self.section_topic = self.section_mark = ""
        self.taken_stem: str | None = None
        self.problems: list[Problem] = []

    @property
    def is_blank(self) -> bool:
        return not any(cell.text or cell.note for cell in self.cells)

    @property
    def stem(self) -> str:
        """The stem, without its leading number when the stems of the sheet are numbered."""
        if self.taken_stem is not None:
            return self.taken_stem
        return strip_number(self.text("stem")) if self.is_numbered else self.text("stem")

    def starts_with(self, mark: str) -> bool:
        """Whether the row's name begins so."""
        return self.text("external_id").startswith(mark) or self.text("number").startswith(mark)

    def cell(self, index: int) -> Cell:
        return self.cells[index] if index < len(self.cells) else Cell()

    def text(self, meaning: str) -> str:
        """The text of the column with this meaning; '' when there is no such column."""
        index = self.columns.at.get(meaning)
        return "" if index is None else self.cell(index).text

    def is_above(self, meaning: str) -> bool:
        """Whether the cell is empty or only repeats, merged, what stands above."""
        index = self.columns.at.get(meaning)
        return index is None or not self.cell(index).text or self.cell(index).is_merged

    @property
    def shares(self) -> list[Decimal]:
        """What each option brings, where columns say it; 0 for what is no number."""
        found = []
        for index in self.columns.shares:
            try:
                share = Decimal(self.cell(index).text.removesuffix("%").strip() or "0")
            except InvalidOperation:
                share = Decimal(0)
            found.append(share if share.is_finite() else Decimal(0))
        return found

    def report(
        self, code: str, meaning: str, reason: Message, severity: str = ERROR, hint: Message | None = None
    ) -> None:
        """Add a problem at the column of a meaning."""
        index = self.columns.at.get(meaning)
        if index is None and meaning == "options" and self.columns.options:
            index = self.columns.options[0]
        if index is None and meaning == "answer" and self.columns.blanks:
            index = self.columns.blanks[0]
        self.report_at(index, code, reason, severity, hint)

    def report_at(
        self,
        index: int | None,
        code: str,
        reason: Message,
        severity: str = ERROR,
        hint: Message | None = None,
    ) -> None:
        """Add a problem at a column, None for the whole row."""
        column = "" if index is None else self.columns.title(index)
        value = "" if index is None else shorten(self.cell(index).text)
        self.problems.append(
            Problem(code, reason, severity, self.file, self.sheet.name, self.number, column, value, hint)
        )
