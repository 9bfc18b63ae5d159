"""Drills: every action judged, the score between 0 and 100, nothing judged twice."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.courses.texts import HAZARDS, ORDER, SETTINGS
from webapp.courses.rules.drill import Drill, HazardDrill, OrderDrill, SettingsDrill
from webapp.courses.rules.parse_drill import parse_drill
from webapp.learning.rules.drills import Action, BadAction, Outcome, Verdict, is_over, judge, score, units

DRILLS = [parse_drill(text) for text in (ORDER, HAZARDS, SETTINGS)]


def perfect(drill: Drill) -> list[Action]:
    match drill:
        case OrderDrill():
            return [Action(step.key) for step in drill.steps]
        case HazardDrill():
            return [*(Action(area.key) for area in drill.areas if area.is_hazard), Action(finish=True)]
        case SettingsDrill():
            return [Action(one.key, str(one.target)) for one in drill.settings]


def possible(drill: Drill) -> list[Action]:
    match drill:
        case OrderDrill():
            return [Action(step.key) for step in (*drill.steps, *drill.extras)]
        case HazardDrill():
            return [*(Action(area.key) for area in drill.areas), Action(finish=True)]
        case SettingsDrill():
            return [
                Action(one.key, str(value))
                for one in drill.settings
                for value in (one.min, one.max, one.target)
            ]


def play(drill: Drill, actions: list[Action]) -> list[Verdict]:
    past: list[Verdict] = []
    for action in actions:
        past.append(judge(drill, past, action))
    return past


@pytest.mark.parametrize("drill", DRILLS)
def test_a_perfect_run_scores_a_hundred(drill: Drill) -> None:
    past = play(drill, perfect(drill))
    assert is_over(drill, past)
    assert score(drill, past) == 100


@given(st.sampled_from(DRILLS), st.integers(0, 2**32))
def test_any_run_stays_between_0_and_100_and_ends(drill: Drill, seed: int) -> None:
    chance = random.Random(seed)
    past: list[Verdict] = []
    for _ in range(50):
        if is_over(drill, past):
            break
        try:
            past.append(judge(drill, past, chance.choice(possible(drill))))
        except BadAction:
            continue
        assert 0 <= score(drill, past) <= 100
    assert is_over(drill, past) or len(past) < 50


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
    assert [units(drill) for drill in DRILLS] == [2, 2, 2]
