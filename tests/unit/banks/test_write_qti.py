"""QTI packages come back: import(export(x)) == x but for what the list of losses names."""

import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.unit.banks.tables import png
from tests.unit.banks.test_round_trip import SHIPPED, bank, texts, words
from webapp.banks.formats.files import read_bank_file, read_bank_folder
from webapp.banks.formats.pictures import checked
from webapp.banks.formats.qti_losses import qti_losses
from webapp.banks.formats.write_qti import QtiVersion, write_qti
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    Blank,
    Difficulty,
    FillRules,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)

Asked = tuple[PublicQuestion, QuestionKey]
PARTS = [kind for kind in QuestionType if kind != QuestionType.PASSAGE]
tagged = texts | texts.map(lambda text: f"<b>甲</b>乙<sub>2</sub><u>丙</u>{text}")
decimals = st.decimals("0.01", "20", places=2)
shares = st.decimals("0.01", "0.99", places=2) | st.just(Decimal(1) / 3)
flat = texts.filter(lambda text: "\n" not in text and " ".join(text.split()) == text)


@st.composite
def choices(draw: st.DrawFn, kind: QuestionType) -> Asked:
    options = tuple(draw(st.lists(tagged, min_size=2, max_size=6)))
    known = LETTERS[: len(options)]
    most = 1 if kind == QuestionType.SINGLE else len(options)
    letters = "".join(sorted(draw(st.sets(st.sampled_from(known), min_size=1, max_size=most))))
    weighted = st.dictionaries(st.sampled_from(known), st.decimals("-1", "1", places=3), max_size=4)
    weights = draw(st.just({}) | weighted)
    return PublicQuestion(kind, draw(tagged), options), QuestionKey(letters=letters, weights=weights)


@st.composite
def fills(draw: st.DrawFn) -> Asked:
    count = draw(st.integers(1, 3))
    lists, blanks = [], []
    for _ in range(count):
        some = draw(st.lists(flat, min_size=2, max_size=4, unique=True))
        is_list = draw(st.booleans())
        lists.append(tuple(some) if is_list else ())
        partial = ((some[1], draw(shares)),) if draw(st.booleans()) else ()
        tolerance = draw(st.none() | st.just(Decimal("0.5")))
        accepted = (some[0], *some[2:]) if draw(st.booleans()) else (some[0],)
        blanks.append(Blank(accepted, draw(decimals), tolerance, partial, draw(st.booleans())))
    rules = FillRules(draw(st.booleans()), draw(st.booleans()), draw(st.booleans()))
    stem = draw(flat) + BLANK + f"与{BLANK}" * (count - 1)
    listed = tuple(lists) if any(lists) else ()
    public = PublicQuestion(QuestionType.FILL, stem, blanks=count, choices=listed)
    return public, QuestionKey(blanks=tuple(blanks), fill=rules)


@st.composite
def numbers(draw: st.DrawFn) -> Asked:
    ranges = []
    for _ in range(draw(st.integers(1, 3))):
        low, high = sorted(
            draw(st.tuples(st.decimals("-99", "99", places=3), st.decimals("-99", "99", places=3)))
        )
        ranges.append(NumberRange(low, high, draw(st.just(Decimal(1)) | shares)))
    return PublicQuestion(QuestionType.NUMERIC, draw(tagged)), QuestionKey(numbers=tuple(ranges))


@st.composite
def asked(draw: st.DrawFn, kind: QuestionType) -> Asked:
    stem = draw(tagged)
    match kind:
        case QuestionType.SINGLE | QuestionType.MULTIPLE:
            return draw(choices(kind))
        case QuestionType.FILL:
            return draw(fills())
        case QuestionType.NUMERIC:
            return draw(numbers())
        case QuestionType.TRUE_FALSE:
            return PublicQuestion(kind, stem), QuestionKey(truth=draw(st.booleans()))
        case QuestionType.ESSAY:
            keywords = tuple(draw(st.lists(words, max_size=3)))
            return PublicQuestion(kind, stem), QuestionKey(
                reference=draw(st.just("") | tagged), keywords=keywords
            )
        case QuestionType.ORDERING:
            options = tuple(draw(st.lists(tagged, min_size=2, max_size=5)))
            letters = "".join(draw(st.permutations(LETTERS[: len(options)])))
            return PublicQuestion(kind, stem, options), QuestionKey(letters=letters)
        case _:
            options = tuple(draw(st.lists(tagged, min_size=1, max_size=5)))
            items = tuple(draw(st.lists(tagged, min_size=2, max_size=5)))
            letters = "".join(draw(st.sampled_from(LETTERS[: len(options)])) for _ in items)
            return PublicQuestion(QuestionType.MATCHING, stem, options, items=items), QuestionKey(
                letters=letters
            )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(list(QuestionType)))
    if kind == QuestionType.PASSAGE:
        found = [draw(asked(part)) for part in draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3))]
        noted = [(public, replace(key, explanation=draw(st.just("") | tagged))) for public, key in found]
        public = PublicQuestion(kind, draw(tagged), parts=tuple(part for part, _ in noted))
        secret = QuestionKey(
            parts=tuple(key for _, key in noted), part_weights=tuple(draw(decimals) for _ in noted)
        )
    else:
        public, secret = draw(asked(kind))
    question = Question(
        key="",
        public=public,
        secret=replace(secret, explanation=draw(st.just("") | tagged)),
        topic=draw(st.sampled_from(["law", "fire", "", "别/的"])),
        difficulty=draw(st.sampled_from(list(Difficulty))),
        source=draw(st.just("") | texts),
        tags=tuple(draw(st.lists(words, max_size=3, unique=True))),
        external_id=draw(st.just("") | words),
        mark=draw(st.none() | decimals),
    )
    assume(not [problem for problem in check_question(question) if problem.is_error])
    return question


def come_back(found: list[Question], version: QtiVersion) -> list[Question]:
    back = read_bank_file(write_qti(bank(found), {}, version), "bank.zip")
    assert [problem for problem in back.problems if problem.is_error] == []
    assert back.skipped == ()
    return [replace(question, sheet="", row=None) for question in back.questions]


def bare_of(question: Question) -> Question:
    """A question without what the losses name: what remains must come back."""

    def of_key(key: QuestionKey, public: PublicQuestion) -> QuestionKey:
        weights = key.weights if any(key.weights.values()) else {}
        blanks = tuple(replace(blank, tolerance=None, is_pattern=False) for blank in key.blanks)
        parts = tuple(of_key(part, one) for part, one in zip(key.parts, public.parts, strict=True))
        rules = FillRules(case_sensitive=key.fill.case_sensitive)
        return replace(key, weights=weights, blanks=blanks, parts=parts, fill=rules)

    return replace(question, secret=of_key(question.secret, question.public))


@pytest.mark.parametrize("version", list(QtiVersion))
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(found=st.lists(questions(), min_size=1, max_size=3))
def test_what_is_written_comes_back_but_for_the_losses(version: QtiVersion, found: list[Question]) -> None:
    named = list(bank(found).questions)
    lost = {loss.column for loss in qti_losses(named)}
    back = come_back(found, version)
    assert [question.key for question in back] == [question.key for question in named]
    for question, again in zip(named, back, strict=True):
        if question.key in lost:
            # A loss is one: it must be seen, and nothing else is lost with it.
            assert again != question
            assert again == bare_of(question)
        else:
            assert again == question


def single(key: str = "k", **changes: object) -> Question:
    public = PublicQuestion(QuestionType.SINGLE, "题", ("甲", "乙"))
    question = Question(key, public, QuestionKey(letters="A"), "law", Difficulty.EASY)
    return replace(question, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("version", list(QtiVersion))
def test_the_shipped_bank_comes_back(version: QtiVersion) -> None:
    shipped = read_bank_folder(SHIPPED)
    assert shipped.head is not None
    whole = replace(shipped.head, questions=shipped.questions)
    lost = {loss.column for loss in qti_losses(whole.questions)}
    back = read_bank_file(write_qti(whole, shipped.pictures, version), "bank.zip")
    kept = {question.key: replace(question, sheet="", row=None) for question in back.questions}
    assert len(kept) == len(shipped.questions)
    for question in shipped.questions:
        if question.key not in lost:
            assert kept[question.key] == replace(question, sheet="", row=None)
    assert back.pictures == shipped.pictures
    used = {question.topic for question in shipped.questions}
    assert set(back.topics) == {topic for topic in shipped.topics if topic.key in used}


@pytest.mark.parametrize("version", list(QtiVersion))
def test_pictures_above_and_inside_texts_come_back(version: QtiVersion) -> None:
    picture = checked(png())
    assert picture is not None
    public = PublicQuestion(
        QuestionType.SINGLE, "看 [[media:图 1.png]] 选", ("[[media:items/a.png]]", "乙"), picture="top.png"
    )
    names = ("图 1.png", "items/a.png", "top.png")
    whole = bank([single(public=public)])
    back = read_bank_file(write_qti(whole, dict.fromkeys(names, picture), version), "bank.zip")
    assert back.problems == ()
    assert back.questions[0].public == public
    assert set(back.pictures) == set(names)


def test_item_files_have_the_names_of_their_generation() -> None:
    for version, root, namespace in (
        (QtiVersion.V2_1, "assessmentItem", "http://www.imsglobal.org/xsd/imsqti_v2p1"),
        (QtiVersion.V3_0, "qti-assessment-item", "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"),
    ):
        archive = zipfile.ZipFile(io.BytesIO(write_qti(bank([single()]), {}, version)))
        assert archive.namelist() == ["imsmanifest.xml", "items/q00001.xml"]
        item = etree.fromstring(archive.read("items/q00001.xml"))
        assert item.tag == f"{{{namespace}}}{root}"
        own = [one for one in item.iter() if str(one.tag).startswith(f"{{{namespace}}}qti-")]
        assert bool(own) == (version == QtiVersion.V3_0)


def test_the_same_bank_gives_the_same_package() -> None:
    for version in QtiVersion:
        assert write_qti(bank([single()]), {}, version) == write_qti(bank([single()]), {}, version)


def test_losses_are_named_by_question() -> None:
    blank = Blank(("1",), tolerance=Decimal(1), is_pattern=True)
    public = PublicQuestion(QuestionType.FILL, "x____", blanks=1)
    key = QuestionKey(blanks=(blank,), fill=FillRules(any_order=True, all_needed=True))
    losses = qti_losses([single("good"), single("fill", public=public, secret=key)])
    assert [(loss.column, loss.code) for loss in losses] == [("fill", "changed")] * 4


def test_a_list_without_its_right_answer_is_refused_and_left_out() -> None:
    public = PublicQuestion(QuestionType.FILL, "x____", blanks=1, choices=(("甲", "乙"),))
    bad = single("bad", public=public, secret=QuestionKey(blanks=(Blank(("丙",)),)))
    assert [(loss.column, loss.code) for loss in qti_losses([bad])] == [("bad", "refused")]
    (back,) = come_back([bad, single("good")], QtiVersion.V2_1)
    assert back.public.stem == "题"
