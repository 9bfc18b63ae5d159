"""Pasted Chinese texts as people and exam systems write them: each shape by itself (I01)."""

from typing import Any

import pytest

from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.rules.schema import QuestionType

TWO = "1. 火警电话是\nA. 110\nB. 119\n2. 急救电话是\nA. 119\nB. 120\n3. 报警电话是\nA. 110\nB. 122\n"


def read(text: str) -> Parsed:
    return read_bank_file(text.encode(), "卷.txt")


def keys(parsed: Parsed) -> list[Any]:
    found = []
    for question in parsed.questions:
        secret = question.secret
        blanks = [list(blank.accepted) for blank in secret.blanks]
        found.append(
            secret.letters or (secret.truth if secret.truth is not None else blanks or secret.reference)
        )
    return found


def errors(parsed: Parsed) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.row) for problem in parsed.problems if problem.is_error]


@pytest.mark.parametrize(
    "key",
    [
        "参考答案 1-3 BBA",
        "答案：1-2：BB；3：A",
        "参考答案：\n1.【答案】B。解析：全国统一。\n2.【答案】B\n【解析】医疗急救。\n3、A\n解析：公安",
        "答案与解析\n1、B\n全国统一。\n2、B 医疗急救。\n3、【正确答案】A\n【答案解析】公安",
        "题号 1 2 3\n答案 B B A",
        "| 题号 | 1 | 2 | 3 |\n|---|---|---|---|\n| 答案 | B | B | A |",
        "【参考答案】1.B 2.B 3.A",
    ],
)
def test_keys_at_the_end_in_their_forms(key: str) -> None:
    parsed = read(TWO + key + "\n")
    assert (errors(parsed), keys(parsed)) == ([], ["B", "B", "A"])
    if "解析" in key:
        explanations = [question.secret.explanation.rstrip("。") for question in parsed.questions]
        assert explanations == ["全国统一", "医疗急救", "公安"]


def test_a_key_that_does_not_fit_is_named_not_guessed() -> None:
    parsed = read(TWO + "参考答案 1-4 BBA\n")
    assert [code for code, _ in errors(parsed)] == ["no-answer"] * 3
    assert [(problem.code, problem.row) for problem in parsed.problems if not problem.is_error] == [
        ("lost-answers", 10)
    ]


def test_markdown_signs_are_no_text() -> None:
    parsed = read(
        "# 小测\n\n## 一、单项选择题（每题 6 分，共 6 分）\n\n### 1. 火警电话是？（6分）\n\n- A. 110\n- B. 119\n> 答案：B\n> 解析：全国统一。\n\n---\n\n"
        "## 二、判断题\n\n**1. 先断电。**\n\n**答案：** √\n"
    )
    assert (errors(parsed), keys(parsed)) == ([], ["B", True])
    first = parsed.questions[0]
    assert (first.public.stem, first.public.options, str(first.mark)) == ("火警电话是？", ("110", "119"), "6")
    assert (first.secret.explanation, first.row) == ("全国统一。", 5)


def test_what_a_learning_site_prints_of_an_attempt() -> None:
    parsed = read(
        "一. 单选题（共1题，5分）\n1. (单选题, 5分)火警电话是( )\nA. 110\nB. 119\n我的答案: A:110;正确答案: B:119;\n0分\n答案解析：\n全国统一\n"
        "二. 判断题（共1题，5分）\n2. (判断题, 5分)先断电。\nA. 对\nB. 错\n我的答案: 错正确答案: 对\n5分\n"
        "三. 填空题（共1题）\n3. (填空题, 2.5分)火警____，急救____。\n我的答案：\n(1) 110\n(2) 120\n正确答案：\n(1) 119\n(2) 120\n2分\n"
    )
    assert (errors(parsed), keys(parsed)) == ([], ["B", True, [["119"], ["120"]]])
    assert [str(question.mark) for question in parsed.questions] == ["5", "5", "2.5"]
    assert [question.secret.explanation for question in parsed.questions] == ["全国统一", "", ""]


def test_what_a_learner_answered_is_kept_where_nothing_says_what_is_right() -> None:
    parsed = read("1. (填空题)火警电话是____。\n我的答案：\n119\n2. 急救电话是____。\n答案：120\n")
    assert errors(parsed) == [("no-answer", 1)]


def test_answers_that_stand_before_their_number() -> None:
    parsed = read(
        "一、判断题\n（√）1. 先断电。\n（ × ）2. 水能灭电火。\n(  )3. 后断电。\n二、选择题\n( B )1. 火警电话是\nA. 110\nB. 119\n"
    )
    assert (errors(parsed), keys(parsed)) == ([("no-answer", 4)], [True, False, "B"])
    assert [question.public.stem for question in parsed.questions] == [
        "先断电。",
        "水能灭电火。",
        "火警电话是（ ）",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1. 火警电话是（ ）\na. 110\nb. 119\nc. 120\n答案：b\n",
        "1. 火警电话是（ ）\n(a) 110 (b) 119 (c) 120\n答案：b\n",
        "1、火警电话是（ B ）A、110B、119C、120\n",
        "1、火警电话是（ B ）\nA:110;B:119;C:120\n",
        "【第1题】火警电话是（ ）\nA．110\nB．119\nC．120\n【答案】B\n",
        "题目1：火警电话是（ ）\nA．110\nB．119\nC．120\n正确答案为：B\n",
        "1.【单选】火警电话是（ ）\nA．110　B．119　C．120\n【参考答案】：B\n",
        "1. 单选题：火警电话是（ ）\nA. 110\nB. 119\nC. 120\n试题答案：B（119）\n",
        "1. 火警电话是（ B ）\nA. 110\nB. 119\nC. 120\n答案：B\n",
    ],
)
def test_one_single_choice_in_many_hands(text: str) -> None:
    parsed = read(text)
    assert (errors(parsed), keys(parsed)) == ([], ["B"])
    question = parsed.questions[0]
    assert question.public.type == QuestionType.SINGLE
    assert (question.public.stem, question.public.options) == ("火警电话是（ ）", ("110", "119", "120"))


def test_a_verdict_in_the_stem_of_an_answered_question_leaves_it() -> None:
    parsed = read("1. 先断电。（√）\n答案：对\n2. 后断电。（√）\n答案：错\n")
    assert [question.public.stem for question in parsed.questions] == ["先断电。", "后断电。（√）"]


def test_fields_behind_an_answer() -> None:
    parsed = read(
        "第一章 消防\n第一节 报警\n1. 火警电话是（ ）\nA. 110 B. 119\n答案：B\n答案说明：全国统一\n标签：电话、消防\n难度系数：0.2\n"
        "2. 怎样报警？\n答案要点：（1）地点；\n（2）火势。\n关键词：地点、火势\n"
    )
    assert errors(parsed) == []
    first, second = parsed.questions
    assert (first.secret.explanation, first.tags, first.difficulty.value) == (
        "全国统一",
        ("电话", "消防"),
        "easy",
    )
    assert first.topic == "第一章 消防/第一节 报警"
    assert (second.secret.reference, second.secret.keywords) == ("（1）地点；\n（2）火势。", ("地点", "火势"))


@pytest.mark.parametrize(
    "options",
    ["A. 110\n*B. 119\nC. 120\n", "A. 110\n√B. 119\nC. 120\n", "A. 110\nB. 119（√）\nC. 120\n", "A. 110\nB. 119 √\nC. 120\n",
     "A. 110\nB. 119(正确答案)\nC. 120\n", "A. 110\nB. 119\nC. 120\n（答案：B）\n", "A. 110\nB. 119\nC. 120\n选B\n"],
)  # fmt: skip
def test_right_options_that_are_marked_themselves(options: str) -> None:
    parsed = read(f"1. 火警电话是\n{options}2. 急救电话是\nA. 119\nB. 120\n答案：B\n")
    assert (errors(parsed), keys(parsed)) == ([], ["B", "B"])
    assert parsed.questions[0].public.options == ("110", "119", "120")


@pytest.mark.parametrize("number", ["", "1. "])
def test_what_a_survey_site_prints(number: str) -> None:
    parsed = read(
        f"{number}火警电话是？[单选题]\n110\n119(正确答案)\n120\n\n{number.replace('1', '2')}灭火器有？ [多选题] *\n干粉(正确答案)\n水\n泡沫(正确答案)\n\n"
        f"{number.replace('1', '3')}先断电。[判断题]\n对(正确答案)\n错\n"
    )
    assert (errors(parsed), keys(parsed)) == ([], ["B", "AC", True])
    assert parsed.questions[1].public.options == ("干粉", "水", "泡沫")
    assert [question.row for question in parsed.questions] == [1, 6, 11]


def test_verdicts_at_the_end_of_the_line_and_roman_headings() -> None:
    parsed = read(
        "Ⅰ. 判断题\n1、先断电。对\n2、水能灭电火。 ×\n3、面对错误\nⅡ. 单选题\n1. 火警电话是（B）\nA. 110\nB. 119\n"
    )
    assert (errors(parsed), keys(parsed)) == ([("no-answer", 4)], [True, False, "B"])
    assert parsed.questions[0].public.stem == "先断电。"


@pytest.mark.parametrize(
    "text",
    [
        "【单选】1. 火警电话（ ）\nA. 110\nB. 119\n【答案】B\n【多选】2. 灭火器（ ）\nA. 干粉\nB. 水\nC. 泡沫\n【答案】AC\n",
        "题目：火警电话（ ）\n选项：\nA. 110\nB. 119\n答案：B\n\n题目：灭火器（ ）\n选项：A. 干粉 B. 水 C. 泡沫\n答案：AC\n",
        "题型：单选题\n题干：火警电话（ ）\nA：110\nB：119\n答案：B\n\n题型：多选题\n题干：灭火器（ ）\nA：干粉\nB：水\nC：泡沫\n答案：AC\n",
        "1. 火警电话（ ）A. 110；B. 119 答案：B 解析：略\n2. 灭火器（ ）A. 干粉；B. 水；C. 泡沫 答案：AC\n",
    ],
)
def test_types_and_fields_before_the_stem(text: str) -> None:
    parsed = read(text)
    assert (errors(parsed), keys(parsed)) == ([], ["B", "AC"])
    assert [question.public.stem for question in parsed.questions] == ["火警电话（ ）", "灭火器（ ）"]
    assert [question.public.options for question in parsed.questions] == [
        ("110", "119"),
        ("干粉", "水", "泡沫"),
    ]
