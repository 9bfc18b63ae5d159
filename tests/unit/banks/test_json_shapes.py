"""JSON banks of other programs: each shape as a small file of its own (I01)."""

import json
from typing import Any

import pytest

from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.rules.schema import QuestionType

CALL = ["110", "119", "120", "122"]


def read(value: Any) -> Parsed:
    return read_bank_file(json.dumps(value, ensure_ascii=False, indent=1).encode(), "b.json")


def errors(parsed: Parsed) -> list[str]:
    return [problem.code for problem in parsed.problems if problem.is_error]


@pytest.mark.parametrize(
    "item",
    [
        {"question": "火警电话？", "options": CALL, "answer": 1, "id": "0"},
        {"title": "火警电话？", "options": {"A": "110", "B": "119", "C": "120", "D": "122"}, "answer": "B"},
        {"topic": "火警电话？", "options": "A.110;B.119;C.120;D.122", "answer": "B"},
        {"stem": "火警电话？", "options": [{"key": key, "value": text} for key, text in zip("ABCD", CALL, strict=True)], "answer": ["B"]},
        {"content": "火警电话？", "options": [{"text": text, "isCorrect": text == "119"} for text in CALL]},
        {"tigan": "火警电话？", "xuanxiang": CALL, "daan": "B", "tixing": "单选题"},
        {"title": "火警电话？", "0": "110", "1": "119", "2": "120", "3": "122", "right": "B"},
        {"question": "火警电话？", "optionA": "110", "optionB": "119", "optionC": "120", "optionD": "122", "correctAnswer": "optionB"},
        {"question": "火警电话？", "option1": "110", "option2": "119", "option3": "120", "option4": "122", "answer": "option2"},
        {"question": {"stem": "火警电话？", "choices": [{"text": text, "label": key} for key, text in zip("ABCD", CALL, strict=True)]}, "answerKey": "B"},
        {"question": "火警电话？", "choices": {"text": CALL, "label": list("ABCD")}, "answerKey": "B"},
        {"question": "火警电话？", "options": {key: {"text": text} for key, text in zip("ABCD", CALL, strict=True)}, "answer": {"value": "B", "text": "119"}},
        {"questionTitle": "火警电话？", "questionOptions": json.dumps(CALL), "rightAnswer": "B", "questionType": "1"},
        {"question": "火警电话？", "options": CALL, "label": "B", "answer": None},
        {"type": "multiple_choice", "question": "火警电话？", "options": CALL, "correctIndex": 1},
        {"type": "multiple", "question": "火警电话？", "correct_answer": "119", "incorrect_answers": ["110", "122", "120"]},
        {"q": "火警电话？", "opts": CALL, "ans": "B"},
    ],
)  # fmt: skip
def test_one_question_in_many_shapes(item: dict[str, Any]) -> None:
    second = {**item}
    if item.get("answer") == 1:  # Only a 0 elsewhere tells what a number counts from.
        second = {**item, "question": "报警电话？", "answer": 0}
    parsed = read([item, second] if second != item else [item])
    question = parsed.questions[0]
    assert errors(parsed) == []
    assert question.public.type == QuestionType.SINGLE
    assert (question.public.stem, question.public.options, question.secret.letters) == (
        "火警电话？", tuple(CALL), "B"
    )  # fmt: skip


def test_chapters_that_hold_their_questions_become_topics() -> None:
    question = {"question": "火警电话？", "options": CALL, "answer": "B"}
    other = {"question": "急救电话？", "options": CALL, "answer": "C"}
    nested = read(
        {
            "title": "题库",
            "chapters": [{"name": "第一章", "sections": [{"name": "第一节", "questions": [question]}]}],
        }
    )
    listed = read(
        [{"chapter": "第一章", "questions": [question]}, {"chapter": "第二章", "questions": [other]}]
    )
    keyed = read({"消防": [question], "急救": [other]})
    numbered = read({"1": question, "2": other})
    assert [item.topic for item in nested.questions] == ["第一章/第一节"]
    assert [item.topic for item in listed.questions] == ["第一章", "第二章"]
    assert [item.topic for item in keyed.questions] == ["消防", "急救"]
    assert [item.topic for item in numbered.questions] == ["", ""]
    lines = json.dumps([{"chapter": "第一章", "questions": [question]}, {"chapter": "第二章", "questions": [other]}],
                       ensure_ascii=False, indent=1).split("\n")  # fmt: skip
    for item in listed.questions:
        assert item.row is not None
        assert item.public.stem in "".join(lines[item.row - 1 : item.row + 1])


def test_lists_side_by_side_under_an_article_are_one_passage() -> None:
    parsed = read(
        [{"article": "着火时先报警。", "questions": ["火警？", "急救？"], "options": [["110", "119"], ["120", "122"]],
          "answers": ["B", "A"]}]
    )  # fmt: skip
    assert errors(parsed) == []
    assert parsed.questions[0].public.type == QuestionType.PASSAGE
    assert parsed.questions[0].public.stem == "着火时先报警。"
    assert [part.letters for part in parsed.questions[0].secret.parts] == ["B", "A"]


def test_a_text_that_one_question_asks_about_goes_before_its_stem() -> None:
    parsed = read(
        [{"passage": "甲厂昨日失火，值班员报警。", "question": "拨几号？", "options": CALL, "label": "B"}]
    )
    assert parsed.questions[0].public.stem == "甲厂昨日失火，值班员报警。\n拨几号？"


def test_lists_named_by_their_type_and_items_that_name_things_otherwise() -> None:
    parsed = read({"single": [{"q": "火警电话？", "opts": CALL, "ans": "B"}], "judge": [{"q": "先断电。", "ans": True}],
                   "multiple": [{"q": "灭火器？", "opts": ["干粉", "水", "泡沫"], "ans": [0, 2]}]})  # fmt: skip
    assert errors(parsed) == []
    assert [item.secret.letters or item.secret.truth for item in parsed.questions] == ["B", True, "AC"]
    mixed = read([{"题型": "单选题", "题干": "火警电话？", "选项": CALL, "答案": "B"}, {"题型": "判断题", "题目": "先断电。", "答案": "对"},
                  {"statement": "水能灭电火。", "isTrue": False}])  # fmt: skip
    assert errors(mixed) == []
    assert [item.secret.letters or item.secret.truth for item in mixed.questions] == ["B", True, False]


def test_numbers_in_one_text_count_options() -> None:
    parsed = read(
        [{"question": "灭火器？", "type": "multiple", "options": ["干粉", "水", "泡沫"], "answer": "0,2"}]
    )
    assert [item.secret.letters for item in parsed.questions] == ["AC"]
    assert [problem.code for problem in parsed.problems] == ["numbered-answers"]


def test_answers_in_braces_are_blanks() -> None:
    parsed = read([{"题型": "填空题", "题干": "火警{119}，急救{120}", "解析": "略"}])
    assert parsed.questions[0].public.stem == "火警____，急救____"
    assert [blank.accepted for blank in parsed.questions[0].secret.blanks] == [("119",), ("120",)]
    assert [problem.code for problem in parsed.problems] == ["type-guessed"]


def test_letters_without_options_are_no_verdict() -> None:
    parsed = read(
        [
            {"question": "火警电话？", "options": CALL, "answer": "B"},
            {"question": "急救电话？", "answer": "B"},
        ]
    )
    assert errors(parsed) == ["too-few-options"]
    assert parsed.problems[-1].row == 12


@pytest.mark.parametrize(
    "text",
    [
        'const bank = [{"question": "先断电。", "answer": true}];\n',
        'export default [{"question": "先断电。", "answer": true}]',
        '{"question": "先断电。", "answer": true},\n{"question": "后断电。", "answer": false},\n',
        '[{"question": "先断电。", "answer": true},]',
    ],
)
def test_lists_that_are_nearly_json(text: str) -> None:
    parsed = read_bank_file(text.encode(), "b.json")
    assert errors(parsed) == []
    assert parsed.questions[0].secret.truth is True


@pytest.mark.parametrize(
    "text", ["const x = 1;", "const bank = [", '{"question": "先断电。"},,', "[[[[", "{}{}", "var a={"]
)
def test_what_is_no_list_is_refused(text: str) -> None:
    parsed = read_bank_file(text.encode(), "b.json")
    assert parsed.questions == ()
    assert errors(parsed)
