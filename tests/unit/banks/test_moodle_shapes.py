"""Moodle XML as plugins, old versions and other programs write it, each shape with what becomes of it."""

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.moodle_plugins import PLUGINS
from webapp.banks.formats.moodle_types import READERS
from webapp.banks.rules.schema import Question, QuestionType


def whole(*questions: str) -> Parsed:
    return read_bank_file(f"<quiz>{''.join(questions)}</quiz>".encode(), "m.xml")


def made(kind: str, stem: str, inside: str) -> str:
    return (
        f'\n<question type="{kind}"><name><text>n</text></name><questiontext format="html">'
        f"<text><![CDATA[{stem}]]></text></questiontext>{inside}</question>"
    )


def one(kind: str, stem: str, inside: str) -> tuple[Question, list[str]]:
    parsed = whole(made(kind, stem, inside))
    assert parsed.error_count == 0
    (question,) = parsed.questions
    return question, [problem.code for problem in parsed.problems]


def answer(text: str, fraction: str = "100") -> str:
    return f'<answer fraction="{fraction}"><text><![CDATA[{text}]]></text></answer>'


@pytest.mark.parametrize("kind", ["mtf", "kprime"])
def test_statements_with_two_words_become_a_matching_question(kind: str) -> None:
    rows = "".join(
        f'<row number="{number}"><optiontext><text>{text}</text></optiontext>'
        f"<feedbacktext><text>{note}</text></feedbacktext></row>"
        for number, text, note in [(1, "铁导电", "是金属"), (2, "木导电", "")]
    )
    columns = "".join(
        f'<column number="{number}"><responsetext><text>{text}</text></responsetext></column>'
        for number, text in [(1, "对"), (2, "错")]
    )
    weights = "".join(
        f'<weight rownumber="{row}" columnnumber="{column}"><value>\n{value}\n</value></weight>'
        for row, column, value in [(1, 1, "1.000"), (1, 2, "0.000"), (2, 1, "0.000"), (2, 2, "1.000")]
    )
    question, codes = one(kind, "判断", rows + columns + weights)
    assert question.public.type == QuestionType.MATCHING
    assert (question.public.items, question.public.options) == (("铁导电", "木导电"), ("对", "错"))
    assert (question.secret.letters, question.secret.explanation) == ("AB", "铁导电: 是金属")
    assert codes == ["changed"]
    parsed = whole(made(kind, "判断", rows + columns))
    assert [problem.code for problem in parsed.problems] == ["no-answer"]


def test_a_text_with_answers_in_delimiters() -> None:
    question, codes = one("gapfill", "<p>水由[氢]和[氧|O]组成</p>", "<delimitchars>[]</delimitchars>")
    assert question.public.stem == "水由____和____组成"
    assert [blank.accepted for blank in question.secret.blanks] == [("氢",), ("氧", "O")]
    assert codes == []


def test_words_to_drag_and_an_order_that_is_free() -> None:
    inside = (
        "<delimitchars>{}</delimitchars><answerdisplay>dragdrop</answerdisplay><noduplicates>1</noduplicates>"
        + answer("木", "0")
    )
    question, _ = one("gapfill", "两种金属：{铁|铜}、{铁|铜}", inside)
    assert question.public.choices == (("木", "铁", "铜"),) * 2
    assert question.secret.fill.any_order
    assert question.public.stem == "两种金属：____、____"


def test_a_pattern_in_a_gap_is_told_of() -> None:
    assert one("gapfill", "颜色：[红.*]", "")[1] == ["changed"]
    assert one("gapfill", "颜色：[红.*]", "<disableregex>1</disableregex>")[1] == []


def test_a_choice_by_number_of_right_options_keeps_no_weights() -> None:
    question, _ = one("oumultiresponse", "金属？", answer("铁") + answer("铜") + answer("木", "0"))
    assert question.public.type == QuestionType.MULTIPLE
    assert (question.secret.letters, question.secret.weights) == ("AB", {})


@pytest.mark.parametrize(("right", "wrong"), [("Wahr", "Falsch"), ("正确", "错误"), ("TRUE", "FALSE")])
def test_words_for_true_and_false_of_other_languages(right: str, wrong: str) -> None:
    question, codes = one("truefalse", "铁是金属", answer(wrong, "0") + answer(f"<p>{right}</p>"))
    assert (question.secret.truth, codes) == (True, [])


def test_unknown_words_for_true_and_false_stand_in_that_order() -> None:
    question, codes = one("truefalse", "铁是木头", answer("Sant", "0") + answer("Falskt"))
    assert (question.secret.truth, codes) == (False, ["changed", "changed"])
    parsed = whole(made("truefalse", "铁", answer("a", "0") + answer("b", "0") + answer("c")))
    assert "bad-truth" in [problem.code for problem in parsed.problems]


def test_texts_beside_their_text_element_are_found() -> None:
    parsed = whole(
        '<question type="multichoice"><questiontext format="html"><![CDATA[哪个是金属？]]></questiontext>'
        '<answer fraction="100">铁<feedback><text>对</text></feedback></answer>'
        '<answer fraction="0">木</answer></question>'
    )
    (question,) = parsed.questions
    assert (question.public.stem, question.public.options) == ("哪个是金属？", ("铁", "木"))
    assert (question.secret.letters, question.secret.explanation) == ("A", "A. 对")


def test_a_choice_that_does_not_say_is_single_when_an_option_is_fully_right() -> None:
    question, codes = one("multichoice", "金属？", answer("铁") + answer("铜") + answer("木", "0"))
    assert (question.public.type, codes) == (QuestionType.SINGLE, ["changed"])
    question, _ = one("multichoice", "金属？", answer("铁", "50") + answer("铜", "50") + answer("木", "0"))
    assert question.public.type == QuestionType.MULTIPLE


def test_decimal_commas_of_numbers_and_marks() -> None:
    inside = '<defaultgrade>1,5</defaultgrade><answer fraction="100"><text>3,14</text><tolerance>0,01</tolerance></answer>'
    question, _ = one("numerical", "圆周率", inside)
    assert question.mark == Decimal("1.5")
    assert (question.secret.numbers[0].low, question.secret.numbers[0].high) == (
        Decimal("3.13"),
        Decimal("3.15"),
    )


def test_matching_with_rich_answers_and_an_empty_left_side() -> None:
    pairs = "".join(
        f'<subquestion format="html"><text><![CDATA[<p>{left}</p>]]></text><answer format="html">'
        f"<text><![CDATA[<p>{right}</p>]]></text></answer></subquestion>"
        for left, right in [("甲", "x &lt; 1"), ("乙", "y"), ("", "z")]
    )
    question, _ = one("ddmatch", "连线", pairs)
    assert (question.public.items, question.public.options) == (("甲", "乙"), ("x < 1", "y", "z"))


def test_an_ordering_of_all_things_loses_nothing() -> None:
    inside = "<selecttype>ALL</selecttype>" + answer("一", "1.0") + answer("二", "2.0") + answer("三", "3.0")
    question, codes = one("ordering", "排序", inside)
    order = [question.public.options["ABC".index(letter)] for letter in question.secret.letters]
    assert (order, codes) == (["一", "二", "三"], [])
    some = inside.replace("ALL", "RANDOM")
    assert one("ordering", "排序", some)[1] == ["changed"]
    assert one("ordering", "排序", f"{some}<selectcount>2</selectcount>")[1] == ["changed"]
    assert one("ordering", "排序", f"{some}<selectcount>-1</selectcount>")[1] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("<p>Votre réponse est correcte.</p>", []), ("您的回答正确。", []), ("看第三章", ["changed"])],
)
def test_feedback_that_moodle_gives_by_itself_is_no_loss(text: str, wanted: list[str]) -> None:
    inside = f"<correctfeedback><text><![CDATA[{text}]]></text></correctfeedback>"
    assert one("multichoice", "金属？", inside + answer("铁") + answer("木", "0"))[1] == wanted


def test_an_essay_that_was_marked_by_itself_is_marked_by_people() -> None:
    question, codes = one("essayautograde", "谈谈安全", "")
    assert (question.public.type, codes) == (QuestionType.ESSAY, ["changed"])


@pytest.mark.parametrize(
    "kind", ["stack", "coderunner", "calculatedmulti", "ddmarker", "randomsamatch", "pmatch"]
)
def test_other_types_are_named_where_they_stand(kind: str) -> None:
    parsed = whole(made(kind, "题", ""), made("truefalse", "铁", answer("true")))
    assert [(problem.code, problem.row) for problem in parsed.problems] == [("unsupported-type", 2)]
    assert (parsed.rows, len(parsed.questions)) == (2, 1)


@pytest.mark.parametrize("inside", ["", "<questions><question type='x'/></questions>"])
def test_a_quiz_of_another_system_is_refused_and_not_read_as_empty(inside: str) -> None:
    parsed = read_bank_file(f"<quiz>{inside}</quiz>".encode(), "m.xml")
    assert [problem.code for problem in parsed.problems] == ["no-questions"]


@pytest.mark.parametrize("root", ["MOODLE_BACKUP", "svg", "html"])
def test_xml_without_questions_says_so(root: str) -> None:
    parsed = read_bank_file(f"<{root}><a/></{root}>".encode(), "m.xml")
    assert [problem.code for problem in parsed.problems] == ["wrong-kind"]


def test_a_backup_of_a_course_says_what_to_export_instead() -> None:
    (problem,) = read_bank_file(b"\x1f\x8bxyz", "course.mbz").problems
    assert problem.code == "wrong-kind"
    assert problem.hint is not None
    assert "Moodle XML" in problem.hint.text


PIECES = [
    '<row number="1">',
    "</row>",
    "<optiontext><text>a[b|c]{d}____[[1]]</text></optiontext>",
    '<column number="1"><responsetext><text>x</text></responsetext></column>',
    '<weight rownumber="1" columnnumber="1"><value>1</value></weight>',
    "<weight/>",
    "<delimitchars>{}</delimitchars>",
    "<delimitchars>x</delimitchars>",
    "<delimitchars>^-</delimitchars>",
    "<answerdisplay>dragdrop</answerdisplay>",
    "<questiontext>[a] {b} {1:MR:=a~b} [[1]] {1:NM:=1:}</questiontext>",
    '<answer fraction="100">true',
    '<answer fraction="1e9"/>',
    "</answer>",
    "<subquestion><answer format='html'>a</answer></subquestion>",
    "<selectoption><text>a</text></selectoption>",
    "<defaultgrade>1,5</defaultgrade>",
]
KINDS = [*READERS, *PLUGINS, "stack", "category", "description", ""]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KINDS), st.lists(st.sampled_from(PIECES), max_size=8))
def test_no_mixture_of_pieces_breaks_a_reader(kind: str, pieces: list[str]) -> None:
    parsed = whole(f'<question type="{kind}">{"".join(pieces)}</question>')
    assert len(parsed.questions) <= max(parsed.rows, 0)


def test_i01_many_questions_are_read_in_good_time() -> None:
    questions = [
        made("multichoice", f"题 {number}", answer("甲") + answer("乙", "0")) for number in range(5_000)
    ]
    start = time.monotonic()
    assert len(whole(*questions).questions) == 5_000
    assert time.monotonic() - start < 20
