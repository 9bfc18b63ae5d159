"""Drills: every action judged, the score between 0 and 100, nothing judged twice."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.courses.texts import HAZARDS, ORDER, SETTINGS
from tests.unit.learning.drill_runs import SHIPPED_DRILLS, perfect, play, possible, shipped
from webapp.courses.rules.drill import Drill, OrderDrill, SettingsDrill
from webapp.courses.rules.parse_drill import parse_drill
from webapp.learning.rules.drills import (
    Action,
    BadAction,
    Outcome,
    Verdict,
    is_over,
    judge,
    score,
    shuffled,
    units,
)

DRILLS = [
    *(parse_drill(text) for text in (ORDER, HAZARDS, SETTINGS)),
    *(shipped(path) for path in SHIPPED_DRILLS),
]


@pytest.mark.parametrize("drill", DRILLS)
def test_a_perfect_run_scores_a_hundred(drill: Drill) -> None:
    past = play(drill, perfect(drill))
    assert is_over(drill, past)
    assert score(drill, past) == 100


@given(st.sampled_from(DRILLS), st.integers(0, 2**32))
def test_any_run_stays_between_0_and_100_and_ends(drill: Drill, seed: int) -> None:
    chance = random.Random(seed)
    past: list[Verdict] = []
    while not is_over(drill, past):
        left = [action for action in possible(drill) if is_offered(drill, past, action)]
        past.append(judge(drill, past, chance.choice(left)))
        assert 0 <= score(drill, past) <= 100
    assert len(past) <= 2 * len(possible(drill))
    assert not [action for action in possible(drill) if is_offered(drill, past, action)]


def is_offered(drill: Drill, past: list[Verdict], action: Action) -> bool:
    try:
        judge(drill, past, action)
    except BadAction:
        return False
    return True


@given(st.sampled_from(DRILLS), st.integers(0, 2**32), st.integers(0, 2**32))
def test_values_score_the_same_in_whatever_order_they_are_set(drill: Drill, first: int, second: int) -> None:
    actions = perfect(drill)
    if isinstance(drill, OrderDrill):
        assert settled(play(drill, actions)) == [step.key for step in drill.steps]
        return
    orders = [random.Random(seed).sample(actions[:-1], len(actions) - 1) for seed in (first, second)]
    assert len({score(drill, play(drill, order)) for order in orders}) == 1


@given(st.sampled_from([one for one in DRILLS if isinstance(one, OrderDrill)]), st.integers(0, 2**32))
def test_steps_are_settled_in_their_right_order_whatever_is_chosen(drill: OrderDrill, seed: int) -> None:
    chance = random.Random(seed)
    past: list[Verdict] = []
    while not is_over(drill, past):
        left = [action for action in possible(drill) if is_offered(drill, past, action)]
        past.append(judge(drill, past, chance.choice(left)))
    assert settled(past) == [step.key for step in drill.steps]


def settled(past: list[Verdict]) -> list[str]:
    return [verdict.settled for verdict in past if verdict.settled]


@given(st.sampled_from([one for one in DRILLS if isinstance(one, SettingsDrill)]), st.integers(0, 2**32))
def test_right_is_the_target_with_its_tolerance_and_nothing_beyond(drill: SettingsDrill, seed: int) -> None:
    one = random.Random(seed).choice(drill.settings)
    for value in (one.target - one.tolerance, one.target, one.target + one.tolerance):
        assert judge(drill, [], Action(one.key, str(value))).outcome is Outcome.RIGHT
    beyond = one.target + one.tolerance + one.step / 2
    if beyond <= one.max:
        assert judge(drill, [], Action(one.key, str(beyond))).outcome is Outcome.HIGH
    below = one.target - one.tolerance - one.step / 2
    if below >= one.min:
        assert judge(drill, [], Action(one.key, str(below))).outcome is Outcome.LOW


def test_each_run_offers_the_steps_in_an_order_of_its_own() -> None:
    keys = [step.key for drill in DRILLS if isinstance(drill, OrderDrill) for step in drill.steps]
    orders = {tuple(shuffled(keys, str(seed))) for seed in range(20)}
    assert len(orders) == 20
    assert {frozenset(order) for order in orders} == {frozenset(keys)}
    assert shuffled(keys, "7") == shuffled(keys, "7")


@given(st.sampled_from(DRILLS), st.integers(0, 2**32))
def test_a_verdict_survives_json(drill: Drill, seed: int) -> None:
    action = random.Random(seed).choice(possible(drill))
    verdict = judge(drill, [], action)
    assert Verdict.from_json(verdict.as_json()) == verdict


def test_a_mistake_halves_a_step_and_the_second_shows_it() -> None:
    drill = DRILLS[0]
    first = judge(drill, [], Action("lock"))
    assert (first.outcome, first.settled, first.told) == (Outcome.EARLY, "", ())
    assert judge(drill, [first], Action("stop")).worth * 2 == 1
    second = judge(drill, [first], Action("lock"))
    assert (second.shown, second.settled) == (True, "stop")
    assert second.worth == 0


def test_what_must_never_be_done_costs_the_step() -> None:
    verdict = judge(DRILLS[0], [], Action("wave"))
    assert (verdict.outcome, verdict.shown, verdict.settled) == (Outcome.NEVER, True, "stop")
    with pytest.raises(BadAction):
        judge(DRILLS[0], [verdict], Action("wave"))


def test_false_marks_cost_and_missed_hazards_are_told() -> None:
    drill = DRILLS[1]
    past = play(drill, [Action("exit"), Action("lamp"), Action(finish=True)])
    assert score(drill, past) == 25
    assert [told.name.en for told in past[-1].told] == ["Floor"]


def test_the_second_try_counts_half_and_says_which_way() -> None:
    drill = DRILLS[2]
    past = play(
        drill, [Action("rate", "60"), Action("rate", "120"), Action("depth", "8"), Action("depth", "2")]
    )
    assert [verdict.outcome for verdict in past] == [Outcome.LOW, Outcome.RIGHT, Outcome.HIGH, Outcome.LOW]
    assert score(drill, past) == 25
    assert past[-1].told[0].right == "5–6"


@pytest.mark.parametrize("value", ["", "abc", "NaN", "1e9", "-5", "Infinity"])
def test_values_outside_the_control_are_refused(value: str) -> None:
    with pytest.raises(BadAction):
        judge(DRILLS[2], [], Action("rate", value))


def test_units_count_what_there_is_to_do() -> None:
    assert [units(drill) for drill in DRILLS[:3]] == [2, 2, 2]
