"""Real banks made by others give just what their README files state. Absent data is skipped."""

from collections import Counter
from pathlib import Path

import pytest

from tests.unit.banks.tables import png, zipped
from webapp.banks.formats.files import read_bank_file, read_bank_folder
from webapp.banks.formats.options import ReadOptions

DATA = Path(__file__).parents[3].parent / "shared" / "data"
if not DATA.exists():
    # A worktree stands one folder deeper than the repository.
    DATA = Path(__file__).parents[3].parent.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="third-party test data is not here")

NAMES = {f"test{number}.png": png() for number in range(1, 16)}
CMMLU = {
    "electrical_engineering": (172, (43, 44, 43, 42), 0),
    "chinese_driving_rule": (131, (33, 32, 33, 33), 2),
    "construction_project_management": (139, (34, 35, 35, 35), 1),
    "computer_security": (171, (43, 42, 43, 43), 4),
}


def test_single_choice_workbook_with_options_before_the_stem() -> None:
    content = (DATA / "formats/excel-zh/SingleChoice_SC.xlsx").read_bytes()
    parsed = read_bank_file(content, "SC.xlsx", beside=NAMES)
    assert "".join(question.secret.letters for question in parsed.questions) == "ABBBBBBCB"
    assert {question.public.type.value for question in parsed.questions} == {"single"}
    assert {len(question.public.options) for question in parsed.questions} == {3, 4, 5}
    assert parsed.questions[4].public.options[1] == '"1949年10月1日"'


def test_multiple_choice_workbook() -> None:
    content = (DATA / "formats/excel-zh/MultipleChoice_MC.xlsx").read_bytes()
    parsed = read_bank_file(content, "MC.xlsx", beside=NAMES)
    answers = [question.secret.letters for question in parsed.questions]
    assert answers == ["ABD", "ABCD", "ABC", "ABCD", "ABC", "ABCDF", "ABD"]


FILLS = [1, 4, 4, 2, 3, 4, 2, 3, 1, 1, 3, 3, 2, 3]
ACIDS = ("色氨酸", "苯丙氨酸", "蛋氨酸", "苏氨酸", "亮氨酸", "异亮氨酸", "缬氨酸")


def test_fill_in_workbook_with_a_column_for_each_blank() -> None:
    content = (DATA / "formats/excel-zh/Fill_FL.xlsx").read_bytes()
    parsed = read_bank_file(content, "FL.xlsx", beside=NAMES)
    counts = [question.public.blanks for question in parsed.questions]
    assert counts == FILLS[:10] + FILLS[11:]
    assert parsed.questions[-1].secret.blanks[2].accepted == ("低技能灵活体力工作",)
    # The three blanks of row 12 have their answers in the other workbook.
    errors = [problem for problem in parsed.problems if problem.is_error]
    assert [(problem.code, problem.row, problem.column[0]) for problem in errors] == [
        ("answers-elsewhere", 12, column) for column in "BCD"
    ]
    assert parsed.rows == 14


def test_further_accepted_answers_of_a_second_workbook_join_the_first() -> None:
    names = ("Fill_FE.xlsx", "Fill_FL.xlsx")
    both = {name: (DATA / "formats/excel-zh" / name).read_bytes() for name in names}
    parsed = read_bank_file(zipped(both | NAMES), "fill.zip")
    assert [question.public.blanks for question in parsed.questions] == FILLS
    assert parsed.error_count == 0
    blanks = {question.row: question.secret for question in parsed.questions}
    assert blanks[10].blanks[0].accepted == ("C++", "JavaScript", "javascript")
    assert blanks[11].blanks[0].accepted == ("莫奈", "雷诺阿", "德加", "毕沙罗")
    assert [blank.accepted for blank in blanks[12].blanks] == [ACIDS] * 3
    assert [row for row, key in blanks.items() if key.fill.any_order] == [12]
    assert "answers-unused" not in {problem.code for problem in parsed.problems}


def test_missing_pictures_are_reported_by_row_and_column() -> None:
    content = (DATA / "formats/excel-zh/SingleChoice_SC.xlsx").read_bytes()
    missing = [problem for problem in read_bank_file(content, "SC.xlsx").problems if problem.is_error]
    assert [(problem.row, problem.value) for problem in missing] == [
        (2, "test1"),
        (6, "test2"),
        (7, "test15"),
    ]
    assert all(problem.column.endswith("图片名称1") for problem in missing)


def test_further_answers_without_questions_are_refused_by_what_is_missing() -> None:
    content = (DATA / "formats/excel-zh/Fill_FE.xlsx").read_bytes()
    assert [problem.code for problem in read_bank_file(content, "FE.xlsx").problems] == ["questions-missing"]


def test_radio_bank_without_known_headings_is_assumed_and_warned_of() -> None:
    parsed = read_bank_file((DATA / "banks/crac-2025/class_a.csv").read_bytes(), "class_a.csv")
    types = Counter(question.public.type.value for question in parsed.questions)
    assert (parsed.error_count, types) == (0, {"single": 547, "multiple": 136})
    codes = Counter(problem.code for problem in parsed.problems)
    assert (codes["column-assumed"], codes["stem-again"] >= 14) == (2, True)


def test_radio_bank_with_a_mapping_shows_the_contradiction_of_two_columns() -> None:
    options = ReadOptions(
        {"type": "I", "external_id": "I", "stem": "Q", "answer": "T", "topic": "P"},
        {"MC1-*": "single", "MC*": "multiple"},
    )
    parsed = read_bank_file((DATA / "banks/crac-2025/class_a.csv").read_bytes(), "class_a.csv", options)
    errors = [problem for problem in parsed.problems if problem.is_error]
    assert [(problem.code, problem.value) for problem in errors] == [("single-with-several", "AB")] * 2
    assert len(parsed.topics) == 51


@pytest.mark.parametrize("name", CMMLU)
def test_four_topics_of_cmmlu(name: str) -> None:
    count, letters, repeated = CMMLU[name]
    parsed = read_bank_file((DATA / f"banks/cmmlu/test/{name}.csv").read_bytes(), f"{name}.csv")
    answers = Counter(question.secret.letters for question in parsed.questions)
    assert (parsed.error_count, len(parsed.questions), parsed.rows) == (0, count, count)
    assert tuple(answers[letter] for letter in "ABCD") == letters
    assert {(question.public.type.value, len(question.public.options)) for question in parsed.questions} == {
        ("single", 4)
    }
    # Repeated stems are warned of and stay. The README counts stems that are alike to the letter.
    stems = Counter(question.public.stem for question in parsed.questions)
    assert sum(times > 1 for times in stems.values()) == repeated
    again = {stem for stem, times in stems.items() if times > 1}
    warned = {problem.row for problem in parsed.problems if problem.code in {"stem-again", "duplicate"}}
    assert {question.public.stem for question in parsed.questions if question.row in warned} >= again
    dev = read_bank_file((DATA / f"banks/cmmlu/dev/{name}.csv").read_bytes(), f"{name}.csv")
    assert (dev.error_count, len(dev.questions)) == (0, 5)


def test_folders_are_read_whole() -> None:
    whole = read_bank_folder(DATA / "banks/cmmlu")
    assert (whole.error_count, len(whole.questions), whole.rows) == (0, 633, 633)
    radio = read_bank_folder(DATA / "banks/crac-2025")
    assert (radio.error_count, len(radio.questions)) == (0, 683)
    assert "images.csv" in {item.name for item in radio.skipped}


def test_options_of_the_multiple_choice_workbook() -> None:
    content = (DATA / "formats/excel-zh/MultipleChoice_MC.xlsx").read_bytes()
    parsed = read_bank_file(content, "MC.xlsx", beside=NAMES)
    assert {len(question.public.options) for question in parsed.questions} == {4, 5, 6}
    assert [question.row for question in parsed.questions] == [*range(2, 9)]
    assert {question.public.type.value for question in parsed.questions} == {"multiple"}


def test_columns_of_the_radio_bank_follow_its_readme() -> None:
    parsed = read_bank_file((DATA / "banks/crac-2025/class_a.csv").read_bytes(), "class_a.csv")
    letters = Counter(question.secret.letters for question in parsed.questions)
    assert letters == {"A": 547, "AB": 59, "AC": 2, "ABC": 40, "BCD": 2, "ABCD": 33}
    assert [question.row for question in parsed.questions] == [*range(2, 685)]
    stems = Counter(question.public.stem for question in parsed.questions)
    assert sum(times == 2 for times in stems.values()) == 14
    codes = Counter(problem.code for problem in parsed.problems)
    # One more pair of stems differs in the width of its colon only; m and M are two questions.
    assert (codes["stem-again"], codes["contradiction"], codes["all-right"], parsed.repeats) == (
        15,
        0,
        33,
        frozenset(),
    )
