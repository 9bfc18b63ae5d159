"""Written answers on a sheet: which wait, and that people's marks are part of what a grade is made from."""

from decimal import Decimal

import pytest

from webapp.banks.rules.schema import PublicQuestion, QuestionKey, QuestionType
from webapp.contests.rules.blueprint import Cell, Section, Text
from webapp.exam.rules.essays import SettledMark, digest_of, written
from webapp.exam.rules.grading import MarkedQuestion, SheetInput, grade_sheet, input_digest

ESSAY = PublicQuestion(QuestionType.ESSAY, "怎么处置？")
PASSAGE = PublicQuestion(
    QuestionType.PASSAGE, "材料", parts=(PublicQuestion(QuestionType.SINGLE, "谁？", ("甲", "乙")), ESSAY)
)
PASSAGE_KEY = QuestionKey(
    parts=(QuestionKey(letters="A"), QuestionKey(reference="停工")), part_weights=(Decimal(2), Decimal(1))
)
SECTION = Section("s", Text("部分"), "essay", Decimal(10), (Cell(None, None, 1),))
QUESTIONS = {7: MarkedQuestion(7, ESSAY, QuestionKey(reference="断电"))}


def sheet(answer: str, mark: SettledMark | None = None) -> SheetInput:
    return SheetInput(1, [7], [0], b"seed", "digest", [answer], {} if mark is None else {(0, 0): mark})


def test_the_digest_of_a_sheet_without_written_answers_is_that_of_earlier_programs() -> None:
    """Computed before people could mark: grades made then are reproduced now."""
    bare = SheetInput(1, [], [], b"s", "p", [])
    assert input_digest(bare, [], {}) == "0b4b7abe8337295732f48faf733ef217c0a7bfc9307abdfc6b643a689da5bbba"


def test_only_written_answers_that_are_not_empty_wait() -> None:
    found = list(written(PASSAGE, PASSAGE_KEY, '["B", "停工整改"]', Decimal(10)))
    assert [(one.part, one.text, one.out_of) for one in found] == [(1, "停工整改", Decimal("3.3333"))]
    assert list(written(PASSAGE, PASSAGE_KEY, '["B", " "]', Decimal(10))) == []
    assert list(written(ESSAY, QuestionKey(), " \n", Decimal(10))) == []


def test_a_settled_mark_is_graded_and_another_one_gives_another_digest() -> None:
    low, high = (SettledMark(Decimal(mark), Decimal(10), digest_of("断电")) for mark in ("6.5", "7"))
    first, second = (grade_sheet(sheet("断电", mark), [SECTION], QUESTIONS) for mark in (low, high))
    assert first.paper.mark == Decimal("6.5")
    assert first.input_digest != second.input_digest


def test_a_full_mark_of_a_part_that_is_no_round_number_is_the_whole_part() -> None:
    section = Section("s", Text("部分"), "passage", Decimal(10), (Cell(None, None, 1),))
    mark = SettledMark(Decimal("3.3333"), Decimal("3.3333"), digest_of("停工"))
    whole = SheetInput(1, [7], [0], b"seed", "digest", ['["A", "停工"]'], {(0, 1): mark})
    graded = grade_sheet(whole, [section], {7: MarkedQuestion(7, PASSAGE, PASSAGE_KEY)})
    assert graded.paper.score == Decimal(100)


def test_without_its_mark_or_with_a_mark_for_another_text_a_sheet_is_not_graded() -> None:
    with pytest.raises(ValueError, match="a person has to mark"):
        grade_sheet(sheet("断电"), [SECTION], QUESTIONS)
    other = SettledMark(Decimal(5), Decimal(10), digest_of("报告"))
    with pytest.raises(ValueError, match="another answer"):
        grade_sheet(sheet("断电", other), [SECTION], QUESTIONS)
