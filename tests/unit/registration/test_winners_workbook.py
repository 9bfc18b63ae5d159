"""The workbook of earlier winners: right rows, and every defect with its row and column (6.3)."""

import io
from collections.abc import Sequence
from datetime import date

import pytest
import xlsxwriter

from tests.factories import document_number
from webapp.accounts.errors import WorkbookUnreadable
from webapp.registration.formats.winners import read, template
from webapp.registration.rules.winners import Prize

TODAY = date(2026, 4, 1)
HEADINGS = (
    "姓名",
    "证件类型",
    "证件号码",
    "证件后四位",
    "单位",
    "竞赛",
    "届次",
    "年份",
    "工种",
    "名次",
    "奖次",
    "来源",
)
GOOD = (
    "王芳",
    "",
    document_number(7),
    "",
    "示例机械厂",
    "示例市竞赛",
    "第三届",
    "2023",
    "焊工",
    "1",
    "一等奖",
    "通报",
)


def book(*rows: Sequence[str]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        sheet = made.add_worksheet("获奖名单")
        for number, row in enumerate([HEADINGS, *rows]):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def changed(**cells: str) -> tuple[str, ...]:
    return tuple(cells.get(title, value) for title, value in zip(HEADINGS, GOOD, strict=True))


def test_a_right_row_is_read() -> None:
    found = read(book(GOOD), TODAY)
    assert not found.problems
    line = found.lines[0]
    assert (line.row, line.name, line.year, line.rank, line.prize) == (2, "王芳", 2023, 1, Prize.FIRST)
    assert line.document is not None
    assert line.last4 == line.document.number[-4:]


def test_words_people_write_are_understood() -> None:
    row = changed(证件号码="", 证件后四位="12x4", 年份="2023年", 名次="第3名", 奖次="")
    line = read(book(row), TODAY).lines[0]
    assert (line.document, line.last4, line.year, line.rank, line.prize) == (
        None,
        "12X4",
        2023,
        3,
        Prize.NONE,
    )


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"姓名": "王"}, "姓名", "name-too-short"),
        ({"证件号码": "12345"}, "证件号码", "document-shape"),
        (
            {"证件号码": document_number(7)[:-1] + ("0" if document_number(7)[-1] != "0" else "1")},
            "证件号码",
            "document-check-digit",
        ),
        ({"证件号码": "9.90101E+17"}, "证件号码", "number-rounded"),
        ({"证件类型": "学生证"}, "证件类型", "document-kind"),
        ({"证件号码": "", "单位": ""}, "证件号码", "nobody"),
        ({"证件后四位": "12" * 3}, "证件后四位", "last4"),
        ({"年份": "二三"}, "年份", "year"),
        ({"年份": "2027"}, "年份", "year"),
        ({"工种": ""}, "工种", "missing"),
        ({"来源": ""}, "来源", "missing"),
        ({"竞赛": "长" * 300}, "竞赛", "too-long"),
        ({"名次": "0"}, "名次", "rank"),
        ({"名次": "冠军"}, "名次", "rank"),
        ({"奖次": "特级"}, "奖次", "prize"),
        ({"名次": "", "奖次": ""}, "名次", "no-result"),
    ],
)
def test_each_defect_names_row_and_column(cells: dict[str, str], column: str, code: str) -> None:
    found = read(book(GOOD, changed(**{"工种": "电工", **cells})), TODAY)
    assert len(found.lines) == 1
    assert [(one.row, one.column.split(" ")[-1], one.code) for one in found.problems] == [(3, column, code)]


def test_a_number_never_stands_plain_in_a_report() -> None:
    right = document_number(7)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    found = read(book(changed(证件号码=wrong)), TODAY)
    assert wrong not in repr(found.problems)


def test_a_result_that_stands_twice_is_a_problem() -> None:
    found = read(book(GOOD, changed(名次="2")), TODAY)
    assert [problem.code for problem in found.problems] == ["row-twice"]


def test_the_template_reads_as_empty() -> None:
    found = read(template(), TODAY)
    assert (found.lines, found.problems) == ((), ())


def test_something_else_is_no_workbook() -> None:
    with pytest.raises(WorkbookUnreadable):
        read(b"PK\x03\x04 no workbook", TODAY)
