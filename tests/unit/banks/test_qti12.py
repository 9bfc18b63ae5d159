"""QTI 1.2: keys from conditions, types from metadata and responses (FORMATS section 10)."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.banks.third_party import third_party
from webapp.banks.errors import FileRefused
from webapp.banks.formats.detect import detect
from webapp.banks.formats.files import read_bank_file
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.qti12 import read_qti12
from webapp.banks.formats.result import FormatResult
from webapp.banks.rules.schema import Blank, NumberRange, Question, QuestionType


def metadata(kind: str = "", points: str = "") -> str:
    fields = {"question_type": kind, "points_possible": points}
    entries = "".join(
        f"<qtimetadatafield><fieldlabel>{name}</fieldlabel><fieldentry>{value}</fieldentry></qtimetadatafield>"
        for name, value in fields.items()
        if value
    )
    return f"<itemmetadata><qtimetadata>{entries}</qtimetadata></itemmetadata>"


def labels(*texts: str) -> str:
    return "".join(
        f'<response_label ident="{text}"><material><mattext>{text}</mattext></material></response_label>'
        for text in texts
    )


def lid(name: str = "R", options: str = "", cardinality: str = "Single", prompt: str = "") -> str:
    material = f"<material><mattext>{prompt}</mattext></material>" if prompt else ""
    return (
        f'<response_lid ident="{name}" rcardinality="{cardinality}">{material}'
        f"<render_choice>{options or labels('x', 'y', 'z')}</render_choice></response_lid>"
    )


def gives(tests: str, score: str = "100", action: str = "Set") -> str:
    setting = f'<setvar varname="SCORE" action="{action}">{score}</setvar>'
    return f"<respcondition><conditionvar>{tests}</conditionvar>{setting}</respcondition>"


def equal(value: str, name: str = "R", more: str = "") -> str:
    return f'<varequal respident="{name}" {more}>{value}</varequal>'


def item(presentation: str, conditions: str = "", meta: str = "", stem: str = "题干") -> str:
    material = f'<material><mattext texttype="text/html">{stem}</mattext></material>' if stem else ""
    return (
        f'<questestinterop>\n<item ident="i1">{meta}<presentation>{material}{presentation}</presentation>'
        f'<resprocessing><outcomes><decvar maxvalue="100" varname="SCORE"/></outcomes>{conditions}'
        "</resprocessing></item></questestinterop>"
    )


def read(text: str) -> FormatResult:
    return read_qti12(text.encode(), "quiz.xml", ReadOptions())


def only(text: str) -> Question:
    result = read(text)
    assert result.problems == []
    (question,) = result.questions
    assert (question.sheet, question.row, question.external_id) == ("quiz.xml", 2, "i1")
    return question


def third(name: str) -> Question:
    path = third_party("formats", "qti12", name)
    content = path.read_bytes()
    assert detect(content, name) == "qti12"
    result = read_qti12(content, name, ReadOptions())
    assert result.problems == []
    assert result.rows == 1
    return result.questions[0]


class TestFolderQti12:
    """Every line of the README of qti12, but the package."""

    def test_multiple_choice(self) -> None:
        question = third("multiple_choice.xml")
        assert question.public.type == QuestionType.SINGLE
        assert len(question.public.options) == 5
        assert question.public.options["ABCDE".index(question.secret.letters)] == "At least 3 hours"
        assert "[[media:org1/images/image.png]]" in question.public.stem
        assert question.mark == 10

    def test_multiple_answers_with_weights(self) -> None:
        question = third("multiple_answer.xml")
        assert question.public.type == QuestionType.MULTIPLE
        assert len(question.public.options) == 7
        assert question.secret.letters == "ACDG"
        plus, minus = Decimal("0.25"), Decimal("-0.1")
        assert question.secret.weights == {
            "A": plus, "B": minus, "C": plus, "D": plus, "E": minus, "F": minus, "G": plus,
        }  # fmt: skip

    def test_true_false_without_the_scripts(self) -> None:
        question = third("true_false.xml")
        assert question.public.type == QuestionType.TRUE_FALSE
        assert question.secret.truth is False
        texts = [line for line in question.secret.explanation.splitlines() if "media" not in line]
        assert texts == ["Neutral", "Correct", "Incorrect", "Answer was Correct"]
        assert "script" not in question.public.stem + question.secret.explanation
        assert "alert" not in question.public.stem + question.secret.explanation
        assert question.public.stem.count("[[media:org0/images/image.png]]") == 2

    def test_blank(self) -> None:
        question = third("single_fib.xml")
        assert question.public.stem == "Chicago is in what state? ____"
        assert question.secret.blanks == (Blank(("Illinois", "illinois")),)

    def test_essay(self) -> None:
        assert third("essay.xml").public.type == QuestionType.ESSAY

    def test_matching_although_the_metadata_disagree(self) -> None:
        question = third("matching.xml")
        assert question.public.type == QuestionType.MATCHING
        assert question.public.items == ("Light Microscope", "Electron Microscopes")
        assert [option[:12] for option in question.public.options] == [
            "Magnify up t", "Uses a beam ", "A distractor",
        ]  # fmt: skip
        assert question.secret.letters == "AB"
        assert question.mark == 1

    def test_feedback_of_options_and_of_the_item(self) -> None:
        question = third("mc_feedback.xml")
        assert question.public.options == ("A", "B", "C", "D")
        assert question.secret.letters == "A"
        assert question.secret.explanation.splitlines() == [
            "A. Answer A Feedback", "B. Answer B Feedback", "C. Answer C Feedback", "D. Answer D Feedback",
            "General Feedback", "General Correct Feedback", "General Incorrect Feedback",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "low", "high"), [("numeric_within_range.xml", 1, 22), ("numeric_margin_error.xml", 70, 84)]
    )
    def test_numbers(self, name: str, low: int, high: int) -> None:
        question = third(name)
        assert question.public.type == QuestionType.NUMERIC
        assert question.secret.numbers == (NumberRange(Decimal(low), Decimal(high)),)

    def test_file_that_is_not_well_formed_is_one_error_with_its_line(self) -> None:
        parsed = read_bank_file(third_party("formats", "qti12", "fib.xml").read_bytes(), "fib.xml")
        assert parsed.questions == ()
        assert [(one.is_error, one.file, one.row) for one in parsed.problems] == [(True, "fib.xml", 45)]


def test_latin_1_is_read_as_it_says() -> None:
    text = item(lid(), gives(equal("x")), stem="Café ¿qué?")
    content = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + text.encode("iso-8859-1")
    (question,) = read_qti12(content, "quiz.xml", ReadOptions()).questions
    assert question.public.stem == "Café ¿qué?"


def test_options_under_not_are_wrong_ones() -> None:
    key = gives(f"<and>{equal('x')}{equal('z')}<not>{equal('y')}</not></and>")
    question = only(item(lid(cardinality="Multiple"), key, metadata("multiple_answers_question", "2")))
    assert (question.public.type, question.secret.letters) == (QuestionType.MULTIPLE, "AC")
    assert question.mark == 2
    assert question.secret.weights == {}


def test_conditions_that_only_show_feedback_are_no_key() -> None:
    shown = f'<respcondition><conditionvar>{equal("x")}</conditionvar><displayfeedback linkrefid="x_fb"/></respcondition>'
    question = only(item(lid(), shown + gives(equal("y"))))
    assert question.secret.letters == "B"


def test_the_maximum_may_be_written_as_a_word() -> None:
    assert only(item(lid(), gives(equal("y"), "SCORE.max"))).secret.letters == "B"


def test_partly_right_option_of_a_single_choice_is_a_weight() -> None:
    question = only(item(lid(), gives(equal("x")) + gives(equal("y"), "50")))
    assert question.secret.letters == "A"
    assert question.secret.weights == {"A": Decimal(1), "B": Decimal("0.5")}


@pytest.mark.parametrize(
    ("cardinality", "conditions", "kind", "letters"),
    [
        ("Single", gives(equal("y")), "single", "B"),
        ("Multiple", gives(f"<and>{equal('x')}{equal('y')}</and>"), "multiple", "AB"),
        ("Ordered", gives(f"<and>{equal('z')}{equal('x')}{equal('y')}</and>"), "ordering", "CAB"),
        (
            "Ordered",
            gives(equal("x", more='index="2"') + equal("y", more='index="1"') + equal("z", more='index="3"')),
            "ordering",
            "BAC",
        ),
    ],
)
def test_type_without_metadata_comes_from_the_response(
    cardinality: str, conditions: str, kind: str, letters: str
) -> None:
    question = only(item(lid(cardinality=cardinality), conditions))
    assert (question.public.type, question.secret.letters) == (kind, letters)


def test_blanks_stand_where_their_responses_stand() -> None:
    string = '<response_str ident="{}"><render_fib/></response_str>'
    body = (
        f"<flow><material><mattext>停电、</mattext></material>{string.format('P')}"
        f"<material><mattext>、</mattext></material>{string.format('Q')}<material><mattext>。</mattext></material></flow>"
    )
    key = gives(equal("验电", "P", 'case="Yes"') + equal("接地", "Q"), "3", "Add")
    question = only(item(body, key, stem=""))
    assert question.public.stem == "停电、____、____。"
    assert [blank.accepted for blank in question.secret.blanks] == [("验电",), ("接地",)]
    assert question.secret.fill.all_needed
    assert question.secret.fill.case_sensitive


def test_each_blank_with_a_score_of_its_own() -> None:
    string = '<response_str ident="{}"><render_fib/></response_str>'
    key = (
        gives(equal("a", "P"), "75", "Add")
        + gives(equal("b", "Q"), "25", "Add")
        + gives(equal("c", "P"), "15", "Add")
    )
    question = only(item(string.format("P") + string.format("Q"), key))
    assert question.secret.blanks == (
        Blank(("a",), Decimal(75), partial=(("c", Decimal("0.2")),)),
        Blank(("b",), Decimal(25)),
    )
    assert question.public.stem.count("____") == 2


def test_named_gaps_of_canvas() -> None:
    body = lid("response_b", labels("蓝", "青"), prompt="b") + lid(
        "response_a", labels("红", "绿"), prompt="a"
    )
    key = gives(equal("绿", "response_a"), "50", "Add") + gives(equal("蓝", "response_b"), "50", "Add")
    text = item(body, key, metadata("multiple_dropdowns_question"), stem="先[a]后[b]，见[3]")
    question = only(text)
    assert question.public.stem == "先____后____，见[3]"
    assert question.public.choices == (("红", "绿"), ("蓝", "青"))
    assert question.secret.blanks == (Blank(("绿",)), Blank(("蓝",)))
    question = only(text.replace("multiple_dropdowns", "fill_in_multiple_blanks"))
    assert question.public.choices == ()
    assert [blank.accepted for blank in question.secret.blanks] == [("红", "绿"), ("蓝", "青")]


def test_several_right_numbers() -> None:
    fib = '<response_str ident="R"><render_fib fibtype="Decimal"/></response_str>'
    between = '<vargte respident="R">3</vargte><varlte respident="R">4</varlte>'
    question = only(item(fib, gives(between) + gives(equal("9"), "50"), metadata("numerical_question")))
    assert question.secret.numbers == (
        NumberRange(Decimal(3), Decimal(4)),
        NumberRange(Decimal(9), Decimal(9), Decimal("0.5")),
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (item(lid(), gives(equal("nobody"))), "answer-unknown"),
        (item(lid(), gives(equal("x")), metadata("calculated_question")), "unsupported-type"),
        (item('<response_str ident="R"/>', "", metadata("file_upload_question")), "unsupported-type"),
        (item('<response_xy ident="R"><render_hotspot/></response_xy>'), "unsupported-type"),
        (item('<response_grp ident="R"/>'), "unsupported-type"),
        (item(lid("P", prompt="a") + lid("Q", prompt="b"), gives(equal("x", "P"))), "answer-incomplete"),
        (item(lid(options=labels(*map(str, range(27))))), "too-many-options"),
    ],
)
def test_what_cannot_be_held_is_an_error_at_its_place(text: str, code: str) -> None:
    result = read(text)
    assert (result.questions, result.rows) == ([], 1)
    assert [(one.code, one.sheet, one.row, one.is_error) for one in result.problems] == [
        (code, "quiz.xml", 2, True)
    ]


def test_a_damaged_item_does_not_stop_the_others_even_on_one_line() -> None:
    good, bad = item(lid(), gives(equal("x"))), item(lid(), gives(equal("nobody")))
    both = good.replace("</questestinterop>", bad.split("\n")[1])
    parsed = read_bank_file(both.encode(), "quiz.xml")
    assert (parsed.rows, len(parsed.questions), parsed.error_count) == (2, 1, 1)


def test_titles_of_assessments_and_banks_are_topics() -> None:
    one = item(lid(), gives(equal("x"))).replace("<questestinterop>\n", "").replace("</questestinterop>", "")
    result = read(
        f'<questestinterop><assessment title="电工"><section title="安全">{one}</section></assessment>'
        "<objectbank><qtimetadata><qtimetadatafield><fieldlabel>bank_title</fieldlabel>"
        f"<fieldentry>题库一</fieldentry></qtimetadatafield></qtimetadata>{one}</objectbank></questestinterop>"
    )
    assert [question.topic for question in result.questions] == ["电工/安全", "题库一"]


def test_texts_without_a_question_are_skipped() -> None:
    result = read(item("", "", metadata("text_only_question")))
    assert (result.rows, len(result.skipped), result.problems) == (0, 1, [])


GOOD = [
    item(lid(), gives(equal("x")), metadata("true_false_question", "2")),
    item(lid("P", prompt="a") + lid("Q", prompt="b"), gives(equal("x", "P")) + gives(equal("y", "Q"))),
    item('<response_str ident="R"><render_fib fibtype="Decimal"/></response_str>', gives(equal("1"))),
]
WORDS = st.sampled_from(
    ["<", ">", "/>", '"', "</", "<and>", "<not/>", "R", "1e99999", "nan", "-1", "multiple_dropdowns_question",
     "essay_question", "vargte", "varsubstring", "response_str", "Ordered", "&lt;p&gt;", "&amp;#0;", "]]>"]
)  # fmt: skip


@settings(max_examples=200)
@given(good=st.sampled_from(GOOD), place=st.integers(0, 1200), word=WORDS, cut=st.integers(0, 40))
def test_no_mutation_of_a_file_raises_anything_but_a_refusal(
    good: str, place: int, word: str, cut: int
) -> None:
    try:
        result = read(good[:place] + word + good[place + cut :])
    except FileRefused:
        return
    assert len(result.questions) <= result.rows


@settings(max_examples=100)
@given(text=st.text(max_size=60))
def test_any_text_within_an_item_is_a_stem_or_a_refusal(text: str) -> None:
    for escaped in (text, text.replace("&", "&amp;").replace("<", "&lt;")):
        try:
            read(item(lid(), gives(equal("x")), stem=escaped))
        except FileRefused:
            continue


def test_gaps_named_by_their_identifiers_and_lists_told_by_their_labels() -> None:
    listed = labels("红", "绿").replace("<response_label", '<response_label answer_type="dropdown"')
    typed = labels("黑").replace("<response_label", '<response_label scoring_algorithm="TextContainsAnswer"')
    body = lid("response_u-1", listed, prompt="绿") + lid("response_u-2", typed, prompt="黑")
    key = gives(equal("绿", "response_u-1"), "50", "Add") + gives(equal("黑", "response_u-2"), "50", "Add")
    text = item(body, key, metadata("fill_in_multiple_blanks_question"), stem="[u-1] 和 [u-2]")
    question = only(text)
    assert question.public.stem == "____ 和 ____"
    assert question.public.choices == (("红", "绿"), ())
    assert question.secret.blanks == (Blank(("绿",)), Blank(("*黑*",), is_pattern=True))
    (problem,) = read(text.replace("TextContainsAnswer", "TextCloseEnough")).problems
    assert (problem.code, problem.is_error) == ("changed", False)
    (problem,) = read(text.replace("TextContainsAnswer", "TextRegex")).problems
    assert (problem.code, problem.is_error) == ("unsupported-type", True)


def test_bounds_that_are_not_right_themselves_are_a_warning() -> None:
    fib = '<response_str ident="R"><render_fib fibtype="Decimal"/></response_str>'
    more = '<vargt respident="R">9.5</vargt><varlte respident="R">10.5</varlte>'
    key = gives(f"<or>{equal('10')}<and>{more}</and></or>")
    result = read(item(fib, key, metadata("numerical_question")))
    assert result.questions[0].secret.numbers == (NumberRange(Decimal("9.5"), Decimal("10.5")),)
    assert [(problem.code, problem.is_error) for problem in result.problems] == [("changed", False)]


def test_a_text_for_several_questions_stands_in_each() -> None:
    parent = (
        "<qtimetadatafield><fieldlabel>parent_stimulus_item_ident</fieldlabel><fieldentry>text</fieldentry>"
        "</qtimetadatafield></qtimetadata></itemmetadata>"
    )
    meta = metadata("multiple_choice_question").replace("</qtimetadata></itemmetadata>", parent)
    child = item(lid(), gives(equal("x")), meta, stem="问 a &lt; b")
    text = item("", "", metadata("text_only_question"), stem="&lt;b&gt;材料&lt;/b&gt;").split("\n")[1]
    text = text.replace('"i1"', '"text"').replace("</questestinterop>", "")
    result = read(child.replace("</questestinterop>", f"\n{text}</questestinterop>"))
    assert [question.public.stem for question in result.questions] == ["<b>材料</b>\n问 a &lt; b"]
    assert (len(result.skipped), result.problems) == (1, [])


def test_questions_that_are_only_named_are_told() -> None:
    result = read('<questestinterop><section><bankentry_item item_ref="x"/></section></questestinterop>')
    assert (result.rows, len(result.skipped)) == (0, 1)


def test_things_sorted_into_groups_are_refused_by_name() -> None:
    body = lid("P", cardinality="Multiple", prompt="a") + lid("Q", cardinality="Multiple", prompt="b")
    for meta in (metadata("categorization_question"), ""):
        (problem,) = read(item(body, gives(equal("x", "P")), meta)).problems
        assert problem.code == "unsupported-type"
