"""When an attempt ends and what counts: every boundary, from one microsecond to a day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.exam.rules.timing import accepts, deadline, minutes_if_started, remaining_s, window_is_open

START = datetime(2026, 5, 22, 1, 0, tzinfo=UTC)
HOUR = 3600
TICK = timedelta(microseconds=1)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("duration_s", "factor", "closes", "grants", "expected"),
    [
        pytest.param(HOUR, "1", None, (), HOUR, id="plain hour"),
        pytest.param(HOUR, "1.25", None, (), 4500, id="a quarter more time"),
        pytest.param(100, "1.333", None, (), 134, id="a broken second is rounded up"),
        pytest.param(HOUR, "1", 1800, (), 1800, id="the window ends first"),
        pytest.param(HOUR, "1", HOUR, (), HOUR, id="the window ends at the same instant"),
        pytest.param(HOUR, "2", HOUR, (), HOUR, id="the personal factor does not reach past the window"),
        pytest.param(HOUR, "1", 1800, (600,), 2400, id="a grant reaches past the window"),
        pytest.param(HOUR, "1", None, (600, 60), HOUR + 660, id="grants add up"),
    ],
)
def test_deadline_is_the_earlier_end_plus_grants(
    duration_s: int, factor: str, closes: int | None, grants: tuple[int, ...], expected: int
) -> None:
    window = None if closes is None else after(closes)
    assert deadline(START, duration_s, Decimal(factor), window, grants) == after(expected)


@pytest.mark.parametrize(
    ("duration_s", "factor", "grants"),
    [(0, "1", ()), (-1, "1", ()), (HOUR, "0.99", ()), (HOUR, "1", (0,)), (HOUR, "1", (600, -60))],
)
def test_time_can_never_be_shortened(duration_s: int, factor: str, grants: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"positive|shortens"):
        deadline(START, duration_s, Decimal(factor), None, grants)


@given(st.lists(st.integers(1, 7200), max_size=5), st.integers(1, 86_400), st.integers(1, 86_400))
def test_a_grant_moves_the_deadline_by_exactly_its_seconds(
    grants: list[int], duration: int, window: int
) -> None:
    plain = deadline(START, duration, Decimal(1), after(window))
    extended = deadline(START, duration, Decimal(1), after(window), grants)
    assert extended - plain == timedelta(seconds=sum(grants))


@pytest.mark.parametrize(
    ("arrival", "accepted", "late"),
    [
        pytest.param(after(-1), True, False, id="a second before"),
        pytest.param(START - TICK, True, False, id="the last microsecond"),
        pytest.param(START, True, True, id="exactly at the deadline is late"),
        pytest.param(after(1), True, True, id="a second after"),
        pytest.param(after(10) - timedelta(milliseconds=1), True, True, id="the last millisecond of grace"),
        pytest.param(after(10), False, True, id="exactly deadline plus grace"),
        pytest.param(after(86_400), False, True, id="a day later"),
    ],
)
def test_answers_count_while_they_arrive_before_the_end_of_grace(
    arrival: datetime, accepted: bool, late: bool
) -> None:
    outcome = accepts(arrival, START, 10)
    assert (outcome.accepted, outcome.late) == (accepted, late)


def test_without_grace_the_deadline_itself_is_refused() -> None:
    assert not accepts(START, START, 0).accepted
    assert accepts(START - TICK, START, 0).accepted


@pytest.mark.parametrize(("left", "shown"), [(2.5, 3), (1, 1), (0.000001, 1), (0, 0), (-5, 0)])
def test_remaining_seconds_count_a_started_one_and_stop_at_zero(left: float, shown: int) -> None:
    assert remaining_s(START, after(left)) == shown


def test_a_window_is_half_open() -> None:
    assert window_is_open(START, START, after(1))
    assert not window_is_open(START - TICK, START, after(1))
    assert not window_is_open(after(1), START, after(1))
    assert window_is_open(START, None, None)


def test_a_late_comer_is_told_the_minutes_that_are_left() -> None:
    assert minutes_if_started(after(HOUR - 1830), HOUR, Decimal(1), after(HOUR)) == 30
    assert minutes_if_started(after(2 * HOUR), HOUR, Decimal(1), after(HOUR)) == 0
