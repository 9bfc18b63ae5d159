"""The mapping of a file: one schema for the web and the command line, each entry with its effect."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.tables import book, csv_file
from webapp.banks.errors import FileRefused
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.mapping import answered, undecided
from webapp.banks.formats.options import KEYS, ReadOptions, options_from, parse_options
from webapp.banks.formats.shape import Shape
from webapp.banks.rules.schema import Difficulty, QuestionType

ODD = ["甲", "乙", "丙", "丁", "戊"]


def read(content: bytes, name: str, mapping: dict[str, Any] | None = None) -> Parsed:
    return read_bank_file(content, name, options_from(mapping or {}))


def codes(parsed: Parsed) -> set[str]:
    return {problem.code for problem in parsed.problems}


def test_columns_that_nobody_can_guess_are_named_options_and_marks_too() -> None:
    content = csv_file(["先做什么？", "验电", "合闸", "A", "2.5"], head=ODD)
    refused = read(content, "b.csv")
    assert codes(refused) == {"no-table"}
    assert [column.title for column in refused.shape.columns.values()] == ODD
    assert refused.shape.columns["甲"].samples == ("先做什么？",)
    assert undecided(refused.shape, ReadOptions()) == ("columns",)
    columns = {"stem": "甲", "option:A": "乙", "option:B": "丙", "answer": "丁", "mark": "戊"}
    (question,) = read(content, "b.csv", {"columns": columns}).questions
    assert (question.public.options, question.secret.letters, str(question.mark)) == (
        ("验电", "合闸"),
        "A",
        "2.5",
    )


def test_blanks_and_shares_of_options_are_named_as_columns() -> None:
    blanks = csv_file(["填空题", "____在前，____在后", "验电", "合闸"], head=["题型", "题干", "一号", "二号"])
    (fill,) = read(blanks, "b.csv", {"columns": {"blank:1": "一号", "blank:2": "二号"}}).questions
    assert [blank.accepted for blank in fill.secret.blanks] == [("验电",), ("合闸",)]
    shares = csv_file(
        ["单选题", "先做什么？", "合闸", "验电", "0", "100"],
        head=["题型", "题干", "选项A", "选项B", "甲分", "乙分"],
    )
    (single,) = read(shares, "b.csv", {"columns": {"share:1": "甲分", "share:2": "乙分"}}).questions
    assert single.secret.letters == "B"


def test_the_word_of_the_person_goes_before_what_a_heading_suggests() -> None:
    content = csv_file(["旧的", "新的？", "对", "注"], head=["题目", "正文", "答案", "解析"])
    (question,) = read(content, "b.csv", {"columns": {"stem": "正文"}, "ignored": ["解析"]}).questions
    assert (question.public.stem, question.secret.explanation) == ("新的？", "")


def test_names_of_types_and_difficulties_are_mapped_and_rows_left_out_are_listed() -> None:
    head = ["题型", "题干", "选项A", "选项B", "正确答案", "难度"]
    content = csv_file(
        ["A类题", "先做什么？", "验电", "合闸", "A", "三星"], ["说明", "看下面", "", "", "", ""], head=head
    )
    untold = read(content, "b.csv")
    assert untold.shape.unknown_types == ["A类题", "说明"]
    assert untold.shape.unknown_difficulties == []  # The row was refused before its difficulty was read.
    told = read(
        content, "b.csv", {"types": {"A类题": "single", "说明": "skip"}, "difficulties": {"三星": "hard"}}
    )
    assert (told.rows, told.error_count, told.problem_count) == (1, 0, 0)
    assert told.questions[0].difficulty == Difficulty.HARD
    assert any(item.why.params.get("type") == "说明" for item in told.skipped)
    assert undecided(told.shape, options_from({"types": {"A类题": "single", "说明": "skip"}})) == (
        "difficulties",
    )


def test_a_fill_in_that_fits_by_two_signs_is_assumed_with_a_warning_until_somebody_says() -> None:
    content = csv_file(["填空题", "先____，后____", "", "", "", "验电|检电;合闸", ""])
    assumed = read(content, "b.csv")
    assert codes(assumed) == {"signs-assumed"}
    assert undecided(assumed.shape, ReadOptions()) == ("signs",)
    assert [blank.accepted for blank in assumed.questions[0].secret.blanks] == [("验电",), ("检电", "合闸")]
    told = read(content, "b.csv", {"between_blanks": ";", "alternatives": "|"})
    assert [blank.accepted for blank in told.questions[0].secret.blanks] == [("验电", "检电"), ("合闸",)]
    assert told.problem_count == 0
    assert undecided(told.shape, ReadOptions()) == ()


def test_options_of_one_cell_that_divide_in_two_ways_are_assumed_with_a_warning() -> None:
    head = ["题型", "题干", "选项", "答案"]
    content = csv_file(["单选题", "先做什么？", "A. 停电；验电 B. 合闸；送电", "A"], head=head)
    assumed = read(content, "b.csv")
    assert "signs-assumed" in codes(assumed)
    told = read(content, "b.csv", {"between_options": "labels"})
    assert told.questions[0].public.options == ("停电；验电", "合闸；送电")
    assert "signs-assumed" not in codes(told)
    by_sign = csv_file(["单选题", "先做什么？", "验电&合闸&离开", "C"], head=head)
    assert read(by_sign, "b.csv").questions == ()
    (question,) = read(by_sign, "b.csv", {"between_options": "&"}).questions
    assert question.public.options == ("验电", "合闸", "离开")


def test_right_options_are_divided_at_the_sign_that_was_said() -> None:
    content = csv_file(["多选题", "哪些？", "验电", "挂牌", "离开", "A~B", ""])
    untold = read(content, "b.csv")
    assert "answer-unreadable" in codes(untold)
    assert undecided(untold.shape, ReadOptions()) == ("signs",)
    assert read(content, "b.csv", {"between_answers": "~"}).questions[0].secret.letters == "AB"


def test_answers_in_numbers_count_from_what_was_said() -> None:
    content = csv_file(["单选题", "先做什么？", "验电", "合闸", "离开", "1", ""])
    assumed = read(content, "b.csv")
    assert (assumed.questions[0].secret.letters, codes(assumed)) == ("A", {"numbered-answers"})
    told = read(content, "b.csv", {"first_option": 0})
    assert (told.questions[0].secret.letters, codes(told)) == ("B", set())


def test_keys_of_json_are_told_by_their_names() -> None:
    items = [{"x1": "先做什么？", "x2": ["验电", "合闸"], "x3": 1, "x4": "Q9", "x5": "停电"}]
    content = json.dumps(items).encode()
    refused = read(content, "b.json")
    assert [column.title for column in refused.shape.columns.values()] == ["x1", "x2", "x3", "x4", "x5"]
    columns = {"stem": "x1", "options": "x2", "answer": "x3", "type": "x4", "topic": "x5"}
    told = read(content, "b.json", {"columns": columns, "types": {"Q9": "single"}, "first_option": 0})
    (question,) = told.questions
    assert (question.public.type, question.secret.letters, question.topic) == (
        QuestionType.SINGLE,
        "B",
        "停电",
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('kolumns = "x"', "kolumns"),
        ('[columns]\nstern = "Q"', "stern"),
        ('[columns]\n"option:Ω" = "Q"', "option:Ω"),
        ("[columns]\nstem = 3", "columns.stem"),
        ("columns = 3", "columns"),
        ('[types]\n"A" = "sing"', "sing"),
        ('[difficulties]\n"A" = "very"', "very"),
        ("ignored = 3", "ignored"),
        ("first_option = 2", "first_option"),
        ("first_option = true", "first_option"),
        ('between_blanks = "more than six"', "between_blanks"),
    ],
)
def test_what_a_mapping_file_says_wrongly_is_refused_by_its_name(text: str, named: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        parse_options(text, "map.toml")
    assert refusal.value.problem.reason.params["key"] == named


def test_what_is_said_comes_back_as_the_same_mapping() -> None:
    said = {
        "columns": {"stem": "甲"}, "types": {"A*": "skip"}, "difficulties": {"三": "hard"}, "ignored": ["注"],
        "between_blanks": ";", "alternatives": "|", "between_options": "\n", "between_answers": "&",
        "first_option": 0,
    }  # fmt: skip
    assert set(said) == set(KEYS)
    assert options_from(said).said() == said
    assert ReadOptions().said() == {}


def shape() -> Shape:
    return read(book({"题": [["类型", "题目", "答案"], ["怪题", "水能灭电火。", "错"]]}), "b.xlsx").shape


def test_a_form_keeps_only_what_differs_from_the_file_itself() -> None:
    untouched = {"column:0": "type", "column:1": "stem", "column:2": "answer", "type:怪题": ""}
    assert answered(untouched, shape(), ReadOptions()).said() == {}
    fields = untouched | {"type:怪题": "true_false", "column:0": "topic", "column:2": ""}
    assert answered(fields, shape(), ReadOptions()).said() == {
        "columns": {"topic": "类型"},
        "ignored": ["答案"],
        "types": {"怪题": "true_false"},
    }


def test_what_a_form_does_not_ask_stays_as_it_was_said() -> None:
    before = options_from({"columns": {"topic": "类型"}, "between_blanks": "#"})
    found = answered({"type:怪题": "fill"}, shape(), before)
    assert found.said() == {"columns": {"topic": "类型"}, "between_blanks": "#", "types": {"怪题": "fill"}}


FIELDS = st.one_of(
    st.sampled_from(
        ["column:0", "column:9", "column:-1", "column:", "type:怪题", "type:", "difficulty:x", "map", "first_option",
         "between_blanks", "between_options", "csrf_token"]
    ),
    st.text(max_size=12),
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["", "stem", "answer", "option:A", "blank:99", "single", "skip", "0", "9", "\x00"]),
    st.text(max_size=9),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(FIELDS, VALUES, max_size=6))
def test_any_form_is_a_mapping_or_is_refused_by_name(fields: dict[str, str]) -> None:
    try:
        found = answered(fields, SHAPE, ReadOptions())
    except FileRefused:
        return
    assert (
        read_bank_file(csv_file(["单选题", "题", "甲", "乙", "", "A", ""]), "b.csv", found).said
        == found.said()
    )


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=5)), ANYTHING, max_size=4))
def test_any_table_is_a_mapping_or_is_refused_by_name(data: dict[str, Any]) -> None:
    try:
        found = options_from(data)
    except FileRefused:
        return
    assert options_from(found.said()).said() == found.said()


SHAPE = shape()
