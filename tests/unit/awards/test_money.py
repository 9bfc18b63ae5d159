"""Paying less than the most that the rules name, and when more."""

import pytest

from webapp.awards.errors import AmountNeedsReason, AmountTooHigh
from webapp.awards.rules.money import check_amount
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.schema import Rule


def limit(force: str) -> list[Rule]:
    return [Rule(code="max-prize", force=force, value=5000, note=Text("上限"))]


def test_up_to_the_ceiling_is_always_right() -> None:
    check_amount(5000, 5000, [], has_reason=False)
    check_amount(1, 5000, limit("hard"), has_reason=False)


def test_beyond_a_normal_ceiling_a_reason_is_needed() -> None:
    check_amount(5001, 5000, limit("normal"), has_reason=True)
    with pytest.raises(AmountNeedsReason):
        check_amount(5001, 5000, limit("normal"), has_reason=False)


@pytest.mark.parametrize("limits", [[], limit("hard")])
def test_beyond_a_hard_ceiling_nothing_helps(limits: list[Rule]) -> None:
    with pytest.raises(AmountTooHigh):
        check_amount(5001, 5000, limits, has_reason=True)
