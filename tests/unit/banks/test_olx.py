"""OLX problems: each response kind, scripts never run, formulas and other responses reported."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.third_party import third_party
from webapp.banks.errors import FileRefused
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.olx import read_olx
from webapp.banks.formats.options import ReadOptions
from webapp.banks.rules.schema import Question, QuestionType


def read(body: str, head: str = "") -> Parsed:
    return read_bank_file(f"<problem {head}>\n{body}\n</problem>".encode(), "p.xml")


def one(body: str, head: str = "") -> Question:
    parsed = read(body, head)
    assert [problem for problem in parsed.problems if problem.is_error] == []
    assert parsed.format == "olx"
    return parsed.questions[0]


def codes(parsed: Parsed) -> list[str]:
    return [problem.code for problem in parsed.problems]


def own(prefix: str) -> Question:
    (path,) = third_party("formats", "olx").glob(f"{prefix}*.xml")
    parsed = read_bank_file(path.read_bytes(), path.name)
    assert (parsed.rows, parsed.problems) == (1, ())
    return parsed.questions[0]


def test_third_party_single_choices_with_explanations() -> None:
    first = own("library-19c4")
    assert first.public.type is QuestionType.SINGLE
    assert first.public.stem == "Which muscle contracts to help with inhalation during breathing?"
    assert first.public.options == ("A. Diaphragm", "B. Biceps", "C. Hamstrings", "D. Triceps")
    assert first.secret.letters == "A"
    assert first.secret.explanation.startswith("Answer: A. Diaphragm\nThe diaphragm contracts")
    second = own("library-4e98")
    assert (second.secret.letters, second.public.options[2]) == ("C", "C. Gas exchange")
    assert "tiny sacs" in second.secret.explanation


def test_third_party_numbers() -> None:
    plain = own("library-5cd0")
    assert plain.public.type is QuestionType.NUMERIC
    assert [(item.low, item.high) for item in plain.secret.numbers] == [(Decimal(12), Decimal(12))]
    wide = own("course-3b81")
    assert [(item.low, item.high) for item in wide.secret.numbers] == [(Decimal(595), Decimal(605))]
    assert wide.public.stem.startswith(r"What is \(120 \times 5\)?")
    assert "5 higher or lower" in wide.public.stem


def test_third_party_multiple_text_and_dropdown() -> None:
    multiple = own("course-b1dd")
    assert multiple.public.type is QuestionType.MULTIPLE
    assert [multiple.public.options["ABCD".index(letter)] for letter in multiple.secret.letters] == [
        "Monarch butterfly",
        "Arctic tern",
    ]
    text = own("course-3e5a")
    assert text.secret.blanks[0].accepted == (
        "Doc",
        "Sleepy",
        "Dopey",
        "Grumpy",
        "Happy",
        "Bashful",
        "Sneezy",
    )
    assert text.secret.fill.case_sensitive is False
    dropdown = own("course-c89f")
    assert dropdown.public.type is QuestionType.SINGLE
    assert dropdown.public.options[1] == "Canberra"
    assert dropdown.secret.letters == "B"


CHOICE = "<choicegroup><choice correct='true'>铜<choicehint>对</choicehint></choice><choice correct='false'>木</choice></choicegroup>"


def test_text_before_a_response_is_the_stem_and_hints_are_lines_of_the_explanation() -> None:
    question = one(
        f"<p>看 &lt;图&gt;</p><multiplechoiceresponse><label>哪个导电？</label>{CHOICE}</multiplechoiceresponse>"
        "<solution><p>金属导电。</p></solution>",
        'display_name="导体" weight="2" url_name="u1"',
    )
    assert question.public.stem == "看 <图>\n哪个导电？"
    assert question.public.options == ("铜", "木")
    assert question.secret.explanation == "A. 对\n金属导电。"
    assert (question.mark, question.key) == (Decimal(2), "u1")


def test_a_python_script_is_refused_with_its_reason() -> None:
    script = '<script type="loncapa/python">import os; x = os.listdir()</script>'
    parsed = read(script + '<numericalresponse answer="$x"><textline/></numericalresponse>')
    assert codes(parsed) == ["script"]
    assert "never run" in parsed.problems[0].reason.text
    assert (parsed.rows, parsed.questions) == (1, ())
    assert codes(read(script)) == ["script"]


@pytest.mark.parametrize("kind", ["customresponse", "formularesponse", "imageresponse", "schematicresponse"])
def test_other_responses_are_reported(kind: str) -> None:
    assert codes(read(f"<{kind}/>")) == ["unsupported-type"]


def test_i01_a_problem_of_masses_of_elements_is_refused() -> None:
    parsed = read('<stringresponse answer="a">' + "<textline/>" * 50_000 + "</stringresponse>")
    assert codes(parsed) == ["too-large-inside"]


def test_a_text_without_a_response_is_skipped() -> None:
    parsed = read("<p>只是文字</p>", 'display_name="说明"')
    assert (parsed.rows, [item.name for item in parsed.skipped]) == (0, ["说明"])


def test_several_responses_are_a_passage() -> None:
    question = one(
        f"<p>材料</p><multiplechoiceresponse><label>一？</label>{CHOICE}</multiplechoiceresponse>"
        '<stringresponse answer="R&amp;D" type="ci"><label>二？</label><textline/></stringresponse>'
    )
    assert question.public.type is QuestionType.PASSAGE
    assert question.public.stem == "材料"
    assert [part.stem for part in question.public.parts] == ["一？", "二？ ____"]
    assert question.secret.parts[1].blanks[0].accepted == ("R&D",)


def test_a_text_within_a_sentence_has_its_blank_there() -> None:
    question = one(
        '<p>水是 <stringresponse answer="H2O _or_ 氢氧"><textline inline="1"/></stringresponse> 分子</p>'
    )
    assert question.public.stem.replace("\n", " ") == "水是 ____ 分子"
    assert question.secret.blanks[0].accepted == ("H2O", "氢氧")
    assert question.secret.fill.case_sensitive


def test_patterns_that_only_list_texts_are_lists_and_others_are_errors() -> None:
    listed = (
        '<stringresponse answer="(one|two)" type="ci regexp"><label>?</label><textline/></stringresponse>'
    )
    assert one(listed).secret.blanks[0].accepted == ("one", "two")
    assert codes(read(listed.replace("(one|two)", "o.e+"))) == ["unsupported-type"]


@pytest.mark.parametrize(
    ("answer", "tolerance", "low", "high"),
    [
        ("200", "1%", "198", "202"),
        ("-5", "0.5", "-5.5", "-4.5"),
        ("[5,7)", "", "5", "7"),
        ("1e3", "", "1000", "1000"),
    ],
)
def test_numbers(answer: str, tolerance: str, low: str, high: str) -> None:
    param = f'<responseparam type="tolerance" default="{tolerance}"/>' if tolerance else ""
    question = one(
        f'<numericalresponse answer="{answer}"><label>n</label>{param}<textline/></numericalresponse>'
    )
    assert [(item.low, item.high) for item in question.secret.numbers] == [(Decimal(low), Decimal(high))]


@pytest.mark.parametrize("answer", ["2*pi", "$x", "1+2j", "NaN", "1e999"])
def test_formulas_are_reported(answer: str) -> None:
    assert codes(read(f'<numericalresponse answer="{answer}"><label>n</label></numericalresponse>')) == [
        "not-a-number"
    ]


def test_old_lists_and_several_lists() -> None:
    old = "<optioninput options=\"('甲','乙')\" correct=\"乙\"/>"
    question = one(f"<optionresponse><label>选</label>{old}</optionresponse>")
    assert (question.public.options, question.secret.letters) == (("甲", "乙"), "B")
    question = one(f"<optionresponse><p>先{old}后{old}</p></optionresponse>")
    assert question.public.stem == "先____后____"
    assert question.public.choices == (("甲", "乙"), ("甲", "乙"))


def test_partial_credit_and_hints_are_told() -> None:
    parsed = read(
        '<choiceresponse partial_credit="EDC"><label>选</label><checkboxgroup><choice correct="true">甲</choice>'
        '<choice correct="TRUE">乙</choice><choice correct="false">丙</choice></checkboxgroup></choiceresponse>'
        "<demandhint><hint>想想</hint></demandhint>"
    )
    assert codes(parsed) == ["changed", "changed"]
    assert parsed.questions[0].secret.letters == "AB"


def test_questions_of_a_problem_each_with_their_text() -> None:
    choices = (
        '<choicegroup><choice correct="true">甲</choice><choice correct="false">乙</choice></choicegroup>'
    )
    asked = f"<multiplechoiceresponse>{choices}</multiplechoiceresponse>"
    wrapped = one(f"<question><p>一？</p>{asked}</question><question><p>二？</p>{asked}</question>")
    assert [part.stem for part in wrapped.public.parts] == ["一？", "二？"]
    labelled = [
        asked.replace("<choicegroup>", f"<label>{text}</label><choicegroup>") for text in ("一", "二")
    ]
    question = one("".join(labelled))
    assert (question.public.stem, question.public.parts[1].stem) == ("(1)–(2)", "二")


def test_formulas_in_the_brackets_of_edx_are_latex() -> None:
    choices = (
        '<choicegroup><choice correct="true">甲</choice><choice correct="false">乙</choice></choicegroup>'
    )
    text = "<p>求 [mathjaxinline]x^2[/mathjaxinline] 与 [mathjax]y[/mathjax]</p>"
    question = one(f"{text}<multiplechoiceresponse>{choices}</multiplechoiceresponse>")
    assert question.public.stem == "求 \\(x^2\\) 与 \\(y\\)"


def test_what_is_said_of_several_options_together_is_explained() -> None:
    choices = '<choice correct="true">甲</choice><choice correct="true">乙</choice><choice correct="false">丙</choice>'
    told = '<compoundhint value="A B">都对</compoundhint>'
    question = one(
        f"<p>选</p><choiceresponse><checkboxgroup>{choices}{told}</checkboxgroup></choiceresponse>"
    )
    assert question.secret.explanation == "A B: 都对"


def test_what_stands_before_each_of_several_responses_is_asked_by_it() -> None:
    question = one(
        f"<p>介绍</p><p>一？</p><multiplechoiceresponse>{CHOICE}</multiplechoiceresponse>"
        '<p>二？</p><numericalresponse answer="3"><textline/></numericalresponse><p>完</p>'
    )
    assert question.public.stem == "介绍\n完"
    assert [part.stem for part in question.public.parts] == ["一？", "二？"]


def test_lists_in_the_cells_of_a_table_are_gaps() -> None:
    cell = "<td><optionresponse><optioninput options=\"('甲','乙')\" correct='乙'/></optionresponse></td>"
    parsed = read(f"<p>填表</p><table><tr><td>人</td>{cell}{cell}</tr></table>")
    (question,) = parsed.questions
    assert (question.public.type, question.public.blanks) == (QuestionType.FILL, 2)
    assert question.public.choices == (("甲", "乙"), ("甲", "乙"))
    assert [blank.accepted for blank in question.secret.blanks] == [("乙",), ("乙",)]
    assert [problem.is_error for problem in parsed.problems] == [False]


def test_responses_deep_in_a_layout_are_numbered_where_they_stand() -> None:
    deep = f"<div><multiplechoiceresponse>{CHOICE}</multiplechoiceresponse></div>"
    question = one(f"<p>先</p>{deep}<p>后</p>{deep}")
    assert [part.stem for part in question.public.parts] == ["(1)", "(2)"]
    assert question.public.stem.split() == ["先", "(1)", "后", "(2)"]


def test_hints_of_old_are_no_part_of_the_question_and_a_label_may_be_it() -> None:
    hints = '<hintgroup><stringhint answer="x" name="h"/><hintpart on="h">别说</hintpart></hintgroup>'
    parsed = read(f'<stringresponse answer="a" type="ci"><textline label="问"/>{hints}</stringresponse>')
    assert parsed.questions[0].public.stem == "问 ____"
    assert codes(parsed) == ["changed"]


GOOD = (
    b'<vertical><problem display_name="a"><multiplechoiceresponse><label>x</label><choicegroup>'
    b'<choice correct="true">1</choice><choice correct="partial" point_value=".5">2</choice></choicegroup>'
    b'</multiplechoiceresponse></problem>\n<problem><numericalresponse answer="[1,2]"><responseparam type="tolerance"'
    b' default="1%"/></numericalresponse><stringresponse answer="a" type="ci regexp"><textline/></stringresponse>'
    b"<optionresponse><optioninput options=\"('a','b')\" correct='a'/></optionresponse></problem></vertical>"
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=100),
        st.text(alphabet="<>/='\"&; problemresponsechoiceanswer1%[](),$", max_size=200).map(
            lambda text: b"<problem>" + text.encode() + b"</problem>"
        ),
        st.tuples(st.integers(0, len(GOOD)), st.integers(0, 30), st.binary(max_size=8)).map(
            lambda cut: GOOD[: cut[0]] + cut[2] + GOOD[cut[0] + cut[1] :]
        ),
        st.tuples(
            st.sampled_from(
                [b"1%", b"[1,2]", b"ci regexp", b"('a','b')", b"true", b".5", b"choice", b"textline"]
            ),
            st.text(max_size=6).map(lambda text: text.replace("<", "").encode("utf-8", "ignore")),
        ).map(lambda pair: GOOD.replace(*pair)),
    )
)
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    try:
        result = read_olx(content, "any.xml", ReadOptions())
    except FileRefused:
        return
    assert len(result.questions) <= result.rows
    read_bank_file(content, "any.xml")
