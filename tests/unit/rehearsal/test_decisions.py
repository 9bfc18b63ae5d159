"""Decisions are put into a definition line by line; people are shared out over the events."""

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.config import ROOT
from webapp.contests.rules.parse import parse_contest
from webapp.contests.service.checking import check_definition
from webapp.rehearsal.decisions import Decision, DecisionMisplaced, decided, read_decisions, toml
from webapp.rehearsal.people import shares

DEFINITIONS = ROOT / "webapp/contests/definitions"
SHIPPED = sorted(path.stem for path in DEFINITIONS.glob("*.toml"))
values = st.recursive(
    st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(st.characters(exclude_categories=["Cc", "Cs"]))
    | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab-c", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values)
def test_a_value_is_read_again_as_it_was_written(value: object) -> None:
    assert tomllib.loads(f"key = {toml(value)}") == {"key": value}


def test_a_decision_replaces_its_line_or_stands_below_the_first_key_of_its_table() -> None:
    text = (
        '# kept\n[windows]\na = "undecided"\n\n[[profiles]]\ncode = "x"\n\n[[profiles.stages]]\ncode = "s"\n'
    )
    written = decided(
        text, [Decision("windows.a", date(2026, 5, 1)), Decision("profiles[0].stages[0].quota", 3)]
    )
    assert written.startswith("# kept\n")
    assert tomllib.loads(written) == {
        "windows": {"a": date(2026, 5, 1)},
        "profiles": [{"code": "x", "stages": [{"code": "s", "quota": 3}]}],
    }
    with pytest.raises(DecisionMisplaced):
        decided(text, [Decision("profiles[1].stages[0].quota", 3)])


@pytest.mark.parametrize("code", SHIPPED)
def test_the_shipped_decisions_leave_no_registration_and_no_stage_undecided(code: str) -> None:
    text = (DEFINITIONS / f"{code}.toml").read_text(encoding="utf-8")
    written = decided(text, read_decisions(DEFINITIONS / "rehearsal" / f"{code}.toml"))
    assert not [str(problem) for problem in check_definition(written).errors]
    rules = parse_contest(written)
    for event in rules.events:
        assert rules.registration(event) is not None, event.code
        for stage in rules.profile_of(event).stages:
            assert rules.window(event, stage.window) is not None, (event.code, stage.code)
            is_outside = stage.kind == "selection" and stage.code != rules.profile_of(event).stages[-1].code
            assert stage.components or is_outside, (event.code, stage.code)
            assert stage.notice_working_days is not None, (event.code, stage.code)


@given(st.integers(0, 5000), st.lists(st.floats(0.1, 9), min_size=1, max_size=40), st.integers(0, 60))
def test_everybody_has_an_event_and_every_event_its_least(
    people: int, weights: list[float], least: int
) -> None:
    found = shares(people, weights, least)
    assert sum(found) == people
    assert min(found) >= min(least, people // len(weights))
