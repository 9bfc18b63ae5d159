"""QTI 2 as other programs write it: keys in the marking alone, HTML as text."""

from decimal import Decimal

import pytest

from tests.unit.banks.test_qti2 import choice, declared, item, mapped, only, read
from webapp.banks.rules.schema import QuestionType


def branch(test: str, score: str, name: str = "responseIf") -> str:
    added = f'<sum><variable identifier="SCORE"/><baseValue baseType="float">{score}</baseValue></sum>'
    return f'<{name}>{test}<setOutcomeValue identifier="SCORE">{added}</setOutcomeValue></{name}>'


def processing(*branches: str) -> str:
    conditions = "".join(f"<responseCondition>{one}</responseCondition>" for one in branches)
    bound = branch(
        '<gt><variable identifier="SCORE"/><baseValue baseType="float">100</baseValue></gt>', "100"
    )
    return (
        f"<responseProcessing>{conditions}<responseCondition>{bound}</responseCondition></responseProcessing>"
    )


def compared(value: str, tag: str = "match", kind: str = "identifier", more: str = "") -> str:
    return f'<{tag} {more}><variable identifier="R"/><baseValue baseType="{kind}">{value}</baseValue></{tag}>'


def test_a_single_choice_whose_key_is_a_comparison() -> None:
    question = only(item(choice(), declared("R"), processing(branch(compared("C"), "100"))))
    assert (question.public.type, question.secret.letters) == (QuestionType.SINGLE, "C")


def test_members_with_scores_are_weights() -> None:
    scores = [
        branch(compared(name, "member"), score) for name, score in (("A", "50"), ("B", "50"), ("C", "-100"))
    ]
    question = only(
        item(choice('maxChoices="0"'), declared("R", cardinality="multiple"), processing(*scores))
    )
    assert (question.public.type, question.secret.letters) == (QuestionType.MULTIPLE, "AB")
    assert question.secret.weights == {"A": Decimal("0.5"), "B": Decimal("0.5"), "C": Decimal(-1)}


@pytest.mark.parametrize(
    "test",
    [
        "<and>{}{}<not>{}</not></and>".format(*(compared(name, "member") for name in "ABC")),
        '<match><variable identifier="R"/><multiple><baseValue baseType="identifier">A</baseValue>'
        '<baseValue baseType="identifier">B</baseValue></multiple></match>',
    ],
)
def test_one_set_that_is_right_as_a_whole(test: str) -> None:
    text = item(
        choice('maxChoices="0"'), declared("R", cardinality="multiple"), processing(branch(test, "100"))
    )
    question = only(text)
    assert (question.secret.letters, question.secret.weights) == ("AB", {})
    # A second set that is right too cannot be held.
    second = text.replace(
        "</responseProcessing>",
        f"<responseCondition>{branch(test, '100')}</responseCondition></responseProcessing>",
    )
    result = read(second)
    assert [one.code for one in result.problems] == ["unsupported-type"]


def test_texts_that_are_compared_are_a_fill_in_and_points_stand_in_the_metadata() -> None:
    either = (
        "<or>"
        + compared("2", "stringMatch", "string", 'caseSensitive="false"')
        + compared("二", "stringMatch", "string", 'caseSensitive="false"')
        + "</or>"
    )
    points = '<instructureMetadata><instructureField name="max_score" value="4.0"/></instructureMetadata>'
    body = '<p>|-2| 是</p><extendedTextInteraction responseIdentifier="R"/>'
    question = only(item(body, points + declared("R", kind="string"), processing(branch(either, "100"))))
    assert (question.public.type, question.public.blanks, question.mark) == (QuestionType.FILL, 1, Decimal(4))
    assert question.secret.blanks[0].accepted == ("2", "二")
    assert not question.secret.fill.case_sensitive


def test_an_essay_without_a_key_stays_one() -> None:
    body = '<p>谈谈</p><extendedTextInteraction responseIdentifier="R"/>'
    shown = '<responseProcessing><responseCondition><responseIf><baseValue baseType="boolean">true</baseValue></responseIf></responseCondition></responseProcessing>'
    assert only(item(body, declared("R", kind="string"), shown)).public.type is QuestionType.ESSAY


def test_html_as_text_in_the_body_and_in_feedback_is_html() -> None:
    feedback = (
        '<modalFeedback identifier="F" outcomeIdentifier="O"><![CDATA[<p>因为<b>甲</b></p>]]></modalFeedback>'
    )
    question = only(
        item(
            "<![CDATA[<div>什么<br>是</div>]]>" + choice() + "<![CDATA[<div></div>]]>",
            declared("R", "A"),
            feedback,
        )
    )
    assert question.public.stem == "什么\n是\n选哪个？"
    assert question.secret.explanation == "因为<b>甲</b>"
    marked = only(
        item(
            '<div class="html">&lt;br&gt; 甲 &lt; 乙 &lt;b&gt;丙&lt;/b&gt;</div>' + choice(),
            declared("R", "A"),
        )
    )
    assert marked.public.stem == "甲 &lt; 乙 <b>丙</b>\n选哪个？"
    kept = only(item("<p>标签 &lt;b&gt; 是什么</p>" + choice(), declared("R", "A")))
    assert "&lt;b&gt;" in kept.public.stem


def test_the_same_words_as_text_and_as_prompt_stand_once() -> None:
    question = only(item("<p>选哪个？</p>" + choice(), declared("R", "A")))
    assert question.public.stem == "选哪个？"


def test_weights_that_contradict_the_key_are_left_out_and_said_so() -> None:
    result = read(item(choice(), declared("R", "B", mapping=mapped(("C", "2")))))
    assert [(one.code, one.is_error) for one in result.problems] == [("changed", False)]
    assert (result.questions[0].secret.letters, result.questions[0].secret.weights) == ("B", {})


def test_an_order_may_stand_in_the_mapping_alone() -> None:
    body = '<orderInteraction responseIdentifier="R"><prompt>排</prompt>' + "".join(
        f'<simpleChoice identifier="{name}">{name}</simpleChoice>' for name in "ABC"
    )
    key = declared("R", cardinality="ordered", mapping=mapped(("C", "1"), ("A", "1"), ("B", "1")))
    assert only(item(f"{body}</orderInteraction>", key)).secret.letters == "CAB"


def test_a_recording_beside_a_question_stands_in_its_text() -> None:
    sound = '<audio><source src="a/song.mp3" type="audio/mpeg"/></audio>'
    told = f'<mediaInteraction responseIdentifier="P" maxPlays="2">{sound}</mediaInteraction>'
    result = read(item(told + choice(), declared("P", cardinality="single") + declared("R", "A")))
    (question,) = result.questions
    assert (question.secret.letters, "song.mp3" in question.public.stem) == ("A", True)
    assert [one.code for one in result.problems] == ["changed"]
    assert read(item(told, declared("P"))).problems[0].value == "mediaInteraction"


def test_rubrics_beside_several_questions_are_shown_or_kept_for_markers() -> None:
    body = (
        '<rubricBlock view="candidate"><p>读诗。</p></rubricBlock>'
        + choice()
        + '<extendedTextInteraction responseIdentifier="E"><prompt>为什么？</prompt></extendedTextInteraction>'
        '<rubricBlock view="scorer"><p>两点各一分</p></rubricBlock>'
    )
    question = only(item(body, declared("R", "A") + declared("E", kind="string")))
    assert question.public.stem == "读诗。"
    assert [key.reference for key in question.secret.parts] == ["", "两点各一分"]


def test_a_button_for_a_hint_beside_a_question_is_left_out_and_said_so() -> None:
    button = '<p>题<endAttemptInteraction responseIdentifier="H" title="提示"/></p>'
    result = read(item(button + choice(), declared("R", "A") + declared("H", kind="boolean")))
    assert [one.secret.letters for one in result.questions] == ["A"]
    assert [(one.code, one.is_error) for one in result.problems] == [("changed", False)]
