"""The form of a question: what it shows of a stored one and what it makes of what was typed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.banks.strategies import fills, matchings, multiples, numerics, orderings, passages
from webapp.banks.rules import editing
from webapp.banks.rules.check import check_question
from webapp.banks.rules.editing import Typed, TypedBlank, TypedItem, TypedNumber, TypedOption
from webapp.banks.rules.schema import (
    Difficulty,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)

Pair = tuple[PublicQuestion, QuestionKey]
SINGLE = Typed(
    "single", "触电后先做什么？", (TypedOption("断电", is_right=True), TypedOption("跑开"), TypedOption())
)


def fields_of(typed: Typed, prefix: str = "") -> dict[str, str]:
    """What a browser sends of a form that shows this."""
    sent = {f"{prefix}type": typed.type, f"{prefix}truth": typed.truth, f"{prefix}weight": typed.weight}
    sent |= {
        f"{prefix}{name}": getattr(typed, name) for name in ("stem", "reference", "keywords", "explanation")
    }
    sent |= {
        f"{prefix}{name}": "1"
        for name in ("any_order", "all_needed", "case_sensitive")
        if getattr(typed, name)
    }
    for at, option in enumerate(typed.options):
        sent |= {f"{prefix}option-{at}": option.text, f"{prefix}share-{at}": option.share}
        sent[f"{prefix}place-{at}"] = option.place
        if option.is_right:
            sent[f"{prefix}right-{at}"] = "1"
    for at, item in enumerate(typed.items):
        sent |= {f"{prefix}item-{at}": item.text, f"{prefix}letter-{at}": item.letter}
    for at, blank in enumerate(typed.blanks):
        names = {"blank": blank.accepted, "partial": blank.partial, "choices": blank.choices}
        names |= {"weight": blank.weight, "tolerance": blank.tolerance}
        sent |= {f"{prefix}{name}-{at}": text for name, text in names.items()}
        if blank.is_pattern:
            sent[f"{prefix}pattern-{at}"] = "1"
    for at, number in enumerate(typed.numbers):
        sent |= {f"{prefix}number-{at}": number.low, f"{prefix}high-{at}": number.high}
        sent[f"{prefix}share-{at}"] = number.share
    for at, part in enumerate(typed.parts):
        sent |= {f"{prefix}part-{at}": "1"} | fields_of(part, f"part-{at}-")
    return sent


@given(st.one_of(fills(), matchings(), multiples(), numerics(), orderings(), passages()))
def test_a_stored_question_saved_unchanged_is_the_same_question(pair: Pair) -> None:
    public, secret = pair
    shown = editing.of_question(public, secret)
    assert editing.read(fields_of(shown)) == shown
    again, key, wrong = editing.question_of(shown)
    assert wrong == []
    assert (again.options, again.items, again.choices) == (public.options, public.items, public.choices)
    assert (key.letters, key.weights, key.fill) == (secret.letters, secret.weights, secret.fill)
    assert [b.accepted for b in key.blanks] == [b.accepted for b in secret.blanks]
    assert [(n.low, n.high, n.share) for n in key.numbers] == [
        (n.low, n.high, n.share) for n in secret.numbers
    ]
    assert (len(again.parts), key.part_weights) == (len(public.parts), secret.part_weights)


def test_empty_options_at_the_end_are_left_out_and_those_between_are_told() -> None:
    public, secret, wrong = editing.question_of(SINGLE)
    assert (public.options, secret.letters, wrong) == (("断电", "跑开"), "A", [])
    gap = Typed("single", "问", (TypedOption("断电", is_right=True), TypedOption(), TypedOption("跑开")))
    public, secret, _ = editing.question_of(gap)
    question = Question("k", public, secret, "", Difficulty.EASY)
    (problem,) = [one for one in check_question(question) if one.is_error]
    assert editing.field_of(problem, gap)[0] == "option-1"


def test_the_order_typed_as_places_is_the_key() -> None:
    rows = tuple(TypedOption(text, place=place) for text, place in (("丙", "3"), ("甲", "1"), ("乙", "2")))
    assert editing.question_of(Typed("ordering", "排序", rows))[1].letters == "BCA"
    twice = (rows[0], rows[1], TypedOption("乙", place="1"))
    assert editing.question_of(Typed("ordering", "排序", twice))[1].letters == ""


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Typed("numeric", "几", numbers=(TypedNumber("三"),)), "number-0"),
        (Typed("numeric", "几", numbers=(TypedNumber("3", "", "2"),)), "share-0"),
        (Typed("numeric", "几", numbers=(TypedNumber("NaN"),)), "number-0"),
        (Typed("fill", "____", blanks=(TypedBlank("a", partial="half b"),)), "partial-0"),
        (Typed("fill", "____", blanks=(TypedBlank("a", choices="b\nc"),)), "choices-0"),
        (Typed("fill", "____", blanks=(TypedBlank("1", tolerance="x"),)), "tolerance-0"),
        (
            Typed("passage", "文", parts=(Typed("numeric", "几", numbers=(TypedNumber("x"),)),)),
            "part-0-number-0",
        ),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(typed: Typed, field: str) -> None:
    assert field in [name for name, _ in editing.question_of(typed)[2]]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Typed("single"), "stem"),
        (Typed("single", "问", (TypedOption("a"), TypedOption("b"))), "right"),
        (Typed("true_false", "问"), "truth"),
        (Typed("fill", "没有空", blanks=(TypedBlank("a"),)), "stem"),
        (Typed("fill", "____ ____", blanks=(TypedBlank("a"), TypedBlank(""))), "blank-1"),
        (
            Typed(
                "matching",
                "配",
                (TypedOption("a"), TypedOption("b")),
                (TypedItem("甲", "A"), TypedItem("乙")),
            ),
            "letter-0",
        ),
        (Typed("numeric", "几", numbers=(TypedNumber("3", "1"),)), "high-0"),
        (Typed("passage", "文"), "parts"),
        (Typed("passage", "文", parts=(Typed("true_false", "对吗"),)), "part-0-truth"),
    ],
)
def test_what_is_missing_is_told_at_its_field(typed: Typed, field: str) -> None:
    public, secret, _ = editing.question_of(typed)
    problems = check_question(Question("k", public, secret, "", Difficulty.EASY))
    assert field in [editing.field_of(one, typed)[0] for one in problems if one.is_error]


def test_rows_are_added_and_removed_and_letters_follow() -> None:
    assert len(editing.with_row(SINGLE, "option").options) == 4
    assert editing.without_row(SINGLE, "option-0").options == SINGLE.options[1:]
    assert editing.without_row(SINGLE, "option-9") == editing.with_row(SINGLE, "nonsense") == SINGLE
    pairs = Typed(
        "matching", "配", tuple(map(TypedOption, "xyz")), (TypedItem("甲", "C"), TypedItem("乙", "B"))
    )
    assert [item.letter for item in editing.without_row(pairs, "option-1").items] == ["B", ""]
    passage = editing.empty(QuestionType.PASSAGE)
    assert len(editing.with_row(passage, "part-0-option").parts[0].options) == 5
    assert len(editing.with_row(passage, "part").parts) == 2


def test_a_short_line_of_underscores_is_a_blank_and_neighbours_stay_apart() -> None:
    public, _, _ = editing.question_of(Typed("fill", "先__后________", blanks=(TypedBlank("a"),)))
    assert public.stem == "先____后________"
    assert public.blanks == 3


def test_weights_of_parts_are_numbers() -> None:
    part = Typed("true_false", "对吗", truth="T", weight="2.5")
    assert editing.question_of(Typed("passage", "文", parts=(part,)))[1].part_weights == (Decimal("2.5"),)
