"""A unit's workbook: what is read, what is wrong and where, and that nothing leaks."""

import io
from datetime import date

import openpyxl
import pytest
import xlsxwriter

from tests.factories import document_number
from webapp.banks.errors import FileRefused
from webapp.registration.errors import RosterEmpty, RosterHeaderWrong, RosterTooLarge
from webapp.registration.formats import workbooks
from webapp.registration.formats.roster import COLUMNS, MOST_ROWS, Choice, Roster, read_roster

CHOICES = [
    Choice(1, "welding", ("焊工", "Welding"), True),
    Choice(2, "electrician", ("电工", "Electrician"), True),
    Choice(3, "late", ("数控车工", "Lathe"), False),
]
TODAY = date(2026, 4, 10)
GOOD = document_number(1)


def workbook(*rows: tuple[object, ...], heading: tuple[str, ...] = COLUMNS) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("职工名单")
        sheet.write_row(0, 0, heading)
        for place, row in enumerate(rows, start=1):
            sheet.write_row(place, 0, row)
    return out.getvalue()


def read(*rows: tuple[object, ...]) -> Roster:
    return read_roster(workbook(*rows), "名单.xlsx", CHOICES, TODAY)


def codes(roster: Roster) -> list[tuple[int | None, str, str]]:
    return [(problem.row, problem.column[-3:], problem.code) for problem in roster.problems]


def test_good_rows_are_read_by_code_or_name_of_the_event() -> None:
    roster = read(
        ("王小明", "居民身份证", GOOD, "138 0000 8000", "welding"),
        ("李䶮", "", document_number(2), "", "电工"),
    )
    assert roster.problems == ()
    assert [(row.name, row.event_id, row.phone) for row in roster.rows] == [
        ("王小明", 1, "13800008000"),
        ("李䶮", 2, ""),
    ]


def test_each_mistake_is_told_with_its_place_and_keeps_its_row_out() -> None:
    roster = read(
        ("王", "", GOOD, "", "welding"),
        ("王小明", "工作证", GOOD, "", "welding"),
        ("王小明", "", GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "", "welding"),
        ("王小明", "", GOOD, "123", "welding"),
        ("王小明", "", GOOD, "", "钳工"),
        ("王小明", "", GOOD, "", "late"),
    )
    assert [row for row, _column, _code in codes(roster)] == [2, 3, 4, 5, 6, 7]
    assert [code for _row, _column, code in codes(roster)] == [
        "name-too-short",
        "kind-unknown",
        "document-check-digit",
        "phone-wrong",
        "event-unknown",
        "event-not-open",
    ]
    assert roster.rows == ()


def test_values_of_numbers_and_phones_stand_masked_in_problems() -> None:
    wrong = GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1")
    roster = read(("王小明", "", wrong, "1380000800", "welding"))
    told = " ".join(problem.value for problem in roster.problems)
    assert wrong not in told
    assert "1380000800" not in told
    assert len(roster.problems) == 2


def test_the_same_person_twice_for_one_event_is_told_with_the_first_row() -> None:
    roster = read(
        ("王小明", "", GOOD, "", "welding"),
        ("王小明", "", GOOD, "", "电工"),
        ("王小明", "", GOOD, "", "焊工"),
        ("王小名", "", GOOD, "", "电工"),
    )
    assert [(row, code) for row, _column, code in codes(roster)] == [
        (4, "row-double"),
        (5, "row-double"),
        (5, "two-names"),
    ]
    assert [row.event_id for row in roster.rows] == [1, 2]


def test_a_number_that_the_spreadsheet_rounded_is_explained() -> None:
    roster = read(("王小明", "", "9.90101E+17", "", "welding"))
    assert [problem.code for problem in roster.problems] == ["number-rounded"]


def test_example_and_empty_rows_are_no_people() -> None:
    example = workbook(workbooks.EXAMPLE, ("", "", "", "", ""))
    with pytest.raises(RosterEmpty):
        read_roster(example, "x.xlsx", CHOICES, TODAY)


def test_the_template_is_read_back_and_holds_no_people() -> None:
    with pytest.raises(RosterEmpty):
        read_roster(workbooks.template(CHOICES), "x.xlsx", CHOICES, TODAY)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(RosterHeaderWrong, match="证件号码"):
        read_roster(workbook(("王小明",), heading=("姓名", "赛项")), "x.xlsx", CHOICES, TODAY)


def test_too_many_people_and_files_of_other_kinds_are_refused() -> None:
    many = [("王小明", "", GOOD, "", "welding")] * (MOST_ROWS + 1)
    with pytest.raises(RosterTooLarge):
        read(*many)
    with pytest.raises(FileRefused):
        read_roster(b"", "x.xlsx", CHOICES, TODAY)


def test_what_is_handed_back_can_be_mended_and_read_again() -> None:
    roster = read(("王", "", GOOD, "+8613800008000", "welding"))
    content = workbooks.annotated(roster.cells, {2: "请填写完整姓名"}, {2: {"姓名"}})
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][-1] == "请填写完整姓名"
    again = read_roster(content, "x.xlsx", CHOICES, TODAY)
    assert [problem.code for problem in again.problems] == ["name-too-short"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\tx", "\rx"])
def test_no_exported_cell_is_taken_for_a_formula(text: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbooks.handout([[text, "王"]], ["A", "B"]))).active
    assert sheet is not None
    cell = sheet["A2"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")
    assert sheet["B2"].value == "王"
