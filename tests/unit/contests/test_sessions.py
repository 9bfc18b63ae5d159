"""Sessions in a contest file: read exactly, refused with their place."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.parse import parse_contest

JILIN = (Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml").read_text("utf-8")
HEAD = 'window = "preliminary"\nquota = 100\n'
SESSIONS = """
booking_opens = "2026-05-01T09:00:00+08:00"
booking_closes = "2026-05-20T18:00:00+08:00"

[[profiles.stages.sessions]]
key = "d1-am"
title = {zh = "5月22日上午", en = "22 May, morning"}
opens_at = "2026-05-22T09:00:00+08:00"
latest_start = "2026-05-22T09:30:00+08:00"
closes_at = "2026-05-22T11:00:00+08:00"
seats = 200
halls = ["一号机房", "二号机房"]

[[profiles.stages.sessions]]
key = "d1-pm"
title = {zh = "5月22日下午", en = "22 May, afternoon"}
opens_at = "2026-05-22T14:00:00+08:00"
latest_start = "2026-05-22T14:30:00+08:00"
closes_at = "2026-05-22T16:00:00+08:00"
seats = 100
"""
STAGE_KEYS = 'notice_working_days = 5\nclose_after_days = "undecided"\n'


def with_sessions(sessions: str) -> str:
    assert HEAD + STAGE_KEYS in JILIN
    return JILIN.replace(HEAD + STAGE_KEYS, HEAD + STAGE_KEYS + sessions, 1)


def test_a_file_without_sessions_has_no_booking() -> None:
    contest = parse_contest(JILIN)
    assert {stage.booking for profile in contest.profiles for stage in profile.stages} == {None}


def test_sessions_are_read_as_instants() -> None:
    booking = parse_contest(with_sessions(SESSIONS)).profiles[0].stages[0].booking
    assert booking is not None
    assert booking.opens_at == datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
    assert booking.closes_at == datetime(2026, 5, 20, 10, 0, tzinfo=UTC)
    first, second = booking.sessions
    assert (first.key, first.seats, first.places) == ("d1-am", 200, ("一号机房", "二号机房"))
    assert first.latest_start == datetime(2026, 5, 22, 1, 30, tzinfo=UTC)
    assert (second.title.en, second.places) == ("22 May, afternoon", ())


PLACE = "profiles[0].stages[0]"


@pytest.mark.parametrize(
    ("before", "after", "column", "code"),
    [
        ("seats = 200", "seats = 0", f"{PLACE}.sessions[0].seats", "not-a-number"),
        ('key = "d1-pm"', 'key = "d1-am"', f"{PLACE}.sessions", "code-twice"),
        ("2026-05-22T09:30:00+08:00", "2026-05-22T08:30:00+08:00", f"{PLACE}.sessions[0].latest_start", "session-order"),
        ("2026-05-22T09:30:00+08:00", "2026-05-22", f"{PLACE}.sessions[0].latest_start", "not-an-instant"),
        ("2026-05-20T18:00:00+08:00", "2026-05-22T10:00:00+08:00", f"{PLACE}.booking_closes", "booking-late"),
        ("2026-05-20T18:00:00+08:00", "2026-04-20T10:00:00+08:00", f"{PLACE}.booking_closes", "window-backwards"),
        ('closes_at = "2026-05-22T11:00', 'closes_at = "2026-06-22T11:00', f"{PLACE}.sessions[0]", "session-outside"),
        ("seats = 100", "seats = 100\nroom = 3", f"{PLACE}.sessions[1].room", "unknown-key"),
        ('booking_closes = "2026-05-20T18:00:00+08:00"', "", f"{PLACE}.booking_closes", "missing"),
    ],
)  # fmt: skip
def test_wrong_sessions_are_named_with_their_place(before: str, after: str, column: str, code: str) -> None:
    assert before in SESSIONS
    with pytest.raises(ContestInvalid) as refused:
        parse_contest(with_sessions(SESSIONS.replace(before, after, 1)))
    assert (column, code) in {(problem.column, problem.code) for problem in refused.value.problems}


def test_booking_times_without_sessions_are_unknown_keys() -> None:
    lonely = SESSIONS.split("[[", maxsplit=1)[0]
    with pytest.raises(ContestInvalid) as refused:
        parse_contest(with_sessions(lonely))
    assert {problem.code for problem in refused.value.problems} == {"unknown-key"}
