"""Moodle XML that we write: read back it is the same but for what was told; files go along."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from tests.unit.banks.tables import png
from tests.unit.banks.test_round_trip import bank, questions
from webapp.banks.formats.files import read_bank_file
from webapp.banks.formats.pictures import Picture, checked
from webapp.banks.formats.write_moodle import grade_of, write_moodle
from webapp.banks.formats.xml import parse_xml
from webapp.banks.rules.schema import (
    BankFile,
    Blank,
    Difficulty,
    FillRules,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)

HALF = Decimal("0.5")


def question(public: PublicQuestion, secret: QuestionKey, **more: object) -> Question:
    made = Question(
        "k-1", public, replace(secret, explanation="见<b>规程</b>第3条 & <p>"), "电/高压", Difficulty.MEDIUM
    )
    return replace(made, **more)  # type: ignore[arg-type]


def file_of(*found: Question) -> BankFile:
    return replace(bank([]), questions=found)


def again(*found: Question, files: dict[str, Picture] | None = None) -> list[Question]:
    made = write_moodle(file_of(*found), files or {})
    parsed = read_bank_file(made.content, "b.xml")
    assert [problem for problem in parsed.problems if problem.is_error] == []
    return [replace(item, external_id="", sheet="", row=None) for item in parsed.questions]


SAME = {
    "single": question(
        PublicQuestion(QuestionType.SINGLE, "a < b 且 5 > 3？\n<b>选</b>", ("甲 & 乙", "H<sub>2</sub>O", '"丙"')),
        QuestionKey(letters="B"),
        mark=Decimal("2.5"),
        tags=("电", "水"),
    ),
    "weighted": question(
        PublicQuestion(QuestionType.MULTIPLE, "哪些？", ("甲", "乙", "丙")),
        QuestionKey(letters="AC", weights={"A": HALF, "B": -HALF, "C": HALF}),
    ),
    "true": question(PublicQuestion(QuestionType.TRUE_FALSE, "对吗？"), QuestionKey(truth=False)),
    "short": question(
        PublicQuestion(QuestionType.FILL, "水的化学式是____。", blanks=1),
        QuestionKey(
            blanks=(Blank(("H2O", "a*b&c"), partial=(("h2o", HALF),)),), fill=FillRules(case_sensitive=True)
        ),
    ),
    "pattern": question(
        PublicQuestion(QuestionType.FILL, "以安全开头：____", blanks=1),
        QuestionKey(blanks=(Blank(("安全*",), is_pattern=True),)),
    ),
    "cloze": question(
        PublicQuestion(
            QuestionType.FILL, "甲____乙____丙____", blanks=3, choices=(("是~=", "否}#"), (), ())
        ),
        QuestionKey(
            blanks=(
                Blank(("否}#",), Decimal(2)),
                Blank(("220",), Decimal(1), Decimal("0.5")),
                Blank(("R&D{x}", "研发"), Decimal(1)),
            )
        ),
        mark=Decimal(4),
    ),
    "matching": question(
        PublicQuestion(QuestionType.MATCHING, "配对", ("红", "黄", "蓝"), items=("禁止", "警告")),
        QuestionKey(letters="AB"),
    ),
    "numeric": question(
        PublicQuestion(QuestionType.NUMERIC, "多少？"),
        QuestionKey(numbers=(NumberRange(Decimal("9.5"), Decimal("10.5")), NumberRange(Decimal(9), Decimal(11), HALF))),
    ),
    "essay": question(PublicQuestion(QuestionType.ESSAY, "论述"), QuestionKey(reference="要点<i>一</i>\n要点二")),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_a_question_comes_back_the_same(name: str) -> None:
    assert again(SAME[name]) == [SAME[name]]
    assert write_moodle(file_of(SAME[name]), {}).problems == []


def test_an_ordering_comes_back_with_the_same_order() -> None:
    steps = PublicQuestion(QuestionType.ORDERING, "顺序", ("接地", "断电", "验电"))
    (back,) = again(question(steps, QuestionKey(letters="BCA")))
    assert [back.public.options["ABC".index(letter)] for letter in back.secret.letters] == [
        "断电",
        "验电",
        "接地",
    ]


def test_pictures_and_sounds_go_along() -> None:
    picture = checked(png(9))
    assert picture is not None
    text = "看 [[media:图/a &1.png]] 再答"
    one = question(
        PublicQuestion(QuestionType.SINGLE, text, ("[[media:b.png]]", "乙"), picture="上.png"),
        QuestionKey(letters="A"),
    )
    files = {
        "图/a &1.png": picture,
        "b.png": picture,
        "上.png": picture,
        "s.mp3": Picture(b"ID3", "audio/mpeg"),
    }
    made = write_moodle(file_of(one), files)
    assert made.content.count(b'encoding="base64"') == 2
    parsed = read_bank_file(made.content, "b.xml")
    assert parsed.error_count == 0
    assert parsed.questions[0].public.options == one.public.options
    assert parsed.questions[0].public.picture == "上.png"
    assert {file.content for file in parsed.pictures.values()} == {picture.content}
    sound = question(PublicQuestion(QuestionType.ESSAY, "[[media:s.mp3]]"), QuestionKey())
    assert b"audio controls" in write_moodle(file_of(sound), files).content


def test_what_is_lost_is_told_by_question() -> None:
    multiple = PublicQuestion(QuestionType.MULTIPLE, "哪些？", ("甲", "乙", "丙", "丁"))
    passage = PublicQuestion(
        QuestionType.PASSAGE, "文", parts=(PublicQuestion(QuestionType.TRUE_FALSE, "对"),)
    )
    made = write_moodle(
        file_of(
            question(multiple, QuestionKey(letters="ABC"), difficulty=Difficulty.HARD, source="书"),
            question(
                passage, QuestionKey(parts=(QuestionKey(truth=True),), part_weights=(Decimal(1),)), key="k-2"
            ),
            question(
                PublicQuestion(QuestionType.FILL, "____和____", blanks=2),
                QuestionKey(blanks=(Blank(("甲",), HALF), Blank(("乙",))), fill=FillRules(any_order=True)),
                key="k-3",
            ),
        ),
        {},
    )
    assert [(problem.column, problem.code) for problem in made.problems] == [
        ("k-1", "changed"),
        ("k-1", "changed"),
        ("k-1", "changed"),
        ("k-2", "not-written"),
        ("k-3", "changed"),
        ("k-3", "changed"),
    ]
    assert len(read_bank_file(made.content, "b.xml").questions) == 2


@pytest.mark.parametrize(
    ("share", "grade"),
    [("1", ("100", True)), ("0.3333333333", ("33.33333", True)), ("-0.5", ("-50", True)), ("0.34", ("33.33333", False)), ("0", ("0", True))],
)  # fmt: skip
def test_shares_become_the_nearest_grade(share: str, grade: tuple[str, bool]) -> None:
    assert grade_of(Decimal(share)) == grade


PLAIN = (QuestionType.SINGLE, QuestionType.MULTIPLE, QuestionType.TRUE_FALSE, QuestionType.FILL)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(questions(PLAIN, is_plain=True))
def test_whatever_a_bank_holds_is_well_formed_and_comes_back_with_its_key(drawn: Question) -> None:
    one = replace(drawn, key="k-1")
    made = write_moodle(file_of(one), {})
    parse_xml(made.content, "b.xml")
    (back,) = read_bank_file(made.content, "b.xml").questions
    assert (back.key, back.public.type, back.topic, back.tags) == (
        "k-1",
        one.public.type,
        one.topic,
        one.tags,
    )
    assert back.secret.letters == one.secret.letters
    assert back.secret.truth == one.secret.truth
    assert len(back.secret.blanks) == len(one.secret.blanks)
