"""QTI 2.1, 2.2 and 3.0 items: what each kind becomes, and what is refused (FORMATS section 10)."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.banks.third_party import third_party
from webapp.banks.errors import FileRefused
from webapp.banks.formats.detect import detect
from webapp.banks.formats.files import read_bank_file
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.qti2 import read_qti2
from webapp.banks.formats.result import FormatResult
from webapp.banks.rules.schema import Blank, NumberRange, Question, QuestionType

OUTCOME = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'


def item(body: str, declarations: str = "", processing: str = "", attributes: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem identifier="q1" title="t" {attributes}>\n'
        f"{declarations}{OUTCOME}<itemBody>{body}</itemBody>{processing}</assessmentItem>"
    )


def declared(
    name: str, *values: str, cardinality: str = "single", kind: str = "identifier", mapping: str = ""
) -> str:
    correct = "".join(f"<value>{value}</value>" for value in values)
    inside = f"<correctResponse>{correct}</correctResponse>" if values else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{kind}">'
        f"{inside}{mapping}</responseDeclaration>"
    )


def mapped(*entries: tuple[str, str], attributes: str = "") -> str:
    lines = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in entries)
    return f"<mapping {attributes}>{lines}</mapping>"


def choice(most: str = 'maxChoices="1"', options: str = "") -> str:
    found = options or "".join(f'<simpleChoice identifier="{one}">{one}!</simpleChoice>' for one in "ABCD")
    return f'<choiceInteraction responseIdentifier="R" {most}><prompt>选哪个？</prompt>{found}</choiceInteraction>'


def read(text: str) -> FormatResult:
    return read_qti2(text.encode(), "item.xml", ReadOptions())


def only(text: str) -> Question:
    result = read(text)
    assert not [problem for problem in result.problems if problem.is_error], result.problems
    (question,) = result.questions
    return question


def refusal(text: str) -> str:
    result = read(text)
    assert not result.questions
    assert result.rows == 1
    (problem,) = result.problems
    assert problem.is_error
    assert problem.sheet == "item.xml"
    assert problem.row == 2
    return problem.code


def third(folder: str, name: str) -> tuple[Question, FormatResult]:
    path = third_party("formats", folder, *name.split("/"))
    content = path.read_bytes()
    assert detect(content, path.name) == ("qti3" if folder == "qti30" else "qti2")
    result = read_qti2(content, path.name, ReadOptions())
    assert result.rows == 1
    assert [problem for problem in result.problems if problem.is_error] == []
    return result.questions[0], result


class TestFolderQti21:
    """Every line of the README of qti21."""

    def test_choice_with_a_picture_that_is_not_beside_it(self) -> None:
        question, result = third("qti21", "choice.xml")
        assert (question.public.type, question.secret.letters) == (QuestionType.SINGLE, "A")
        assert len(question.public.options) == 3
        assert "[[media:images/sign.png|NEVER LEAVE LUGGAGE UNATTENDED]]" in question.public.stem
        assert result.files == {}

    def test_inline_feedback_is_no_part_of_the_option(self) -> None:
        question, _ = third("qti21", "Example02-feedbackInline.xml")
        assert question.public.options == ("True", "False")
        assert question.secret.letters == "A"
        assert question.secret.explanation == "A. That's correct\nB. That's not correct"
        assert question.mark == 10

    def test_text_entry_with_a_half_right_answer(self) -> None:
        question, _ = third("qti21", "text_entry.xml")
        assert question.secret.blanks == (Blank(("York",), Decimal(1), partial=(("york", Decimal("0.5")),)),)
        assert question.secret.fill.case_sensitive
        assert question.public.stem.count("____") == question.public.blanks == 1

    def test_associate_pairs_are_held_with_a_direction_and_said_so(self) -> None:
        question, result = third("qti21", "match.xml")
        public = question.public
        assert public.type == QuestionType.MATCHING
        right = [public.options["ABC".index(letter)] for letter in question.secret.letters]
        assert dict(zip(public.items, right, strict=True)) == {
            "Antonio": "Prospero", "Capulet": "Montague", "Demetrius": "Lysander",
        }  # fmt: skip
        assert question.mark == 4
        assert [problem.code for problem in result.problems] == ["changed", "changed"]

    def test_order_with_a_fixed_option(self) -> None:
        question, result = third("qti21", "order.xml")
        assert (question.public.type, question.secret.letters) == (QuestionType.ORDERING, "CAB")
        assert [problem.code for problem in result.problems] == ["changed"]

    def test_gap_match_with_weights(self) -> None:
        question, result = third("qti21", "gap_match.xml")
        assert question.secret.blanks == (Blank(("winter",), Decimal(1)), Blank(("summer",), Decimal(2)))
        assert question.public.choices == (("winter", "spring", "summer", "autumn"),) * 2
        assert question.mark == 3
        # -1 for anything else is what a bank cannot hold.
        assert [problem.code for problem in result.problems] == ["changed"]

    @pytest.mark.parametrize("name", ["essay.xml", "extended_text_rubric.xml"])
    def test_extended_text_is_an_essay(self, name: str) -> None:
        question, _ = third("qti21", name)
        assert question.public.type == QuestionType.ESSAY
        assert ("Max Score:" in question.secret.reference) == (name == "extended_text_rubric.xml")
        assert "Scoring" not in question.public.stem

    def test_key_that_only_a_mapping_gives(self) -> None:
        question, _ = third("qti21", "mapping/mapping-only-choice.xml")
        assert (question.public.type, question.secret.letters) == (QuestionType.SINGLE, "B")
        question, _ = third("qti21", "mapping/mapping-only-text-entry.xml")
        assert [blank.accepted for blank in question.secret.blanks] == [("Paris", "paris"), ("London",)]

    def test_upper_bound_is_the_mark(self) -> None:
        question, _ = third("qti21", "mapping/weight-from-upper-bound.xml")
        assert (question.public.type, question.secret.letters) == (QuestionType.MULTIPLE, "AD")
        assert question.mark == 3
        earned = {letter: round(share * 3, 9) for letter, share in question.secret.weights.items()}
        assert earned == {"A": 2, "D": 3}


class TestFolderQti30:
    """Every line of the README of qti30."""

    def test_single_choice_with_two_feedbacks(self) -> None:
        question, _ = third("qti30", "qti3-choice-single.xml")
        assert question.public.type == QuestionType.SINGLE
        assert question.public.options == ("London", "Berlin", "Paris", "Madrid")
        assert question.secret.letters == "C"
        assert len(question.secret.explanation.splitlines()) == 2

    def test_multiple_choice_without_a_limit_is_all_or_nothing(self) -> None:
        question, _ = third("qti30", "qti3-choice-multiple.xml")
        assert (question.public.type, question.secret.letters) == (QuestionType.MULTIPLE, "AC")
        assert question.secret.weights == {}

    def test_text_entry(self) -> None:
        question, _ = third("qti30", "qti3-text-entry.xml")
        assert question.public.stem == "The capital of France is ____."
        assert [blank.accepted for blank in question.secret.blanks] == [("Paris",)]

    def test_match(self) -> None:
        question, _ = third("qti30", "qti3-match-interaction.xml")
        assert question.public.items == ("France", "Germany", "Spain")
        assert question.public.options == ("Paris", "Berlin", "Madrid")
        assert question.secret.letters == "ABC"


@pytest.mark.parametrize(
    ("most", "key", "cardinality", "kind"),
    [
        ('maxChoices="1"', "A", "single", "single"),
        ('maxChoices="0"', "AB", "multiple", "multiple"),
        ('maxChoices="0"', "A", "multiple", "multiple"),
        ('maxChoices="1"', "AB", "multiple", "multiple"),
        ("", "AB", "multiple", "multiple"),
        ("", "A", "single", "single"),
        ('maxChoices="2"', "A", "multiple", "multiple"),
    ],
)
def test_single_or_multiple_is_told_by_the_limit_and_the_key(
    most: str, key: str, cardinality: str, kind: str
) -> None:
    question = only(item(choice(most), declared("R", *key, cardinality=cardinality)))
    assert (question.public.type, question.secret.letters) == (kind, key)
    assert question.public.stem == "选哪个？"
    assert question.external_id == "q1"


def test_correct_response_is_the_key_and_the_mapping_the_weights() -> None:
    mapping = mapped(("A", "3"), ("B", "1"), ("C", "-1"), attributes='upperBound=" 4 "')
    key = only(item(choice('maxChoices="0"'), declared("R", "A", cardinality="multiple", mapping=mapping)))
    assert key.secret.letters == "A"
    assert key.secret.weights == {"A": Decimal("0.75"), "B": Decimal("0.25"), "C": Decimal("-0.25")}
    assert key.mark == 4


def test_a_mapping_of_noughts_is_no_weight_and_match_correct_knows_none() -> None:
    mapping = mapped(("A", "0"), ("B", "0"))
    declaration = declared("R", "A", "B", cardinality="multiple", mapping=mapping)
    assert only(item(choice("maxChoices='0'"), declaration)).secret.weights == {}
    weighted = declared("R", "A", "B", cardinality="multiple", mapping=mapped(("A", "2"), ("B", "1")))
    whole = '<responseProcessing template="http://x/rptemplates/match_correct"/>'
    assert only(item(choice("maxChoices='0'"), weighted, whole)).secret.weights == {}
    assert only(item(choice("maxChoices='0'"), weighted)).secret.weights != {}


def test_names_of_qti_3_and_prefixes_are_the_same_to_the_reader() -> None:
    plain = item(choice(), declared("R", "B"))
    prefixed = plain.replace("<assessmentItem", '<q:assessmentItem xmlns:q="urn:q"').replace(
        "</assessmentItem", "</q:assessmentItem"
    )
    three = (
        plain.replace("assessmentItem", "qti-assessment-item").replace("responseDeclaration", "qti-response-declaration")
        .replace("correctResponse", "qti-correct-response").replace("itemBody", "qti-item-body")
        .replace("choiceInteraction", "qti-choice-interaction").replace("simpleChoice", "qti-simple-choice")
        .replace("responseIdentifier", "response-identifier").replace("maxChoices", "max-choices")
        .replace("baseType", "base-type").replace("prompt", "qti-prompt").replace("value>", "qti-value>")
    )  # fmt: skip
    assert only(plain) == only(prefixed) == only(three)


def test_inline_choices_are_gaps_with_lists() -> None:
    gap = (
        '<inlineChoiceInteraction responseIdentifier="{}"><inlineChoice identifier="x">高</inlineChoice>'
        '<inlineChoice identifier="y">低</inlineChoice></inlineChoiceInteraction>'
    )
    body = f"<p>越{gap.format('R')}越{gap.format('S')}</p>"
    question = only(item(body, declared("R", "y") + declared("S", "x")))
    assert question.public.stem == "越____越____"
    assert question.public.choices == (("高", "低"), ("高", "低"))
    assert [blank.accepted for blank in question.secret.blanks] == [("低",), ("高",)]


def test_numbers_with_ranges_and_shares() -> None:
    body = '<p>π 的值是多少？</p><p><textEntryInteraction responseIdentifier="R"/></p>'
    condition = (
        "<responseProcessing><responseCondition><responseIf><and>"
        '<gte><variable identifier="R"/><baseValue baseType="float">3.14</baseValue></gte>'
        '<lte><variable identifier="R"/><baseValue baseType="float">3.15</baseValue></lte></and>'
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">2</baseValue></setOutcomeValue></responseIf>'
        '<responseElseIf><equal toleranceMode="absolute" tolerance="1 0.5"><variable identifier="R"/>'
        '<correct identifier="R"/></equal>'
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">0.5</baseValue></setOutcomeValue>'
        "</responseElseIf></responseCondition></responseProcessing>"
    )
    question = only(item(body, declared("R", "3", kind="float"), condition))
    assert question.public.type == QuestionType.NUMERIC
    assert question.public.stem == "π 的值是多少？"
    assert question.secret.numbers == (
        NumberRange(Decimal("3.14"), Decimal("3.15")),
        NumberRange(Decimal(2), Decimal("3.5"), Decimal("0.25")),
    )
    plain = only(item(body, declared("R", "77.0", kind="float")))
    assert plain.secret.numbers == (NumberRange(Decimal(77), Decimal(77)),)


def test_several_questions_below_a_text_are_a_passage() -> None:
    body = (
        "<p>某变电站停电检修。</p>"
        f"<div>{choice()}</div><p>第二问：先做 <textEntryInteraction responseIdentifier='S'/> 再做</p>"
    )
    question = only(item(body, declared("R", "C") + declared("S", "验电", kind="string")))
    assert question.public.type == QuestionType.PASSAGE
    assert question.public.stem == "某变电站停电检修。"
    assert [part.type for part in question.public.parts] == ["single", "fill"]
    assert [part.stem for part in question.public.parts] == ["选哪个？", "第二问：先做 ____ 再做"]
    assert question.secret.parts[0].letters == "C"


def test_groups_on_the_left_with_several_things_each_are_the_options() -> None:
    def chosen(*names: str) -> str:
        inside = "".join(
            f'<simpleAssociableChoice identifier="{name}">{name}!</simpleAssociableChoice>' for name in names
        )
        return f"<simpleMatchSet>{inside}</simpleMatchSet>"

    body = f'<matchInteraction responseIdentifier="R"><prompt>分类</prompt>{chosen("g", "h")}{chosen("a", "b", "c")}</matchInteraction>'
    key = declared("R", "g a", "h b", "g c", cardinality="multiple", kind="directedPair")
    question = only(item(body, key))
    assert question.public.items == ("a!", "b!", "c!")
    assert question.public.options == ("g!", "h!")
    assert question.secret.letters == "ABA"
    both = declared("R", "g a", "h a", "g c", "h b", cardinality="multiple", kind="directedPair")
    assert refusal(item(body, both)) == "unsupported-type"


def test_html_is_text_with_the_tags_our_pages_know() -> None:
    body = f"<p>a &lt; b 且 H<sub>2</sub>O</p><p><span>第<br/>二</span></p>{choice()}"
    assert only(item(body, declared("R", "A"))).public.stem == "a &lt; b 且 H<sub>2</sub>O\n第\n二\n选哪个？"
    body = f"<p>a &lt; b &amp;amp;</p>{choice()}"
    assert only(item(body, declared("R", "A"))).public.stem == "a < b &amp;\n选哪个？"


@pytest.mark.parametrize(
    "interaction",
    [
        "hotspotInteraction",
        "sliderInteraction",
        "uploadInteraction",
        "drawingInteraction",
        "customInteraction",
    ],
)
def test_other_interactions_are_named_and_refused(interaction: str) -> None:
    assert refusal(item(f'<{interaction} responseIdentifier="R"/>')) == "unsupported-type"


def test_items_that_change_themselves_are_refused() -> None:
    assert refusal(item(choice(), declared("R", "A"), attributes='adaptive="TRUE"')) == "unsupported-type"
    template = '<templateDeclaration identifier="X" cardinality="single" baseType="integer"/>'
    assert refusal(item(choice(), declared("R", "A") + template)) == "unsupported-type"


def test_marking_by_a_program_of_its_own_is_refused() -> None:
    accepted = "".join(
        '<match><variable identifier="R"/><baseValue baseType="identifier">A</baseValue></match>'
        for _ in "ab"
    )
    program = (
        f"<responseProcessing><responseCondition><responseIf><or>{accepted}</or>"
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>'
        "</responseIf></responseCondition></responseProcessing>"
    )
    assert refusal(item(choice(), declared("R", "A"), program)) == "unsupported-type"


def compared(*names: str, more: str = "") -> str:
    tests = "".join(
        f'<match><variable identifier="{one}"/><correct identifier="{one}"/></match>' for one in names
    )
    test = f"<and>{tests}</and>" if len(names) > 1 else tests
    test = (
        test.replace("match>", "stringMatch>").replace("<stringMatch>", f"<stringMatch {more}>")
        if more
        else test
    )
    return (
        f"<responseProcessing><responseCondition><responseIf>{test}"
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>'
        "</responseIf></responseCondition></responseProcessing>"
    )


def test_blanks_that_must_all_be_right_and_texts_whose_case_does_not_count() -> None:
    body = (
        '<p><textEntryInteraction responseIdentifier="R"/>x<textEntryInteraction responseIdentifier="S"/></p>'
    )
    both = declared("R", "a", kind="string") + declared("S", "b", kind="string")
    rules = only(item(body, both, compared("R", "S"))).secret.fill
    assert (rules.all_needed, rules.case_sensitive) == (True, True)
    one = '<p>y <textEntryInteraction responseIdentifier="R"/></p>'
    rules = only(
        item(one, declared("R", "a", kind="string"), compared("R", more='caseSensitive="false"'))
    ).secret.fill
    assert (rules.all_needed, rules.case_sensitive) == (False, False)
    part = compared("R", more='substring="true"')
    assert refusal(item(one, declared("R", "a", kind="string"), part)) == "unsupported-type"


def test_key_that_names_no_option_is_an_error() -> None:
    assert refusal(item(choice(), declared("R", "Z"))) == "answer-unknown"


def test_an_information_page_is_skipped_and_not_counted() -> None:
    result = read(item("<p>Welcome</p>"))
    assert (result.rows, len(result.skipped), result.problems) == (0, 1, [])


def test_damaged_xml_is_one_refusal_with_its_line() -> None:
    with pytest.raises(FileRefused) as caught:
        read("<assessmentItem>\n<itemBody>\n</assessmentItem>")
    assert caught.value.problem.row == 3


def test_a_wide_row_of_wrappers_ends() -> None:
    body = "<div>" * 150 + "<p>x</p>" + choice() + choice().replace('"R"', '"S"') + "</div>" * 150
    question = only(item(body, declared("R", "A") + declared("S", "B")))
    assert [part.letters for part in question.secret.parts] == ["A", "B"]


GOOD = [
    item(choice(), declared("R", "A", mapping=mapped(("A", "1"), ("B", "0.5")))),
    item('<p>x <textEntryInteraction responseIdentifier="R"/></p>', declared("R", "1", kind="float")),
    item(
        '<matchInteraction responseIdentifier="R"><simpleMatchSet><simpleAssociableChoice identifier="a"/>'
        '</simpleMatchSet><simpleMatchSet><simpleAssociableChoice identifier="b"/></simpleMatchSet></matchInteraction>',
        declared("R", "a b", cardinality="multiple", kind="directedPair"),
    ),
]
WORDS = st.sampled_from(
    ["<", ">", "/>", '"', "</", "<p>", "<gap/>", "<value>", "R", "A", "1e99999", "nan", "orderInteraction",
     "associateInteraction", "gapMatchInteraction", "inlineChoiceInteraction", "mapping", "and", "gte", "-", "]]"]
)  # fmt: skip


@settings(max_examples=200)
@given(good=st.sampled_from(GOOD), place=st.integers(0, 900), word=WORDS, cut=st.integers(0, 40))
def test_no_mutation_of_an_item_raises_anything_but_a_refusal(
    good: str, place: int, word: str, cut: int
) -> None:
    text = good[:place] + word + good[place + cut :]
    try:
        result = read(text)
    except FileRefused:
        return
    assert len(result.questions) <= result.rows


@settings(max_examples=100)
@given(content=st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    try:
        read_qti2(content, "x.xml", ReadOptions())
    except FileRefused:
        return


def test_formulas_are_lines_with_raised_and_lowered_signs() -> None:
    inside = (
        "<m:mi>E</m:mi><m:mo>=</m:mo><m:mi>m</m:mi><m:msup><m:mi>c</m:mi><m:mn>2</m:mn></m:msup><m:mo>+</m:mo>"
        "<m:mfrac><m:mrow><m:mi>a</m:mi><m:mo>+</m:mo><m:mi>b</m:mi></m:mrow><m:mn>2</m:mn></m:mfrac>"
        "<m:msqrt><m:mi>x</m:mi></m:msqrt><m:annotation>E=mc^2</m:annotation>"
    )
    math = (
        f'<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:semantics>{inside}</m:semantics></m:math>'
    )
    parsed = read_bank_file(item(f"<p>已知 {math} 。</p>" + choice(), declared("R", "A")).encode(), "a.xml")
    assert parsed.problems == ()
    assert parsed.questions[0].public.stem.startswith("已知 E=mc<sup>2</sup>+(a+b)/2√(x) 。")
    table = math.replace("<m:annotation>", "<m:mtable><m:mtr/></m:mtable><m:annotation>")
    parsed = read_bank_file(item(f"<p>{table}</p>" + choice(), declared("R", "A")).encode(), "a.xml")
    assert [one.is_error for one in parsed.problems] == [False]


def test_how_a_word_is_read_stands_in_brackets_behind_it() -> None:
    ruby = "<p><ruby><rb>真</rb><rp>(</rp><rt>まこと</rt><rp>)</rp></ruby>さん</p>"
    question = only(item(ruby + choice(), declared("R", "A")))
    assert question.public.stem.startswith("真（まこと）さん")


def test_names_without_their_capitals_are_read() -> None:
    body = "<p>水是<textentryinteraction responseidentifier='R'/>。</p>"
    question = only(item(body, declared("R", "液体").replace('"identifier"', '"string"')))
    assert (question.public.stem, question.secret.blanks[0].accepted) == ("水是____。", ("液体",))
