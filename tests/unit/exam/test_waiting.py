"""The waiting room's arithmetic: who is asked, where each page stands in the spread, when it asks again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.exam.rules import waiting as rules

OPENS = datetime(2026, 5, 22, 1, 0, tzinfo=UTC)
HOUR = 3600

factors = st.decimals("1", "2", places=2)


def after(seconds: float) -> datetime:
    return OPENS + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("closes_s", "factor", "lost", "late"),
    [
        pytest.param(HOUR, "1", 0, False, id="just enough time"),
        pytest.param(HOUR - 1, "1", 1, False, id="a second of pacing asks nobody"),
        pytest.param(HOUR - 59, "1", 59, False, id="almost a minute"),
        pytest.param(HOUR - 60, "1", 60, True, id="a whole minute is asked about"),
        pytest.param(HOUR, "1.25", 900, True, id="extra time is writing time too"),
        pytest.param(0, "1", HOUR, True, id="at the end nothing is left"),
        pytest.param(-5, "1", HOUR, True, id="after the end nothing more can be lost"),
    ],
)
def test_a_start_is_late_when_it_loses_a_minute_of_writing(
    closes_s: int, factor: str, lost: int, late: bool
) -> None:
    values = (OPENS, after(closes_s), HOUR, Decimal(factor))
    assert rules.lost_s(*values) == lost
    assert rules.is_late(*values) is late


@given(st.integers(1, 10**9), st.integers(0, 600))
def test_a_place_in_the_spread_is_fixed_and_inside_it(attempt_id: int, spread: int) -> None:
    offset = rules.offset_ms(attempt_id, spread)
    assert offset == rules.offset_ms(attempt_id, spread)
    assert offset == 0 if spread == 0 else 0 <= offset < spread * 1000


def test_neighbours_spread_evenly() -> None:
    places = [rules.offset_ms(attempt_id, 20) for attempt_id in range(1, 5001)]
    by_second = [sum(1 for place in places if place // 1000 == second) for second in range(20)]
    assert min(by_second) > 190
    assert max(by_second) < 310, "5000 starts in 20 s are about 250 a second"


@given(st.integers(0, 600), st.integers(60, 86_400), st.integers(60, 86_400), factors)
def test_spreading_costs_nobody_writing_time_where_there_is_room(
    wanted: int, window_s: int, duration_s: int, factor: Decimal
) -> None:
    full = rules.full_time_s(duration_s, factor)
    spread = rules.spread_s(wanted, OPENS, after(window_s), full)
    assert 0 <= spread <= wanted
    room = window_s - full
    assert spread <= max(rules.LEAST_SPREAD_S, room)
    if room >= rules.LEAST_SPREAD_S and spread:
        last = after(spread) - timedelta(milliseconds=1)
        assert rules.lost_s(last, after(window_s), duration_s, factor) <= 1


@given(st.floats(-7200, 7 * 86_400), st.integers(0, 600_000))
def test_a_page_opens_at_its_place_and_asks_in_time(before_s: float, offset: int) -> None:
    at = after(-before_s)
    step = rules.pace(at, OPENS, offset)
    assert step.opens_in_ms >= 0
    opening = before_s * 1000 + offset
    assert abs(step.opens_in_ms - max(0, opening)) <= 1
    assert 0 < step.ask_in_ms <= max(rules.ASK_EVERY_S * 2500, 0) + 11_000
    assert step.is_released is (before_s * 1000 <= rules.RELEASE_BEFORE_S * 1000)


@given(st.floats(rules.RELEASE_BEFORE_S + 0.01, 86_400), st.integers(0, 600_000))
def test_before_the_release_a_page_asks_soon_enough_for_its_pictures(before_s: float, offset: int) -> None:
    at, asked = after(-before_s), 0
    while not (step := rules.pace(at, OPENS, offset)).is_released:
        at += timedelta(milliseconds=step.ask_in_ms + 1)
        asked += 1
        assert asked < 5000
    assert at <= after(-rules.RELEASE_BEFORE_S / 2), "a minute at least is left for the pictures"


@given(st.floats(0, 15), st.integers(0, 20_000))
def test_nobody_asks_around_the_opening(before_s: float, offset: int) -> None:
    at = after(-before_s)
    assert at + timedelta(milliseconds=rules.pace(at, OPENS, offset).ask_in_ms) >= after(30)
