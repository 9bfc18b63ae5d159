"""The workbook of earlier winners: template out, rows and problems in."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import xlsxwriter

from webapp.accounts.errors import WorkbookUnreadable
from webapp.accounts.formats.cells import Row, open_workbook, rows_of
from webapp.accounts.formats.staff_workbook import DOCUMENT_WORDS, LONG_NUMBER, LONG_NUMBER_HINT
from webapp.accounts.rules import documents, names
from webapp.accounts.rules.documents import Document
from webapp.core.errors import DomainError
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message
from webapp.registration.rules.winners import Prize, trade_key

SHEETS = ("获奖名单", "winners")
HEADINGS: Mapping[str, str] = {
    "姓名": "name", "name": "name",
    "证件类型": "kind", "document kind": "kind",
    "证件号码": "number", "document number": "number",
    "证件后四位": "last4", "last four": "last4",
    "单位": "unit", "unit": "unit",
    "竞赛": "contest", "contest": "contest",
    "届次": "edition", "edition": "edition",
    "年份": "year", "year": "year",
    "工种": "trade", "trade": "trade",
    "名次": "rank", "rank": "rank",
    "奖次": "prize", "prize": "prize",
    "来源": "source", "source": "source",
}  # fmt: skip
PRIZE_WORDS: Mapping[str, Prize] = {
    "": Prize.NONE,
    "一等奖": Prize.FIRST,
    "二等奖": Prize.SECOND,
    "三等奖": Prize.THIRD,
    "其他": Prize.OTHER,
    "其他奖": Prize.OTHER,
    "优秀奖": Prize.OTHER,
    **{prize.value: prize for prize in Prize},
}
EARLIEST_YEAR = 1949
MOST_LETTERS = 200
EXAMPLE = ("示例", "example")
"""A row whose name begins so is the template's own."""


@dataclass(frozen=True)
class WinnerLine:
    """One right row. document None: the source has no number; last4 '' likewise. rank from 1."""

    row: int
    name: str
    document: Document | None
    last4: str
    unit: str
    contest: str
    edition: str
    year: int
    trade: str
    rank: int | None
    prize: Prize
    source: str


@dataclass(frozen=True)
class WinnersWorkbook:
    """The rows that are right in themselves, and all problems."""

    lines: tuple[WinnerLine, ...]
    problems: tuple[Problem, ...]


def read(content: bytes, today: date) -> WinnersWorkbook:
    """Read the first sheet that holds the headings. Raise WorkbookUnreadable when none does, and FileRefused
    for hostile files. A row that stands twice is a problem."""
    lines: list[WinnerLine] = []
    problems: list[Problem] = []
    sheets = open_workbook(content)
    named = [sheet for sheet in sheets if sheet.name.strip().lower() in SHEETS] or sheets[:1]
    if not named:
        raise WorkbookUnreadable
    for sheet in named:
        seen: dict[tuple[object, ...], int] = {}
        for row in rows_of(sheet, HEADINGS):
            if row.text("name").lower().startswith(EXAMPLE):
                continue
            line = _Line(sheet.name, row, problems).read(today)
            if line is None:
                continue
            first = seen.setdefault(_sameness(line), line.row)
            if first == line.row:
                lines.append(line)
            else:
                problems.append(
                    Problem(
                        "row-twice",
                        Message(N_("The same result stands in row %(row)d already."), {"row": first}),
                        sheet=sheet.name,
                        row=line.row,
                        value=line.name,
                    )
                )
    return WinnersWorkbook(tuple(lines), tuple(problems))


def _sameness(line: WinnerLine) -> tuple[object, ...]:
    who = line.document.number if line.document else (line.name, line.last4, line.unit)
    return (who, line.contest, line.edition, line.year, trade_key(line.trade))


@dataclass(frozen=True)
class _Line:
    """Turns one row into a value, noting every problem of it."""

    sheet: str
    row: Row
    problems: list[Problem]

    def read(self, today: date) -> WinnerLine | None:
        before = len(self.problems)
        name, document, last4 = self._name(), self._document(today), self._last4()
        unit = self._text("unit", needed=False)
        if document is None and not last4 and not unit and not self.row.text("number"):
            self._note(
                "number",
                "nobody",
                Message(N_("Nothing tells who this is.")),
                Message(N_("Give the document number, its last four characters or the unit.")),
            )
        rank, prize = self._rank(), self._prize()
        if rank is None and prize is Prize.NONE and not self.row.text("rank") + self.row.text("prize"):
            self._note("rank", "no-result", Message(N_("Neither a rank nor a prize is given.")))
        contest, trade, source = self._text("contest"), self._text("trade"), self._text("source")
        year = self._year(today)
        edition = self._text("edition", needed=False)
        if len(self.problems) > before:
            return None
        last4 = document.last4 if document else last4
        return WinnerLine(
            self.row.number, name, document, last4, unit, contest, edition, year, trade, rank, prize, source
        )

    def _name(self) -> str:
        try:
            return names.clean(self.row.text("name"))
        except DomainError as error:
            self._note("name", error.code, error.message)
            return ""

    def _document(self, today: date) -> Document | None:
        text = self.row.text("number")
        if not text:
            return None
        cell = self.row.cells["number"]
        if cell.is_rounded or "E+" in text.upper():
            self._note("number", "number-rounded", Message(LONG_NUMBER), Message(LONG_NUMBER_HINT), hide=True)
            return None
        kind = DOCUMENT_WORDS.get(self.row.text("kind").lower())
        if kind is None:
            self._note("kind", "document-kind", Message(N_("Unknown kind of document.")))
            return None
        try:
            return documents.parse(kind, text, today)
        except DomainError as error:
            self._note("number", error.code, error.message, hide=True)
            return None

    def _last4(self) -> str:
        text = self.row.text("last4").strip().upper()
        if text.isdecimal() and len(text) < 4:
            text = text.zfill(4)  # a spreadsheet drops the zeros in front
        if text and not (len(text) == 4 and text.isascii() and text.isalnum()):
            self._note("last4", "last4", Message(N_("These are not the last four characters of a number.")))
            return ""
        return text

    def _text(self, key: str, needed: bool = True) -> str:
        text = self.row.text(key).strip()
        if needed and not text:
            self._note(key, "missing", Message(N_("This cell must not be empty.")))
        if len(text) > MOST_LETTERS:
            self._note(
                key, "too-long", Message(N_("At most %(most)d characters fit here."), {"most": MOST_LETTERS})
            )
        return text

    def _year(self, today: date) -> int:
        text = self.row.text("year").strip().removesuffix("年").removesuffix(".0")
        if text.isdecimal() and len(text) == 4 and EARLIEST_YEAR <= int(text) <= today.year:
            return int(text)
        self._note("year", "year", Message(N_("This must be a year of four digits, not in the future.")))
        return 0

    def _rank(self) -> int | None:
        text = self.row.text("rank").strip().removeprefix("第").removesuffix("名").removesuffix(".0")
        if not text:
            return None
        if text.isdecimal() and len(text) < 6 and int(text) >= 1:
            return int(text)
        self._note("rank", "rank", Message(N_("A rank is a whole number from 1.")))
        return None

    def _prize(self) -> Prize:
        prize = PRIZE_WORDS.get(self.row.text("prize").strip().lower())
        if prize is None:
            hint = Message(N_("Write 一等奖, 二等奖, 三等奖 or 其他."))
            self._note("prize", "prize", Message(N_("Unknown prize.")), hint)
            return Prize.NONE
        return prize

    def _note(
        self, key: str, code: str, reason: Message, hint: Message | None = None, hide: bool = False
    ) -> None:
        text = self.row.text(key)
        cell = self.row.cells.get(key)
        value = documents.mask(text) if hide and len(text) >= 5 else shorten(text)
        self.problems.append(
            Problem(
                code,
                reason,
                sheet=self.sheet,
                row=self.row.number,
                column=cell.column if cell else _heading(key),
                value=value,
                hint=hint,
            )
        )


def _heading(key: str) -> str:
    return next(heading for heading, known in HEADINGS.items() if known == key)


def template() -> bytes:
    """An empty workbook with text columns, a list of prizes and one example row."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#A61C1C", "font_color": "#FFFFFF", "border": 1})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(SHEETS[0])
        shown = [heading for heading in HEADINGS if not heading.isascii()]
        sheet.set_column(0, len(shown) - 1, 20, text)
        for column, heading in enumerate(shown):
            sheet.write_string(0, column, heading, head)
        example = ("示例：张三（请删除本行）", "居民身份证", "填写证件上的号码", "不知号码时填写", "示例机械厂",
                   "示例市职工职业技能竞赛", "第三届", "2023", "焊工", "1", "一等奖", "示例市总工会通报")  # fmt: skip
        for column, value in enumerate(example):
            sheet.write_string(1, column, value, text)
        sheet.freeze_panes(1, 0)
        kinds = [word for word in DOCUMENT_WORDS if word and not word.isascii() and word != "身份证"]
        sheet.data_validation(1, 1, 5000, 1, {"validate": "list", "source": kinds})
        prizes = ["一等奖", "二等奖", "三等奖", "其他"]
        sheet.data_validation(1, 10, 5000, 10, {"validate": "list", "source": prizes})
    return buffer.getvalue()
