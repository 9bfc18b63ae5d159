"""Pictures and sounds travel with our own formats; the examples of the template are good questions."""

import io
from decimal import Decimal

import openpyxl
import pytest

from tests.unit.banks.tables import csv_file, png, zipped
from tests.unit.banks.test_round_trip import BACK, bank, bare
from webapp.banks.formats.files import read_bank_file
from webapp.banks.formats.pictures import Picture, checked
from webapp.banks.formats.template import empty_template
from webapp.banks.formats.writers import ExportFormat, write
from webapp.banks.rules.schema import Difficulty, PublicQuestion, Question, QuestionKey, QuestionType


def picture(side: int) -> Picture:
    made = checked(png(side))
    assert made is not None
    return made


def with_media() -> tuple[Question, dict[str, Picture]]:
    part = PublicQuestion(QuestionType.TRUE_FALSE, "[[media:小题.png]]\n对吗。")
    options = ("[[media:甲.png]]", "乙 [[media:media/b.png]]")
    first = PublicQuestion(QuestionType.SINGLE, "看图 [[media:a.png]]：", options)
    passage = PublicQuestion(
        QuestionType.PASSAGE, "材料 [[media:a.png]]", picture="top.png", parts=(first, part)
    )
    key = QuestionKey(
        explanation="见 [[media:解析.png]]",
        parts=(QuestionKey(letters="B"), QuestionKey(truth=True)),
        part_weights=(Decimal(2), Decimal(1)),
    )
    names = ("小题.png", "甲.png", "media/b.png", "a.png", "top.png", "解析.png")
    question = Question("", passage, key, "law", Difficulty.EASY)
    return question, {name: picture(side) for side, name in enumerate(names, start=8)}


@pytest.mark.parametrize("form", BACK)
def test_media_in_every_text_come_back(form: ExportFormat) -> None:
    question, media = with_media()
    whole = bank([question])
    written = write(whole, media, form)
    back = read_bank_file(written.content, written.name)
    assert back.problems == ()
    assert bare(back.questions) == bare(whole.questions)
    assert {name: item.content for name, item in back.pictures.items()} == {
        name: item.content for name, item in media.items()
    }


def test_a_picture_of_a_sub_question_stands_in_its_text() -> None:
    head = ["题型", "题干", "正确答案", "图片", "材料编号"]
    table = csv_file(["材料题", "材料。", "", "", "1"], ["判断题", "对吗。", "对", "a.png", "1"], head=head)
    parsed = read_bank_file(zipped({"题.csv": table, "a.png": png()}), "b.zip")
    assert parsed.problems == ()
    assert parsed.questions[0].public.parts[0].stem == "[[media:a.png]]\n对吗。"
    assert list(parsed.pictures) == ["a.png"]


def test_the_examples_of_the_template_are_good_questions_of_all_nine_types() -> None:
    book = openpyxl.load_workbook(io.BytesIO(empty_template()))
    rows = [[str(cell.value or "") for cell in row] for row in book["试题"].iter_rows()]
    marked = rows[0].index("外部编号")
    good = [[*row[:marked], row[marked].replace("示例", "e"), *row[marked + 1 :]] for row in rows[1:]]
    parsed = read_bank_file(csv_file(*good, head=rows[0]), "b.csv")
    assert parsed.problems == ()
    assert {question.public.type for question in parsed.questions} == set(QuestionType)
    assert [question.secret.letters for question in parsed.questions[4:6]] == ["ABCD", "BADC"]
    kinds = book["试题"].data_validations.dataValidation[0].formula1
    assert [len(kinds.split(",")), "材料题" in kinds] == [9, True]
