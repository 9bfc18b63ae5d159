"""Words for people who do not see a picture or hear a sound: typed, read from other formats, written, shown."""

import io
import re
import zipfile

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.drawing.image import Image
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.banks.tables import png
from tests.unit.banks.test_media import read as read_csv
from tests.unit.banks.test_media import wav
from webapp.banks.formats import media
from webapp.banks.formats.files import read_bank_file
from webapp.banks.formats.pictures import checked
from webapp.banks.formats.sanitise import MediaLink, clean_text, shown, to_html, to_plain
from webapp.banks.formats.write_docx import write_docx
from webapp.banks.formats.write_moodle import write_moodle
from webapp.banks.formats.write_qti import QtiVersion, write_qti
from webapp.banks.rules.schema import (
    MEDIA,
    BankFile,
    Difficulty,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    TopicTitle,
    media_token,
    part_of,
    tidy_words,
    unspoken,
    words_of,
)

LINKS = {"a.png": MediaLink("abc", "image/png"), "s.mp3": MediaLink("xyz", "audio/mpeg")}


@given(st.text(max_size=400))
def test_no_words_break_a_token(words: str) -> None:
    token = media_token("a.png", words)
    assert tidy_words(tidy_words(words)) == tidy_words(words)
    found = MEDIA.fullmatch(token)
    assert found is not None
    assert (found[1], words_of(token)) == ("a.png", tidy_words(words))
    assert clean_text(f"<p>前 {token} 后</p>")[0] == f"前 {token} 后"
    assert "____" not in token


@given(st.text("ab[]|<>&;\"'\n_x", max_size=60))
def test_x09_typed_words_reach_a_page_as_one_attribute(words: str) -> None:
    text, _removed = clean_text(f"看 [[media:a.png|{words}]] 选")
    page = to_html(text, LINKS, "图")
    assert "<script" not in page
    for image in re.findall(r"<img[^>]*>", page):
        assert re.fullmatch(r'<img src="/media/abc" alt="[^"<>]*" loading="lazy">', image), image


def test_words_typed_untidily_are_tidied() -> None:
    assert clean_text("[[media:a.png|见图 [1]]]")[0] == "[[media:a.png|见图 ［1］]]"
    assert clean_text("[[media:a.png|两\n行|竖线]]")[0] == "[[media:a.png|两 行|竖线]]"
    assert clean_text("[[media:a.png|]] [[media:b.png|乙]]")[0] == "[[media:a.png]] [[media:b.png|乙]]"
    assert media.safe_name("a|b.png") == "a_b.png"


def test_a_page_reads_the_words_of_each_picture_and_sound() -> None:
    page = to_html('[[media:a.png|红"灯]] [[media:s.mp3|铃声]] [[media:a.png]]', LINKS, "题目的图")
    assert 'alt="红&quot;灯"' in page
    assert 'aria-label="铃声"' in page
    assert 'alt="题目的图"' in page
    assert shown("[[media:a.png|灯]]", LINKS) == "[[shown:picture:abc|灯]]"
    assert to_plain("看 [[media:a.png|灯]]<b>x</b>") == "看 x"


def test_what_is_said_without_words_is_named_once() -> None:
    public = PublicQuestion(
        QuestionType.SINGLE, "[[media:a.png]] [[media:a.png]] [[media:b.png|有]]", ("[[media:s.mp3]]", "乙")
    )
    assert unspoken(public) == ("a.png",)
    above = PublicQuestion(QuestionType.ESSAY, "题", picture="t.png")
    assert unspoken(above) == ("t.png",)
    told = PublicQuestion(QuestionType.ESSAY, "题", picture="t.png", picture_alt="灭火器")
    assert unspoken(told) == ()
    assert part_of(told).stem == "[[media:t.png|灭火器]]\n题"


def test_a_column_gives_the_words_of_the_picture_above() -> None:
    content = "题型,题干,选项A,选项B,正确答案,图片,图片说明\n单选,题,甲,乙,A,a.png,一只灭火器\n".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("bank.csv", content)
        archive.writestr("a.png", png())
    (question,) = read_bank_file(out.getvalue(), "bank.zip").questions
    assert (question.public.picture, question.public.picture_alt) == ("a.png", "一只灭火器")
    old = read_csv("单选,看 [[media:a.png]],甲,乙,A,", a__png=png())
    assert old.questions[0].public.stem == "看 [[media:a.png]]"


def test_gift_and_moodle_and_qti_read_the_alt_of_a_picture() -> None:
    gift = '[html]<img src\\="a.png" alt\\="红灯"> 停{T}'.encode()
    (question,) = read_bank_file(gift, "a.gift", beside={"a.png": png()}).questions
    assert question.public.stem == "[[media:a.png|红灯]] 停"
    assert media.tokens_in_html('<img src="x/灯.png" alt="灯.png">', media.base_name) == "[[media:灯.png]]"
    assert media.tokens_in_html('<img src="a.png" alt="">', media.base_name) == "[[media:a.png]]"


def test_word_and_workbooks_bring_what_they_say_of_a_picture() -> None:
    document = docx.Document()
    document.add_paragraph("1. 看图选择（A）")
    document.add_picture(io.BytesIO(png()))._inline.docPr.set("descr", "B. 红灯（C）")
    document.add_paragraph("A. 停")
    document.add_paragraph("B. 行")
    out = io.BytesIO()
    document.save(out)
    parsed = read_bank_file(out.getvalue(), "a.docx")
    (question,) = parsed.questions
    assert question.secret.letters == "A"
    assert "|B. 红灯（C）]]" in question.public.stem
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["题型", "题干", "选项A", "选项B", "正确答案"])
    sheet.append(["单选", "题", "甲", "乙", "A"])
    sheet.add_image(Image(io.BytesIO(png())), "G2")
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    drawing = next(name for name in parts if name.startswith("xl/drawings/drawing"))
    parts[drawing] = re.sub(
        rb"<([a-z:]*cNvPr) ",
        rb'<\1 descr="a lamp" ',
        parts[drawing].replace(b' descr="Picture"', b"").replace(b' descr="Name of file"', b""),
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    (question,) = read_bank_file(out.getvalue(), "a.xlsx").questions
    assert question.public.picture
    assert question.public.picture_alt == "a lamp"


def bank() -> tuple[BankFile, dict[str, object]]:
    picture, sound = checked(png()), media.checked(wav())
    assert picture is not None
    assert sound is not None
    public = PublicQuestion(
        QuestionType.SINGLE,
        '看 [[media:a.png|红"灯" & <绿>]] 听 [[media:s.mp3|铃声]]',
        ("[[media:a.png]]", "乙"),
        picture="a.png",
        picture_alt="整个路口",
    )
    public = PublicQuestion(**{**public.__dict__, "stem": clean_text(public.stem)[0]})
    question = Question("k", public, QuestionKey(letters="A"), "t", Difficulty.MEDIUM)
    whole = BankFile("b", "库", "", "zh-CN", "", "", "", (TopicTitle("t", "题"),), (question,))
    return whole, {"a.png": picture, "s.mp3": sound}


@pytest.mark.parametrize("version", list(QtiVersion))
def test_qti_carries_the_words_both_ways(version: QtiVersion) -> None:
    whole, files = bank()
    back = read_bank_file(write_qti(whole, files, version), "b.zip")  # type: ignore[arg-type]
    assert back.questions[0].public == whole.questions[0].public


def test_moodle_carries_the_words_both_ways_but_those_above() -> None:
    whole, files = bank()
    made = write_moodle(whole, files)  # type: ignore[arg-type]
    assert any(
        "not written" in problem.reason.text and "above" in problem.reason.text for problem in made.problems
    )
    (question,) = read_bank_file(made.content, "b.xml").questions
    assert question.public.stem == whole.questions[0].public.stem
    assert question.public.options == whole.questions[0].public.options


def test_a_word_sheet_says_what_is_to_be_seen() -> None:
    whole, files = bank()
    with zipfile.ZipFile(io.BytesIO(write_docx(whole, files, False))) as archive:  # type: ignore[arg-type]
        assert 'descr="整个路口"' in archive.read("word/document.xml").decode()
