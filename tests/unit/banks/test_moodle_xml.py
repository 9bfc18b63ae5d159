"""Moodle XML comes in whole: types, weights, files, categories; every defect with its question and line."""

import base64
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.tables import png
from tests.unit.banks.third_party import third_party
from webapp.banks.errors import FileRefused
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.moodle_xml import read_moodle_xml
from webapp.banks.formats.options import ReadOptions
from webapp.banks.rules.schema import LETTERS, Question, QuestionType


def quiz(*questions: str) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(questions) + "\n</quiz>").encode()


def item(kind: str, stem: str, body: str = "", name: str = "T1") -> str:
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text><![CDATA[{stem}]]></text></questiontext>{body}</question>'
    )


def answer(fraction: str, text: str, more: str = "") -> str:
    return f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text>{more}</answer>'


def feedback(text: str) -> str:
    return f'<feedback format="html"><text>{text}</text></feedback>'


def read(*questions: str) -> Parsed:
    return read_bank_file(quiz(*questions), "quiz.xml")


def one(question: str) -> Question:
    parsed = read(question)
    assert [problem for problem in parsed.problems if problem.is_error] == []
    assert parsed.format == "moodle-xml"
    return parsed.questions[0]


def codes(parsed: Parsed) -> list[str]:
    return [problem.code for problem in parsed.problems]


def own(name: str) -> Parsed:
    return read_bank_file(third_party("formats", "moodle-xml", name).read_bytes(), name)


# --- files of a third party, line by line of their README


def test_third_party_multiple_choice() -> None:
    parsed = own("qtype-multichoice.xml")
    (question,) = parsed.questions
    assert question.public.type is QuestionType.MULTIPLE
    assert question.public.options == ("Tokyo", "Spain", "London", "Barcelona", "Paris")
    assert question.secret.letters == "CE"
    assert question.secret.weights == {"C": Decimal("0.5"), "E": Decimal("0.5")}
    assert question.secret.explanation == "Berlin, Paris and London"
    assert (question.topic, question.mark, question.row) == ("Default for C1", Decimal(1), 12)
    assert codes(parsed) == ["changed"]
    assert "Hints" in parsed.problems[0].reason.text


def test_third_party_true_false() -> None:
    parsed = own("qtype-truefalse.xml")
    (question,) = parsed.questions
    assert question.secret.truth is True
    assert question.secret.explanation.split("\n") == [
        "√ This is the right answer.",
        "× This is the wrong answer.",
        "You should have selected true.",
    ]
    assert parsed.problems == ()


def test_third_party_short_answer() -> None:
    parsed = own("qtype-shortanswer.xml")
    (question,) = parsed.questions
    (blank,) = question.secret.blanks
    assert question.public.stem == "Name an amphibian: ____"
    assert (blank.accepted, blank.partial, blank.is_pattern) == (
        ("frog",),
        (("toad", Decimal("0.8")),),
        False,
    )
    assert question.secret.fill.case_sensitive is False
    assert "*: That is a bad answer." in question.secret.explanation
    assert parsed.error_count == 0


def test_third_party_matching_with_an_extra_answer() -> None:
    (question,) = own("qtype-match.xml").questions
    assert question.public.type is QuestionType.MATCHING
    assert question.public.items == ("frog", "cat", "newt")
    assert question.public.options == ("amphibian", "mammal", "insect")
    assert question.secret.letters == "ABA"


def test_third_party_essay_and_description() -> None:
    (question,) = own("qtype-essay.xml").questions
    assert question.public.type is QuestionType.ESSAY
    assert question.secret.explanation == "This is general feedback"
    parsed = own("qtype-description.xml")
    assert (parsed.rows, parsed.questions, parsed.problems) == (0, (), ())
    assert [skipped.name for skipped in parsed.skipped] == ["description-001"]


def test_third_party_gaps_with_words_to_pick() -> None:
    (question,) = own("qtype-gapselect.xml").questions
    assert question.public.stem == "The ____ ____ on the ____."
    assert [blank.accepted for blank in question.secret.blanks] == [("cat",), ("sat",), ("mat",)]
    assert question.public.choices == (("cat", "sat", "mat", "dog", "table"),) * 3


def test_third_party_files_in_texts_and_options() -> None:
    parsed = own("multichoice-with-files.xml")
    (question,) = parsed.questions
    assert question.public.type is QuestionType.SINGLE
    right = question.public.options[LETTERS.index(question.secret.letters)]
    assert right == "[[media:flag-france.jpg|French flag]] French"
    assert question.public.stem.startswith("[[media:bonjour.mp3]]Listen to this greeting:")
    assert {name: media.media_type for name, media in parsed.pictures.items()} == {
        "bonjour.mp3": "audio/mpeg",
        "flag-uk.jpg": "image/jpeg",
        "flag-france.jpg": "image/jpeg",
        "flag-german.jpg": "image/jpeg",
        "flag-denmark.jpg": "image/jpeg",
    }
    assert "B. Yes, well done!" in question.secret.explanation
    assert question.topic == "Default for testhead/Multichoice"
    assert parsed.error_count == 0


def test_third_party_categories() -> None:
    parsed = own("category_with_description.xml")
    (question,) = parsed.questions
    assert (question.topic, question.secret.truth, question.public.stem) == (
        "Alpha",
        True,
        "Testing Alpha Question",
    )
    assert [skipped.name for skipped in parsed.skipped] == ["Alpha"]
    parsed = own("nested_categories.xml")
    (question,) = parsed.questions
    assert (question.topic, question.secret.truth) == ("Delta/Epsilon/Zeta", True)
    assert [topic.key for topic in parsed.topics] == ["Delta", "Delta/Epsilon", "Delta/Epsilon/Zeta"]


# --- our own


def test_a_fraction_that_moodle_does_not_know_names_question_and_value() -> None:
    parsed = read(
        item(
            "multichoice",
            "哪些是导体？",
            "<single>false</single>" + answer("33", "铜") + answer("67", "铁"),
            "导体",
        ),
        item("truefalse", "铜是导体。", answer("100", "true") + answer("0", "false")),
    )
    (problem,) = parsed.problems
    assert (problem.code, problem.row, problem.column, problem.value) == ("bad-fraction", 3, "导体", "33")
    assert problem.hint is not None
    assert problem.hint.params["near"] == "33.33333"
    assert (parsed.rows, len(parsed.questions)) == (2, 1)


@pytest.mark.parametrize("fraction", ["100", "-33.33333", "33.3333333", "14.28571", "0", "12.5000000"])
def test_known_fractions_are_read(fraction: str) -> None:
    body = "<single>false</single>" + answer("100", "铜") + answer(fraction, "木")
    assert Decimal(fraction) / 100 in {
        *one(item("multichoice", "导体？", body)).secret.weights.values(),
        Decimal(0),
    }


def test_negative_weights_and_feedback_of_options_are_kept() -> None:
    body = (
        "<single>false</single><defaultgrade>2.50</defaultgrade>"
        + answer("50", "铜", feedback("对"))
        + answer("50", "铁")
        + answer("-50", "木", feedback("木材不导电"))
    )
    question = one(item("multichoice", "导体？", body))
    assert question.secret.letters == "AB"
    assert question.secret.weights == {"A": Decimal("0.5"), "B": Decimal("0.5"), "C": Decimal("-0.5")}
    assert question.secret.explanation == "A. 对\nC. 木材不导电"
    assert question.mark == Decimal("2.5")


def test_a_single_choice_without_a_full_answer_is_an_error() -> None:
    body = "<single>1</single>" + answer("50", "甲") + answer("50", "乙")
    assert codes(read(item("multichoice", "题", body))) == ["no-full-answer"]


def test_an_all_or_nothing_choice_keeps_no_weights() -> None:
    question = one(
        item("multichoiceset", "题", answer("100", "甲") + answer("100", "乙") + answer("0", "丙"))
    )
    assert (question.secret.letters, question.secret.weights) == ("AB", {})


def test_a_wildcard_and_capital_letters_of_a_short_answer() -> None:
    question = one(
        item("shortanswer", "符号？", "<usecase>1</usecase>" + answer("100", "p*H") + answer("50", r"a\*b"))
    )
    (blank,) = question.secret.blanks
    assert (blank.accepted, blank.is_pattern) == (("p*H",), True)
    assert question.secret.fill.case_sensitive
    assert question.public.stem == "符号？ ____"
    assert one(item("shortanswer", "<p>符号？</p>", answer("100", "a"))).public.stem == "符号？ ____"


def test_numbers_with_tolerances_and_units() -> None:
    units = "<units><unit><multiplier>1</multiplier><unit_name>V</unit_name></unit></units>"
    body = answer("100", "220", "<tolerance>2</tolerance>") + answer(
        "50", "215.5", "<tolerance>0.5</tolerance>"
    )
    parsed = read(item("numerical", "电压？", body + answer("0", "*", feedback("再想想")) + units))
    (question,) = parsed.questions
    assert [(item.low, item.high, item.share) for item in question.secret.numbers] == [
        (Decimal(218), Decimal(222), Decimal(1)),
        (Decimal(215), Decimal(216), Decimal("0.5")),
    ]
    assert question.secret.explanation == "再想想"
    assert codes(parsed) == ["changed"]


def test_a_cloze_question_is_a_fill_in_with_lists() -> None:
    stem = (
        "<p>铜{1:MULTICHOICE:=是~不是}导体，1+1={2:NUMERICAL:=2:0.1}，A&amp;B: {1:SHORTANSWER_C:=R&amp;D}</p>"
    )
    for kind in ("cloze", "multianswer"):
        question = one(item(kind, stem))
        assert question.public.stem == "铜____导体，1+1=____，A&B: ____"
        assert question.public.choices[0] == ("是", "不是")
        assert [blank.accepted for blank in question.secret.blanks] == [("是",), ("2",), ("R&D",)]
        assert question.mark == 4


def test_words_of_groups_are_picked_within_their_group() -> None:
    boxes = "".join(
        f"<dragbox><text>{text}</text><group>{group}</group></dragbox>"
        for text, group in (("红", 1), ("大", 2), ("绿", 1))
    )
    question = one(item("ddwtos", "[[2]]而[[3]]", boxes))
    assert question.public.choices == (("大",), ("红", "绿"))
    assert [blank.accepted for blank in question.secret.blanks] == [("大",), ("绿",)]
    assert codes(read(item("ddwtos", "[[9]]", boxes))) == ["gap-unknown"]


def test_an_ordering_keeps_its_order_without_giving_it_away() -> None:
    steps = ("断电", "验电", "放电", "接地", "挂牌")
    body = "".join(answer(str(number), text) for number, text in enumerate(steps, 1))
    question = one(item("ordering", "停电操作的顺序", body))
    in_order = tuple(question.public.options[LETTERS.index(letter)] for letter in question.secret.letters)
    assert in_order == steps
    assert question.public.options != steps


def test_types_that_cannot_be_held_are_reported_at_their_line_and_counted() -> None:
    parsed = read(item("ddmarker", "标出"), item("calculated", "算"), item("essay", "写"))
    assert [(problem.code, problem.row) for problem in parsed.problems] == [
        ("unsupported-type", 3),
        ("unsupported-type", 4),
    ]
    assert (parsed.rows, len(parsed.questions)) == (3, 1)


def test_questions_in_one_line_have_their_number_as_place() -> None:
    content = (
        "<quiz>" + item("ddmarker", "一") + item("essay", "二") + item("random", "三") + "</quiz>"
    ).encode()
    parsed = read_bank_file(content, "quiz.xml")
    assert [problem.row for problem in parsed.problems] == [1, 3]
    assert [question.public.stem for question in parsed.questions] == ["二"]


def test_formats_of_texts() -> None:
    text = "<questiontext format='{}'><text><![CDATA[{}]]></text></questiontext>"
    wanted = {
        ("html", "5 &lt; 6\n and <b>more</b>&nbsp;x"): "5 < 6 and <b>more</b> x",
        ("plain_text", "<p> opens &lt; a paragraph"): "<p> opens &lt; a paragraph",
        ("moodle_auto_format", "一\n二"): "一\n二",
    }
    for (form, given_text), stem in wanted.items():
        question = one(f'<question type="essay">{text.format(form, given_text)}</question>')
        assert question.public.stem == stem
    assert codes(read(f'<question type="essay">{text.format("markdown", "**a**")}</question>')) == [
        "markdown"
    ]


def test_the_same_name_with_other_bytes_is_another_file() -> None:
    def with_file(stem: str, content: bytes) -> str:
        data = base64.b64encode(content).decode()
        return (
            f'<question type="essay"><questiontext format="html"><text><![CDATA[{stem}'
            '<img src="@@PLUGINFILE@@/a%20b.png" alt="x">]]></text>'
            f'<file name="a b.png" path="/" encoding="base64">{data[:20]}\n{data[20:]}</file></questiontext></question>'
        )

    parsed = read(with_file("一", png(5)), with_file("二", png(6)), with_file("三", png(5)))
    assert [question.public.stem for question in parsed.questions] == [
        "一[[media:a b.png|x]]",
        "二[[media:2-a b.png|x]]",
        "三[[media:a b.png|x]]",
    ]
    assert set(parsed.pictures) == {"a b.png", "2-a b.png"}


def test_a_picture_that_is_not_in_the_file_leaves_a_note_and_an_old_one_is_above_the_question() -> None:
    parsed = read(
        item("essay", '图 <img src="@@PLUGINFILE@@/gone.png">'),
        item("essay", '<img src="http://x.org/b.gif">'),
    )
    assert [(problem.code, problem.value) for problem in parsed.problems] == [
        ("picture-missing", "gone.png"),
        ("picture-missing", "b.gif"),
    ]
    assert parsed.error_count == 0, "a lone file cannot bring its pictures: a warning"
    assert [question.public.stem for question in parsed.questions] == [
        "图 （缺图：gone.png）",
        "（缺图：b.gif）",
    ]
    data = base64.b64encode(png()).decode()
    question = one(item("essay", "旧", f"<image>old.png</image><image_base64>{data}</image_base64>"))
    assert question.public.picture == "old.png"


def test_scripts_are_taken_out_with_a_warning() -> None:
    parsed = read(item("essay", "题<script>alert(1)</script><img src=x onerror=alert(1)>"))
    assert "alert" not in "".join(question.public.stem for question in parsed.questions)


def test_i01_a_mass_of_blanks_is_read_in_one_go() -> None:
    parsed = read(item("essay", "<p>甲" + " " * 2_000_000 + "乙</p>"))
    assert codes(parsed) == ["very-long"]


def test_tags_identifier_and_lost_things() -> None:
    body = (
        "<idnumber>id-7</idnumber><tags><tag><text>电</text></tag><tag><text>水</text></tag></tags><hidden>1</hidden>"
        "<correctfeedback format='html'><text>太好了</text></correctfeedback><attachments>1</attachments>"
        '<generalfeedback><text>见 &lt;a href="@@PLUGINFILE@@/law.pdf"&gt;法&lt;/a&gt;</text></generalfeedback>'
    )
    parsed = read(item("essay", "题", body))
    (question,) = parsed.questions
    assert (question.key, question.external_id, question.tags) == ("id-7", "id-7", ("电", "水"))
    assert codes(parsed).count("changed") == 4
    assert "law.pdf" in {problem.value for problem in parsed.problems}


def test_xml_that_is_broken_or_no_quiz_is_refused_with_its_place() -> None:
    parsed = read_bank_file(b"<quiz>\n<question type='essay'></quiz>", "q.xml")
    assert [(problem.code, problem.row) for problem in parsed.problems] == [("not-well-formed", 2)]
    with pytest.raises(FileRefused):
        read_moodle_xml(b"<other/>", "q.xml", ReadOptions())


GOOD = quiz(
    item(
        "multichoice",
        "<p>哪些？</p>",
        "<single>false</single>" + answer("50", "甲") + answer("50", "乙"),
        "一",
    ),
    item("cloze", "{1:SA:=a}{2:NM:=2:1}", "<defaultgrade>1</defaultgrade>", "二"),
    item("gapselect", "[[1]]", "<selectoption><text>a</text><group>1</group></selectoption>"),
    item("numerical", "n", answer("100", "1e3", "<tolerance>1%</tolerance>")),
    item("matching", "m", "<subquestion><text>a</text><answer><text>b</text></answer></subquestion>"),
    item("ordering", "o", answer("1", "a") + answer("2", "b")),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=120),
        st.text(alphabet='<>/"=&;questionTEXTanswerfraction1 []{}~#%', max_size=200).map(
            lambda text: b"<quiz>" + text.encode() + b"</quiz>"
        ),
        st.tuples(st.integers(0, len(GOOD)), st.integers(0, 40), st.binary(max_size=8)).map(
            lambda cut: GOOD[: cut[0]] + cut[2] + GOOD[cut[0] + cut[1] :]
        ),
        st.tuples(
            st.sampled_from(
                [b"fraction", b"50", b"single", b"text", b"group", b"[[1]]", b"=", b"answer", b"1"]
            ),
            st.text(max_size=6).map(lambda text: text.replace("<", "").encode("utf-8", "ignore")),
        ).map(lambda pair: GOOD.replace(*pair)),
    )
)
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    try:
        result = read_moodle_xml(content, "any.xml", ReadOptions())
    except FileRefused:
        return
    assert len(result.questions) <= result.rows
    read_bank_file(content, "any.xml")


def test_processing_instructions_may_stand_before_the_quiz() -> None:
    content = f'<?style a="b"?>\n<!-- x -->\n<quiz>{SHORT}</quiz>'.encode()
    assert len(read_bank_file(content, "m.txt").questions) == 1


def test_a_single_question_needs_no_quiz_around_it() -> None:
    parsed = read_bank_file(SHORT.encode(), "m.xml")
    assert (parsed.format, len(parsed.questions), parsed.rows) == ("moodle-xml", 1, 1)


SHORT = (
    '<question type="shortanswer"><name><text>n</text></name><questiontext format="html"><text>铁的符号？</text>'
    '</questiontext><answer fraction="100"><text>Fe</text></answer></question>'
)
