"""H5P: sets and single questions with their media; what is no question or cannot be held is named."""

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.tables import png
from webapp.banks.errors import FileRefused
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.h5p import read_h5p
from webapp.banks.formats.options import ReadOptions
from webapp.banks.rules.schema import LETTERS, Question, QuestionType


def packed(content: Any, main: str = "H5P.QuestionSet", files: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("h5p.json", json.dumps({"title": "t", "mainLibrary": main}))
        archive.writestr(
            "content/content.json", content if isinstance(content, bytes) else json.dumps(content)
        )
        for name, data in (files or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def item(library: str, identity: str = "", **params: Any) -> dict[str, Any]:
    return {"library": f"{library} 1.16", "params": params, "subContentId": identity}


def read(*items: dict[str, Any], **files: bytes) -> Parsed:
    members = {f"content/images/{name}.png": data for name, data in files.items()}
    return read_bank_file(packed({"questions": list(items)}, files=members), "set.h5p")


def one(question: dict[str, Any]) -> Question:
    parsed = read(question)
    assert [problem for problem in parsed.problems if problem.is_error] == []
    assert parsed.format == "h5p"
    return parsed.questions[0]


def answers(*pairs: tuple[str, bool]) -> list[dict[str, Any]]:
    return [
        {
            "text": f"<div>{text}</div>\n",
            "correct": right,
            "tipsAndFeedback": {"chosenFeedback": f"<div>{text}!</div>"},
        }
        for text, right in pairs
    ]


def test_choices_by_their_behaviour() -> None:
    single = one(
        item(
            "H5P.MultiChoice",
            "u-1",
            question="<p>甲&nbsp;还是乙？</p>\n",
            answers=answers(("甲", True), ("乙", False)),
        )
    )
    assert single.public.stem == "甲 还是乙？"
    assert (single.public.type, single.secret.letters, single.key) == (QuestionType.SINGLE, "A", "u-1")
    assert single.public.options == ("甲", "乙")
    assert single.secret.explanation == "A. 甲!\nB. 乙!"
    multiple = one(
        item(
            "H5P.MultiChoice",
            question="选",
            answers=answers(("甲", True), ("乙", True), ("丙", False)),
            behaviour={"type": "auto"},
        )
    )
    assert (multiple.public.type, multiple.secret.letters, multiple.secret.weights) == (
        QuestionType.MULTIPLE,
        "AB",
        {},
    )
    forced = read(
        item(
            "H5P.MultiChoice",
            question="选",
            answers=answers(("甲", True), ("乙", True)),
            behaviour={"singleAnswer": True},
        )
    )
    assert [problem.code for problem in forced.problems] == ["changed"]
    assert forced.questions[0].secret.letters == "A"


@pytest.mark.parametrize(
    ("correct", "truth"), [("true", True), ("false", False), (True, True), (False, False)]
)
def test_true_and_false(correct: object, truth: bool) -> None:
    assert one(item("H5P.TrueFalse", question="<p>对吗</p>", correct=correct)).secret.truth is truth


def test_blanks_with_alternatives_and_hints() -> None:
    question = one(
        item(
            "H5P.Blanks",
            text="<p>填空</p>",
            questions=["<p>水是 *H2O/氢氧:化学式*，A&amp;B 是 *R&amp;D*。</p>", "<p>*完*</p>"],
            behaviour={"caseSensitive": True},
        )
    )
    assert question.public.stem.split("\n") == ["填空", "水是 ____，A&B 是 ____。", "____"]
    assert [blank.accepted for blank in question.secret.blanks] == [("H2O", "氢氧"), ("R&D",), ("完",)]
    assert question.secret.fill.case_sensitive
    assert question.secret.explanation == "1. 化学式"


def test_words_to_drag_single_choice_sets_and_essays() -> None:
    drag = one(
        item("H5P.DragText", taskDescription="拖", textField="先 *断电* 后 *验电*", distractors="*合闸*")
    )
    assert set(drag.public.choices[0]) == {"断电", "验电", "合闸"}
    parsed = read(
        item(
            "H5P.SingleChoiceSet",
            "s",
            choices=[{"question": "一", "answers": ["对", "错"]}, {"question": "二", "answers": ["b", "a"]}],
        )
    )
    assert [
        question.public.options[LETTERS.index(question.secret.letters)] for question in parsed.questions
    ] == ["对", "b"]
    assert [question.key for question in parsed.questions] == ["s-1", "s-2"]
    essay = one(
        item("H5P.Essay", taskDescription="论", keywords=[{"keyword": "安全*"}], solution={"sample": "要点"})
    )
    assert (essay.secret.reference, essay.secret.keywords) == ("要点", ("安全",))


def media(path: str, library: str = "H5P.Image 1.1") -> dict[str, Any]:
    return {"type": {"library": library, "params": {"file": {"path": path}, "alt": "图"}}}


def test_a_picture_comes_with_its_question_and_a_missing_one_is_an_error() -> None:
    found = read(item("H5P.TrueFalse", question="看图", correct="true", media=media("images/a.png")), a=png())
    assert found.questions[0].public.picture == "images/a.png"
    assert set(found.pictures) == {"images/a.png"}
    missing = read(item("H5P.TrueFalse", question="看图", correct="true", media=media("images/b.png")))
    assert [(problem.code, problem.row) for problem in missing.problems] == [("picture-missing", 1)]
    outside = read(item("H5P.TrueFalse", question="看", correct="true", media=media("../../h5p.json")))
    assert [problem.code for problem in outside.problems] == ["picture-missing"]
    video = read(item("H5P.TrueFalse", question="看", correct="true", media=media("x.mp4", "H5P.Video 1.5")))
    assert [problem.code for problem in video.problems] == ["changed"]


def test_other_types_are_reported_at_their_number_and_texts_are_skipped() -> None:
    parsed = read(
        item("H5P.DragQuestion"), item("H5P.AdvancedText", text="x"), item("H5P.TrueFalse", question="q", correct="yes"),
        item("H5P.TrueFalse", question="q", correct="true"),
    )  # fmt: skip
    assert [(problem.code, problem.row) for problem in parsed.problems] == [
        ("unsupported-type", 1),
        ("no-answer", 3),
    ]
    assert (parsed.rows, len(parsed.questions), len(parsed.skipped)) == (3, 1, 1)


def test_a_single_question_is_a_file_too_and_other_content_is_reported() -> None:
    single = read_bank_file(packed({"question": "q", "correct": "false"}, "H5P.TrueFalse"), "q.h5p")
    assert single.questions[0].secret.truth is False
    other = read_bank_file(packed({}, "H5P.InteractiveVideo"), "v.h5p")
    assert [problem.code for problem in other.problems] == ["unsupported-type"]


def test_questions_inside_books_and_presentations_are_found_in_their_order() -> None:
    true = item("H5P.TrueFalse", question="真？", correct="true")
    column = {
        "library": "H5P.Column 1.18",
        "params": {"content": [{"content": item("H5P.AdvancedText", text="x")}, {"content": true}]},
    }
    book = {
        "chapters": [
            column,
            {"library": "H5P.Column 1.18", "params": {"content": [{"content": item("H5P.DragQuestion")}]}},
        ]
    }
    parsed = read_bank_file(packed(book, "H5P.InteractiveBook"), "b.h5p")
    assert [(question.public.stem, question.row) for question in parsed.questions] == [("真？", 2)]
    assert [(one.code, one.row, one.value) for one in parsed.problems] == [
        ("unsupported-type", 3, "H5P.DragQuestion")
    ]
    assert [one.name for one in parsed.skipped] == ["H5P.AdvancedText"]
    slides = {
        "presentation": {"slides": [{"elements": [{"x": 1, "action": true}, {"x": 2, "action": true}]}]}
    }
    assert read_bank_file(packed(slides, "H5P.CoursePresentation"), "p.h5p").rows == 2


def test_the_first_statement_of_each_group_of_a_summary_is_right() -> None:
    groups = [
        {"summary": ["<p>地球绕太阳</p>", "<p>太阳绕地球</p>"], "tip": "想想"},
        {"summary": ["水", "油"]},
    ]
    parsed = read(item("H5P.Summary", intro="<p>选对的</p>", summaries=groups))
    assert [one.public.stem for one in parsed.questions] == ["选对的", "选对的"]
    right = [one.public.options[LETTERS.index(one.secret.letters)] for one in parsed.questions]
    assert (right, parsed.questions[0].secret.explanation) == (["地球绕太阳", "水"], "想想")


def test_content_json_alone_is_told_by_its_parts() -> None:
    choice = {
        "question": "哪个？",
        "answers": answers(("甲", True), ("乙", False)),
        "behaviour": {"type": "auto"},
    }
    parsed = read_bank_file(json.dumps(choice).encode(), "content.json")
    assert (parsed.format, parsed.questions[0].secret.letters) == ("h5p", "A")
    whole = {"library": "H5P.TrueFalse 1.8", "params": {"params": {"question": "真？", "correct": "false"}}}
    assert read_bank_file(json.dumps(whole).encode(), "x.json").questions[0].secret.truth is False
    listed = {"questions": [item("H5P.Blanks", text="填", questions=["<p>水是*液体*</p>"])]}
    assert read_bank_file(json.dumps(listed).encode(), "set.json").questions[0].public.blanks == 1


def test_early_versions_keep_tips_and_media_without_a_layer_between() -> None:
    old = {"library": "H5P.Image 1.0", "params": {"file": {"path": "images/p.png"}}}
    entry = [{"text": "甲", "correct": True, "chosenFeedback": "对"}, {"text": "乙", "correct": False}]
    parsed = read(item("H5P.MultiChoice", question="q", answers=entry, media=old), p=png())
    assert (parsed.questions[0].public.picture, parsed.questions[0].secret.explanation) == (
        "images/p.png",
        "A. 对",
    )


def test_what_is_said_of_a_dragged_word_is_no_part_of_it() -> None:
    question = one(
        item(
            "H5P.DragText",
            taskDescription="拖",
            textField="水是*液体:看看\\\\+对\\\\-错*的，铁是*固体\\+对*的",
        )
    )
    assert [blank.accepted for blank in question.secret.blanks] == [("液体",), ("固体",)]
    assert question.secret.explanation == "1. 看看 对 错\n2. 对"


def test_damaged_json_is_refused_with_its_place() -> None:
    parsed = read_bank_file(packed(b'{"questions": [\n {"a" 1}]}'), "d.h5p")
    assert [(problem.code, problem.row) for problem in parsed.problems] == [("not-json", 2)]
    deep = read_bank_file(packed(b"[" * 200_000), "d.h5p")
    assert [problem.code for problem in deep.problems] == ["not-json"]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="a*:/<p>&;_", max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["question", "answers", "text", "correct", "behaviour", "type", "media", "params", "file", "path", "files",
                 "questions", "textField", "choices", "summaries", "summary", "content", "chapters", "keywords", "solution", "library", "distractors"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)  # fmt: skip
KINDS = ["MultiChoice", "TrueFalse", "Blanks", "DragText", "SingleChoiceSet", "Essay", "Other"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=60).map(packed),
        st.tuples(st.sampled_from(KINDS), ANY).map(
            lambda pair: packed({"questions": [{"library": f"H5P.{pair[0]} 1.1", "params": pair[1]}]})
        ),
        st.tuples(st.sampled_from(KINDS), ANY).map(lambda pair: packed(pair[1], f"H5P.{pair[0]}")),
        ANY.map(lambda value: packed({"questions": value})),
    )
)
def test_nothing_but_a_refusal_comes_out_of_any_content(content: bytes) -> None:
    try:
        result = read_h5p(content, "any.h5p", ReadOptions())
    except FileRefused:
        return
    assert len(result.questions) <= result.rows
    read_bank_file(content, "any.h5p")


def test_json_with_identities_of_h5p_is_told_whatever_its_name() -> None:
    content = {"choices": [{"subContentId": "1", "question": "<p>选</p>", "answers": ["甲", "乙"]}]}
    parsed = read_bank_file(json.dumps(content).encode(), "set.json")
    assert (parsed.format, parsed.questions[0].public.type) == ("h5p", QuestionType.SINGLE)
