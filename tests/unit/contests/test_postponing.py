"""One event postponed or extended: what is over stays, what comes after moves, the order is kept."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.formats.edits import span_of, with_windows
from webapp.contests.rules.along import moved_along
from webapp.contests.rules.instants_said import instants_between
from webapp.contests.rules.moving_windows import Span, with_spans
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.postponing import Move, Shift, movable, shifted, windows_in_order
from webapp.contests.rules.schema import Window
from webapp.contests.service.checking import check_definition
from webapp.contests.service.foreseeing import with_dates

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


def spans(moved: dict[str, Window]) -> dict[str, Span]:
    return {name: span_of(window) for name, window in moved.items()}


SESSIONS = """booking_opens = "2026-05-01T09:00:00+08:00"
booking_closes = "2026-05-20T18:00:00+08:00"
sessions = [
    {key = "am", title = {zh = "上午", en = "Morning"}, opens_at = "2026-05-22T09:00:00+08:00", latest_start = "2026-05-22T09:30:00+08:00", closes_at = "2026-05-22T11:00:00+08:00", seats = 200, halls = ["一号机房"]},
    {key = "pm", title = "下午", opens_at = "2026-05-22T14:00:00+08:00", latest_start = "2026-05-22T14:30:00+08:00", closes_at = "2026-05-22T16:00:00+08:00", seats = 100},
]
"""
HEAD = 'window = "preliminary"\nquota = 100\n'
SEMI = 'attendance = {confirm_by = "2026-06-05T18:00:00+08:00", substitutes_until = 1}\n'
BOOKED = TEXT.replace(HEAD, HEAD + SESSIONS, 1).replace('attendance = "undecided"\n', SEMI, 1)


def test_sessions_and_hours_of_attendance_move_with_their_stage_for_this_event_alone() -> None:
    """Booking has begun and stays; what is to come moves by as much; a number of days needs no words in the file."""
    contest = parse_contest(BOOKED)
    welding, other = contest.events[0], contest.events[1]
    now = datetime(2026, 5, 10, tzinfo=UTC)
    moved = shifted(contest, welding, Shift("preliminary", Move.POSTPONE, 7), now)
    text = with_dates(BOOKED, spans(moved), "welding", now).text
    assert [one.code for one in check_definition(text).problems if one.is_error] == []
    after = parse_contest(text)
    booking = after.stage_of(after.event("welding"), "preliminary").booking
    before = contest.stage_of(welding, "preliminary").booking
    assert booking is not None
    assert before is not None
    assert booking.opens_at == before.opens_at
    assert booking.closes_at == before.closes_at + 7 * DAY
    for old, new in zip(before.sessions, booking.sessions, strict=True):
        assert (new.key, new.title, new.seats, new.places) == (old.key, old.title, old.seats, old.places)
        assert new.opens_at - old.opens_at == new.latest_start - old.latest_start == 7 * DAY
        assert new.closes_at - old.closes_at == 7 * DAY
    semi = after.stage_of(after.event("welding"), "semi-final").attendance
    assert semi is not None
    assert semi.confirm_by == datetime(2026, 6, 12, 10, tzinfo=UTC)
    assert semi.substitutes_until == 1
    assert after.stage_of(after.events[1], "preliminary") == contest.stage_of(other, "preliminary")
    again = shifted(after, after.event("welding"), Shift("preliminary", Move.POSTPONE, 3), now)
    twice = parse_contest(with_dates(text, spans(again), "welding", now).text)
    second = twice.stage_of(twice.event("welding"), "preliminary").booking
    assert second is not None
    assert second.sessions[0].opens_at == before.sessions[0].opens_at + 10 * DAY


def test_a_longer_window_moves_nothing_that_begins_in_it() -> None:
    contest = parse_contest(BOOKED)
    now = datetime(2026, 5, 10, tzinfo=UTC)
    alone = shifted(contest, contest.events[0], Shift("preliminary", Move.EXTEND, 5, moves_later=False), now)
    longer = with_dates(BOOKED, spans(alone), "welding", now).text
    assert longer == with_windows(BOOKED, spans(alone), "welding")
    assert instants_between(contest, parse_contest(longer), "welding", now) == ()
    later = shifted(contest, contest.events[0], Shift("preliminary", Move.EXTEND, 5), now)
    own = moved_along(contest, with_spans(contest, spans(later), "welding"), now).events["welding"]
    assert (set(own.booking), set(own.attendance)) == (set(), {"semi-final"})


@given(st.integers(1, 200), st.integers(-20, 60))
def test_every_instant_still_to_come_moves_by_the_same_days_and_the_others_stay(days: int, at: int) -> None:
    contest = parse_contest(BOOKED)
    welding, now = contest.events[0], datetime(2026, 4, 20, tzinfo=UTC) + at * DAY
    if "preliminary" not in movable(contest, welding, Move.POSTPONE, now):
        return
    moved = shifted(contest, welding, Shift("preliminary", Move.POSTPONE, days), now)
    after = parse_contest(with_dates(BOOKED, spans(moved), "welding", now).text)
    told = instants_between(contest, after, "welding", now)
    assert len(told) >= 6, "two hours of booking, two sessions, two hours of attendance"
    for one in told:
        by_itself = "substitute" in one.what.text  # so many days before the stage: it moves by itself
        stays = "judged" in one.what.text or (one.before <= now and not by_itself)
        assert one.after == (None if stays else one.before + days * DAY)
        assert (one.after is None) == (one.why is not None)
    assert instants_between(contest, after, "none", now) == ()


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
