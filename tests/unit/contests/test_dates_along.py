"""Windows of a whole contest move: what hangs on the opening of a stage goes along, for every event by its own measure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.contests.test_postponing import BOOKED
from webapp.contests.formats.edits import span_of, with_windows
from webapp.contests.rules.alike import Found, alike
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.effects import Moved, effect
from webapp.contests.rules.instants import Instant, delays
from webapp.contests.rules.instants_said import instants_between
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.schema import Contest, Window
from webapp.contests.service.foreseeing import new_problems, with_dates
from webapp.core.words import Message

DAY = timedelta(days=1)
NOW = datetime(2026, 5, 10, tzinfo=UTC)
"""The preliminary (22 to 31 May) is still to come, booking of its sessions has begun."""
CONTEST = parse_contest(BOOKED)
WELDING, OTHER = CONTEST.events[0].code, CONTEST.events[1].code


def span(contest: Contest, name: str, start: int, end: int) -> tuple[str, str]:
    window = contest.windows[name]
    return span_of(Window(window.opens_at + start * DAY, window.closes_at + end * DAY))


def first_session(contest: Contest, code: str) -> datetime:
    booking = contest.stage_of(contest.event(code), "preliminary").booking
    assert booking is not None
    return booking.sessions[0].opens_at


def test_sessions_of_a_profile_move_in_their_place_and_once_for_all_its_events() -> None:
    made = with_dates(BOOKED, {"preliminary": span(CONTEST, "preliminary", 7, 7)}, "", NOW)
    after = parse_contest(made.text)
    for code in (WELDING, OTHER):
        assert first_session(after, code) == first_session(CONTEST, code) + 7 * DAY
        assert after.event(code).booking == {}, "it stands once, at the profile"
    assert made.text.count("\n") == BOOKED.count("\n"), "only values change"
    assert 'booking_opens = "2026-05-01T09:00:00+08:00"' in made.text, "it has passed and stays"


def test_an_event_with_dates_of_its_own_keeps_the_sessions_that_it_had() -> None:
    own = with_windows(BOOKED, {"preliminary": ("2026-05-20", "2026-06-20")}, WELDING)
    before = parse_contest(own)
    after = parse_contest(with_dates(own, {"preliminary": span(before, "preliminary", 7, 7)}, "", NOW).text)
    assert first_session(after, OTHER) == first_session(before, OTHER) + 7 * DAY
    assert after.stage_of(after.event(WELDING), "preliminary") == before.stage_of(
        before.event(WELDING), "preliminary"
    )


def test_the_start_decides_and_what_would_lie_outside_is_named() -> None:
    """Put off by three days, ended by five: the sessions move by three. Ended as before: the last one is left outside."""
    longer = with_dates(BOOKED, {"preliminary": span(CONTEST, "preliminary", 3, 5)}, "", NOW)
    assert first_session(longer.rules, WELDING) == first_session(CONTEST, WELDING) + 3 * DAY
    text = BOOKED.replace('"2026-05-22T14:', '"2026-05-31T14:').replace('"2026-05-22T16:', '"2026-05-31T16:')
    late = parse_contest(text)
    short = with_dates(text, {"preliminary": span(late, "preliminary", 3, 0)}, "", NOW)
    lines = instants_between(late, short.rules, WELDING, NOW)
    assert [str(one.what.params["session"]) for one in lines if one.is_outside] == [str(Text("下午"))]
    assert {one.code for one in new_problems(text, short.text) if one.is_error} == {"session-outside"}


@settings(max_examples=40)
@given(
    st.integers(-15, 60),
    st.integers(-15, 60),
    st.booleans(),
    st.integers(-30, 60),
)
def test_what_is_written_is_what_was_foreseen_and_every_event_moves_by_its_own_opening(
    start: int, end: int, has_own: bool, at: int
) -> None:
    now = NOW + at * DAY
    text = with_windows(BOOKED, {"preliminary": ("2026-05-21", "2026-06-02")}, WELDING) if has_own else BOOKED
    old = parse_contest(text)
    if old.windows["preliminary"].opens_at + start * DAY >= old.windows["preliminary"].closes_at + end * DAY:
        return
    made = with_dates(text, {"preliminary": span(old, "preliminary", start, end)}, "", now)
    late = {(one.event_code, one.stage_code): one.by for one in delays(old, made.rules, now)}
    for code in (WELDING, OTHER):
        by = late.get((code, "preliminary"), timedelta())
        opens = first_session(old, code)
        assert first_session(made.rules, code) == (opens + by if opens > now else opens)
        assert bool(by) == (start > 0 and not (has_own and code == WELDING) and old_opens(old, code) > now)
    if not any(one.is_error for one in new_problems(text, made.text)):
        assert parse_contest(made.text) == made.rules


def old_opens(contest: Contest, code: str) -> datetime:
    window = contest.window(contest.event(code), "preliminary")
    assert window is not None
    return window.opens_at


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=12))
def test_every_event_stands_in_one_group_and_nobody_is_lost_in_the_sum(events: list[tuple[int, int]]) -> None:
    """events: (which schedule, how many people were asked) each."""
    moved = tuple(
        Moved("final", None, Window(NOW + days * DAY, NOW + 30 * DAY), tuple(
            f"e{at}" for at, (schedule, _people) in enumerate(events) if schedule == days
        ))
        for days in range(3)
    )  # fmt: skip
    found = {
        f"e{at}": Found(
            (Instant(Message("x"), NOW, NOW + schedule * DAY),),
            [Instant(Message("asked %(people)s", {"people": people}), NOW, NOW + DAY)] if people else [],
            [Message("seats %(people)s", {"people": people})],
        )
        for at, (schedule, people) in enumerate(events)
    }
    groups = alike(moved, found)
    assert sorted(code for group in groups for code in group.event_codes) == sorted(found)
    assert len(groups) == len({schedule for schedule, _people in events})
    assert [len(group.event_codes) for group in groups] == sorted(
        (len(group.event_codes) for group in groups), reverse=True
    )
    for group in groups:
        people = sum(events[int(code[1:])][1] for code in group.event_codes)
        assert [note.params["people"] for note in group.notes] == [people]
        asked = [one.what.params["people"] for one in group.instants if "people" in one.what.params]
        assert asked == ([people] if people else [])
        assert {replace(one, event_codes=()) for one in group.windows} == {
            replace(moved[events[int(code[1:])][0]], event_codes=()) for code in group.event_codes
        }


def test_events_of_one_profile_that_move_alike_are_one_group() -> None:
    made = with_dates(BOOKED, {"preliminary": span(CONTEST, "preliminary", 7, 7)}, "", NOW)
    moved = effect(CONTEST, made.rules, NOW).moved
    found = {
        event.code: Found(instants_between(CONTEST, made.rules, event.code, NOW), [], [])
        for event in CONTEST.events
    }
    [group] = alike(moved, found)
    assert group.event_codes == (WELDING, OTHER)
