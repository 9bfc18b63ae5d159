"""What is written comes back: import(export(x)) == x for our workbook, CSV, TOML and JSON."""

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.tables import png
from tests.unit.banks.test_media import wav
from webapp.banks.formats import media
from webapp.banks.formats.files import read_bank_file, read_bank_folder
from webapp.banks.formats.pictures import checked
from webapp.banks.formats.sanitise import clean_text
from webapp.banks.formats.template import empty_template
from webapp.banks.formats.writers import ExportFormat, write
from webapp.banks.rules.check import check_question
from webapp.banks.rules.marking import normalise
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    BankFile,
    Blank,
    Difficulty,
    FillRules,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    TopicTitle,
    media_token,
    tidy_words,
)

SHIPPED = Path(__file__).parents[3] / "question_banks" / "work_safety"
SIGNS = "甲乙丙aBc 12=+-@'\"|;；、,，\\/#\n\t（）()[]{}²㎡<>&%．.：_x0041_示例√"

texts = (
    st.text(SIGNS, min_size=1, max_size=24)
    .map(str.strip)
    .filter(lambda text: text.strip(" \n\t\u3000") == text and text and "____" not in text)
    # A bank never holds HTML: what is stored went through the same cleaning.
    .filter(lambda text: clean_text(text) == (text, False))
)
PICTURE = checked(png())
assert PICTURE is not None
SOUND = media.checked(wav())
assert SOUND is not None
FILES = {"a.png": PICTURE, "b c.png": PICTURE, "top.png": PICTURE, "s.mp3": SOUND}
WRITTEN = list(QuestionType)
BACK = (ExportFormat.XLSX, ExportFormat.TOML, ExportFormat.JSON)
told = st.text("甲乙 aB&\"'|;#=>→（）()。,<[]_\n", max_size=20)
tokens = st.builds(media_token, st.sampled_from(["a.png", "b c.png", "s.mp3"]), told)
"""A text may hold pictures and sounds with words, however these were typed."""
spoken = texts | st.builds(
    lambda before, token, after: f"{before} {token}{after}", texts, tokens, texts
).filter(lambda text: clean_text(text) == (text, False))
words = st.text("甲乙丙abc123-", min_size=1, max_size=8)
lines = texts.filter(lambda text: "\n" not in text)
shares = st.decimals("0.01", "0.99", places=4)
numbers = st.decimals("-999", "999", places=3)
Both = tuple[PublicQuestion, QuestionKey]


@st.composite
def choices(draw: st.DrawFn, kind: QuestionType, is_plain: bool = False) -> Both:
    options = tuple(draw(st.lists(spoken, min_size=2, max_size=10)))
    least, most = (1, 1) if kind is QuestionType.SINGLE else (2, len(options))
    picked = draw(st.sets(st.sampled_from(LETTERS[: len(options)]), min_size=least, max_size=most))
    letters = "".join(sorted(picked))
    weights = {letter: draw(st.decimals("-1", "1", places=3)) for letter in letters}
    key = QuestionKey(letters=letters, weights=weights if not is_plain and draw(st.booleans()) else {})
    return PublicQuestion(kind, draw(spoken), options), key


@st.composite
def blanks(draw: st.DrawFn) -> Blank:
    accepted = draw(st.lists(lines, min_size=1, max_size=3, unique=True))
    partial = draw(st.lists(st.tuples(lines, shares), max_size=2, unique_by=lambda entry: entry[0]))
    # A text that is right already cannot bring a share as well.
    right = {normalise(text) for text in accepted}
    return Blank(
        tuple(accepted),
        draw(st.decimals("0.5", "9", places=1)),
        draw(st.none() | st.decimals("0", "2", places=2)),
        tuple((text, share) for text, share in partial if normalise(text) not in right),
        draw(st.booleans()),
    )


@st.composite
def fills(draw: st.DrawFn, is_plain: bool = False) -> Both:
    count = draw(st.integers(1, 3))
    stem = f"问{BLANK}" + f"与{BLANK}" * (count - 1)
    rules = FillRules(draw(st.booleans()), draw(st.booleans()), draw(st.booleans()))
    lists = tuple(tuple(draw(st.lists(lines, max_size=3))) for _ in range(count))
    public = PublicQuestion(
        QuestionType.FILL, stem, blanks=count, choices=lists if any(lists) and not is_plain else ()
    )
    return public, QuestionKey(blanks=tuple(draw(blanks()) for _ in range(count)), fill=rules)


@st.composite
def matchings(draw: st.DrawFn) -> Both:
    items, options = (
        draw(st.lists(spoken, min_size=2, max_size=6)),
        draw(st.lists(spoken, min_size=1, max_size=6)),
    )
    letters = [draw(st.sampled_from(LETTERS[: len(options)])) for _ in items]
    public = PublicQuestion(QuestionType.MATCHING, draw(texts), tuple(options), items=tuple(items))
    return public, QuestionKey(letters="".join(letters))


@st.composite
def orderings(draw: st.DrawFn) -> Both:
    options = tuple(draw(st.lists(spoken, min_size=2, max_size=8)))
    letters = "".join(draw(st.permutations(LETTERS[: len(options)])))
    return PublicQuestion(QuestionType.ORDERING, draw(texts), options), QuestionKey(letters=letters)


@st.composite
def numerics(draw: st.DrawFn) -> Both:
    found = []
    for _ in range(draw(st.integers(1, 3))):
        low, high = sorted((draw(numbers), draw(numbers)))
        found.append(NumberRange(low, draw(st.sampled_from([low, high])), draw(shares | st.just(Decimal(1)))))
    return PublicQuestion(QuestionType.NUMERIC, draw(texts)), QuestionKey(numbers=tuple(found))


@st.composite
def essays(draw: st.DrawFn) -> Both:
    key = QuestionKey(reference=draw(st.just("") | texts), keywords=tuple(draw(st.lists(lines, max_size=3))))
    return PublicQuestion(QuestionType.ESSAY, draw(texts)), key


@st.composite
def truths(draw: st.DrawFn) -> Both:
    return PublicQuestion(QuestionType.TRUE_FALSE, draw(texts)), QuestionKey(truth=draw(st.booleans()))


@st.composite
def passages(draw: st.DrawFn) -> Both:
    found = [draw(contents(draw(st.sampled_from(WRITTEN[:-2])))) for _ in range(draw(st.integers(1, 3)))]
    found = [(part, replace(key, explanation=draw(st.just("") | texts))) for part, key in found]
    public = PublicQuestion(QuestionType.PASSAGE, draw(texts), parts=tuple(part for part, _ in found))
    weights = tuple(draw(st.decimals("0", "9", places=1)) for _ in found)
    return public, QuestionKey(parts=tuple(key for _, key in found), part_weights=weights)


def contents(kind: QuestionType, is_plain: bool = False) -> st.SearchStrategy[Both]:
    """Questions of a type, public part and key. is_plain: without weights of options and lists of blanks."""
    of_kind: dict[QuestionType, st.SearchStrategy[Both]] = {
        QuestionType.TRUE_FALSE: truths(),
        QuestionType.FILL: fills(is_plain),
        QuestionType.MATCHING: matchings(),
        QuestionType.ORDERING: orderings(),
        QuestionType.NUMERIC: numerics(),
        QuestionType.ESSAY: essays(),
        QuestionType.PASSAGE: passages(),
    }
    return of_kind[kind] if kind in of_kind else choices(kind, is_plain)


@st.composite
def questions(
    draw: st.DrawFn, kinds: tuple[QuestionType, ...] = tuple(QuestionType), is_plain: bool = False
) -> Question:
    kind = draw(st.sampled_from(kinds))
    public, secret = draw(contents(kind, is_plain))
    public = replace(public, picture=draw(st.sampled_from(["", "top.png"])))
    if public.picture:
        public = replace(public, picture_alt=tidy_words(draw(told)))
    return Question(
        key="",
        public=public,
        secret=replace(secret, explanation=draw(st.just("") | texts)),
        topic=draw(st.sampled_from(["law", "fire"])),
        difficulty=draw(st.sampled_from(list(Difficulty))),
        source=draw(st.just("") | texts),
        tags=tuple(draw(st.lists(words, max_size=3, unique=True))),
        mark=draw(st.none() | st.decimals("0.5", "9", places=1)),
    )


def bank(found: list[Question]) -> BankFile:
    keyed = tuple(replace(question, key=f"k-{number}") for number, question in enumerate(found))
    topics = (TopicTitle("law", "法律法规", "Law"), TopicTitle("fire", "消防", "Fire"))
    return BankFile("b", "库", "Bank", "zh-CN", "Apache-2.0", "说明", "", topics, keyed)


def bare(found: tuple[Question, ...]) -> list[Question]:
    """Questions without the marks of the file they came from, in order of their keys."""
    return sorted(
        (replace(question, external_id="", sheet="", row=None) for question in found),
        key=lambda item: item.key,
    )


@pytest.mark.parametrize("kind", WRITTEN)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_workbook_toml_and_json_come_back_unchanged(kind: QuestionType, data: st.DataObject) -> None:
    found = data.draw(st.lists(questions((kind, *QuestionType)), min_size=1, max_size=3))
    found[0] = data.draw(questions((kind,)))
    whole = bank(found)
    for form in BACK:
        written = write(whole, FILES, form)
        back = read_bank_file(written.content, written.name)
        assert [problem for problem in back.problems if problem.is_error] == []
        assert bare(back.questions) == bare(whole.questions)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(questions(), min_size=1, max_size=4))
def test_csv_comes_back_with_topics_by_title(found: list[Question]) -> None:
    whole = bank(found)
    written = write(whole, {}, ExportFormat.CSV)
    beside = {name: picture.content for name, picture in FILES.items()}
    titles = {topic.key: topic.zh for topic in whole.topics}
    wanted = tuple(replace(question, topic=titles[question.topic]) for question in whole.questions)
    assert bare(read_bank_file(written.content, written.name, beside=beside).questions) == bare(wanted)


def test_no_exported_cell_is_a_formula() -> None:
    signs = ("=1+1", "+1", "-1", "@x", '=HYPERLINK("http://x","y")')
    question = Question(
        "k",
        PublicQuestion(QuestionType.SINGLE, signs[0], signs),
        QuestionKey(letters="A"),
        "law",
        Difficulty.EASY,
    )
    whole = bank([question])
    sheet = openpyxl.load_workbook(io.BytesIO(write(whole, {}, ExportFormat.XLSX).content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(("=", "+", "-", "@")))
    assert b"\n\xe5\x8d\x95\xe9\x80\x89\xe9\xa2\x98,=" not in write(whole, {}, ExportFormat.CSV).content
    assert ",'=1+1," in write(whole, {}, ExportFormat.CSV).content.decode()


def test_the_same_bank_gives_the_same_bytes() -> None:
    whole = bank(
        [
            Question(
                "",
                PublicQuestion(QuestionType.TRUE_FALSE, "对吗"),
                QuestionKey(truth=True),
                "law",
                Difficulty.EASY,
            )
        ]
    )
    for form in ExportFormat:
        assert write(whole, {}, form).content == write(whole, {}, form).content


def test_the_shipped_bank_has_no_problem_and_comes_back_from_every_format() -> None:
    shipped = read_bank_folder(SHIPPED)
    assert (shipped.problems, shipped.error_count) == ((), 0)
    assert len(shipped.questions) >= 300
    assert shipped.head is not None
    whole = replace(shipped.head, questions=shipped.questions)
    for form in BACK:
        written = write(whole, shipped.pictures, form)
        back = read_bank_file(written.content, written.name)
        assert bare(back.questions) == bare(shipped.questions)
        assert back.pictures == shipped.pictures
        assert back.topics == shipped.topics


def test_a_picture_written_anew_twice_is_the_same() -> None:
    once = checked(png())
    assert once is not None
    assert checked(once.content) == once


def test_examples_of_the_template_are_not_imported() -> None:
    parsed = read_bank_file(empty_template(), "template.xlsx")
    assert (parsed.rows, parsed.questions, parsed.problems) == (0, (), ())


def test_decimals_are_written_without_exponents() -> None:
    question = Question(
        "k", PublicQuestion(QuestionType.FILL, f"多少{BLANK}", blanks=1),
        QuestionKey(blanks=(Blank(("1",), Decimal("1E+1"), Decimal("1E-7")),)), "law", Difficulty.EASY,
    )  # fmt: skip
    assert check_question(question) == []
    written = write(bank([question]), {}, ExportFormat.XLSX)
    back = read_bank_file(written.content, written.name).questions[0]
    assert back.secret.blanks[0] == question.secret.blanks[0]
