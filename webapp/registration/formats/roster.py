"""Reading a unit's workbook of workers.

Plain Python: what comes in are the bytes of the file and the events one may be put forward for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.accounts.errors import DocumentWrong, NameWrong, PhoneWrong
from webapp.accounts.rules import documents, names, phones
from webapp.accounts.rules.documents import KIND_TEXTS, Document, DocumentKind
from webapp.banks.formats.cells import Sheet, column_name, read_sheets
from webapp.core.errors import DomainError
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message
from webapp.registration.errors import RosterEmpty, RosterHeaderWrong, RosterTooLarge

MOST_ROWS = 1000
MOST_SHEET_ROWS = 5 * MOST_ROWS
"""Rows that are filled with anything: examples and notes are no people."""

NAME, KIND, NUMBER, PHONE, EVENT = "姓名", "证件类型", "证件号码", "手机号", "赛项代码/名称"
COLUMNS = (NAME, KIND, NUMBER, PHONE, EVENT)
NEEDED = (NAME, NUMBER, EVENT)
ALIASES = {
    "赛项代码": EVENT,
    "赛项名称": EVENT,
    "赛项": EVENT,
    "身份证号": NUMBER,
    "身份证号码": NUMBER,
    "手机": PHONE,
}
EXAMPLE_MARK = "示例"
"""The template marks its example row so; it is never registered."""

KINDS: Mapping[str, DocumentKind] = {
    "居民身份证": DocumentKind.RESIDENT_ID,
    "身份证": DocumentKind.RESIDENT_ID,
    "港澳居民来往内地通行证": DocumentKind.HK_MACAU_PERMIT,
    "台湾居民来往大陆通行证": DocumentKind.TAIWAN_PERMIT,
    "外国人永久居留身份证": DocumentKind.PERMANENT_RESIDENCE,
    "护照": DocumentKind.PASSPORT,
    **{text: kind for kind, text in KIND_TEXTS.items()},
}


@dataclass(frozen=True)
class Choice:
    """An event that workers may be put forward for. is_open: its registration window is open now."""

    event_id: int
    code: str
    titles: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True)
class RosterRow:
    """One valid row: a person and the event. `row` is the row of the workbook."""

    row: int
    name: str
    kind: DocumentKind
    number: str
    phone: str
    event_id: int


@dataclass(frozen=True)
class Roster:
    """What a workbook holds. cells: every row as read, for handing back: (row, texts by COLUMNS)."""

    sheet: str
    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]
    cells: tuple[tuple[int, tuple[str, ...]], ...]


def read_roster(content: bytes, file: str, choices: Sequence[Choice], today: date) -> Roster:
    """Rows and problems of a workbook's first filled sheet.

    A row with any problem is no valid row. Values of numbers and phones stand masked in problems.
    Raise FileRefused for what is no workbook, RosterHeaderWrong, RosterEmpty or RosterTooLarge."""
    sheet = next(
        (one for one in read_sheets(content, file, MOST_SHEET_ROWS) if one.rows and not one.is_hidden), None
    )
    if sheet is None:
        raise RosterEmpty
    at = _columns(sheet)
    reader = _Reader(sheet, file, at, choices, today)
    for index in range(1, len(sheet.rows)):
        reader.read(index)
        if len(reader.cells) > MOST_ROWS:
            raise RosterTooLarge(most=MOST_ROWS)
    if not reader.cells:
        raise RosterEmpty
    return Roster(sheet.name, tuple(reader.rows), tuple(reader.problems), tuple(reader.cells))


def _columns(sheet: Sheet) -> dict[str, int]:
    """Where each column stands. Raise RosterHeaderWrong when a needed one is missing."""
    at: dict[str, int] = {}
    for place, cell in enumerate(sheet.rows[0]):
        title = cell.text.strip().replace(" ", "").rstrip("*")
        at.setdefault(ALIASES.get(title, title), place)
    missing = [title for title in NEEDED if title not in at]
    if missing:
        raise RosterHeaderWrong(missing="、".join(missing))
    return at


class _Reader:
    """Reads row after row and keeps what it finds."""

    def __init__(
        self, sheet: Sheet, file: str, at: dict[str, int], choices: Sequence[Choice], today: date
    ) -> None:
        self.sheet, self.file, self.at, self.today = sheet, file, at, today
        self.by_name = {key: choice for choice in choices for key in (choice.code, *choice.titles) if key}
        self.rows: list[RosterRow] = []
        self.problems: list[Problem] = []
        self.cells: list[tuple[int, tuple[str, ...]]] = []
        self.seen: dict[tuple[str, int], int] = {}
        self.people: dict[str, tuple[str, int]] = {}

    def read(self, index: int) -> None:
        texts = tuple(self._text(index, title) for title in COLUMNS)
        if not any(texts) or texts[0].startswith(EXAMPLE_MARK):
            return
        row = self.sheet.number(index)
        self.cells.append((row, texts))
        before = len(self.problems)
        name = self._name(row, texts[0])
        document = self._document(row, texts[1], texts[2])
        phone = self._phone(row, texts[3])
        choice = self._event(row, texts[4])
        if document is not None and name is not None and choice is not None:
            self._compare(row, name, document, choice)
        if len(self.problems) == before and name and document and choice:
            self.rows.append(
                RosterRow(row, name, document.kind, document.number, phone or "", choice.event_id)
            )

    def _text(self, index: int, title: str) -> str:
        place = self.at.get(title)
        cells = self.sheet.rows[index]
        return cells[place].text.strip().lstrip("'") if place is not None and place < len(cells) else ""

    def _name(self, row: int, text: str) -> str | None:
        try:
            return names.clean(text)
        except NameWrong as error:
            self._report(row, NAME, error, shorten(text))
            return None

    def _document(self, row: int, kind_text: str, text: str) -> Document | None:
        kind = KINDS.get(kind_text) if kind_text else DocumentKind.RESIDENT_ID
        if kind is None:
            self._problem(
                row,
                KIND,
                "kind-unknown",
                Message(N_("This kind of document is not known.")),
                shorten(kind_text),
                Message(N_("Choose one from the list of the template.")),
            )
            return None
        if "E+" in text.upper():
            self._problem(
                row,
                NUMBER,
                "number-rounded",
                Message(N_("The spreadsheet has rounded this number: its last digits are lost.")),
                text,
                Message(N_("Format the column as text and type the number again.")),
            )
            return None
        try:
            return documents.parse(kind, text, self.today)
        except DocumentWrong as error:
            self._report(row, NUMBER, error, documents.mask(text) if text else "")
            return None

    def _phone(self, row: int, text: str) -> str | None:
        if not text:
            return ""
        try:
            return phones.clean(text)
        except PhoneWrong as error:
            self._report(row, PHONE, error, phones.mask(text))
            return None

    def _event(self, row: int, text: str) -> Choice | None:
        choice = self.by_name.get(text)
        if choice is None:
            self._problem(
                row,
                EVENT,
                "event-unknown",
                Message(N_("This contest has no such event.")),
                shorten(text),
                Message(N_("Copy code or name from the second sheet of the template.")),
            )
        elif not choice.is_open:
            self._problem(
                row,
                EVENT,
                "event-not-open",
                Message(N_("Registration for this event is not open.")),
                shorten(text),
                Message(N_("Look up the dates on the page of the contest.")),
            )
            return None
        return choice

    def _compare(self, row: int, name: str, document: Document, choice: Choice) -> None:
        """The same person twice for one event, or one number under two names."""
        first = self.seen.setdefault((document.number, choice.event_id), row)
        if first != row:
            self._problem(
                row,
                NUMBER,
                "row-double",
                Message(N_("Row %(row)d registers the same person for this event already."), {"row": first}),
                document.mask,
                Message(N_("Delete one of the two rows.")),
            )
        known, where = self.people.setdefault(document.number, (name, row))
        if known != name:
            self._problem(
                row,
                NAME,
                "two-names",
                Message(N_("Row %(row)d has the same number with another name."), {"row": where}),
                name,
                Message(N_("Compare both with the documents.")),
            )

    def _report(self, row: int, title: str, error: DomainError, value: str) -> None:
        self._problem(row, title, error.code, error.message, value, None)

    def _problem(
        self, row: int, title: str, code: str, reason: Message, value: str, hint: Message | None
    ) -> None:
        place = self.at.get(title)
        letter = f"{column_name(place)} " if place is not None else ""
        self.problems.append(
            Problem(
                code,
                reason,
                file=self.file,
                sheet=self.sheet.name,
                row=row,
                column=f"{letter}{title}",
                value=value,
                hint=hint,
            )
        )
