"""JSON banks: our own with its places, and those of others in the shapes that programs write."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.tables import zipped
from tests.unit.banks.test_third_party import DATA
from webapp.banks.errors import FileRefused
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.json_bank import read_json
from webapp.banks.formats.json_values import literal_of
from webapp.banks.formats.options import ReadOptions
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import QuestionType

STEM = "发现有人触电，首先应当做什么？"
TEXTS = ["用手拉开触电者", "切断电源", "立即心肺复苏"]
ONE = {"question": STEM, "options": TEXTS, "answer": "B"}


def read(value: Any, name: str = "bank.json", options: ReadOptions | None = None) -> Parsed:
    return read_bank_file(json.dumps(value, ensure_ascii=False).encode(), name, options)


def codes(parsed: Parsed) -> list[str]:
    return [problem.code for problem in parsed.problems if problem.code != "no-type-column"]


@pytest.mark.parametrize(
    "options",
    [
        TEXTS,
        [f"{letter}. {text}" for letter, text in zip("ABC", TEXTS, strict=True)],
        dict(zip("ABC", TEXTS, strict=True)),
        dict(zip("abc", TEXTS, strict=True)),
        str(dict(zip("ABC", TEXTS, strict=True))),
        json.dumps(TEXTS, ensure_ascii=False),
        "A. 用手拉开触电者 B. 切断电源 C. 立即心肺复苏",
        "用手拉开触电者**切断电源**立即心肺复苏",
        [{"key": letter, "text": text} for letter, text in zip("ABC", TEXTS, strict=True)],
        [{letter: text} for letter, text in zip("ABC", TEXTS, strict=True)],
    ],
)
@pytest.mark.parametrize("answer", ["B", "b", " B ", ["B"], "['B']", "切断电源", ["切断电源"]])
def test_options_and_answers_are_read_in_every_shape(options: Any, answer: Any) -> None:
    parsed = read([{"question ": STEM, "options": options, "answer ": answer}])
    assert codes(parsed) == []
    question = parsed.questions[0]
    assert (question.public.stem, question.public.options) == (STEM, tuple(TEXTS))
    assert (question.public.type, question.secret.letters) == (QuestionType.SINGLE, "B")


@pytest.mark.parametrize(("answers", "letters", "base"), [([0, 1, 2], "ABC", 0), ([1, 2, 3], "ABC", 1)])
def test_numbers_count_from_what_the_whole_file_shows(answers: list[int], letters: str, base: int) -> None:
    for kind in (int, str):
        parsed = read([{**ONE, "question": f"{STEM}{n}", "answer": kind(n)} for n in answers])
        assert "".join(question.secret.letters for question in parsed.questions) == letters
        assert [problem.reason.params.get("base") for problem in parsed.problems if problem.code == "numbered-answers"] == [base]  # fmt: skip


def test_options_may_say_themselves_which_is_right() -> None:
    options = [{"text": text, "isCorrect": index != 1} for index, text in enumerate(TEXTS)]
    question = read([{"title": STEM, "answers": options}]).questions[0]
    assert (question.public.type, question.secret.letters) == (QuestionType.MULTIPLE, "AC")


def test_options_of_their_own_keys_and_types_by_name() -> None:
    rows = [
        {"type": "multiple_choice", "content": STEM, "optionA": "甲", "option_b": "乙", "option C": "丙", "answer": "AC"},
        {"type": "true_false", "content": "湿手可以操作开关。", "answer": False},
        {"type": "judge", "content": "灭火器应当定期检查。", "answer": "T"},
        {"type": "fill_blank", "content": "方针是____第一、____为主。", "answer": ["安全", "预防"]},
        {"type": "简答题", "content": "简述停电步骤。", "answer": "停电、验电、接地、挂牌"},
        {"type": "数值题", "content": "12 V、4 A，电阻为多少欧？", "answer": 3},
    ]  # fmt: skip
    parsed = read({"code": 0, "data": {"list": rows}})
    assert codes(parsed) == []
    assert [question.public.type.value for question in parsed.questions] == [
        "multiple", "true_false", "true_false", "fill", "essay", "numeric",
    ]  # fmt: skip
    assert parsed.questions[0].secret.letters == "AC"
    assert [question.secret.truth for question in parsed.questions[1:3]] == [False, True]
    assert [blank.accepted for blank in parsed.questions[3].secret.blanks] == [("安全",), ("预防",)]


def test_lists_by_type_and_objects_by_number_are_found() -> None:
    parsed = read({"single": [ONE], "multiple": [{**ONE, "question": "哪些？", "answer": "BC"}]})
    assert [question.public.type.value for question in parsed.questions] == ["single", "multiple"]
    assert len(read({"1": ONE, "2": {**ONE, "question": "又如何？"}}).questions) == 2
    assert len(read(ONE).questions) == 1


def test_each_item_has_its_line_or_its_number() -> None:
    bad = {**ONE, "question": "坏题？", "answer": "F"}
    text = "[\n" + ",\n".join(json.dumps(item, ensure_ascii=False) for item in (ONE, bad)) + "\n]"
    parsed = read_bank_file(text.encode(), "b.json")
    assert [(problem.row, problem.column) for problem in parsed.problems if problem.is_error] == [
        (3, "answer")
    ]
    assert [question.row for question in parsed.questions] == [2]
    parsed = read([ONE, bad])
    assert [problem.row for problem in parsed.problems if problem.is_error] == [2]


def test_a_broken_line_of_json_lines_does_not_stop_the_others() -> None:
    lines = [json.dumps({**ONE, "question": f"题{n}？"}, ensure_ascii=False) for n in range(3)]
    text = "\n".join([lines[0], '{"question": ', lines[1], "", lines[2]])
    parsed = read_bank_file(text.encode(), "bank.jsonl")
    assert (len(parsed.questions), parsed.rows) == (3, 4)
    assert [(problem.code, problem.row) for problem in parsed.problems if problem.is_error] == [
        ("not-json", 2)
    ]


def test_keys_are_taken_from_the_mapping_or_assumed_with_a_warning() -> None:
    rows = [{"甲": f"{STEM}{n}", "A": "一", "B": "二", "乙": "AB"[n % 2]} for n in range(4)]
    assumed = read(rows)
    assert Counter(codes(assumed)) == {"column-assumed": 2}
    told = read(rows, options=ReadOptions({"stem": "甲", "answer": "乙"}))
    assert codes(told) == []
    assert [question.secret.letters for question in told.questions] == list("ABAB")


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b'[{"question": "a",}]', "not-json", 1),
        (b'[\n{"question": 1\n"a": 2}]', "not-json", 3),
        (b'{"a": 1} x', "not-json", 1),
        (b'{"rows": [{"a": 1, "b": 2}]}', "no-questions", None),
        (b"[]", "no-questions", None),
        (b"[" * 100_000, "not-json", 1),
        (b'{"a":' * 100_000, "not-json", 1),
        (b'[{"question": ' + b"1" * 9000 + b"}]", "not-json", 1),
        (b'{"format": "jiangsai-bank", "code": "b", "title": "t"}', "no-questions", 1),
    ],
)
def test_what_is_no_bank_is_said_with_its_place(content: bytes, code: str, row: int | None) -> None:
    parsed = read_bank_file(content, "bank.json")
    assert [(problem.code, problem.row) for problem in parsed.problems] == [(code, row)]


def test_our_own_bank_names_the_place_of_each_defect() -> None:
    questions = [
        {"key": "a", "type": "single", "stem": STEM, "options": TEXTS, "answer": "B", "topic": "t"},
        {"key": "b", "type": "matching", "stem": "配对", "items": ["一", "二"], "options": ["甲"], "answer": ["A"]},
        {"key": "c", "type": "numeric", "stem": "多少？", "answer": "很多"},
        {"key": "d", "type": "riddle", "stem": "谜？"},
        {"key": "e", "type": "passage", "stem": "材料", "parts": [{"type": "single", "stem": "问", "options": ["甲", "乙"], "answer": "C"}]},
        {"key": "f", "type": "essay", "stem": "述", "points": 3},
    ]  # fmt: skip
    bank = {
        "format": "jiangsai-bank",
        "schema": 1,
        "code": "b",
        "title": {"zh": "库"},
        "questions": questions,
    }
    parsed = read(bank)
    assert [question.key for question in parsed.questions] == ["a"]
    assert parsed.head is not None
    assert parsed.head.title_zh == "库"
    found = {(problem.code, problem.row) for problem in parsed.problems if problem.is_error}
    assert found == {
        ("answer-incomplete", 2), ("answer-form", 3), ("unknown-type", 4), ("answer-beyond-options", 5), ("unknown-key", 6),
    }  # fmt: skip
    assert parsed.rows == 6


def test_a_json_bank_may_lie_in_a_zip() -> None:
    content = json.dumps([ONE], ensure_ascii=False).encode()
    assert len(read_bank_file(zipped({"题库/bank.json": content}), "b.zip").questions) == 1


@pytest.mark.parametrize(
    "text",
    ["{'A': __import__('os').getcwd()}", "{'A': open('x')}", "[" * 500 + "]" * 500, "{" + "1," * 30_000 + "}", "{'A': 1"],
)  # fmt: skip
def test_a_text_that_is_no_plain_value_is_never_run(text: str) -> None:
    assert literal_of(text) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text("AB甲[]{}':,\"\\ \n", max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["question", "options", "answer ", "type", "A", "B", "text", "right"]), inner
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(values, st.sampled_from(["", "[", "}"]))
def test_no_json_raises(value: Any, tail: str) -> None:
    content = (json.dumps(value, ensure_ascii=False) + tail).encode()
    try:
        read_json(content, "x.json", ReadOptions())
    except FileRefused:
        return


own = st.fixed_dictionaries(
    {"type": st.sampled_from([*QuestionType, "x"])},
    optional=dict.fromkeys(("key", "stem", "options", "items", "choices", "answer", "weights", "tolerance", "partial", "patterns", "fill_rules", "parts", "reference", "keywords", "mark", "tags", "difficulty", "topic"), values),
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(own, max_size=3), values)
def test_no_bank_of_our_own_raises(questions: list[Any], topics: Any) -> None:
    parsed = read(
        {"format": "jiangsai-bank", "code": "b", "title": "t", "topics": topics, "questions": questions}
    )
    for question in parsed.questions:
        assert [problem for problem in check_question(question) if problem.is_error] == []


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.text("[]{}:,\"'A1 \n\\u", max_size=40).map(str.encode))
def test_no_bytes_raise(content: bytes) -> None:
    try:
        read_json(content, "x.json", ReadOptions())
    except FileRefused:
        return


@pytest.mark.skipif(not DATA.exists(), reason="third-party test data is not here")
def test_cflue_gives_what_its_readme_says() -> None:
    parsed = read_bank_file(
        (DATA / "banks/cflue/knowledge_subset.json").read_bytes(), "knowledge_subset.json"
    )
    assert (parsed.format, parsed.error_count, parsed.rows) == ("json", 0, 745)
    types = Counter(question.public.type.value for question in parsed.questions)
    assert types == {"single": 338, "multiple": 230, "true_false": 177}
    found = Counter(problem.code for problem in parsed.problems)
    assert found["multiple-with-one"] == 2
    assert set(found) <= {"multiple-with-one", "all-right"}
    assert sum(not question.secret.explanation for question in parsed.questions) == 78
    truths = [question for question in parsed.questions if question.public.type == QuestionType.TRUE_FALSE]
    assert all(question.secret.truth is not None and not question.public.options for question in truths)
    assert {len(question.public.options) for question in parsed.questions} == {0, 3, 4, 5}


@pytest.mark.skipif(not DATA.exists(), reason="third-party test data is not here")
def test_certificates_of_cflue_become_topics_by_a_mapping() -> None:
    content = (DATA / "banks/cflue/knowledge_subset.json").read_bytes()
    parsed = read_bank_file(content, "k.json", ReadOptions({"topic": "名称"}))
    found = Counter((question.topic, question.public.type.value) for question in parsed.questions)
    assert found == {
        ("反假货币知识", "single"): 22, ("反假货币知识", "multiple"): 19, ("反假货币知识", "true_false"): 19,
        ("期货从业资格", "single"): 96, ("期货从业资格", "multiple"): 75, ("期货从业资格", "true_false"): 61,
        ("银行初级资格", "single"): 220, ("银行初级资格", "multiple"): 136, ("银行初级资格", "true_false"): 97,
    }  # fmt: skip
    warned = [problem.row for problem in parsed.problems if problem.code == "multiple-with-one"]
    topics = {question.row: question.topic for question in parsed.questions}
    assert [topics[row] for row in warned] == ["期货从业资格"] * 2
