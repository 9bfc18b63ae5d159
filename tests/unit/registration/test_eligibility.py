"""May a person apply: every rule at its edges, and the forces of the rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.registration.rules.eligibility import (
    DECLARED,
    Condition,
    EventRules,
    Force,
    Holding,
    Occupation,
    PersonFacts,
    Track,
    hard,
    is_open,
    may_apply,
    warnings,
)
from webapp.registration.rules.review import State

OPENS = datetime(2026, 3, 30, 16, tzinfo=UTC)
CLOSES = datetime(2026, 4, 30, 16, tzinfo=UTC)
INSIDE = datetime(2026, 4, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)

RULES = EventRules(
    event_id=1,
    contest_id=1,
    track=Track.COMPETITION,
    opens_at=OPENS,
    closes_at=CLOSES,
    conditions=(
        Condition("region", Force.HARD, frozenset({"jilin"})),
        Condition("in-service", Force.HARD),
        Condition("earlier-first-place", Force.NORMAL),
    ),
    events_per_person=1,
)
OPEN_TO_ALL = EventRules(2, 1, Track.POPULARISATION, OPENS, CLOSES, needs_unit=False)
WORKER = PersonFacts(7, frozenset({"firm", "changchun", "jilin"}), Occupation.WORKER)


def codes(
    person: PersonFacts = WORKER,
    rules: EventRules = RULES,
    now: datetime = INSIDE,
    holdings: tuple[Holding, ...] = (),
) -> list[str]:
    return [reason.code for reason in may_apply(person, rules, now, holdings)]


def test_a_worker_of_the_province_may_apply() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - SECOND, ["not-open-yet"]),
        (OPENS, []),
        (CLOSES - SECOND, []),
        (CLOSES, ["closed"]),
        (CLOSES + timedelta(days=300), ["closed"]),
    ],
    ids=["a second before", "at the opening", "last second", "at the close", "long after"],
)
def test_the_window_is_half_open(now: datetime, expected: list[str]) -> None:
    assert codes(now=now) == expected
    assert is_open(RULES, now) is (not expected)


def test_an_undecided_window_is_not_open() -> None:
    rules = replace(RULES, opens_at=None)
    assert codes(rules=rules) == ["window-undecided"]
    assert not is_open(rules, INSIDE)


def test_a_window_without_an_end_stays_open() -> None:
    assert codes(rules=replace(RULES, closes_at=None), now=CLOSES + timedelta(days=999)) == []


def test_a_withdrawn_event_takes_nobody() -> None:
    assert codes(rules=replace(RULES, is_withdrawn=True)) == ["event-withdrawn"]


def test_a_person_without_unit_is_told_to_choose_one() -> None:
    reasons = may_apply(PersonFacts(None, occupation=Occupation.WORKER), RULES, INSIDE, ())
    assert [reason.code for reason in reasons] == ["unit-needed"]
    assert reasons[0].hint is not None


def test_a_unit_outside_the_province_is_refused_or_warned_as_the_file_says() -> None:
    outside = replace(WORKER, unit_codes=frozenset({"firm", "liaoning"}))
    assert codes(outside) == ["region"]
    mild = replace(RULES, conditions=(Condition("region", Force.NORMAL, frozenset({"jilin"})),))
    assert [reason.force for reason in may_apply(outside, mild, INSIDE, ())] == [Force.NORMAL]


@pytest.mark.parametrize(
    ("occupation", "expected"),
    [
        (Occupation.WORKER, []),
        (Occupation.TEACHER, []),
        (Occupation.STUDENT, ["not-pupil"]),
        (Occupation.OTHER, ["in-service"]),
        (None, []),
    ],
)
def test_events_for_workers_take_workers(occupation: Occupation | None, expected: list[str]) -> None:
    both = (Condition("in-service", Force.HARD), Condition("not-pupil", Force.HARD))
    assert codes(replace(WORKER, occupation=occupation), replace(RULES, conditions=both)) == expected
    assert replace(RULES, conditions=both).asks_occupation


def test_students_may_not_enter_where_only_workers_may() -> None:
    assert codes(replace(WORKER, occupation=Occupation.STUDENT)) == ["in-service"]


def test_a_declared_earlier_first_place_is_a_warning_that_a_reviewer_may_except() -> None:
    winner = replace(WORKER, declared=frozenset({"earlier-first-place"}))
    reasons = may_apply(winner, RULES, INSIDE, ())
    assert [(reason.code, reason.force) for reason in reasons] == [("earlier-first-place", Force.NORMAL)]
    strict = replace(RULES, conditions=(Condition("first-prize-winner", Force.HARD),))
    assert codes(winner, strict) == []
    assert hard(may_apply(replace(winner, declared=frozenset(DECLARED)), strict, INSIDE, ()))


def test_the_popularisation_track_takes_anybody() -> None:
    held = (Holding(1, Track.COMPETITION, State.CONFIRMED), Holding(3, Track.POPULARISATION, State.CONFIRMED))
    assert codes(PersonFacts(None, occupation=Occupation.STUDENT), OPEN_TO_ALL, holdings=held) == []


@pytest.mark.parametrize("state", State)
def test_only_live_registrations_fill_the_number_of_events(state: State) -> None:
    held = (Holding(5, Track.COMPETITION, state),)
    is_live = state not in {State.WITHDRAWN, State.REFUSED}
    assert codes(holdings=held) == (["events-full"] if is_live else [])


@pytest.mark.parametrize("state", State)
def test_one_person_applies_once_for_an_event(state: State) -> None:
    held = (Holding(1, Track.COMPETITION, state),)
    again = state in {State.WITHDRAWN, State.REFUSED, State.INVITED}
    assert codes(holdings=held) == ([] if again else ["already-applied"])


def test_popularisation_events_do_not_fill_the_number() -> None:
    assert codes(holdings=(Holding(2, Track.POPULARISATION, State.CONFIRMED),)) == []


def test_an_undecided_number_of_events_warns_and_never_refuses() -> None:
    rules = replace(RULES, events_per_person=None)
    reasons = may_apply(WORKER, rules, INSIDE, (Holding(5, Track.COMPETITION, State.IN_REVIEW),))
    assert [reason.code for reason in warnings(reasons)] == ["events-undecided"]
    assert hard(reasons) == ()


people = st.builds(
    PersonFacts,
    st.none() | st.integers(1, 9),
    st.frozensets(st.sampled_from(["jilin", "liaoning", "firm"])),
    st.none() | st.sampled_from(Occupation),
    st.booleans(),
    st.frozensets(st.sampled_from(sorted(DECLARED))),
)
conditions = st.lists(
    st.builds(
        Condition,
        st.sampled_from(["region", "in-service", "not-pupil", "unit-required", "min-judges", *DECLARED]),
        st.sampled_from(Force),
        st.frozensets(st.sampled_from(["jilin", "liaoning"])),
    ),
    max_size=5,
    unique_by=lambda condition: condition.code,
)
rule_sets = st.builds(
    EventRules,
    st.integers(1, 3),
    st.just(1),
    st.sampled_from(Track),
    st.none() | st.just(OPENS),
    st.none() | st.just(CLOSES),
    st.booleans(),
    st.booleans(),
    conditions.map(tuple),
    st.none() | st.integers(1, 3),
)
holding_sets = st.lists(
    st.builds(Holding, st.integers(1, 6), st.sampled_from(Track), st.sampled_from(State)), max_size=6
)
instants = st.sampled_from([OPENS - SECOND, OPENS, INSIDE, CLOSES - SECOND, CLOSES])


@given(people, rule_sets, instants, holding_sets)
def test_hard_reasons_come_first_and_each_says_what_to_do(
    person: PersonFacts, rules: EventRules, now: datetime, holdings: list[Holding]
) -> None:
    reasons = may_apply(person, rules, now, holdings)
    assert (*hard(reasons), *warnings(reasons)) == reasons
    assert all(reason.hint is not None for reason in reasons)
    assert len({reason.code for reason in reasons}) == len(reasons)
    if not is_open(rules, now):
        assert hard(reasons)


@given(people, rule_sets, holding_sets)
def test_the_order_of_registrations_does_not_matter(
    person: PersonFacts, rules: EventRules, holdings: list[Holding]
) -> None:
    assert may_apply(person, rules, INSIDE, holdings) == may_apply(person, rules, INSIDE, holdings[::-1])
