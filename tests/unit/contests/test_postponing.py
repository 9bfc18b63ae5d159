"""One event postponed or extended: what is over stays, what comes after moves, the order is kept."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.formats.edits import span_of, with_windows
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.postponing import Move, Shift, movable, shifted, windows_in_order
from webapp.contests.service.checking import check_definition

TEXT = (Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml").read_text("utf-8")
TEXT = "[[events]]".join(TEXT.split("[[events]]")[:3])
"""With its first two events only: everything about one, nothing about the other."""
TEXT = TEXT.replace('review = "undecided"', 'review = ["2026-03-31", "2026-05-08"]')
CONTEST = parse_contest(TEXT)
WELDING = CONTEST.event("welding")
DAY = timedelta(days=1)
MAY_25 = datetime(2026, 5, 25, tzinfo=UTC)
"""In the middle of the preliminary."""


def test_the_running_preliminary_is_extended_and_the_later_stages_follow() -> None:
    moved = shifted(CONTEST, WELDING, Shift("preliminary", Move.EXTEND, 3), MAY_25)
    assert {name: span_of(window) for name, window in moved.items()} == {
        "preliminary": ("2026-05-22", "2026-06-03"),
        "semi_final": ("2026-06-13", "2026-09-13"),
        "final": ("2026-09-14", "2026-10-23"),
    }
    alone = shifted(CONTEST, WELDING, Shift("preliminary", Move.EXTEND, 3, moves_later=False), MAY_25)
    assert set(alone) == {"preliminary"}
    with pytest.raises(ValueError, match="preliminary"):
        shifted(CONTEST, WELDING, Shift("preliminary", Move.POSTPONE, 3), MAY_25)


def test_instants_keep_their_hours() -> None:
    text = with_windows(
        TEXT, {"final": ("2026-09-11T09:00:00+08:00", "2026-09-11T12:00:00+08:00")}, "welding"
    )
    contest = parse_contest(text)
    moved = shifted(contest, contest.event("welding"), Shift("final", Move.POSTPONE, 7), MAY_25)
    assert span_of(moved["final"]) == ("2026-09-18T09:00:00+08:00", "2026-09-18T12:00:00+08:00")


@given(
    st.sampled_from(["registration", "review", "learning", "preliminary", "semi_final", "final"]),
    st.sampled_from(list(Move)),
    st.integers(1, 200),
    st.integers(-10, 220),
)
def test_whatever_moves_the_file_stays_sound_and_what_is_over_stays(
    window: str, move: Move, days: int, at: int
) -> None:
    """Where what comes after can move too, no order of dates breaks; the other event is never touched."""
    now = datetime(2026, 4, 1, tzinfo=UTC) + at * DAY
    if window not in movable(CONTEST, WELDING, move, now):
        return
    moved = shifted(CONTEST, WELDING, Shift(window, move, days), now)
    before = windows_in_order(CONTEST, WELDING)
    for name, after in moved.items():
        assert before[name].closes_at > now
        assert after.closes_at - before[name].closes_at == days * DAY
        assert after.opens_at == before[name].opens_at or before[name].opens_at > now
    names = list(before)
    assert set(moved) <= set(names[names.index(window) :])
    text = with_windows(TEXT, {name: span_of(one) for name, one in moved.items()}, "welding")
    later = set(names[names.index(window) + 1 :]) - {"review"}
    if all(before[name].opens_at > now for name in later):
        assert [one.code for one in check_definition(text).problems if one.is_error] == []
    old, new = tomllib.loads(TEXT)["events"], tomllib.loads(text)["events"]
    assert [one["code"] for one, other in zip(old, new, strict=True) if one != other] == ["welding"]
