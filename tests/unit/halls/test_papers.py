"""What two people read from one paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.banks.errors import AnswerRefused
from webapp.banks.rules.answers import SlotForm
from webapp.halls.rules.papers import differences, settled, to_print, typed

PASSAGE = SlotForm("passage", parts=(SlotForm("single", 2), SlotForm("fill", blanks=2)))
READINGS = st.lists(st.tuples(*[st.sampled_from(["", "A", "B", "AC"])] * 3), max_size=30)


@given(READINGS)
def test_agreement_needs_no_third_person_and_only_differences_are_settled(
    rows: list[tuple[str, str, str]],
) -> None:
    first, second, third = ([row[at] for row in rows] for at in range(3))
    different = differences(first, second)
    counts = settled(first, second, third)
    for at, (one, other, last) in enumerate(rows):
        assert (at in different) == (one != other)
        assert counts[at] == (one if one == other else last)


def test_what_is_saved_is_not_printed_again_unless_all_is_wanted() -> None:
    assert to_print(["A", "", "T", ""], "rest") == (1, 3)
    assert to_print(["A", "", "T", ""], "all") == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("texts", "form", "answer"),
    [
        (["c, a"], SlotForm("multiple", 4), "AC"),
        (["b"], SlotForm("single", 4), "B"),
        (["√"], SlotForm("true_false"), "T"),
        (["错"], SlotForm("true_false"), "F"),
        ([" 触电 ", ""], SlotForm("fill", blanks=2), '["触电",""]'),
        ([""], SlotForm("single", 4), ""),
        (["b, a -"], SlotForm("matching", 4, n_items=3), "BA-"),
        (["C A B"], SlotForm("ordering", 3), "CAB"),
        ([" 36.5 "], SlotForm("numeric"), "36.5"),
        (["一 二\r\n三"], SlotForm("essay"), "一 二\n三"),
        (["a", "围挡", "1.8"], PASSAGE, '["A","[\\"围挡\\",\\"1.8\\"]"]'),
        (["", "", ""], PASSAGE, ""),
    ],
)
def test_people_type_as_they_read(texts: list[str], form: SlotForm, answer: str) -> None:
    assert typed(texts, form, 0) == answer


def test_a_letter_without_an_option_is_refused() -> None:
    with pytest.raises(AnswerRefused):
        typed(["E"], SlotForm("single", 4), 6)
