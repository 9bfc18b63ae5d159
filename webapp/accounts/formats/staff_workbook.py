"""The workbook of organisations, people and their roles: template out, rows and problems in."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import xlsxwriter

from webapp.access.permissions import Role
from webapp.accounts.errors import WorkbookUnreadable
from webapp.accounts.formats.cells import Row, open_workbook, rows_of
from webapp.accounts.rules import documents, names, phones
from webapp.accounts.rules.documents import Document, DocumentKind
from webapp.core.errors import DomainError
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message
from webapp.organisations.rules import credit_code, levels

ORGANISATIONS = ("组织", "Organisations")
PEOPLE = ("人员", "People")

ORGANISATION_HEADINGS: Mapping[str, str] = {
    "编码": "code", "code": "code",
    "名称": "name", "name": "name",
    "类型": "kind", "kind": "kind",
    "层级": "level", "level": "level",
    "上级编码": "parent", "parent code": "parent",
    "统一社会信用代码": "credit_code", "credit code": "credit_code",
    "地区": "region", "region": "region",
    "行业": "industry", "industry": "industry",
}  # fmt: skip

PEOPLE_HEADINGS: Mapping[str, str] = {
    "姓名": "name", "name": "name",
    "证件类型": "kind", "document kind": "kind",
    "证件号码": "number", "document number": "number",
    "手机号": "phone", "phone": "phone",
    "单位编码": "unit", "unit code": "unit",
    "角色": "role", "role": "role",
    "范围编码": "scope", "scope code": "scope",
}  # fmt: skip

DOCUMENT_WORDS: Mapping[str, DocumentKind] = {
    "": DocumentKind.RESIDENT_ID,
    "居民身份证": DocumentKind.RESIDENT_ID,
    "身份证": DocumentKind.RESIDENT_ID,
    "港澳居民来往内地通行证": DocumentKind.HK_MACAU_PERMIT,
    "台湾居民来往大陆通行证": DocumentKind.TAIWAN_PERMIT,
    "外国人永久居留身份证": DocumentKind.PERMANENT_RESIDENCE,
    "护照": DocumentKind.PASSPORT,
    **{kind.value: kind for kind in DocumentKind},
}

ROLE_WORDS: Mapping[str, Role] = {
    "工会审核员": Role.UNION_REVIEWER,
    "单位联络员": Role.UNIT_LIAISON,
    "服务台": Role.HELP_DESK,
    "承办单位": Role.ORGANISER,
    "命题人": Role.QUESTION_SETTER,
    "审题人": Role.QUESTION_REVIEWER,
    "裁判": Role.JUDGE,
    "裁判长": Role.CHIEF_JUDGE,
    "主办方": Role.HOST,
    "监考员": Role.INVIGILATOR,
    "监督员": Role.SUPERVISOR,
    "管理员": Role.ADMINISTRATOR,
    **{role.value: role for role in Role},
}

EVERYTHING = "*"
EVERYTHING_WORDS = frozenset({"*", "全部", "all", "everything"})

LONG_NUMBER = N_("The spreadsheet stored this as a number, so its last digits are lost.")
LONG_NUMBER_HINT = N_("Format the column as text, then type the numbers again.")
T = TypeVar("T")


@dataclass(frozen=True)
class OrganisationRow:
    """One organisation to add. Codes are as written; `parent` is the code of what stands above."""

    row: int
    code: str
    name: str
    kind: str
    level: str
    parent: str = ""
    credit_code: str = ""
    region: str = ""
    industry: str = ""


@dataclass(frozen=True)
class PersonRow:
    """One person, with a role if `role` is given. scope: an organisation's code, a contest's code,
    'contest/event', or EVERYTHING, which must be written out."""

    row: int
    name: str
    document: Document
    phone: str
    unit: str
    role: Role | None
    scope: str


@dataclass(frozen=True)
class StaffWorkbook:
    """What a workbook holds: the rows that are right in themselves, and all problems."""

    organisations: tuple[OrganisationRow, ...]
    people: tuple[PersonRow, ...]
    problems: tuple[Problem, ...]


class _Refused(Exception):
    """A row has a problem that has been noted."""


def read(content: bytes, today: date) -> StaffWorkbook:
    """Read both sheets. Raise WorkbookUnreadable when it is no workbook or has neither sheet, and
    FileRefused for hostile files."""
    problems: list[Problem] = []
    organisations: list[OrganisationRow] = []
    people: list[PersonRow] = []
    found = False
    for sheet in open_workbook(content):
        if sheet.name.strip() in ORGANISATIONS:
            found = True
            for row in rows_of(sheet, ORGANISATION_HEADINGS):
                _collect(organisations, _Reader(sheet.name, row, problems).organisation)
        elif sheet.name.strip() in PEOPLE:
            found = True
            for row in rows_of(sheet, PEOPLE_HEADINGS):
                reader = _Reader(sheet.name, row, problems)
                _collect(people, lambda reader=reader: reader.person(today))  # type: ignore[misc]  # bound now
    if not found:
        raise WorkbookUnreadable
    return StaffWorkbook(tuple(organisations), tuple(people), tuple(problems))


def _collect(rows: list[T], make: Callable[[], T]) -> None:
    try:
        rows.append(make())
    except _Refused:
        return


@dataclass(frozen=True)
class _Reader:
    """Turns one row into a value, noting every problem of it."""

    sheet: str
    row: Row
    problems: list[Problem]

    def organisation(self) -> OrganisationRow:
        before = len(self.problems)
        name = self.row.text("name")
        if not name:
            self.note("name", "name-missing", Message(N_("The name is missing.")))
        kind = levels.kind_of(self.row.text("kind"))
        if not kind:
            self.note(
                "kind",
                "kind-unknown",
                Message(N_("Unknown kind.")),
                Message(N_("Use 工会, 单位 or 承办单位.")),
            )
        level = levels.level_of(self.row.text("level") or ("单位" if kind == "unit" else ""))
        if not level:
            self.note(
                "level",
                "level-unknown",
                Message(N_("Unknown level.")),
                Message(N_("Use 省, 产业, 市, 区县 or 单位.")),
            )
        code = credit_code.clean(self.row.text("credit_code"))
        if code and not credit_code.is_valid(code):
            self.note(
                "credit_code",
                "credit-code",
                Message(N_("The check character of the credit code does not fit.")),
            )
        own = self.row.text("code") or code
        if not own:
            self.note("code", "code-missing", Message(N_("Give a code or the unified social credit code.")))
        if len(self.problems) > before:
            raise _Refused
        return OrganisationRow(
            self.row.number, own, name, kind, level, self.row.text("parent"), code,
            self.row.text("region"), self.row.text("industry"),
        )  # fmt: skip

    def person(self, today: date) -> PersonRow:
        before = len(self.problems)
        name = self.refined("name", names.clean)
        phone = self.refined("phone", phones.clean) if self.row.text("phone") else ""
        kind = DOCUMENT_WORDS.get(self.row.text("kind").lower())
        if kind is None:
            self.note("kind", "document-kind", Message(N_("Unknown kind of document.")))
        document = self._document(kind, today) if kind is not None else None
        words = self.row.text("role").lower()
        role = ROLE_WORDS.get(words)
        if words and role is None:
            self.note(
                "role",
                "role-unknown",
                Message(N_("Unknown role.")),
                Message(N_("Choose one from the list in the template.")),
            )
        scope = self._scope(role)
        if len(self.problems) > before or document is None:
            raise _Refused
        return PersonRow(
            self.row.number,
            name or "",
            document,
            phone or "",
            self.row.text("unit"),
            role,
            scope,
        )

    def _scope(self, role: Role | None) -> str:
        """A role over everything is never given by leaving a cell empty."""
        text = self.row.text("scope")
        if text.lower() in EVERYTHING_WORDS:
            return EVERYTHING
        if role is Role.UNIT_LIAISON and not text:
            return self.row.text("unit")
        if role is not None and not text:
            self.note(
                "scope",
                "scope-missing",
                Message(N_("The scope of the role is missing.")),
                Message(N_("Write the code of an organisation, contest or event, or 全部 for everything.")),
            )
        return text

    def _document(self, kind: DocumentKind, today: date) -> Document | None:
        cell = self.row.cells.get("number")
        if cell is not None and cell.is_rounded:
            self.note("number", "number-rounded", Message(LONG_NUMBER), Message(LONG_NUMBER_HINT), hide=True)
            return None
        return self.refined("number", lambda text: documents.parse(kind, text, today), hide=True)

    def refined(self, key: str, work: Callable[[str], T], hide: bool = False) -> T | None:
        try:
            return work(self.row.text(key))
        except DomainError as error:
            self.note(key, error.code, error.message, hide=hide)
            return None

    def note(
        self, key: str, code: str, reason: Message, hint: Message | None = None, hide: bool = False
    ) -> None:
        """hide: document numbers stand masked in reports."""
        text = self.row.text(key)
        cell = self.row.cells.get(key)
        value = documents.mask(text) if hide and len(text) >= 5 else shorten(text)
        column = cell.column if cell else key
        self.problems.append(
            Problem(
                code, reason, sheet=self.sheet, row=self.row.number, column=column, value=value, hint=hint
            )
        )


def template() -> bytes:
    """An empty workbook with both sheets, text columns, lists to choose from and one comment row each."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format({"bold": True, "bg_color": "#A61C1C", "font_color": "#FFFFFF", "border": 1})
    text = book.add_format({"num_format": "@"})
    for title, headings in ((ORGANISATIONS[0], ORGANISATION_HEADINGS), (PEOPLE[0], PEOPLE_HEADINGS)):
        sheet = book.add_worksheet(title)
        shown = [heading for heading in headings if not heading.isascii()]
        sheet.set_column(0, len(shown) - 1, 24, text)
        for column, heading in enumerate(shown):
            sheet.write_string(0, column, heading, head)
        sheet.freeze_panes(1, 0)
        for column, choices in _choices(title):
            sheet.data_validation(1, column, 5000, column, {"validate": "list", "source": choices})
    book.close()
    return buffer.getvalue()


def _choices(title: str) -> tuple[tuple[int, list[str]], ...]:
    if title == ORGANISATIONS[0]:
        return ((2, ["工会", "单位", "承办单位"]), (3, ["省", "产业", "市", "区县", "单位"]))
    kinds = [word for word in DOCUMENT_WORDS if word and not word.isascii() and word != "身份证"]
    return ((1, kinds), (5, [word for word in ROLE_WORDS if not word.isascii()]))
