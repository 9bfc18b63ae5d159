"""Cloze and Missing word files: gaps in a text, what is wrong with them, and files of another system."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.banks.third_party import third_party
from webapp.banks.errors import FileRefused
from webapp.banks.formats.cloze import read_cloze
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.missingword import read_missing_word
from webapp.banks.formats.options import ReadOptions
from webapp.banks.rules.schema import Blank, FillRules, QuestionType

HALF = Decimal("0.5")


def whole(text: str, name: str = "c.txt") -> Parsed:
    return read_bank_file(text.encode(), name)


def codes(parsed: Parsed, errors: bool = True) -> list[str]:
    return [problem.code for problem in parsed.problems if problem.is_error is errors]


def test_gaps_of_every_kind_in_one_text() -> None:
    text = (
        "电压 {2:NM:=220:5#约 220~%50%230:10} 伏，颜色 {:MC_S:红~=绿#对~%50%青}，"
        "符号 {1:SAC:=Ω~%50%ω~*#再想}，集合 \\{1\\}"
    )
    parsed = whole(text)
    (question,) = parsed.questions
    assert parsed.format == "cloze"
    assert question.public.stem == "电压 ____ 伏，颜色 ____，符号 ____，集合 \\{1\\}"
    assert question.public.choices == ((), ("红", "绿", "青"), ())
    assert question.secret.blanks == (
        Blank(("220",), Decimal(2), Decimal(5), (("230", HALF),)),
        Blank(("绿",), partial=(("青", HALF),)),
        Blank(("Ω",), partial=(("ω", HALF),)),
    )
    assert (question.secret.fill, question.mark) == (FillRules(case_sensitive=True), Decimal(4))
    assert question.secret.explanation == "1. 220:5: 约 220\n2. 绿: 对\n3. *: 再想"
    assert codes(parsed, errors=False) == ["tolerance"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("水果 {1:MC:=苹果}", "too-few-options"),
        ("水果 {1:MC:苹果~%50%梨}", "no-answer"),
        ("水果 {1:SA:=苹果", "bad-braces"),
        ("数 {1:NM:=abc}", "not-a-number"),
        ("数 {1:NM:=1:x}", "not-a-number"),
        ("选 {1:MR:a~b~c}", "no-answer"),
        ("选 {1:MR:=a}", "too-few-options"),
        ("选 {1:SA:%900%a}", "bad-weight"),
        ("选 {1:SA:}", "no-answer"),
    ],
)
def test_a_damaged_gap_keeps_the_whole_question_out(text: str, code: str) -> None:
    parsed = whole(f"\n好的 {{1:SA:=空}}，{text}")
    assert (parsed.questions, codes(parsed), parsed.rows) == ((), [code], 1)
    assert parsed.problems[0].row == 2


def test_a_text_without_gaps_is_an_error() -> None:
    result = read_cloze("没有空".encode(), "c.txt", ReadOptions())
    assert [problem.code for problem in result.problems] == ["no-part"]


def test_the_cities_of_moodle() -> None:
    content = third_party("formats", "cloze", "questions.multianswer.txt").read_bytes()
    parsed = read_bank_file(content, "questions.multianswer.txt")
    assert (parsed.format, parsed.error_count) == ("cloze", 0)
    (question,) = parsed.questions
    blanks = question.secret.blanks
    assert [blank.accepted for blank in blanks] == [
        ("California",), ("Arizona",), ("California",), ("Arizona",), ("Paris",),
    ]  # fmt: skip
    assert question.public.choices == (("California", "Arizona"),) * 4 + ((),)
    assert blanks[4].partial == (("Marseille", HALF),)
    assert (question.mark, {blank.weight for blank in blanks}) == (Decimal(5), {Decimal(1)})
    assert "5. *: Wrong answer. The capital of France is Paris, of course." in question.secret.explanation


def test_the_broken_file_of_moodle_gives_no_question() -> None:
    content = third_party("formats", "cloze", "broken_multianswer_1.txt").read_bytes()
    parsed = read_bank_file(content, "broken_multianswer_1.txt")
    assert (parsed.format, parsed.questions, codes(parsed)) == ("cloze", (), ["too-few-options"])


def test_missing_words_of_both_kinds() -> None:
    text = "安全帽要 {=戴 ~挂 ~75%半戴#不好 ~_3 顶} 在头上。\n\n首都是{北京}。\n\n没有答案的一段\n\n坏权 {=a ~750%b}"
    result = read_missing_word(text.encode(), "m.txt", ReadOptions())
    choice, word = result.questions
    assert choice.public.stem == "安全帽要 ____ 在头上。"
    assert choice.public.options == ("戴", "挂", "半戴", "3 顶")
    assert (choice.secret.letters, choice.secret.weights) == ("A", {"A": 1, "C": Decimal("0.75")})
    assert choice.secret.explanation == "C. 不好"
    assert (word.public.type, word.public.stem, word.row) == (QuestionType.FILL, "首都是____。", 3)
    assert word.secret.blanks == (Blank(("北京",)),)
    assert [(item.code, item.row) for item in result.problems] == [("bad-braces", 5), ("bad-weight", 7)]
    assert result.rows == 4
    assert whole(text).format == "missingword"


def test_the_missing_words_of_moodle() -> None:
    first = third_party("formats", "missingword", "question.missingword1.txt").read_bytes()
    parsed = read_bank_file(first, "question.missingword1.txt")
    (question,) = parsed.questions
    assert (parsed.format, parsed.problems) == ("missingword", ())
    assert question.public.stem == (
        "As soon as we begin to explore our body parts as infants we become students of ____, "
        "and in a sense we remain students for life."
    )
    assert question.public.options == ("anatomy and physiology", "reflexology", "science", "experiment")
    assert question.secret.letters == "A"
    second = third_party("formats", "missingword", "question.missingword2.txt").read_bytes()
    (question,) = read_bank_file(second, "question.missingword2.txt").questions
    assert (question.public.type, question.secret.blanks) == (QuestionType.FILL, (Blank(("Lesson",)),))
    # Under another name it is read as GIFT, to the same question.
    assert read_bank_file(second, "x.txt").questions[0].public == question.public


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=100) | st.text("{}1:MCSANR=~%50#*\\\n 甲_", max_size=80).map(str.encode))
def test_no_bytes_break_the_readers(content: bytes) -> None:
    for reader in (read_cloze, read_missing_word):
        try:
            result = reader(content, "x.txt", ReadOptions())
        except FileRefused:
            continue
        assert len(result.questions) <= result.rows


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["{1:MC:", "{:SA:", "{2:NM:", "}", "=", "~", "%50%", "a", "1:2", "#", " "]),
        max_size=30,
    )
)
def test_no_mixture_of_good_pieces_breaks_the_reader(pieces: list[str]) -> None:
    read_bank_file("".join(pieces).encode(), "cloze.txt")
    read_cloze("".join(pieces).encode(), "cloze.txt", ReadOptions())


def test_several_choices_in_a_gap_make_sub_questions_of_a_text() -> None:
    text = "金属 {2:MR:=铁#对~=铜~木}，颜色 {:MRH:%50%红~%50%蓝~%-100%无}，选 {:MC:=甲~%50%乙~丙}，数 {:NM:=5:1~%50%5:2}，词 {:SAC:=水}"
    parsed = whole(text)
    (question,) = parsed.questions
    public, secret = question.public, question.secret
    assert public.stem == "金属 （1），颜色 （2），选 （3），数 （4），词 （5）"
    assert [part.type.value for part in public.parts] == ["multiple", "multiple", "single", "numeric", "fill"]
    assert [key.letters for key in secret.parts] == ["AB", "AB", "A", "", ""]
    assert secret.parts[0].weights == {}
    assert secret.parts[1].weights == {"A": HALF, "B": HALF, "C": Decimal(-1)}
    assert [(number.low, number.high, number.share) for number in secret.parts[3].numbers] == [
        (Decimal(4), Decimal(6), Decimal(1)),
        (Decimal(3), Decimal(7), HALF),
    ]
    assert secret.parts[4].fill.case_sensitive
    assert secret.part_weights == (Decimal(2), *[Decimal(1)] * 4)
    assert (question.mark, codes(parsed, errors=False)) == (Decimal(6), ["changed"])


def test_entities_and_decimal_commas_in_gaps() -> None:
    parsed = whole("电阻 {1:SA:=&#937;#对} 约 {1:NM:=3,14:0,01}")
    (question,) = parsed.questions
    assert question.secret.explanation.startswith("1. ")
    assert question.secret.blanks[0].accepted == ("Ω",)
    assert (question.secret.blanks[1].accepted, question.secret.blanks[1].tolerance) == (
        ("3.14",),
        Decimal("0.01"),
    )


def test_a_file_named_after_embedded_answers_says_that_it_has_none() -> None:
    parsed = whole("没有空", "multianswer-1.txt")
    assert (parsed.format, codes(parsed)) == ("cloze", ["no-part"])


def test_a_gap_of_weight_nought_weighs_one() -> None:
    (question,) = whole("水由 {0:SA:=氢} 和 {2:SA:=氧} 组成").questions
    assert [blank.weight for blank in question.secret.blanks] == [Decimal(1), Decimal(2)]
