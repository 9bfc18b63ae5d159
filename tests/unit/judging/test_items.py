"""What a typed value is worth, and what a sheet comes to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.judging.rules.items import (
    Band,
    Item,
    ItemKind,
    canonical,
    differing,
    full_mark,
    points,
    sheet_score,
)

D = Decimal
WIDTH = Item("A1", "槽宽", "Width", ItemKind.MEASURED, D(4), target=D("12"), tolerance=D("0.05"), unit="mm")
BANDED = Item(
    "A2", "孔距", "Distance", ItemKind.MEASURED, D(6), target=D(40),
    bands=(Band(D("0.02"), D(6)), Band(D("0.05"), D("3.5"))),
)  # fmt: skip
LOOK = Item("B1", "外观", "Look", ItemKind.JUDGED, D(10), D("0.5"))
WASTE = Item("C1", "浪费材料", "Waste", ItemKind.DEDUCTION, D(3), D(1))
UNSAFE = Item("Z1", "重大安全事故", "Accident", ItemKind.DISQUALIFYING)
SHEET = (WIDTH, BANDED, LOOK, WASTE, UNSAFE)


@pytest.mark.parametrize(
    ("item", "value", "worth"),
    [
        (WIDTH, "12.05", "4"), (WIDTH, "11.95", "4"), (WIDTH, "12.051", "0"), (WIDTH, "", "0"),
        (BANDED, "40.02", "6"), (BANDED, "40.021", "3.5"), (BANDED, "39.95", "3.5"), (BANDED, "40.06", "0"),
        (LOOK, "9.5", "9.5"), (WASTE, "2", "-2"), (UNSAFE, "1", "0"),
    ],
)  # fmt: skip
def test_a_value_is_worth_what_its_band_says_up_to_the_very_edge(item: Item, value: str, worth: str) -> None:
    assert points(item, value) == D(worth)


@pytest.mark.parametrize(
    ("item", "typed", "kept"),
    [
        (LOOK, " 9,5 ", "9.5"), (LOOK, "10.0", "10"), (LOOK, "9.7", None), (LOOK, "10.5", None),
        (LOOK, "-1", None), (LOOK, "NaN", None), (LOOK, "1e9", None), (LOOK, "", ""), (WASTE, "4", None),
        (WIDTH, "-3.20", "-3.2"), (WIDTH, "inf", None), (UNSAFE, "1", "1"), (UNSAFE, "2", None),
        (WIDTH, "1" * 30, None), (LOOK, "0.0", "0"),
    ],
)  # fmt: skip
def test_only_values_that_an_item_can_have_are_kept(item: Item, typed: str, kept: str | None) -> None:
    assert canonical(item, typed) == kept


def test_a_sheet_is_the_sum_less_deductions_and_never_negative() -> None:
    made = sheet_score(SHEET, {"A1": "12", "A2": "40.03", "B1": "8", "C1": "3"})
    assert (made.total, made.is_disqualified, made.missing) == (D("12.5"), False, ())
    low = sheet_score(SHEET, {"A1": "13", "A2": "50", "B1": "0", "C1": "3"})
    assert low.total == 0
    assert sheet_score(SHEET, {"A1": "12"}).missing == ("A2", "B1")


def test_a_disqualifying_item_makes_the_sheet_nothing() -> None:
    made = sheet_score(SHEET, {"A1": "12", "A2": "40", "B1": "10", "Z1": "1"})
    assert made.total == 0
    assert made.is_disqualified


def test_items_come_back_from_json_as_they_were() -> None:
    assert tuple(Item.from_json(item.as_json()) for item in SHEET) == SHEET


def test_two_readings_differ_where_one_has_nothing() -> None:
    assert differing({"A1": "12", "B1": "0"}, {"A1": "12.0", "C1": ""}) == ("A1", "B1")
    assert differing({"A1": "12"}, {"A1": "12"}) == ()


@given(st.dictionaries(st.sampled_from([item.code for item in SHEET]), st.text("0123456789.,-", max_size=6)))
def test_no_typed_values_make_more_than_the_full_mark_or_less_than_nothing(typed: dict[str, str]) -> None:
    values = {item.code: canonical(item, typed.get(item.code, "")) or "" for item in SHEET}
    assert 0 <= sheet_score(SHEET, values).total <= full_mark(SHEET) == 20
