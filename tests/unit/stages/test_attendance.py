"""Who comes and who moves up: nobody is ever displaced, and places are given on in rank order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.attendance import Attendance
from webapp.contests.rules.schema import Rule
from webapp.stages.rules.attendance import HOLDING, Admission, Seat, may_answer, next_step
from webapp.stages.rules.minimum import shortage

NOW = datetime(2026, 9, 1, 4, tzinfo=UTC)
OPENS = NOW + timedelta(days=10)

seats = st.lists(
    st.tuples(st.sampled_from(list(Admission)), st.one_of(st.none(), st.integers(-3, 3))), max_size=20
).map(
    lambda rows: [
        Seat(at, state, None if hours is None else NOW + timedelta(hours=hours))
        for at, (state, hours) in enumerate(rows, 1)
    ]
)
waiting = st.lists(st.integers(1, 60), max_size=15, unique=True)


@given(seats, waiting, st.integers(-2, 2))
def test_only_places_that_were_given_up_are_given_on_and_each_once(
    known: list[Seat], next_ones: list[int], hours: int
) -> None:
    last_hour = NOW + timedelta(hours=hours)
    step = next_step(known, next_ones, NOW, last_hour)
    state = {seat.entry_id: seat.state for seat in known}
    left = [gone for gone, _entry in step.moves]
    asked = [entry for _gone, entry in step.moves]
    for gone in left:
        assert gone in step.silent or state[gone] in {Admission.DECLINED, Admission.SILENT}
    assert len(set(left)) == len(left)
    assert not set(asked) & set(state), "who had a place is not asked a second time"
    assert asked == [entry for entry in next_ones if entry not in state][: len(asked)], "in rank order"
    if last_hour <= NOW:
        assert not asked
    for entry in step.silent:
        assert state[entry] is Admission.INVITED
    held = sum(seat.state in HOLDING for seat in known) - len(step.silent) + len(asked)
    given_up = sum(seat.state in {Admission.DECLINED, Admission.SILENT} for seat in known)
    assert held + step.empty == sum(seat.state in HOLDING for seat in known) + given_up


def test_who_answers_at_the_very_hour_is_too_late_and_the_next_is_asked() -> None:
    known = [Seat(1, Admission.CONFIRMED), Seat(2, Admission.INVITED, NOW), Seat(3, Admission.INVITED, OPENS)]
    step = next_step(known, [7, 8], NOW, OPENS)
    assert step.silent == (2,)
    assert step.moves == ((2, 7),)
    assert step.empty == 0


@pytest.mark.parametrize(
    ("state", "may"),
    [
        ("invited", True),
        ("confirmed", True),
        ("silent", True),
        ("replaced", False),
        ("declined", True),
        ("admitted", False),
    ],
)
def test_who_was_replaced_can_no_longer_say_yes(state: str, may: bool) -> None:
    assert may_answer(Admission(state), NOW, OPENS) is may
    assert not may_answer(Admission(state), OPENS, OPENS)


def test_days_count_back_from_the_opening_and_a_substitute_has_his_hours() -> None:
    rule = Attendance(confirm_by=7, substitutes_until=1, answer_hours=24)
    assert rule.confirm_at(OPENS) == OPENS - timedelta(days=7)
    assert rule.last_hour(OPENS) == OPENS - timedelta(days=1)
    assert rule.answer_at(OPENS - timedelta(days=9), OPENS) == OPENS - timedelta(days=7)
    assert rule.answer_at(OPENS - timedelta(days=3), OPENS) == OPENS - timedelta(days=2)
    assert rule.answer_at(OPENS - timedelta(hours=30), OPENS) == OPENS - timedelta(days=1)


def test_an_instant_counts_as_it_stands_but_never_after_the_opening() -> None:
    rule = Attendance(NOW, OPENS + timedelta(days=5), 48)
    assert rule.confirm_at(OPENS) == NOW
    assert rule.last_hour(OPENS) == OPENS


def test_a_hard_minimum_refuses_and_a_normal_one_may_be_excepted() -> None:
    hard, normal = Rule("final-minimum", "hard", 30), Rule("final-minimum", "normal", 40)
    open_value = Rule("final-minimum", "hard", None)
    found = shortage([normal, hard], 29, is_last_stage=True)
    assert found is not None
    assert (found.needed, found.is_hard) == (30, True)
    found = shortage([normal, hard], 30, is_last_stage=True)
    assert found is not None
    assert (found.needed, found.is_hard) == (40, False)
    assert shortage([normal, hard], 40, is_last_stage=True) is None
    assert shortage([hard], 3, is_last_stage=False) is None
    assert shortage([open_value], 3, is_last_stage=True) is None
