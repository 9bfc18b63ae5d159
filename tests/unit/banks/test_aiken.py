"""Aiken files: good ones, every defect with its line, and a file of another system."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.banks.third_party import third_party
from webapp.banks.errors import FileRefused
from webapp.banks.formats.aiken import read_aiken
from webapp.banks.formats.detect import detect
from webapp.banks.formats.files import read_bank_file
from webapp.banks.formats.options import ReadOptions

GOOD = "火警电话是：\nA) 110\nB. 119\nC)120\nANSWER: B\n"


def errors(text: str) -> list[tuple[str, int | None]]:
    result = read_aiken(text.encode(), "a.txt", ReadOptions())
    return [(problem.code, problem.row) for problem in result.problems]


def test_a_question_without_a_last_line_end() -> None:
    parsed = read_bank_file(GOOD.rstrip().encode(), "a.txt")
    (question,) = parsed.questions
    assert (parsed.format, parsed.problems) == ("aiken", ())
    assert (question.public.stem, question.public.options) == ("火警电话是：", ("110", "119", "120"))
    assert (question.public.type.value, question.secret.letters, question.row) == ("single", "B", 1)


def test_only_the_first_letter_of_an_answer_counts() -> None:
    result = read_aiken(GOOD.replace("ANSWER: B", "ANSWER: Because").encode(), "a.txt", ReadOptions())
    assert result.questions[0].secret.letters == "B"


@pytest.mark.parametrize(
    ("bad", "wanted"),
    [
        ("题\nA) x\nANSWER: A\n", ("too-few-options", 8)),
        ("A) x\nB) y\nANSWER: A\n", ("no-stem", 7)),
        ("ANSWER: A\n", ("no-stem", 7)),
        ("题\nA) x\nB) y\n另一题没有答案\n", ("no-answer", 7)),
        ("题\nA) x\nB) y\nANSWER: C\n", ("answer-beyond-options", 10)),
        ("题\nA) x\nB) y\nANSWER:\n", ("no-answer", 10)),
        ("题\nA) x\nC) y\nANSWER: C\n", ("labels", 10)),
        ("题\n下一行\nA) x\nB) y\nANSWER: A\n", ("no-answer", 8)),
    ],
)
def test_every_defect_has_its_line_and_stops_no_other_question(bad: str, wanted: tuple[str, int]) -> None:
    # The good question fills lines 1 to 5; the damaged one begins in line 7.
    text = f"{GOOD}\n{bad}\n{GOOD.replace('火警', '匪警')}"
    found = errors(text)
    if "另一题" in bad:
        found = found[:1]
    if wanted[0] == "too-few-options":
        wanted = ("too-few-options", 9)
    assert found == [wanted]
    result = read_aiken(text.encode(), "a.txt", ReadOptions())
    assert {question.public.stem for question in result.questions} >= {"火警电话是："}
    assert result.rows == len(result.questions) + 1 + ("另一题" in bad)


def test_a_file_that_ends_too_early_says_so() -> None:
    assert errors(GOOD + "\n最后一题\nA) x\nB) y") == [("no-answer", 7)]


def test_the_file_of_moodle_keeps_html_signs_as_text() -> None:
    content = third_party("formats", "aiken", "questions.aiken.txt").read_bytes()
    parsed = read_bank_file(content, "questions.aiken.txt")
    assert (parsed.format, parsed.problems) == ("aiken", ())
    first, second = parsed.questions
    assert first.public.stem == "The Moodle project was started by:"
    assert first.public.options == ("Petr Skoda", "Martin Dougiamas", "Eloy Lafuente", "Tim Hunt")
    assert first.secret.letters == "B"
    assert second.public.stem == (
        'Moodle\'s abilities include handling user input that includes <html class="cool"> & images:'
    )
    assert (second.public.options, second.secret.letters) == (("True", "False"), "A")


def test_aiken_is_told_from_its_neighbours() -> None:
    assert detect(GOOD.encode("gb18030"), "x.txt") == "aiken"
    assert detect("1. 题\nA. 甲\nB. 乙\n答案：A".encode(), "x.txt") == "text"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=120) | st.text("AB).: ANSWER\n甲<>", max_size=80).map(str.encode))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        result = read_aiken(content, "a.txt", ReadOptions())
    except FileRefused:
        return
    assert len(result.questions) <= result.rows


def test_an_unfinished_question_does_not_take_the_next_one_with_it() -> None:
    text = f"最后没有答案\nA) x\nB) y\n\n{GOOD}"
    parsed = read_bank_file(text.encode(), "a.txt")
    assert [(item.code, item.row) for item in parsed.problems] == [("no-answer", 1)]
    assert [question.public.stem for question in parsed.questions] == ["火警电话是："]
    assert parsed.rows == 2


def test_small_letters_are_read_where_the_next_option_is_due() -> None:
    text = "e.g. which is a metal?\na) wood\nb) iron\nAnswer: b\n\ni.e. which is a gas?\na. iron\nb. oxygen\nAnswer: (B)\n"
    parsed = read_bank_file(text.encode(), "a.txt")
    assert parsed.format == "aiken"
    assert [(item.public.options, item.secret.letters) for item in parsed.questions] == [
        (("wood", "iron"), "B"),
        (("iron", "oxygen"), "B"),
    ]


@pytest.mark.parametrize("answer", ["A, C", "A and C", "AC", "A C"])
def test_several_letters_are_told_of(answer: str) -> None:
    result = read_aiken(GOOD.replace("ANSWER: B", f"ANSWER: {answer}").encode(), "a.txt", ReadOptions())
    assert [problem.code for problem in result.problems] == ["several-letters"]
    assert result.questions[0].secret.letters == "A"


def test_one_letter_with_its_sign_is_one_answer() -> None:
    for answer in ("B.", "B)", "(B)", "B) 119", "b"):
        assert errors(GOOD.replace("ANSWER: B", f"ANSWER: {answer}")) == []


def test_a_remark_behind_an_answer_explains_it_and_is_no_question() -> None:
    text = f"{GOOD}Explanation: 119 是火警\n解析：记住\n\n题\nA) x\nANSWER: A\nFeedback: 落空\n\n{GOOD.replace('火警', '匪警')}"
    parsed = read_bank_file(text.encode(), "a.txt")
    assert [item.secret.explanation for item in parsed.questions] == ["119 是火警\n记住", ""]
    assert ([item.code for item in parsed.problems if item.is_error], parsed.rows) == (["too-few-options"], 3)


def test_the_end_of_a_name_tells_the_format() -> None:
    assert detect("题\nA. 甲\nB. 乙\nAnswer: A\n".encode(), "x.aiken") == "aiken"
    assert detect("没有空".encode(), "x.cloze") == "cloze"
    assert detect("没有空".encode(), "x.gift") == "gift"
    assert detect("没有空".encode(), "gift") == "text"
