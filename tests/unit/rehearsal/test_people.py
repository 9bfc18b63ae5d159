"""The invented people of an event."""

from dataclasses import replace

import pytest

from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.schema import Rule
from webapp.rehearsal.cli import DEFINITIONS
from webapp.rehearsal.people import ROUND, Trait, everybody
from webapp.rehearsal.play import EventPlay, Play
from webapp.rehearsal.setting import least


@pytest.mark.parametrize(("code", "refused"), [("welding", 1), ("open-fire", 0)])
def test_nobody_is_ineligible_where_everybody_may_enter(code: str, refused: int) -> None:
    """The open track of the 5th Jilin contest asks for no unit and refuses nobody."""
    contest = parse_contest((DEFINITIONS / "jilin-5.toml").read_text(encoding="utf-8"))
    rules = next(event for event in contest.events if event.code == code)
    event = EventPlay(1, code, rules, contest.profile_of(rules), ROUND, 1000, ())
    traits = [one.trait for one in everybody(Play(contest, 1, 1, ROUND, {}), event)]
    assert traits.count(Trait.INELIGIBLE) == refused
    assert traits.count(Trait.WITHDRAWS) == 1


def test_an_event_has_as_many_people_as_its_rules_ask_for_without_exception() -> None:
    text = (DEFINITIONS / "jilin-5.toml").read_text(encoding="utf-8")
    contest = replace(parse_contest(text), limits=())
    asks = Rule("min-contestants", "hard", 30)
    assert least(replace(contest, limits=(asks, Rule("final-minimum", "hard", 12)))) == 40
    assert least(replace(contest, limits=(replace(asks, force="normal"),))) == least(contest) == 8
