"""Phases at each boundary, from one microsecond to a day, and the demo's moved windows."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.phases import Calendar, Phase, calendar, phase_at
from webapp.contests.rules.reanchor import Anchor, reanchor
from webapp.contests.rules.windows import days

JILIN = (Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml").read_text(
    encoding="utf-8"
)
TICK = timedelta(microseconds=1)
WINDOWS = Calendar(
    "competition",
    days(date(2026, 3, 31), date(2026, 4, 30)),
    days(date(2026, 5, 1), date(2026, 5, 21)),
    days(date(2026, 5, 22), date(2026, 5, 31)),
)


def shanghai(month: int, day: int) -> datetime:
    """Midnight at the start of a Shanghai day in 2026."""
    return datetime(2026, month, day, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        (shanghai(3, 31) - TICK, Phase.UPCOMING),
        (shanghai(3, 31), Phase.REGISTRATION),
        (shanghai(5, 1) - TICK, Phase.REGISTRATION),
        (shanghai(5, 1), Phase.LEARNING),
        (shanghai(5, 22) - TICK, Phase.LEARNING),
        (shanghai(5, 22), Phase.EXAM_OPEN),
        (shanghai(6, 1) - TICK, Phase.EXAM_OPEN),
        (shanghai(6, 1), Phase.CLOSED),
    ],
)
def test_phase_changes_exactly_at_midnight_in_shanghai(at: datetime, phase: Phase) -> None:
    assert phase_at(WINDOWS, at) == phase


def test_gap_between_windows_is_between() -> None:
    gapped = Calendar("competition", WINDOWS.registration, None, WINDOWS.exam)
    assert phase_at(gapped, shanghai(5, 10)) == Phase.BETWEEN


def test_published_counts_over_everything() -> None:
    published = Calendar("competition", WINDOWS.registration, WINDOWS.learning, WINDOWS.exam, shanghai(5, 25))
    assert phase_at(published, shanghai(5, 25) - TICK) == Phase.EXAM_OPEN
    assert phase_at(published, shanghai(5, 25)) == Phase.PUBLISHED


def test_undecided_windows_have_no_phase() -> None:
    assert phase_at(Calendar("competition", None, None, None), shanghai(5, 1)) == Phase.UNDECIDED


@settings(max_examples=5, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.integers(0, 86_399))
def test_moved_events_stand_in_the_wanted_phase_all_day(today: date, second: int) -> None:
    plan = {
        "welding": Anchor.EXAM_OPEN,
        "electrician": Anchor.LEARNING,
        "cnc-lathe": Anchor.REGISTRATION,
    }
    text = reanchor(JILIN, plan, today)
    contest = parse_contest(text)
    now = days(today, today).opens_at + timedelta(seconds=second)
    wanted = {"welding": Phase.EXAM_OPEN, "electrician": Phase.LEARNING, "cnc-lathe": Phase.REGISTRATION}
    for event in contest.events:
        others = {"competition": Phase.REGISTRATION, "city-filed": Phase.UNDECIDED}
        expected = wanted.get(event.code, others.get(event.profile, Phase.OPEN_TRACK))
        assert phase_at(calendar(contest, event), now) == expected
    assert reanchor(JILIN, plan, today) == text
