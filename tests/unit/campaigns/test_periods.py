"""Which reports a campaign asks for, and by when; what a report says."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.campaigns.rules.periods import is_undecided, may_enrol, periods, phases
from webapp.campaigns.rules.report import fields, read
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.campaigns import PHASES, Campaign, ReportRule
from webapp.contests.rules.schema import Window


def shanghai(year: int, month: int, day: int) -> datetime:
    """Midnight in Shanghai, in UTC."""
    return datetime(year, month, day, tzinfo=UTC) - timedelta(hours=8)


WINDOWS = {
    "mobilise": Window(shanghai(2026, 3, 31), shanghai(2026, 5, 1)),
    "advance": Window(shanghai(2026, 5, 1), shanghai(2026, 12, 1)),
    "summarise": Window(shanghai(2026, 12, 1), shanghai(2027, 1, 1)),
}


def campaign(every: str | None, due_days: int | None = 10, without: tuple[str, ...] = ()) -> Campaign:
    names = {phase: phase for phase in PHASES if phase not in without}
    return Campaign(
        "c", Text("样例"), "provincial", names, ReportRule(every, ("firms", "progress"), due_days)
    )


def test_months_of_the_advance_are_asked_for_one_by_one() -> None:
    found = periods(campaign("month"), WINDOWS)
    assert [one.code for one in found] == [f"2026-{month:02d}" for month in range(5, 12)]
    assert found[0].from_at == shanghai(2026, 5, 1)
    assert found[0].until_at == shanghai(2026, 6, 1)
    assert found[0].due_at == shanghai(2026, 6, 11)


def test_quarters_are_cut_to_the_advance() -> None:
    found = periods(campaign("quarter"), WINDOWS)
    assert [one.code for one in found] == ["2026-Q2", "2026-Q3", "2026-Q4"]
    assert found[0].from_at == shanghai(2026, 5, 1)
    assert found[-1].until_at == shanghai(2026, 12, 1)


def test_every_phase_with_a_date_asks_for_one_report() -> None:
    found = periods(campaign("phase"), {name: WINDOWS[name] for name in ("mobilise", "advance")})
    assert [one.code for one in found] == ["mobilise", "advance"]


@pytest.mark.parametrize("rule", [None, ReportRule(None, ("progress",), 10)], ids=["no rule", "undecided"])
def test_nothing_is_asked_for_until_the_host_has_decided(rule: ReportRule | None) -> None:
    one = Campaign("c", Text("样例"), "city", {phase: phase for phase in PHASES}, rule)
    assert periods(one, WINDOWS) == ()
    assert is_undecided(one)


def test_without_days_nothing_is_ever_late() -> None:
    found = periods(campaign("month", due_days=None), WINDOWS)
    assert found
    assert not any(one.is_overdue(shanghai(2030, 1, 1)) or one.is_soon(shanghai(2026, 6, 9)) for one in found)


def test_a_report_is_soon_due_for_three_days_and_then_late() -> None:
    one = periods(campaign("month"), WINDOWS)[0]
    at = shanghai(2026, 6, 8)
    assert (one.is_soon(at - timedelta(seconds=1)), one.is_soon(at)) == (False, True)
    end = shanghai(2026, 6, 11)
    assert (one.is_overdue(end - timedelta(seconds=1)), one.is_overdue(end), one.is_soon(end)) == (
        False, True, False,
    )  # fmt: skip


@given(
    st.sampled_from(["month", "quarter"]),
    st.integers(0, 800),
    st.integers(1, 900),
    st.integers(1, 365),
)
def test_periods_cover_the_advance_without_gap_or_overlap(
    every: str, start: int, length: int, due: int
) -> None:
    opens = shanghai(2025, 1, 1) + timedelta(days=start)
    advance = Window(opens, opens + timedelta(days=length))
    found = periods(campaign(every, due, ("mobilise", "summarise")), {"advance": advance})
    assert found[0].from_at == advance.opens_at
    assert found[-1].until_at == advance.closes_at
    assert all(one.until_at == after.from_at for one, after in pairwise(found))
    assert all(one.from_at < one.until_at for one in found)
    assert all(one.due_at == one.until_at + timedelta(days=due) for one in found)
    assert len({one.code for one in found}) == len(found)


@pytest.mark.parametrize(
    ("at", "may"),
    [
        (shanghai(2026, 3, 31) - timedelta(seconds=1), False),
        (shanghai(2026, 3, 31), True),
        (shanghai(2026, 12, 1) - timedelta(seconds=1), True),
        (shanghai(2026, 12, 1), False),
    ],
    ids=["before", "begins", "last second", "advance is over"],
)
def test_units_enrol_from_the_beginning_to_the_end_of_the_advance(at: datetime, may: bool) -> None:
    assert may_enrol(phases(campaign("month"), WINDOWS), at) is may


def test_a_campaign_without_dates_takes_nobody() -> None:
    assert not may_enrol(phases(campaign("month"), {}), shanghai(2026, 6, 1))


def test_every_field_of_a_report_has_to_be_filled_as_it_is_meant() -> None:
    names = ("firms", "workers", "results", "own-field")
    said, wrong = read(names, {"firms": "1,204", "workers": "约三千", "results": "", "own-field": "甲"})
    assert said == {"firms": 1204, "own-field": "甲"}
    assert set(wrong) == {"workers", "results"}
    assert [one.is_number for one in fields(names)] == [True, True, False, False]
    assert fields(("own-field",))[0].label == "own-field"


@given(st.text(max_size=12))
def test_numbers_are_whole_and_never_below_nought(text: str) -> None:
    said, wrong = read(("workers",), {"workers": text})
    value = said.get("workers")
    assert bool(wrong) == (value is None)
    assert value is None or (isinstance(value, int) and value >= 0)
