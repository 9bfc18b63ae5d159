"""Word documents: typed and automatic numbers, pictures, underlined blanks, tables, damage and attacks."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.tables import png
from webapp.banks.errors import FileRefused
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.word import read_docx
from webapp.banks.formats.word_numbers import written

LEVELS = (("chineseCounting", "%1、"), ("decimal", "%2."), ("upperLetter", "%3."))


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def document(*paragraphs: str) -> Any:
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    return made


def read(made: Any) -> Parsed:
    return read_bank_file(saved(made), "卷.docx")


def with_list(made: Any, identity: int = 77, restart: int | None = None) -> int:
    """A list of three levels: 一、 1. A. Returns the number to give to `numbered`."""
    numbering = made.part.numbering_part.element
    if restart is None:
        levels = "".join(
            f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for at, (form, text) in enumerate(LEVELS)
        )
        numbering.insert(
            0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>')
        )
    override = (
        ""
        if restart is None
        else (f'<w:lvlOverride w:ilvl="1"><w:startOverride w:val="{restart}"/></w:lvlOverride>')
    )
    numbering.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{identity}"><w:abstractNumId w:val="77"/>{override}</w:num>'
        )
    )
    return identity


def numbered(made: Any, text: str, level: int, identity: int = 77) -> Any:
    paragraph = made.add_paragraph(text)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{identity}"/></w:numPr>')
    )
    return paragraph


def test_typed_numbers_read_like_a_text() -> None:
    parsed = read(
        document(
            "一、单选题（每题2分）", "1. 甲（ ）", "A. 1\tB. 2", "答案：B", "", "2. 乙（A）", "A. 1", "B. 2"
        )
    )
    assert (parsed.format, parsed.error_count) == ("docx", 0)
    assert [(question.secret.letters, question.row, question.mark) for question in parsed.questions] == [
        ("B", 2, Decimal(2)), ("A", 6, Decimal(2)),
    ]  # fmt: skip
    assert parsed.questions[0].public.options == ("1", "2")


def test_automatic_numbers_are_restored_where_they_are_the_only_ones() -> None:
    made = docx.Document()
    with_list(made)
    numbered(made, "单选题", 0)
    for stem in ("甲（A）", "2. 自带题号（B）"):
        numbered(made, stem, 1)
        numbered(made, "一", 2)
        numbered(made, "二", 2)
    numbered(made, "判断题", 0)
    numbered(made, "丙（×）", 1)
    numbered(made, "丁（√）", 1, with_list(made, 78, restart=1))
    parsed = read(made)
    assert parsed.error_count == 0, parsed.problems
    found = [
        (question.public.type.value, question.public.stem, question.public.options)
        for question in parsed.questions
    ]
    assert found == [
        ("single", "甲（ ）", ("一", "二")), ("single", "自带题号（ ）", ("一", "二")),
        ("true_false", "丙", ()), ("true_false", "丁", ()),
    ]  # fmt: skip


def test_numbers_of_a_style_count_too() -> None:
    made = docx.Document()
    for text in ("甲。（√）", "乙。（×）"):
        made.add_paragraph(text, style="List Number")
    assert [question.secret.truth for question in read(made).questions] == [True, False]


def test_labels_are_written_as_word_writes_them() -> None:
    assert [written(number, "chineseCounting") for number in (1, 10, 11, 20, 35)] == [
        "一",
        "十",
        "十一",
        "二十",
        "三十五",
    ]
    assert [written(number, "upperLetter") for number in (1, 26, 27)] == ["A", "Z", "AA"]
    assert (written(3, "decimalEnclosedCircleChinese"), written(7, "decimal")) == ("③", "7")


def test_pictures_in_paragraphs_become_tokens_with_their_files() -> None:
    made = document("1. 看图回答（ ）")
    made.paragraphs[0].add_run().add_picture(io.BytesIO(png()))
    made.add_paragraph("A. 甲")
    option = made.add_paragraph("B. ")
    option.add_run().add_picture(io.BytesIO(png()))
    made.add_paragraph("答案：B")
    result = read_docx(saved(made), "a.docx", ReadOptions())
    (question,) = result.questions
    (name,) = result.files
    assert question.public.stem == f"看图回答（ ）[[media:{name}]]"
    assert question.public.options == ("甲", f"[[media:{name}]]")
    parsed = read(made)
    assert (parsed.error_count, set(parsed.pictures)) == (0, {name})


def test_underlined_spaces_are_blanks_and_raised_signs_stay_raised() -> None:
    made = document("一、填空题", "1. 面积单位 m")
    run = made.paragraphs[1].add_run("2")
    run.font.superscript = True
    made.paragraphs[1].add_run("，首都是")
    made.paragraphs[1].add_run("      ").underline = True
    made.paragraphs[1].add_run("。")
    made.add_paragraph("答案：北京")
    hidden = made.paragraphs[1].add_run("秘密")
    hidden.font.hidden = True
    (question,) = read(made).questions
    assert question.public.stem == "面积单位 m<sup>2</sup>，首都是____。"
    assert question.secret.blanks[0].accepted == ("北京",)


def test_tables_of_questions_are_read_and_other_tables_are_part_of_the_stem() -> None:
    made = document("1. 按下表计算")
    table = made.add_table(2, 2)
    for cell, text in zip(table._cells, ("项目", "数量", "砖", "3"), strict=True):
        cell.text = text
    made.add_paragraph("答案：略")
    made.add_paragraph("2. 乙")
    made.add_paragraph("答案：√")
    made.add_paragraph("二、单选题")
    questions = made.add_table(4, 4)
    texts = (
        "题干",
        "A",
        "B",
        "答案",
        "火警电话？",
        "110",
        "119",
        "B",
        "急救电话？",
        "119",
        "120",
        "",
        "安全员：甲",
        "",
        "",
        "",
    )
    for cell, text in zip(questions._cells, texts, strict=True):
        cell.text = text
    parsed = read(made)
    assert [(problem.code, problem.row, problem.column) for problem in parsed.problems] == [
        ("no-answer", 10, "D 答案"), ("too-few-options", 11, "B A"), ("no-answer", 11, "D 答案")
    ]  # fmt: skip
    assert (parsed.questions[2].secret.letters, parsed.questions[2].row, parsed.rows) == ("B", 9, 5)
    assert parsed.questions[0].public.stem == "按下表计算\n项目\t数量\n砖\t3"
    assert parsed.questions[1].row == 5


def test_a_line_break_within_a_paragraph_begins_a_new_line() -> None:
    (question,) = read(document("1. 甲\nA. 1\nB. 2\n答案：A")).questions
    assert (question.public.stem, question.public.options, question.row) == ("甲", ("1", "2"), 1)


def changed(content: bytes, name: str, data: bytes) -> bytes:
    """A package with one member replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            new.writestr(member, data if member == name else old.read(member))
    return out.getvalue()


ENTITY = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w"><w:body>&x;</w:body></w:document>'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("word/document.xml", ENTITY),
        ("word/document.xml", b"<w:document"),
        ("word/document.xml", b""),
        ("word/numbering.xml", ENTITY),
        ("word/styles.xml", b"\xff\x00"),
        ("word/document.xml", b"<a>" * 5000 + b"</a>" * 5000),
    ],
)
def test_damaged_and_hostile_parts_are_refused(name: str, data: bytes) -> None:
    parsed = read_bank_file(changed(saved(document("1. 甲\n答案：√")), name, data), "a.docx")
    assert (parsed.questions, parsed.error_count) == ((), 1)


def test_a_document_without_questions_is_refused() -> None:
    parsed = read(document("会议通知", "今天下午开会。"))
    assert [problem.code for problem in parsed.problems] == ["no-questions"]


GOOD = saved(document("1. 甲\n答案：√"))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=6), st.binary(max_size=60))
def test_no_bytes_break_the_reader(at: int, piece: bytes, part: bytes) -> None:
    for content in (GOOD[:at] + piece + GOOD[at + 1 :], GOOD[:at], changed(GOOD, "word/document.xml", part)):
        try:
            read_docx(content, "a.docx", ReadOptions())
        except FileRefused:
            continue
