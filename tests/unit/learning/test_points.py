"""What an activity earns: caps bite, nothing counts twice, never below zero."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.schema import Activity, ActivityKind, Learning
from webapp.learning.rules.points import Totals, award, period_of, rest_period

VIDEO = Activity(ActivityKind.VIDEO, Decimal(10), "lesson", daily_cap=Decimal(30), total_cap=Decimal(100))
RULES = Learning(
    "learning", 300, True, daily_cap=Decimal(60), weekly_cap=Decimal(200), total_cap=Decimal(300)
)

points = st.decimals(0, 500, places=2)
totals = st.builds(Totals, points, points, points, points, points, points)
shares = st.decimals(0, 1, places=4)


@given(totals, shares)
def test_no_award_passes_any_cap(held: Totals, share: Decimal) -> None:
    made = award(VIDEO, RULES, held, share)
    assert made.points >= 0
    if made.points:
        assert held.source + made.points <= made.wanted
        assert held.activity_day + made.points <= 30
        assert held.activity_total + made.points <= 100
        assert held.day + made.points <= 60
        assert held.week + made.points <= 200
        assert held.total + made.points <= 300


@given(totals, shares)
def test_points_are_cut_only_with_a_reason(held: Totals, share: Decimal) -> None:
    made = award(VIDEO, RULES, held, share)
    assert (made.points < made.wanted) == bool(made.cut_by)


def test_the_tightest_cap_is_named() -> None:
    made = award(VIDEO, RULES, Totals(day=Decimal(55), activity_day=Decimal(24), total=Decimal(80)))
    assert (made.points, made.cut_by) == (Decimal(5), "daily-cap")


def test_a_source_counts_once() -> None:
    made = award(VIDEO, RULES, Totals(source=Decimal(10), total=Decimal(10)))
    assert (made.points, made.cut_by) == (Decimal(0), "already")


def test_what_a_cap_cut_off_can_follow_later() -> None:
    assert award(VIDEO, RULES, Totals(source=Decimal(4), total=Decimal(4))).points == Decimal(6)


def test_a_share_is_rounded_half_up_to_hundredths() -> None:
    drill = Activity(ActivityKind.DRILL, Decimal("0.1"), "run")
    assert award(drill, Learning("learning", 100, False), Totals(), Decimal("0.45")).points == Decimal("0.05")


@pytest.mark.parametrize("share", [Decimal("-0.01"), Decimal("1.01")])
def test_a_share_outside_its_range_is_refused(share: Decimal) -> None:
    with pytest.raises(ValueError, match="share"):
        award(VIDEO, RULES, Totals(), share)


def test_periods_name_their_span() -> None:
    day = date(2026, 5, 1)
    daily = Activity(ActivityKind.QUIZ, Decimal(1), "question", period="day")
    weekly = Activity(ActivityKind.QUIZ, Decimal(1), "question", period="week")
    assert [period_of(one, day) for one in (VIDEO, daily, weekly)] == ["", "2026-05-01", "2026-W18"]
    assert rest_period(day) == "rest-2026-05-01"
