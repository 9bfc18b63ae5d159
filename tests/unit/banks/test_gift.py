"""GIFT files: what each kind of question becomes, what is reported, and the files of others."""

import json
import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.third_party import third_party
from webapp.banks.errors import FileRefused
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.gift import read_gift
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult
from webapp.banks.rules.schema import Blank, NumberRange, Question, QuestionType

GRAMMAR = [
    "category1",
    "categorySpecialCharacter",
    "description1",
    "descriptionWithID",
    "escapeColon",
    "escapeEquals",
    "essay1",
    "markdown",
    "matching1",
    "mc1",
    "mc2",
    "mc4",
    "multiLineFeedback1",
    "multipleAnswersFloat",
    "newlineAndLaTeX",
    "shortAnswer1",
    "shortAnswer2",
    "shortFirstEmbedded",
    "symbolsAll",
    "tag_id",
    "tag_id_and_two_tags",
    "tf1",
    "tf1_html",
    "tf1_markdown",
    "tf2",
    "type_inferred_multiline_markdown",
]


def read(text: str) -> FormatResult:
    return read_gift(text.encode(), "g.gift", ReadOptions())


def one(text: str) -> Question:
    result = read(text)
    assert [item.code for item in result.problems if item.is_error] == []
    (question,) = result.questions
    return question


def whole(text: str, name: str = "g.gift") -> Parsed:
    return read_bank_file(text.encode(), name)


def test_a_choice_in_mid_sentence_keeps_its_gap() -> None:
    question = one("::Name::安全帽应当{~挂在腰上 =戴在头上\n~放在车里}，并系好下颏带。")
    assert question.public.stem == "安全帽应当____，并系好下颏带。"
    assert question.public.options == ("挂在腰上", "戴在头上", "放在车里")
    assert (question.public.type, question.secret.letters) == (QuestionType.SINGLE, "B")
    assert question.secret.weights == {}


def test_several_right_options_of_a_single_choice_all_count() -> None:
    result = read("季节？{=春 =夏 ~%50%半 ~节}")
    question = result.questions[0]
    assert (question.public.type, question.secret.letters) == (QuestionType.SINGLE, "A")
    assert question.secret.weights == {"A": 1, "B": 1, "C": Decimal("0.5")}
    assert [(item.code, item.is_error, item.row) for item in result.problems] == [("several-right", False, 1)]


def test_only_weights_make_a_multiple_choice() -> None:
    question = one("谁？{~%50%甲#对 ~%-100%乙 ~%50%丙####总评}")
    assert (question.public.type, question.secret.letters) == (QuestionType.MULTIPLE, "AC")
    assert question.secret.weights == {"A": Decimal("0.5"), "B": -1, "C": Decimal("0.5")}
    assert question.secret.explanation == "A. 对\n总评"


def test_an_arrow_in_a_choice_is_text() -> None:
    question = one("哪个？{=a -> b ~c -> d}")
    assert question.public.options == ("a -> b", "c -> d")


@pytest.mark.parametrize(("sign", "truth"), [("T", True), ("TRUE", True), ("F", False), (" FALSE ", False)])
def test_true_and_false(sign: str, truth: bool) -> None:
    question = one(f"水是湿的。{{{sign}#错了#对了}}")
    assert (question.public.type, question.secret.truth) == (QuestionType.TRUE_FALSE, truth)
    assert question.secret.explanation == "错了\n对了"


def test_short_answers_become_a_blank() -> None:
    question = one("首都是{=北京 =%50%北平#旧名 =%0%南京#不对 =京*}。")
    assert question.public.stem == "首都是____。"
    assert question.secret.blanks == (
        Blank(("北京", "京*"), partial=(("北平", Decimal("0.5")),), is_pattern=True),
    )
    assert question.secret.explanation == "北平: 旧名\n南京: 不对"
    assert one("数字 1 怎么写？ {One}").public.stem == "数字 1 怎么写？ ____"
    assert one(r"乘号？{=\*}").secret.blanks == (Blank(("*",)),)


def test_numbers_have_tolerances_and_ranges() -> None:
    question = one("年？{#=1822:0#满分 =%50%1822:2 ~#再想想}")
    assert question.secret.numbers == (
        NumberRange(Decimal(1822), Decimal(1822)),
        NumberRange(Decimal(1820), Decimal(1824), Decimal("0.5")),
    )
    assert question.secret.explanation == "1822:0: 满分\n再想想"
    assert one("圆周率？{#3.141..3.142}").secret.numbers == (NumberRange(Decimal("3.141"), Decimal("3.142")),)


def test_matching_keeps_extra_answers() -> None:
    question = one("配对：{=红->停 =绿->行 = ->跑 =黄 -> 停}")
    assert (question.public.items, question.public.options) == (("红", "绿", "黄"), ("停", "行", "跑"))
    assert question.secret.letters == "ABA"


def test_an_empty_answer_is_an_essay_and_none_at_all_is_no_question() -> None:
    assert one("谈谈你的看法。{}").public.type is QuestionType.ESSAY
    assert one("谈谈。{####要点}").secret.explanation == "要点"
    result = read("::说明::请先读图。")
    assert (result.rows, result.questions) == (0, [])
    assert result.skipped[0].name == "说明"


def test_escapes_are_resolved_from_left_to_right() -> None:
    question = one(r"集合 \{1\} 中 \~ 与 \\neq 与 \n 第二行{=\= 2 \# 3 ~\\=\:}")
    assert question.public.stem == "集合 {1} 中 ~ 与 \\neq 与 \n 第二行"
    assert question.public.options == ("= 2 # 3", "\\", ":")


def test_category_identity_and_tags_belong_to_what_follows() -> None:
    text = "$CATEGORY: $course$/top/电工/安全//防护\n\n// [id:q-1] [tag:新\\]题]\n对吗？{T}\n\n对不？{F}\n"
    result = read(text)
    first, second = result.questions
    assert [topic.key for topic in result.topics] == ["电工/安全／防护"]
    assert (first.topic, second.topic) == ("电工/安全／防护",) * 2
    assert (first.external_id, first.tags, first.row) == ("q-1", ("新]题",), 4)
    assert (second.external_id, second.tags, second.row) == ("", (), 6)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("半个 { =a ~b", "bad-braces"),
        ("半个 =a ~b }", "bad-braces"),
        ("重 {~%200%a =b}", "bad-weight"),
        ("重 {~%x%a =b}", "bad-weight"),
        ("数 {#abc}", "not-a-number"),
        ("配 {=a->b =c}", "no-arrow"),
        ("数 {#}", "no-answer"),
        ("选 {=a ~}", "empty-option"),
        ("选 {~a}", "too-few-options"),
        ("配 {=a->b}", "too-few-options"),
        ("{=a ~b}", "no-stem"),
    ],
)
def test_a_damaged_question_is_named_with_its_line_and_stops_no_other(text: str, code: str) -> None:
    parsed = whole(f"// 注\n好的？{{T}}\n\n// 注\n{text}\n\n也好？{{F}}\n")
    assert [question.public.stem for question in parsed.questions] == ["好的？", "也好？"]
    assert code in {problem.code for problem in parsed.problems if problem.is_error}
    assert {problem.row for problem in parsed.problems if problem.is_error} == {5}
    assert (parsed.rows, parsed.format) == (3, "gift")


def test_plain_texts_keep_what_looks_like_html() -> None:
    parsed = whole(
        "[plain]标签 <table> 用于？{=表格 ~<script>x</script>}\n\n[html]<b>粗</b>&nbsp;<i onclick\\=1>x{T}"
    )
    assert parsed.questions[0].public.stem == "标签 <table> 用于？"
    assert parsed.questions[0].public.options[1] == "<script>x</script>"
    assert "onclick" not in parsed.questions[1].public.stem
    assert whole("[html]a &lt; 3{T}").questions[0].public.stem == "a < 3"


def test_markdown_is_kept_as_written_with_a_warning() -> None:
    assert [item.code for item in read("[markdown]这是**重点**。{T}").problems] == ["markdown"]
    assert read("[markdown]没有记号。{T}").problems == []


KINDS = {"MC": "choice", "TF": "true_false", "Short": "fill", "Numerical": "numeric", "Matching": "matching",
         "Essay": "essay"}  # fmt: skip


def bare(text: str) -> str:
    """A text without what only spaces and the kind of blank differ in."""
    return re.sub(r"\s+", "", re.sub(r"_{4,}", "____", text))


def expected(item: dict[str, Any]) -> tuple[str, str, list[str]]:
    """Kind, stem and answers of the grammar project's own parse."""
    answers = [bare(choice["text"]["text"]) for choice in item.get("choices", [])]
    for pair in item.get("matchPairs", []):
        answers += [bare(pair["subquestion"]["text"]), bare(pair["subanswer"])]
    if item["type"] == "TF":
        answers = [str(item["isTrue"])]
    stem = item["stem"]["text"]
    if item["type"] == "Short" and not item["hasEmbeddedAnswers"]:
        stem += "____"
    return KINDS[item["type"]], bare(stem), answers


def got(question: Question) -> tuple[str, str, list[str]]:
    public, secret = question.public, question.secret
    kind = "choice" if public.type in {"single", "multiple"} else public.type.value
    answers = [bare(option) for option in public.options]
    if kind == "fill":
        answers = [bare(text) for text in secret.blanks[0].accepted]
    elif kind == "true_false":
        answers = [str(secret.truth)]
    elif kind == "matching":
        answers = [
            bare(text)
            for item, letter in zip(public.items, secret.letters, strict=True)
            for text in (item, public.options["ABCDEFGH".index(letter)])
        ]
    return kind, bare(public.stem), answers


@pytest.mark.parametrize("name", GRAMMAR)
def test_the_files_of_the_grammar_project_read_as_it_expects(name: str) -> None:
    path = third_party("formats", "gift", "gift-grammar", f"{name}.gift")
    wanted = json.loads(path.with_suffix(".json").read_text())
    result = read_gift(path.read_bytes(), path.name, ReadOptions())
    real = [item for item in wanted if item["type"] in KINDS]
    assert [got(question) for question in result.questions] == [expected(item) for item in real]
    assert len(result.skipped) == sum(item["type"] == "Description" for item in wanted)
    assert [topic.key for topic in result.topics] == [
        item["title"].removeprefix("$course$/top/") for item in wanted if item["type"] == "Category"
    ]
    for item, question in zip(real, result.questions, strict=True):
        assert question.external_id == (item.get("id") or "")
        assert question.tags == tuple(item.get("tags") or ())
        check_weights(item, question)
    parsed = read_bank_file(path.read_bytes(), path.name)
    assert (len(parsed.questions), parsed.error_count) == (len(real), 0)


def check_weights(item: dict[str, Any], question: Question) -> None:
    """Right options and weights as the other project states them."""
    if item["type"] != "MC":
        return
    full = [
        letter for letter, choice in zip("ABCDEFGH", item["choices"], strict=False) if choice["isCorrect"]
    ]
    if full:
        assert question.public.type is QuestionType.SINGLE
        assert question.secret.letters == full[0]
        assert set(question.secret.weights) == (set(full) if len(full) > 1 else set())
    else:
        shares = [float(question.secret.weights.get(letter, Decimal(0))) * 100 for letter in "ABCDE"]
        assert shares == pytest.approx([choice["weight"] for choice in item["choices"]])


def test_the_examples_of_moodle_have_the_stated_counts() -> None:
    content = third_party("formats", "gift", "moodle-examples.txt").read_bytes()
    parsed = read_bank_file(content, "moodle-examples.txt")
    assert (parsed.format, len(parsed.questions), parsed.rows, parsed.error_count) == ("gift", 43, 43, 0)
    assert Counter(question.public.type.value for question in parsed.questions) == {
        "single": 16, "multiple": 2, "true_false": 5, "fill": 9, "numeric": 8, "matching": 3,
    }  # fmt: skip
    by_stem = {question.public.stem: question for question in parsed.questions}
    signs = by_stem["Which of the following is NOT a control character for the GIFT import format?"]
    assert signs.public.options == ("~", "=", "#", "{", "}", "\\")
    assert "to specify a literal backslash, you must" in signs.secret.explanation
    two = [question for question in parsed.questions if question.public.type == "multiple"]
    assert two[1].secret.weights == {
        letter: Decimal("0.5") * sign for letter, sign in zip("ABCD", (-1, 1, 1, -1), strict=True)
    }
    range_of_pi = next(question for question in parsed.questions if "3.142" in str(question.secret.numbers))
    assert range_of_pi.secret.numbers == (NumberRange(Decimal("3.141"), Decimal("3.142")),)


SIGNS = "{}=~#%->:\\ntTF[]html/$CATEGORY *\n甲a1.5"
GOOD = b"::t::[html]a{~%50%b#c =d\n####e}f\n\n$CATEGORY: a/b\n\nx{#1:2 =%5%3..4}\n\ny{=a->b =c->d}\n\nz{T}\n"


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.binary(max_size=200)
    | st.text(SIGNS, max_size=120).map(str.encode)
    | st.tuples(st.integers(0, len(GOOD) - 1), st.binary(max_size=4)).map(
        lambda cut: GOOD[: cut[0]] + cut[1] + GOOD[cut[0] + 1 :]
    )
)
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        result = read_gift(content, "x.gift", ReadOptions())
    except FileRefused:
        return
    assert len(result.questions) <= result.rows
    read_bank_file(content, "x.gift")
