"""Shapes of GIFT that people write though the format does not foresee them, each with what becomes of it."""

import time

import pytest

from tests.unit.banks.test_gift import one, read
from webapp.banks.formats.detect import detect
from webapp.banks.formats.files import read_bank_file
from webapp.banks.rules.schema import QuestionType


def codes(text: str) -> list[str]:
    return [problem.code for problem in read(text).problems]


def test_titled_questions_need_no_empty_line_between_them() -> None:
    result = read("::1::铁是金属。{T}\n::2::哪个是气体？{\n=氧\n~铁\n}\n::3::请安静。\n::4::2+3=? {#5}\n")
    assert [question.public.stem for question in result.questions] == ["铁是金属。", "哪个是气体？", "2+3=?"]
    assert [question.row for question in result.questions] == [1, 2, 7]
    assert [item.name for item in result.skipped] == ["3"]
    assert (result.rows, result.problems) == (3, [])


def test_questions_without_titles_are_told_apart_by_their_braces() -> None:
    result = read("冰是固体吗？{T}\n水在标准大气压下\n几度沸腾？{#100}\n酸的 pH {~大于=小于} 7。\n")
    assert [question.public.stem for question in result.questions] == [
        "冰是固体吗？",
        "水在标准大气压下 几度沸腾？",
        "酸的 pH ____ 7。",
    ]
    assert [question.row for question in result.questions] == [1, 2, 4]


def test_the_line_behind_the_braces_may_go_on_with_the_sentence() -> None:
    question = one("一周有 {\n~六\n=七\n}\n天。")
    assert (question.public.stem, question.secret.letters) == ("一周有 ____天。", "B")


def test_braces_of_a_formula_are_not_the_answer() -> None:
    question = one("求 $\\\\frac{1}{4}$ 的小数。{=0.25 =.25}")
    assert question.public.stem == "求 $\\frac{1}{4}$ 的小数。 ____"
    assert question.secret.blanks[0].accepted == ("0.25", ".25")
    assert codes("求 $\\\\frac{1}{4}$ 的小数。{=0.25}") == ["unescaped-brace"]


def test_braces_within_the_answers_stay_with_their_option() -> None:
    question = one("哪个最大？{~$x^{2}$ =$x^{3}$}")
    assert question.public.options == ("$x^{2}$", "$x^{3}$")
    assert question.secret.letters == "B"


def test_a_formula_and_an_empty_answer_is_an_essay() -> None:
    question = one("说明 $a_{1}$ 的含义。{}")
    assert question.public.type == QuestionType.ESSAY
    assert question.public.stem == "说明 $a_{1}$ 的含义。"


def test_two_answer_parts_are_an_error_and_not_half_a_question() -> None:
    result = read("水由 {=氢} 和 {=氧} 组成。\n\n铁是金属。{T}")
    assert [(item.code, item.row) for item in result.problems] == [("several-parts", 1)]
    assert (result.rows, len(result.questions)) == (2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "铁是金属。{ // 说明\n// 另一行\nT // 对的\n}",
        ":: 题一 :: // 说明\n铁是金属。{T}",
        "铁是金属。{\nTRUE // 对\n#错了#对了\n}",
    ],
)
def test_comments_behind_a_title_a_brace_or_a_truth_are_comments(text: str) -> None:
    question = one(text)
    assert (question.public.stem, question.secret.truth) == ("铁是金属。", True)


def test_two_slashes_within_a_text_are_text() -> None:
    question = one("哪个是网址？{~file.txt =https\\://example.org/a}")
    assert question.public.options[1] == "https://example.org/a"


def test_weights_behind_equals_signs_make_a_multiple_choice() -> None:
    question = one("哪些是金属？{=%50%铁 =%50%铜 ~%-100%木}")
    assert question.public.type == QuestionType.MULTIPLE
    assert question.secret.letters == "AB"
    assert one("哪个是金属？{=%100%铁 ~木}").secret.letters == "A"


def test_the_sign_of_a_format_may_stand_before_the_title() -> None:
    question = one("[html]::题::<b>铁</b>是金属。{T}")
    assert (question.public.stem, question.secret.truth) == ("<b>铁</b>是金属。", True)


def test_a_short_answer_needs_a_stem() -> None:
    result = read("::标题:: {铁}")
    assert [(item.code, item.row) for item in result.problems] == [("no-stem", 1)]
    assert one("{铁} 是金属。").public.stem == "____ 是金属。"


def test_a_category_in_small_letters_is_one() -> None:
    result = read("$category: $course$/top/安全\n铁是金属。{T}")
    assert [question.topic for question in result.questions] == ["安全"]


@pytest.mark.parametrize(
    ("text", "value"), [("3,14", "3.14"), ("-2,5", "-2.5"), ("0,12345", "0.12345"), ("1,000", None)]
)
def test_a_decimal_comma_is_read_and_a_doubtful_one_is_not(text: str, value: str | None) -> None:
    result = read(f"数 {{#{text}}}")
    if value is None:
        assert [item.code for item in result.problems] == ["not-a-number"]
    else:
        assert str(result.questions[0].secret.numbers[0].low) == value


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("多少？{=25% ~50% ~75%}", "gift"),
        ("多少？{=25% of it ~50% of it}", "gift"),
        ("::题::多少？{=a ~75%b}", "gift"),
        ("这是{=甲 ~75%乙 ~丙}。", "missingword"),
        ("<b>铁</b>是金属。{T}", "gift"),
    ],
)
def test_percentages_and_tags_do_not_make_it_another_format(text: str, form: str) -> None:
    assert detect(text.encode(), "x.txt") == form


def test_the_sign_of_an_entity_begins_no_feedback() -> None:
    question = one("[html]哪个是金属？{=l&#39;or#对 ~&#x6728;}")
    assert (question.public.options, question.secret.explanation) == (
        ("<p>l&#39;or</p>", "<p>&#x6728;</p>"),
        "A. 对",
    )


def test_entities_are_signs_with_or_without_the_sign_of_a_format() -> None:
    content = "角&alpha; &lt; 90&deg;{=锐角 ~a &amp; b}\n\n[plain]写 &alpha;{T}".encode()
    first, second = read_bank_file(content, "g.gift").questions
    assert (first.public.stem, first.public.options) == ("角α < 90°", ("锐角", "a & b"))
    assert second.public.stem == "写 &alpha;"


def test_a_code_fence_around_a_whole_file_is_no_text() -> None:
    result = read("```gift\n::题::铁是金属。{T}\n```\n")
    assert [(item.public.stem, item.row) for item in result.questions] == [("铁是金属。", 2)]
    inside = one("代码\n```\nprint()\n```\n是 Python。{T}")
    assert "```" in inside.public.stem


def test_a_name_between_percent_signs_is_a_text() -> None:
    question = one("哪个变量是搜索路径？{=%PATH% ~%TEMP% ~ %run ~%-50%$HOME}")
    assert question.public.options == ("%PATH%", "%TEMP%", "%run", "$HOME")
    assert str(question.secret.weights["D"]) == "-0.5"


def test_answers_without_braces_are_an_error_and_no_mere_text() -> None:
    result = read("哪个是金属？\n~木\n=铁\n\n请安静。\n= 很重要\n")
    assert [(item.code, item.row) for item in result.problems] == [("bad-braces", 1)]
    assert (result.rows, len(result.skipped)) == (1, 1)


def test_a_weight_may_have_a_decimal_comma() -> None:
    question = one("哪些是金属？{~%33,33333%铁 ~%33,33333%铜 ~%33,33333%金 ~%-100%木}")
    assert question.secret.letters == "ABC"


def test_i01_a_mass_of_lines_without_a_gap_is_read_in_one_go() -> None:
    texts = [
        "::a::题{T}\n" * 5_000,
        ":: 题\n" + "::a::\n" * 20_000,
        "题{T}\n" + "{\n" * 20_000,
        "{}" * 40_000,
    ]
    start = time.monotonic()
    for text in texts:
        read(text)
    assert time.monotonic() - start < 10
