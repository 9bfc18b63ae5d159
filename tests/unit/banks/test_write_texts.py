"""GIFT and Aiken come back as they were, but for what `losses` names."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.test_round_trip import bank, contents, texts
from webapp.banks.formats.files import read_bank_file
from webapp.banks.formats.losses import Loss, losses
from webapp.banks.formats.sanitise import clean_text
from webapp.banks.formats.write_aiken import write_aiken
from webapp.banks.formats.write_gift import write_gift
from webapp.banks.formats.writers import ExportFormat, write
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    Blank,
    Difficulty,
    FillRules,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    TopicTitle,
)

TOPICS = (TopicTitle("law", "法律/总则", "Law"), TopicTitle("fire", "消防 {火}", "Fire"))
nasty = (
    st.text("~=#{}:\\n*%->[]html/甲 \n$1", min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: text and clean_text(text) == (text, False))
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(list(QuestionType)))
    public, secret = draw(contents(kind))
    if kind == QuestionType.FILL and draw(st.booleans()):
        answers = draw(st.lists(nasty, min_size=1, max_size=3, unique=True))
        stem = draw(st.sampled_from([f"问{BLANK}", f"{BLANK} 是", f"问 {BLANK}。"]))
        public = PublicQuestion(kind, stem, blanks=1)
        secret = QuestionKey(blanks=(Blank(tuple(answers), is_pattern=draw(st.booleans())),))
    elif kind in {QuestionType.TRUE_FALSE, QuestionType.ESSAY, QuestionType.NUMERIC}:
        public = replace(public, stem=draw(nasty))
    elif kind == QuestionType.SINGLE:
        options = tuple(draw(st.lists(nasty, min_size=2, max_size=5)))
        public, secret = (
            replace(public, options=options),
            QuestionKey(letters=draw(st.sampled_from(LETTERS[: len(options)]))),
        )
    if kind != QuestionType.PASSAGE:
        secret = replace(secret, explanation=draw(st.just("") | texts | nasty))
    return Question(
        draw(st.text("abk]\\12", min_size=1, max_size=8)), public, secret,
        draw(st.sampled_from(["law", "fire", ""])),
        draw(st.sampled_from([Difficulty.MEDIUM, Difficulty.MEDIUM, Difficulty.HARD])),
        tags=tuple(draw(st.lists(st.text("甲]\\b", min_size=1, max_size=4), max_size=2, unique=True))),
        mark=draw(st.sampled_from([None, None, Decimal(2)])),
    )  # fmt: skip


def alike(question: Question) -> object:
    """A question without what has no meaning: order of what is matched, rules that one blank does not need."""
    public, secret = question.public, question.secret
    if public.type == QuestionType.MATCHING:
        pairs = tuple(
            zip(public.items, (public.options[LETTERS.index(one)] for one in secret.letters), strict=True)
        )
        public = replace(public, options=tuple(sorted(set(public.options))))
        secret = replace(secret, letters=str(pairs))
    elif public.type == QuestionType.FILL:
        blank = secret.blanks[0]
        is_pattern = blank.is_pattern and any(
            "*" in text for text in (*blank.accepted, *(one for one, _ in blank.partial))
        )
        secret = replace(
            secret, blanks=(replace(blank, weight=Decimal(1), is_pattern=is_pattern),), fill=FillRules()
        )
    elif set(secret.weights.values()) == {Decimal(1)} and len(secret.weights) == 1:
        secret = replace(secret, weights={})
    return replace(question, public=public, secret=secret, external_id="", sheet="", row=None)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(questions(), min_size=1, max_size=4, unique_by=lambda question: question.key))
def test_gift_comes_back_but_for_what_is_named(found: list[Question]) -> None:
    found = [question for question in found if not any(one.is_error for one in check_question(question))]
    lost = losses(found, "gift")
    refused = {loss.key for loss in lost if loss.kind == "refused"}
    back = read_bank_file(write_gift(found, TOPICS).encode(), "b.gift")
    if len(refused) < len(found):
        assert [problem for problem in back.problems if problem.is_error] == []
    by_key = {question.key: question for question in back.questions}
    assert set(by_key) == {question.key for question in found} - refused
    titles = {"law": "法律/总则", "fire": "消防 {火}", "": ""}
    for question in found:
        if question.key in by_key:
            again = by_key[question.key]
            assert (again.topic, again.tags) == (titles[question.topic], question.tags)
            assert again.public.type == question.public.type
            if question.key not in {loss.key for loss in lost}:
                assert alike(again) == alike(replace(question, topic=titles[question.topic]))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(questions(), min_size=1, max_size=4))
def test_aiken_comes_back_but_for_what_is_named(found: list[Question]) -> None:
    found = [question for question in found if not any(one.is_error for one in check_question(question))]
    found = [replace(question, key=f"k{number}") for number, question in enumerate(found)]
    lost = losses(found, "aiken")
    refused = {loss.key for loss in lost if loss.kind == "refused"}
    back = read_bank_file(write_aiken(found).encode(), "b.txt")
    kept = [question for question in found if question.key not in refused]
    assert len(back.questions) == len(kept)
    for question, again in zip(kept, back.questions, strict=True):
        assert again.secret.letters == question.secret.letters
        if question.key not in {loss.key for loss in lost}:
            bare = replace(question, key=again.key, external_id="", sheet="", row=None)
            assert replace(again, sheet="", row=None) == bare


def single(**more: object) -> Question:
    public = PublicQuestion(QuestionType.SINGLE, "甲", ("一", "二"))
    return replace(Question("k", public, QuestionKey(letters="A"), "", Difficulty.MEDIUM), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (single(difficulty=Difficulty.HARD), "The difficulty is not written."),
        (single(mark=Decimal(2)), "The mark is not written."),
        (single(source="规范"), "The source is not written."),
        (single(public=PublicQuestion(QuestionType.SINGLE, "甲", ("一", "二"), picture="a.png")), "Pictures and sounds are not written."),
        (single(public=PublicQuestion(QuestionType.SINGLE, "甲[[media:a.png]]", ("一", "二"))), "Pictures and sounds are not written."),
    ],
)  # fmt: skip
def test_every_loss_is_named_with_its_question(question: Question, text: str) -> None:
    for form in ("gift", "aiken"):
        assert [(loss.key, loss.kind, loss.what.text) for loss in losses([question], form)] == [
            ("k", "changed", text)
        ]
    assert losses([single()], "gift") == losses([single()], "aiken") == []


def test_types_that_a_format_has_not_are_refused() -> None:
    ordering = single(
        public=PublicQuestion(QuestionType.ORDERING, "排", ("一", "二")), secret=QuestionKey(letters="BA")
    )
    truth = single(public=PublicQuestion(QuestionType.TRUE_FALSE, "对"), secret=QuestionKey(truth=True))
    assert [loss.kind for loss in losses([ordering], "gift")] == ["refused"]
    assert (losses([truth], "gift"), [loss.kind for loss in losses([truth], "aiken")]) == ([], ["refused"])
    mistaken = single(public=PublicQuestion(QuestionType.SINGLE, "A. 甲", ("一", "二")))
    assert isinstance(losses([mistaken], "aiken")[0], Loss)
    assert write_aiken([mistaken]) == ""
    with pytest.raises(ValueError, match="qti"):
        losses([], "qti")


def test_formatted_texts_are_written_as_html() -> None:
    question = single(
        public=PublicQuestion(QuestionType.SINGLE, "m<sup>2</sup> < 3 & 4\n二", ("a < b", "<b>粗</b>"))
    )
    assert losses([question], "gift") == []
    (again,) = read_bank_file(write_gift([question], ()).encode(), "b.gift").questions
    assert again.public == question.public


def test_exports_name_what_they_lose() -> None:
    ordering = single(
        public=PublicQuestion(QuestionType.ORDERING, "排", ("一", "二")), secret=QuestionKey(letters="BA")
    )
    whole = bank([single(), ordering])
    for form, name in ((ExportFormat.GIFT, "b.gift"), (ExportFormat.AIKEN, "b.txt")):
        made = write(whole, {}, form)
        assert (made.name, [(one.column, one.is_error) for one in made.problems]) == (name, [("k-1", True)])
        assert len(read_bank_file(made.content, made.name).questions) == 1
