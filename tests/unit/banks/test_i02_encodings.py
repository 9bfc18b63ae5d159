"""I02: a text table is read as it was written, or refused with row and column; nothing is replaced silently."""

import csv
import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.banks.formats.files import read_bank_file
from webapp.banks.formats.template import headings

HEADINGS = headings(4)
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le-mark", "utf-16-be-mark")
RARE = "䶮㐂𠮷🔥👷‍♀️é—…①℃㎡·ﬁ"
WORDS = st.text(
    st.sampled_from(
        "安全生产电气焊工消防器材" + RARE.replace("\u200d", "").replace("\ufe0f", "") + "ABCxyz019"
    ),
    min_size=4,
    max_size=20,
)


def table(*stems: str, between: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADINGS, lineterminator="\r\n", delimiter=between)
    writer.writeheader()
    for at, stem in enumerate(stems):
        writer.writerow(
            {
                "题型": "单选题",
                "题干": stem,
                "选项A": f"甲{at}",
                "选项B": f"乙{at}",
                "正确答案": "A",
                "难度": "易",
            }
        )
    return out.getvalue()


def encoded(text: str, encoding: str) -> bytes:
    if encoding.endswith("-mark"):
        return ("\ufeff" + text).encode(encoding.removesuffix("-mark"))
    return text.encode(encoding)


@pytest.mark.parametrize("between", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_i02_every_usual_encoding_is_read_sign_for_sign(encoding: str, between: str) -> None:
    stem = f"灭火器{RARE}多久检查一次"
    parsed = read_bank_file(encoded(table(stem, between=between), encoding), "题库.csv")
    assert [one.public.stem for one in parsed.questions] == [stem.replace("\u200d", "")]
    assert parsed.error_count == 0


def test_i02_gbk_of_an_old_excel_is_read() -> None:
    parsed = read_bank_file(table("电焊工作业前应当检查什么").encode("gbk"), "题库.csv")
    assert parsed.questions[0].public.stem == "电焊工作业前应当检查什么"


@given(st.lists(WORDS, min_size=1, max_size=4, unique=True), st.sampled_from(ENCODINGS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_i02_what_is_written_is_what_is_read(stems: list[str], encoding: str) -> None:
    parsed = read_bank_file(encoded(table(*stems), encoding), "题库.csv")
    read = [one.public.stem for one in parsed.questions]
    # Two stems alike but for case or width are one question kept twice: told, not lost.
    assert read == [stem.strip() for stem in stems] or parsed.problems


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_i02_damaged_bytes_are_refused_with_row_and_column_or_read_without_a_stand_in(encoding: str) -> None:
    """500 random damages: never an error of the program, never U+FFFD in a question."""
    chance = random.Random(encoding)
    content = encoded(table(*(f"第{n}题：灭火器多久检查一次" for n in range(6))), encoding)
    refused = 0
    for _ in range(500):
        bad = bytearray(content)
        for _ in range(chance.randint(1, 3)):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        parsed = read_bank_file(bytes(bad), "题库.csv")
        assert not any("\ufffd" in one.public.stem for one in parsed.questions)
        for problem in parsed.problems:
            if problem.code == "not-text":
                refused += 1
                assert problem.row is not None
                assert problem.column
    assert refused > 0 or encoding == "gb18030"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_i02_a_nul_is_refused_with_row_and_column(encoding: str) -> None:
    text = table("第一题：电气火灾怎样扑救", "第二题：安全\x00帽怎样戴")
    parsed = read_bank_file(encoded(text, encoding), "题库.csv")
    assert parsed.questions == ()
    assert [(problem.code, problem.row) for problem in parsed.problems] == [("not-text", 3)]
    assert parsed.problems[0].column


def test_i02_utf_16_without_its_mark_is_refused_in_words() -> None:
    parsed = read_bank_file(table("电气火灾怎样扑救").encode("utf-16-le"), "题库.csv")
    assert parsed.questions == ()
    assert parsed.problems
    assert parsed.problems[0].row is not None


def test_i02_a_stand_in_that_an_editor_has_put_there_is_told() -> None:
    """U+FFFD in the file itself: somebody's program has already lost a sign."""
    parsed = read_bank_file(table("电气火灾怎样扑\ufffd").encode(), "题库.csv")
    assert ("lost-sign", 2) in [(problem.code, problem.row) for problem in parsed.problems]
