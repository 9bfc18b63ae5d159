"""Halls from a workbook or text table: every problem is named with its row; the template of it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

from webapp.banks.formats.cells import Sheet, read_sheets
from webapp.core.errors import DomainError
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message
from webapp.halls.errors import FileEmpty, HeaderWrong
from webapp.halls.rules import labels

SITE, ADDRESS, ADDRESS_EN, NAME = "考点", "地址", "英文地址", "考场"
SEATS, MEDIUM, NETWORKS, CHECK_IN = "座位", "作答方式", "网段", "须签到"
COLUMNS = (SITE, ADDRESS, ADDRESS_EN, NAME, SEATS, MEDIUM, NETWORKS, CHECK_IN)
NEEDED = (SITE, NAME, SEATS)
ENGLISH = {
    "site": SITE, "address": ADDRESS, "address (english)": ADDRESS_EN, "hall": NAME, "seats": SEATS,
    "medium": MEDIUM, "networks": NETWORKS, "check-in": CHECK_IN,
}  # fmt: skip
EXAMPLE_MARK = "示例"
EXAMPLE = (
    f"{EXAMPLE_MARK}考点（请删除本行）",
    "示例市示例路 1 号",
    "",
    "301 机房",
    "6×5",
    "机考",
    "203.0.113.0/24",
    "是",
)

MEDIA = {"": "computers", "机考": "computers", "computers": "computers", "纸笔": "paper", "paper": "paper"}
YES = {"": True, "是": True, "yes": True, "y": True, "否": False, "no": False, "n": False}
LONGEST = 60


@dataclass(frozen=True)
class HallRow:
    """One valid hall. `row` is the row of the file it stands in (0: it was typed into a form)."""

    row: int
    site: str
    address: str
    address_en: str
    name: str
    seats: labels.Seats
    medium: str
    networks: tuple[str, ...]
    needs_check_in: bool


@dataclass(frozen=True)
class HallFile:
    """What a file holds. A row with any problem is no valid row."""

    rows: tuple[HallRow, ...]
    problems: tuple[Problem, ...]


def read_halls(content: bytes, file: str, taken: Sequence[str]) -> HallFile:
    """The halls of the first filled sheet. taken: names that the exam has already.

    raise (FileRefused): no workbook or text table. raise (HeaderWrong): needed columns are missing.
    raise (FileEmpty): headings only."""
    sheet = next((one for one in read_sheets(content, file) if one.rows and not one.is_hidden), None)
    if sheet is None:
        raise FileEmpty
    reader = _Reader(sheet, file, _columns(sheet), taken)
    for index in range(1, len(sheet.rows)):
        reader.read(index)
    if not reader.rows and not reader.problems:
        raise FileEmpty
    return HallFile(tuple(reader.rows), tuple(reader.problems))


def _columns(sheet: Sheet) -> dict[str, int]:
    at: dict[str, int] = {}
    for place, cell in enumerate(sheet.rows[0]):
        title = cell.text.strip().rstrip("*")
        at.setdefault(ENGLISH.get(title.lower(), title), place)
    missing = [title for title in NEEDED if title not in at]
    if missing:
        raise HeaderWrong(missing="、".join(missing))
    return at


class _Reader:
    """Reads row after row and keeps halls and problems."""

    def __init__(self, sheet: Sheet, file: str, at: dict[str, int], taken: Sequence[str]) -> None:
        self.sheet, self.file, self.at = sheet, file, at
        self.seen = dict.fromkeys(taken, 0)
        self.rows: list[HallRow] = []
        self.problems: list[Problem] = []

    def read(self, index: int) -> None:
        texts = {title: self._text(index, title) for title in COLUMNS}
        if not any(texts.values()) or texts[SITE].startswith(EXAMPLE_MARK):
            return
        row, before = self.sheet.number(index), len(self.problems)
        for title in NEEDED:
            if not texts[title]:
                self._problem(row, title, "missing", Message(N_("This cell is empty.")), "")
        for title in (SITE, NAME, ADDRESS, ADDRESS_EN):
            if len(texts[title]) > (LONGEST if title in NEEDED else 200):
                self._problem(row, title, "too-long", Message(N_("This text is too long.")), texts[title])
        self._name(row, texts[NAME])
        found = self._seats(row, texts[SEATS])
        nets = self._networks(row, texts[NETWORKS])
        medium = MEDIA.get(texts[MEDIUM].lower())
        asks = YES.get(texts[CHECK_IN].lower())
        if medium is None:
            words = Message(N_("Write %(words)s here."), {"words": "机考 / 纸笔"})
            self._problem(row, MEDIUM, "medium", words, texts[MEDIUM])
        if asks is None:
            words = Message(N_("Write %(words)s here."), {"words": "是 / 否"})
            self._problem(row, CHECK_IN, "check-in", words, texts[CHECK_IN])
        if len(self.problems) == before and found and medium and asks is not None:
            place = (texts[SITE], texts[ADDRESS], texts[ADDRESS_EN], texts[NAME])
            self.rows.append(HallRow(row, *place, found, medium, nets, asks))

    def _text(self, index: int, title: str) -> str:
        place, cells = self.at.get(title), self.sheet.rows[index]
        return cells[place].text.strip() if place is not None and place < len(cells) else ""

    def _name(self, row: int, name: str) -> None:
        if not name:
            return
        first = self.seen.get(name)
        if first is None:
            self.seen[name] = row
        elif first == 0:
            self._problem(row, NAME, "taken", Message(N_("The exam has a hall of this name already.")), name)
        else:
            words = Message(N_("Row %(row)s has the same hall name."), {"row": first})
            self._problem(row, NAME, "twice", words, name)

    def _seats(self, row: int, text: str) -> labels.Seats | None:
        if not text:
            return None
        try:
            return labels.seats(text)
        except DomainError as error:
            self._problem(row, SEATS, error.code, error.message, text)
            return None

    def _networks(self, row: int, text: str) -> tuple[str, ...]:
        try:
            return labels.networks(text)
        except DomainError as error:
            self._problem(row, NETWORKS, error.code, error.message, text)
            return ()

    def _problem(self, row: int, column: str, code: str, reason: Message, value: str) -> None:
        self.problems.append(
            Problem(
                code, reason, file=self.file, sheet=self.sheet.name, row=row, column=column,
                value=shorten(value),
            )
        )  # fmt: skip


def template() -> bytes:
    """An empty workbook with one example row."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("考场")
        sheet.set_column(0, len(COLUMNS) - 1, 22, text)
        sheet.write_row(0, 0, COLUMNS, bold)
        sheet.write_row(1, 0, EXAMPLE, text)
        sheet.data_validation(1, 5, 500, 5, {"validate": "list", "source": ["机考", "纸笔"]})
        sheet.data_validation(1, 7, 500, 7, {"validate": "list", "source": ["是", "否"]})
    return out.getvalue()
