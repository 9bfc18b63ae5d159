"""The digest of a signed sheet: the same for the same sheet, another one for any change."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from webapp.judging.rules.seal import sheet_digest

VALUES = st.dictionaries(st.sampled_from(("A1", "B1", "C1", "D1")), st.sampled_from(("0", "1", "12.5", "40")))
SHEET: dict[str, Any] = {
    "place": ("contest", "event", "final", "m1"),
    "number": 7,
    "judge_id": 3,
    "score": Decimal("52.5"),
    "is_disqualified": False,
}


@given(VALUES)
def test_order_and_what_is_left_empty_do_not_matter(values: dict[str, str]) -> None:
    turned = {"Z": "", **dict(reversed(values.items()))}
    same = sheet_digest(values=turned, **{**SHEET, "score": Decimal("52.5000")})
    assert same == sheet_digest(values=values, **SHEET)


@given(VALUES, VALUES)
def test_other_values_give_another_digest(first: dict[str, str], second: dict[str, str]) -> None:
    equal = sheet_digest(values=first, **SHEET) == sheet_digest(values=second, **SHEET)
    assert equal == (first == second)


def test_everything_that_is_said_counts() -> None:
    changed: list[dict[str, Any]] = [
        {"place": ("contest", "event", "final", "m2")},
        {"number": 8},
        {"judge_id": 4},
        {"score": Decimal("52.4")},
        {"is_disqualified": True},
    ]
    digests = {sheet_digest(values={"A1": "1"}, **{**SHEET, **change}) for change in [{}, *changed]}
    assert len(digests) == 6
