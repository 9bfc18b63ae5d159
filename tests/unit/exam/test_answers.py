"""What a browser may send, and the way from displayed letters to the question's own and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.banks.errors import AnswerRefused, AnswerTooLong
from webapp.banks.rules.answers import (
    SlotForm,
    blank_texts,
    canonical,
    for_marking,
    to_displayed,
    to_original,
)
from webapp.banks.rules.schema import LETTERS
from webapp.exam.rules.answers import unanswered

FOUR = (2, 0, 3, 1)  # displayed A stands for the question's C, B for A, C for D, D for B
SINGLE = SlotForm("single", 4)
MULTIPLE = SlotForm("multiple", 4)
TRUE_FALSE = SlotForm("true_false")
MATCHING = SlotForm("matching", 4, n_items=3)
ORDERING = SlotForm("ordering", 3)
NUMERIC = SlotForm("numeric")
PASSAGE = SlotForm("passage", parts=(SlotForm("single", 4), NUMERIC))
FILL = SlotForm("fill", blanks=2)


@pytest.mark.parametrize(
    ("form", "raw", "stored"),
    [
        pytest.param(SINGLE, "D", "D", id="single"),
        pytest.param(SINGLE, "", "", id="cleared"),
        pytest.param(MULTIPLE, "DA", "AD", id="multiple in any order"),
        pytest.param(MULTIPLE, "ABCD", "ABCD", id="all options"),
        pytest.param(TRUE_FALSE, "F", "F", id="true/false"),
        pytest.param(FILL, '["触电","  断电 "]', '["触电","断电"]', id="fill is trimmed"),
        pytest.param(FILL, '["触电"]', '["触电",""]', id="missing blanks are empty"),
        pytest.param(FILL, '["",""]', "", id="only empty blanks are no answer"),
        pytest.param(FILL, "[]", "", id="no blanks"),
        pytest.param(FILL, '["\\ud867\\udd99"]', '["\U00029d99",""]', id="rare character as JSON escape"),
        pytest.param(MATCHING, "BA-", "BA-", id="an item left open"),
        pytest.param(MATCHING, "BBB", "BBB", id="one option for several items"),
        pytest.param(MATCHING, "---", "", id="nothing matched"),
        pytest.param(ORDERING, "C-A", "C-A", id="a place left open"),
        pytest.param(NUMERIC, " 3.5 ", "3.5", id="a number with spaces"),
        pytest.param(SlotForm("essay"), " 一\r\n二 ", "一\n二", id="an essay of two lines"),
        pytest.param(PASSAGE, '["B"," 12 "]', '["B","12"]', id="a passage"),
        pytest.param(PASSAGE, '["B"]', '["B",""]', id="a passage with an open part"),
        pytest.param(PASSAGE, '["",""]', "", id="a passage without any answer"),
    ],
)
def test_possible_answers_are_stored_in_one_form(form: SlotForm, raw: str, stored: str) -> None:
    assert canonical(raw, form, 0) == stored


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        pytest.param(SINGLE, "E", id="letter without option"),
        pytest.param(SINGLE, "AB", id="two letters for one choice"),
        pytest.param(SINGLE, "a", id="small letter"),
        pytest.param(SINGLE, "Ａ", id="full-width letter"),
        pytest.param(SINGLE, " A", id="space"),
        pytest.param(SINGLE, 0, id="a number"),
        pytest.param(SINGLE, None, id="nothing"),
        pytest.param(SINGLE, ["A"], id="a list"),
        pytest.param(MULTIPLE, "AA", id="a letter twice"),
        pytest.param(MULTIPLE, "A,B", id="separator"),
        pytest.param(TRUE_FALSE, "A", id="a letter for true/false"),
        pytest.param(TRUE_FALSE, "TF", id="both"),
        pytest.param(FILL, "触电", id="fill without JSON"),
        pytest.param(FILL, '{"0":"x"}', id="an object"),
        pytest.param(FILL, '["a","b","c"]', id="more texts than blanks"),
        pytest.param(FILL, '["a",1]', id="a number in a blank"),
        pytest.param(FILL, '["a\\u0000"]', id="NUL"),
        pytest.param(FILL, '["\\ud800"]', id="half a surrogate pair"),
        pytest.param(FILL, "[" * 1500 + "]" * 1500, id="deeply nested"),
        pytest.param(SlotForm("drawing"), "text", id="a type that nobody knows"),
        pytest.param(MATCHING, "AB", id="an item without a letter"),
        pytest.param(MATCHING, "ABE", id="a match without option"),
        pytest.param(ORDERING, "AAC", id="the same thing at two places"),
        pytest.param(ORDERING, "AB", id="a place is missing"),
        pytest.param(NUMERIC, "1\u0000", id="NUL in a number"),
        pytest.param(PASSAGE, '["A","x","y"]', id="more answers than parts"),
        pytest.param(PASSAGE, '["E",""]', id="a part's letter without option"),
        pytest.param(PASSAGE, '[["A"],""]', id="a part that is a list"),
    ],
)
def test_everything_else_is_refused_with_the_number_of_the_question(form: SlotForm, raw: object) -> None:
    with pytest.raises(AnswerRefused) as refusal:
        canonical(raw, form, 6)
    assert refusal.value.code == "answer-refused"
    assert refusal.value.params == {"slot": 7}


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        (SINGLE, "A" * 5000),
        (FILL, json.dumps(["漢" * 201])),
        (FILL, json.dumps(["漢" * 3000], ensure_ascii=False)),
    ],
)
def test_too_long_answers_are_refused_by_size(form: SlotForm, raw: str) -> None:
    with pytest.raises(AnswerTooLong):
        canonical(raw, form, 0)


orders = st.integers(2, 10).flatmap(lambda n: st.permutations(range(n)).map(tuple))


@given(orders, st.data())
def test_displayed_and_original_letters_are_inverse(order: tuple[int, ...], data: st.DataObject) -> None:
    letters = "".join(sorted(data.draw(st.sets(st.sampled_from(LETTERS[: len(order)])))))
    assert to_displayed(to_original(letters, order), order) == letters
    assert to_original(to_displayed(letters, order), order) == letters


def test_only_choices_are_turned_for_marking() -> None:
    assert for_marking("AC", "multiple", FOUR) == "CD"
    assert for_marking("F", "true_false", ()) == "F"
    assert for_marking('["A"]', "fill", ()) == '["A"]'
    assert for_marking("", "single", FOUR) == ""


def test_blanks_are_read_back() -> None:
    assert blank_texts('["触电",""]') == ("触电", "")
    assert blank_texts("") == ()


@given(st.text(max_size=300))
def test_what_is_stored_is_stored_again_unchanged_and_no_text_breaks_the_check(raw: str) -> None:
    for form in (SINGLE, MULTIPLE, TRUE_FALSE, FILL):
        try:
            stored = canonical(raw, form, 0)
        except AnswerRefused:
            continue
        assert canonical(stored, form, 0) == stored


def test_unanswered_questions_are_numbered_from_one() -> None:
    assert unanswered(["A", "", "", "B"]) == [2, 3]
