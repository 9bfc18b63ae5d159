"""From the fields of a quiz page to the canonical answer, for every type; what is no answer is asked for again."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.strategies import alone, anything, right_answer
from webapp.banks.errors import AnswerRefused, AnswerTooLong
from webapp.banks.rules.answers import NOTHING, SlotForm, form_of, to_displayed
from webapp.banks.rules.marking import MarkingPolicy, mark
from webapp.banks.rules.schema import LETTERS, PublicQuestion, QuestionKey, QuestionType
from webapp.learning.errors import AnswerMissing, PlacedTwice
from webapp.learning.rules.quizzes import kept_answer, option_order, read_answer

FOUR = (2, 0, 3, 1)
SINGLE, MULTIPLE = SlotForm("single", 4), SlotForm("multiple", 4)
TRUE_FALSE, FILL = SlotForm("true_false"), SlotForm("fill", blanks=2)
MATCHING, ORDERING = SlotForm("matching", 4, n_items=3), SlotForm("ordering", 4)
NUMERIC = SlotForm("numeric")
PASSAGE = SlotForm("passage", parts=(SINGLE, FILL, ORDERING))
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WHOLE = MarkingPolicy(full=Decimal(1))


def fields(public: PublicQuestion, answer: str, name: str, order: tuple[int, ...]) -> dict[str, list[str]]:
    """What the page sends for a canonical answer: letters as they were shown; within a passage as written."""
    if public.parts:
        found: dict[str, list[str]] = {}
        for at, (part, own) in enumerate(zip(public.parts, json.loads(answer), strict=True)):
            found |= fields(part, own, f"{name}.{at}", tuple(range(len(part.options))))
        return found
    match public.type:
        case QuestionType.SINGLE | QuestionType.MULTIPLE:
            return {name: list(to_displayed(answer, order))}
        case QuestionType.MATCHING | QuestionType.ORDERING:
            place = {LETTERS[original]: LETTERS[shown] for shown, original in enumerate(order)}
            return {name: [place[letter] for letter in answer]}
        case QuestionType.FILL:
            return {name: json.loads(answer)}
    return {name: [answer]}


def has_essay(public: PublicQuestion) -> bool:
    return public.type is QuestionType.ESSAY or any(map(has_essay, public.parts))


@untimed
@given(
    anything.filter(lambda pair: not has_essay(pair[0])), st.text("0123456789abcdef", min_size=8, max_size=8)
)
def test_a_right_answer_of_any_type_is_right_in_whatever_order_it_was_shown(
    pair: tuple[PublicQuestion, QuestionKey], seed: str
) -> None:
    public, key = pair
    order = option_order(seed, 3, len(public.options))
    right = right_answer(public, key)
    posted = fields(public, right, "a3", order)
    stored = read_answer(form_of(public), posted, 3, order)
    assert mark(public, key, stored, WHOLE).is_right is mark(public, key, right, WHOLE).is_right


NAMES = st.sampled_from(["a0", "a0.0", "a0.1", "a0.2", "a1", "csrf_token"])
VALUES = st.sampled_from([*"ABCDTF-", "", "触电", "AB", "\ud800", "\x00", "[", "x" * 5000]) | st.text(
    max_size=12
)


@untimed
@given(alone | anything, st.dictionaries(NAMES, st.lists(VALUES, max_size=9)))
def test_whatever_is_sent_is_an_answer_or_asked_for_again(
    pair: tuple[PublicQuestion, QuestionKey], posted: dict[str, list[str]]
) -> None:
    public, key = pair
    form, order = form_of(public), option_order("seed", 0, len(public.options))
    kept = kept_answer(form, posted, 0)
    assert isinstance(kept, str)
    try:
        stored = read_answer(form, posted, 0, order)
    except (AnswerMissing, AnswerTooLong):
        return
    assert stored
    assert mark(public, key, stored, WHOLE).is_readable


@given(st.text("0123456789abcdef", min_size=8, max_size=8), st.sets(st.integers(0, 5), min_size=1))
def test_letters_come_back_as_they_were_shown(seed: str, picked: set[int]) -> None:
    order = option_order(seed, 3, 6)
    shown = ["ABCDEF"[at] for at in sorted(picked)]
    stored = read_answer(SlotForm("multiple", 6), {"a3": shown}, 3, order)
    assert to_displayed(stored, order) == "".join(shown)
    assert stored == "".join(sorted("ABCDEF"[order[at]] for at in picked))


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (SINGLE, []),
        (SINGLE, ["A", "B"]),
        (SINGLE, ["Z"]),
        (SINGLE, ["AB"]),
        (SINGLE, [""]),
        (MULTIPLE, ["A", "é"]),
        (TRUE_FALSE, ["T", "F"]),
        (TRUE_FALSE, ["A"]),
        (FILL, []),
        (FILL, [" ", "\u200b\x00"]),
        (FILL, ["触电", "触电", "third"]),
        (MATCHING, [NOTHING, NOTHING, NOTHING]),
        (MATCHING, ["A", "B"]),
        (MATCHING, ["A", "B", "C", "D"]),
        (MATCHING, ["A", "B", "E"]),
        (ORDERING, [NOTHING] * 4),
        (ORDERING, ["A", "B", "C"]),
        (ORDERING, ["A", "B", "C", "E"]),
        (NUMERIC, [" "]),
        (NUMERIC, []),
        (PASSAGE, ["A"]),
    ],
)
def test_what_is_no_answer_is_asked_for_again(form: SlotForm, values: list[str]) -> None:
    with pytest.raises(AnswerMissing):
        read_answer(form, {"a0": values}, 0, FOUR)


def test_texts_of_blanks_are_cleaned_and_filled_up() -> None:
    stored = read_answer(FILL, {"a0": [" 触\x00电 ", "x" * 300]}, 0, ())
    assert json.loads(stored) == ["触电", "x" * 200]
    assert json.loads(read_answer(FILL, {"a0": ["触电"]}, 0, ())) == ["触电", ""]


def test_a_text_of_a_list_is_taken_as_it_is() -> None:
    odd = "红\u200d色"
    assert json.loads(read_answer(FILL, {"a0": [odd, odd]}, 0, (), {odd})) == [odd, odd]
    assert json.loads(read_answer(FILL, {"a0": [odd, odd]}, 0, ())) == ["红色", "红色"]


def test_one_thing_at_two_places_is_said_and_the_first_is_kept() -> None:
    posted = {"a0": ["B", "A", "B", NOTHING]}
    with pytest.raises(PlacedTwice):
        read_answer(ORDERING, posted, 0, FOUR)
    assert kept_answer(ORDERING, posted, 0) == "BA--"


def test_one_thing_at_two_places_within_a_passage_is_said_and_the_rest_is_kept() -> None:
    posted = {"a0.0": ["C"], "a0.1": ["触电"], "a0.2": ["A", "A", "B", "C"]}
    with pytest.raises(PlacedTwice):
        read_answer(PASSAGE, posted, 0, ())
    assert json.loads(kept_answer(PASSAGE, posted, 0)) == ["C", '["触电",""]', "A-BC"]


def test_a_thing_may_belong_to_two_items() -> None:
    assert read_answer(MATCHING, {"a0": ["A", "A", NOTHING]}, 0, FOUR) == "CC-"


def test_too_many_long_texts_are_refused_as_such() -> None:
    with pytest.raises(AnswerTooLong):
        read_answer(SlotForm("fill", blanks=30), {"a0": ["长" * 200] * 30}, 0, ())
    assert issubclass(AnswerTooLong, AnswerRefused)
