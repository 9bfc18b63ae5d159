"""Uploads of every kind: what is read, what is refused, and where each problem stands."""

import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.drawing.image import Image as Anchored

from tests.unit.banks.tables import HEAD, book, csv_file, png, saved, zipped
from webapp.banks.formats import files, grid
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.options import ReadOptions, parse_options
from webapp.banks.rules.schema import QuestionType

SINGLE = ["单选题", "灭火器多久检查一次？", "每月", "每年", "每十年", "A", "略"]


def codes(parsed: Parsed) -> list[str]:
    return [problem.code for problem in parsed.problems]


def test_a_table_is_read_with_type_answer_and_explanation() -> None:
    parsed = read_bank_file(
        csv_file(
            SINGLE,
            ["多选", "选哪些？", "甲", "乙", "丙", "A、C", "两个"],
            ["判断题", "水能灭电火（ ）", "", "", "", "×", ""],
            ["填空题", "安全第一、（）为主。", "", "", "", "预防;预先防范", ""],
        ),
        "bank.csv",
    )
    assert codes(parsed) == []
    single, multiple, truth, fill = parsed.questions
    assert (single.secret.letters, single.secret.explanation) == ("A", "")
    assert (multiple.public.type, multiple.secret.letters) == (QuestionType.MULTIPLE, "AC")
    assert (truth.public.stem, truth.secret.truth) == ("水能灭电火", False)
    assert (fill.public.stem, fill.public.blanks) == ("安全第一、____为主。", 1)
    assert fill.secret.blanks[0].accepted == ("预防", "预先防范")


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (["单选题", "", "甲", "乙", "", "A", ""], "no-stem", "B 题干"),
        (["单选题", "题", "甲", "乙", "", "", ""], "no-answer", "F 正确答案"),
        (["单选题", "题", "甲", "乙", "", "无", ""], "no-answer", "F 正确答案"),
        (["怪题", "题", "甲", "乙", "", "A", ""], "unknown-type", "A 题型"),
        (["单选题", "题", "甲", "", "", "A", ""], "too-few-options", "C 选项A"),
        (["单选题", "题", "甲", "乙", "", "D", ""], "answer-beyond-options", "F 正确答案"),
        (["单选题", "题", "甲", "乙", "丙", "AB", ""], "single-with-several", "F 正确答案"),
        (["单选题", "题", "甲", "乙", "丙", "？？", ""], "answer-unreadable", "F 正确答案"),
        (["判断题", "题", "", "", "", "也许", ""], "answer-unreadable", "F 正确答案"),
        (["填空题", "题____和____", "", "", "", "一", ""], "blanks-differ", "F 正确答案"),
    ],
)
def test_a_bad_row_is_an_error_with_its_row_and_column(row: list[str], code: str, column: str) -> None:
    parsed = read_bank_file(csv_file(SINGLE, [""] * 7, row), "bank.csv")
    found = [problem for problem in parsed.problems if problem.code == code]
    assert [(problem.file, problem.row, problem.column) for problem in found] == [("bank.csv", 4, column)]
    assert (len(parsed.questions), parsed.rows) == (1, 2)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["多选题", "题", "甲", "乙", "丙", "A", ""], "multiple-with-one"),
        (["多选题", "题", "甲", "乙", "丙", "ABC", ""], "all-right"),
        (["单选题", "题", "甲", "甲", "丙", "A", ""], "same-options"),
    ],
)
def test_a_doubtful_row_is_a_warning_and_stays(row: list[str], code: str) -> None:
    parsed = read_bank_file(csv_file(row), "bank.csv")
    assert (codes(parsed), parsed.error_count, len(parsed.questions)) == ([code], 0, 1)


def test_all_problems_are_counted_and_a_thousand_listed_errors_first() -> None:
    rows = [["多选题", f"题{n}", "甲", "乙", "丙", "A", ""] for n in range(900)]
    rows += [["单选题", f"问{n}", "甲", "乙", "丙", "F", ""] for n in range(300)]
    parsed = read_bank_file(csv_file(*rows), "bank.csv")
    assert (parsed.problem_count, parsed.error_count, len(parsed.problems)) == (1200, 300, 1000)
    assert sum(problem.is_error for problem in parsed.problems) == 300


def test_repeats_and_contradictions_name_both_rows() -> None:
    twin = ["单选题", "1、灭火器多久检查一次 ?", "每年", "每月", "每十年", "B", ""]
    other = ["单选题", "灭火器多久检查一次？", "每月", "每年", "每十年", "B", ""]
    parsed = read_bank_file(csv_file(SINGLE, twin, other), "bank.csv")
    assert [(problem.code, problem.row, problem.reason.params["row"]) for problem in parsed.problems] == [
        ("duplicate", 3, 2),
        ("contradiction", 4, 2),
    ]
    assert len(parsed.repeats) == 1


def test_headings_are_found_below_notes_and_right_of_empty_columns() -> None:
    rows: list[list[Any]] = [
        ["2026 年题库"],
        [],
        [None, None, "序号", "题目（必填）", "A", "B", "标准答案*"],
        [None, None, 1, "题？", "甲", "乙", "b"],
    ]
    parsed = read_bank_file(book({"题": rows}), "bank.xlsx")
    assert parsed.questions[0].secret.letters == "B"
    assert parsed.questions[0].row == 4


def test_options_in_one_cell_are_split_without_cutting_their_text() -> None:
    head = ["题型", "题干", "选项", "答案"]
    parsed = read_bank_file(
        csv_file(
            ["单选题", "额定电流？", "A.16A B.32A C.以上A、B均正确", "C"],
            ["单选题", "哪个？", "甲|乙|丙", "B"],
            ["单选题", "选？", "A、甲\nB、乙", "A"],
            head=head,
        ),
        "bank.csv",
    )
    assert [question.public.options for question in parsed.questions] == [
        ("16A", "32A", "以上A、B均正确"),
        ("甲", "乙", "丙"),
        ("甲", "乙"),
    ]


def test_a_sheet_per_type_needs_no_type_column() -> None:
    head = ["题干", "A", "B", "答案"]
    content = book(
        {
            "单选题": [head, ["一？", "甲", "乙", "A"]],
            "判断题": [["题干", "答案"], ["二。", "√"]],
            "任务": [["谁", "何时"]],
        }
    )
    parsed = read_bank_file(content, "bank.xlsx")
    assert [question.public.type.value for question in parsed.questions] == ["single", "true_false"]
    assert [item.name for item in parsed.skipped] == ["任务"]


def test_hidden_sheets_are_skipped_and_listed() -> None:
    rows = [HEAD, SINGLE]
    parsed = read_bank_file(book({"题": rows, "旧": rows}, hidden=("旧",)), "bank.xlsx")
    assert (len(parsed.questions), [item.name for item in parsed.skipped]) == (1, ["旧"])


def test_cells_are_read_as_they_are_shown_and_dates_are_warned_of() -> None:
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet.append(HEAD)
    sheet.append(["单选题", "多少？", 1, 0.15, 0.1, "A", datetime(2026, 3, 4)])  # noqa: DTZ001 - a cell
    sheet["D2"].number_format = "0%"
    sheet["G2"].number_format = 'm"月"d"日"'
    parsed = read_bank_file(saved(made), "bank.xlsx")
    assert parsed.questions[0].public.options == ("1", "15%", "0.1")
    assert parsed.questions[0].secret.explanation == "3月4日"
    assert [(problem.code, problem.column) for problem in parsed.problems] == [("date-cell", "G 解析")]


def test_a_formula_without_a_saved_value_is_an_error_at_its_cell() -> None:
    parsed = read_bank_file(
        book({"题": [HEAD, ["单选题", "题", "甲", "乙", "", '=LOWER("A")', ""]]}), "bank.xlsx"
    )
    assert ("formula-empty", 2, "F 正确答案") in [
        (problem.code, problem.row, problem.column) for problem in parsed.problems
    ]
    assert parsed.questions == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_tables_are_decoded(encoding: str) -> None:
    parsed = read_bank_file(csv_file(SINGLE, encoding=encoding), "bank.csv")
    assert parsed.questions[0].public.stem == "灭火器多久检查一次？"


def test_undecodable_bytes_are_refused_with_row_and_column() -> None:
    content = csv_file(SINGLE) + "单选题,好".encode() + b"\xff\xff\n"
    parsed = read_bank_file(content, "bank.csv")
    assert [(problem.code, problem.row, problem.column) for problem in parsed.problems] == [
        ("not-text", 3, "6")
    ]


def encrypted_zip() -> bytes:
    content = bytearray(zipped({"xl/workbook.xml": b"<x/>"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def with_part(name: str, content: bytes) -> bytes:
    """A good workbook with one more or another part."""
    out = io.BytesIO(book({"题": [HEAD, SINGLE]}))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "empty-file"),
        ("a.csv", b"x" * (grid.MAX_BYTES + 1), "too-large"),
        ("a.xlsx", b"%PDF-1.7", "wrong-kind"),
        ("a.xlsx", b"PK\x03\x04 broken", "damaged"),
        ("a.xlsx", book({"题": [HEAD, SINGLE]})[:-200], "damaged"),
        ("a.xlsx", encrypted_zip(), "encrypted"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        ("a.xlsm", book({"题": [HEAD, SINGLE]}), "macros"),
        ("a.xlsx", with_part("xl/vbaProject.bin", b"x"), "macros"),
        ("a.xlsx", with_part("xl/other.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"), "unsafe-xml"),
        ("a.xlsx", with_part("../evil.txt", b"x"), "unsafe-path"),
        ("a.xlsx", with_part("xl/big.xml", b"0" * 50_000_000), "too-large-inside"),
        ("a.zip", zipped({"readme.txt": b"nothing"}), "wrong-kind"),
        ("a.csv", b"name,age\nme,1\n", "no-table"),
        ("a.csv", b"a\0b", "not-text"),
        ("a.toml", b"code = ", "not-toml"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_gives_one_problem(name: str, content: bytes, code: str) -> None:
    parsed = read_bank_file(content, name)
    assert codes(parsed) == [code]
    assert (parsed.format, parsed.questions) == ("", ())


def test_random_damage_never_raises() -> None:
    whole = book({"题": [HEAD, SINGLE]})
    for position in range(0, len(whole), 97):
        broken = bytearray(whole)
        broken[position] ^= 0x5A
        read_bank_file(bytes(broken), "a.xlsx")


def test_a_sheet_that_claims_to_be_huge_is_read_by_its_rows() -> None:
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet.append(HEAD)
    sheet.append(SINGLE)
    content = saved(made)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for item in source.namelist():
            part = source.read(item)
            if item.endswith("sheet1.xml"):
                part = part.replace(b'ref="A1:G2"', b'ref="A1:XFD1048576"')
            target.writestr(item, part)
    assert len(read_bank_file(out.getvalue(), "a.xlsx").questions) == 1


def test_pictures_come_from_the_zip_and_missing_ones_are_errors() -> None:
    head = ["题型", "题干", "A", "B", "答案", "图片"]
    table = csv_file(
        ["单选题", "一？", "甲", "乙", "A", "sign"],
        ["单选题", "二？", "甲", "乙", "A", "gone.png"],
        head=head,
    )
    parsed = read_bank_file(zipped({"题库.csv": table, "图/SIGN.PNG": png(), "__MACOSX/x": b""}), "bank.zip")
    assert list(parsed.pictures) == ["sign"]
    assert [(problem.code, problem.row, problem.column) for problem in parsed.problems] == [
        ("picture-missing", 3, "F 图片")
    ]


def test_a_picture_on_a_cell_belongs_to_its_row() -> None:
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet.append(HEAD)
    sheet.append(SINGLE)
    sheet.add_image(Anchored(io.BytesIO(png())), "H2")
    parsed = read_bank_file(saved(made), "bank.xlsx")
    assert parsed.questions[0].public.picture in parsed.pictures


def test_a_picture_that_is_none_is_an_error() -> None:
    head = ["题型", "题干", "A", "B", "答案", "图片"]
    table = csv_file(["单选题", "一？", "甲", "乙", "A", "x.png"], head=head)
    assert codes(read_bank_file(zipped({"t.csv": table, "x.png": b"<svg/>"}), "b.zip")) == ["picture-bad"]


def test_a_mapping_names_columns_and_house_types() -> None:
    options = parse_options(
        '[columns]\nstem = "Q"\nanswer = "T"\ntype = "K"\n[types]\n"S*" = "single"', "map.toml"
    )
    table = csv_file(["S1", "一？", "甲", "乙", "A"], head=["K", "Q", "A", "B", "T"])
    parsed = read_bank_file(table, "b.csv", options)
    assert (codes(parsed), parsed.questions[0].public.type.value) == ([], "single")


def test_separators_of_blanks_are_an_option() -> None:
    table = csv_file(["填空题", "____和____", "", "", "", "甲/乙#丙", ""])
    parsed = read_bank_file(table, "b.csv", ReadOptions(between_blanks="#", alternatives="/"))
    assert [blank.accepted for blank in parsed.questions[0].secret.blanks] == [("甲", "乙"), ("丙",)]


def test_html_is_taken_out_and_plain_signs_stay() -> None:
    stem = '若 a<b 且 List<String>，<b>则</b><img src=x onerror="alert(1)"><script>x</script>？'
    parsed = read_bank_file(csv_file(["单选题", stem, "H<sub>2</sub>O", "a>b", "", "A", ""]), "b.csv")
    question = parsed.questions[0]
    assert "onerror" not in question.public.stem
    assert "<b>则</b>" in question.public.stem
    assert question.public.options == ("H<sub>2</sub>O", "a>b")
    assert "html-removed" in codes(parsed)


def test_keys_are_derived_alike_each_time_and_given_ones_kept() -> None:
    content = csv_file(SINGLE)
    first, second = read_bank_file(content, "a.csv"), read_bank_file(content, "b.csv")
    assert first.questions[0].key == second.questions[0].key
    given = csv_file(
        [*SINGLE, "k-1"], ["判断题", "对吗", "", "", "", "对", "", "k-1"], head=[*HEAD, "外部编号"]
    )
    parsed = read_bank_file(given, "a.csv")
    assert parsed.questions[0].key == "k-1"
    assert parsed.questions[1].key != "k-1"
    assert codes(parsed) == ["key-twice"]


def test_numbered_stems_lose_their_numbers_and_others_keep_theirs() -> None:
    numbered = csv_file(*[["判断题", f"{n}、第{n}句", "", "", "", "对", ""] for n in range(1, 5)])
    assert [question.public.stem for question in read_bank_file(numbered, "a.csv").questions][:2] == [
        "第1句",
        "第2句",
    ]
    plain = csv_file(["判断题", "3、4号线并联", "", "", "", "对", ""], ["判断题", "甲", "", "", "", "对", ""])
    assert read_bank_file(plain, "a.csv").questions[0].public.stem == "3、4号线并联"


def test_listed_keeps_the_order_of_places() -> None:
    parsed = read_bank_file(
        csv_file(["单选题", "", "甲", "乙", "", "F", ""], ["怪", "题", "", "", "", "", ""]), "a.csv"
    )
    assert [problem.row for problem in files.listed(parsed.problems)] == [2, 2, 3]
