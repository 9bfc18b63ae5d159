"""TCExam TSV: modules and subjects as topics, four types, marks in brackets, defects with their line."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.banks.errors import FileRefused
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.tcexam import read_tcexam
from webapp.banks.rules.schema import Difficulty, QuestionType

HEAD = (
    "M=MODULE\tmodule_enabled\tmodule_name\n"
    "S=SUBJECT\tsubject_enabled\tsubject_name\tsubject_description\n"
    "Q=QUESTION\tquestion_enabled\tquestion_description\tquestion_explanation\tquestion_type\tquestion_difficulty\n"
    "A=ANSWER\tanswer_enabled\tanswer_description\tanswer_explanation\tanswer_isright\tanswer_position\n"
)
GOOD = (
    HEAD
    + "\nM\t1\t安全/生产\nS\t1\t用电\t说明\n"
    + "Q\t1\t触电时[b]首先[/b]做什么？\\n选一项\t见规程\tS\t1\t\t0\nA\t1\t切断电源\t对\t1\t\t\nA\t1\t用手拉人\t\t0\t\t\n"
    + "Q\t1\t哪些是导体？\t\tM\t5\nA\t1\t铜\t\t1\nA\t1\t铁\t\t1\nA\t1\t木\t\t0\nA\t0\t停用\t\t1\n"
    + "S\t1\t化学\t\nQ\t1\t水的化学式\t\tT\t9\nA\t1\tH[sub]2[/sub]O\t\t1\n"
    + "Q\t0\t论述\t\tT\t5\n"
    + "Q\t1\t停电顺序\t\tO\t5\nA\t1\t验电\t\t0\t2\nA\t1\t断电\t\t0\t1\nA\t1\t接地\t\t0\t3\n"
)


def read(text: str) -> Parsed:
    return read_bank_file(text.encode(), "export.tsv")


def test_a_whole_file() -> None:
    parsed = read(GOOD)
    assert (parsed.format, parsed.rows, parsed.error_count) == ("tcexam", 5, 0)
    single, multiple, fill, essay, ordering = parsed.questions
    assert single.public.stem == "触电时<b>首先</b>做什么？\n选一项"
    assert (single.public.type, single.secret.letters, single.row) == (QuestionType.SINGLE, "A", 8)
    assert single.secret.explanation == "A. 对\n见规程"
    assert (multiple.secret.letters, multiple.public.options) == ("AB", ("铜", "铁", "木"))
    assert fill.secret.blanks[0].accepted == ("H2O",)
    assert fill.public.stem == "水的化学式 ____"
    assert essay.public.type is QuestionType.ESSAY
    assert [ordering.public.options["ABC".index(letter)] for letter in ordering.secret.letters] == [
        "断电",
        "验电",
        "接地",
    ]
    assert [question.topic for question in parsed.questions] == ["安全／生产/用电"] * 2 + [
        "安全／生产/化学"
    ] * 3
    assert [question.difficulty for question in parsed.questions[:3]] == [
        Difficulty.EASY,
        Difficulty.MEDIUM,
        Difficulty.HARD,
    ]
    assert [(problem.code, problem.row) for problem in parsed.problems] == [("changed", 11), ("changed", 19)]


def test_defects_have_their_line_and_stop_nothing() -> None:
    parsed = read(
        HEAD + "Q\t1\t题\t\tX\t1\nQ\t1\t题二\t\tS\t1\nA\t1\t甲\t\t0\nA\t1\t乙\t\t0\nZ\t1\nQ\t1\t好\t\tT\t1\n"
    )
    assert [(problem.code, problem.row) for problem in parsed.problems] == [
        ("unknown-type", 5),
        ("no-answer", 6),
        ("unknown-line", 9),
    ]
    assert [question.public.stem for question in parsed.questions] == ["好"]


def test_one_difficulty_for_all_says_nothing_and_pictures_are_missed() -> None:
    parsed = read(HEAD + "Q\t1\t一 [object]a.png[/object:100:100:alt]\t\tT\t1\nQ\t1\t二\t\tT\t1\n")
    assert [question.difficulty for question in parsed.questions] == [Difficulty.MEDIUM]
    assert [(problem.code, problem.value) for problem in parsed.problems] == [("picture-missing", "a.png")]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=100),
        st.text(alphabet="MSQATO\t\n\\10[]b/objectn ", max_size=200).map(lambda text: (HEAD + text).encode()),
        st.tuples(st.integers(0, len(GOOD)), st.integers(0, 30), st.text(max_size=8)).map(
            lambda cut: (GOOD[: cut[0]] + cut[2] + GOOD[cut[0] + cut[1] :]).encode("utf-8", "ignore")
        ),
    )
)
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    try:
        result = read_tcexam(content, "any.tsv", ReadOptions())
    except FileRefused:
        return
    assert len(result.questions) <= result.rows
    read_bank_file(HEAD.encode() + content, "any.tsv")


def test_formulas_are_their_latex() -> None:
    parsed = read(HEAD + "M\t1\tm\nS\t1\ts\t\nQ\t1\t求[tex]x^2[/tex]\t\tT\t5\nA\t1\t4\t\t1\n")
    assert parsed.questions[0].public.stem == "求\\(x^2\\) ____"
