"""Issue 5, point 7: a blueprint as a form, its buttons, and what it says otherwise."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.contests.test_own_exams import blueprints
from tests.unit.exam.blueprints import blueprint, cell, section
from webapp.contests.rules.blueprint import Blueprint, Fairness, Mock, Text
from webapp.exam.rules.draft_changes import differences
from webapp.exam.rules.draft_input import changed, read_values, values_from_json, values_to_json
from webapp.exam.rules.drafts import CellValues, SectionValues, Values, from_form, to_form

ACTIONS = ("add-section", "remove-section", "up-section", "down-section", "add-cell", "remove-cell")


def sent(values: Values) -> dict[str, Sequence[str]]:
    """What a browser sends for a form: boxes only when they are on."""
    found: dict[str, Sequence[str]] = {}

    def put(data: dict[str, Any], prefix: str) -> None:
        for name, value in data.items():
            if isinstance(value, bool):
                found.update({prefix + name: ["y"]} if value else {})
            elif isinstance(value, str):
                found[prefix + name] = [value]
            elif name == "topics":
                found[name] = list(value)
            else:
                for at, item in enumerate(value):
                    put(item, f"{prefix}{name}-{at}-")

    put(asdict(values), "")
    return found


@settings(max_examples=40, deadline=None)
@given(blueprints())
def test_a_form_means_the_blueprint_it_shows(made: Blueprint) -> None:
    assert from_form(to_form(made), made) == (made, {})


@settings(max_examples=30, deadline=None)
@given(blueprints())
def test_what_is_sent_and_kept_is_what_was_shown(made: Blueprint) -> None:
    values = to_form(made)
    assert read_values(sent(values)) == values
    assert values_from_json(values_to_json(values)) == values


@settings(max_examples=30, deadline=None)
@given(blueprints(), st.sampled_from(ACTIONS), st.lists(st.integers(0, 5), max_size=2))
def test_no_button_breaks_a_form(made: Blueprint, name: str, places: list[int]) -> None:
    values = changed(to_form(made), "-".join([name, *map(str, places)]))
    keys = [one.key for one in values.sections]
    assert len(set(keys)) == len(keys)
    assert all(one.cells for one in values.sections)
    assert abs(len(values.sections) - len(made.sections)) <= 1


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.text(max_size=30), st.lists(st.text(max_size=20), max_size=2), max_size=6), st.text()
)
def test_nothing_that_is_sent_raises(given_: dict[str, list[str]], action: str) -> None:
    values = changed(read_values(given_), action)
    _made, problems = from_form(values)
    assert problems, "a form without sections is never good"


@pytest.fixture
def paper() -> Blueprint:
    return blueprint(
        section("single", cell("a", "easy", 3), cell(None, None, 2), key="one"),
        section("true_false", cell(None, None, 5), key="two"),
        mock=Mock(2, 600, 3),
    )


def test_each_button_does_what_it_says(paper: Blueprint) -> None:
    values = to_form(paper)
    assert [one.key for one in changed(values, "up-section-1").sections] == ["two", "one"]
    assert [one.key for one in changed(values, "down-section-0").sections] == ["two", "one"]
    assert changed(values, "down-section-1") == values
    assert [one.key for one in changed(values, "remove-section-0").sections] == ["two"]
    assert changed(values, "add-section").sections[2] == SectionValues(key="part-1")
    assert len(changed(values, "add-cell-0").sections[0].cells) == 3
    assert changed(values, "remove-cell-0-0").sections[0].cells == (CellValues("", "any", "2"),)
    assert changed(values, "remove-cell-1-0") == values, "a section keeps its last row"


def test_problems_stand_at_their_fields(paper: Blueprint) -> None:
    values = to_form(paper)
    first = replace(
        values.sections[0],
        title_zh="",
        mark="much",
        marking_rule="per_pick",
        cells=(CellValues("a", "easy", ""), CellValues("", "soft", "3")),
    )
    second = replace(values.sections[1], step="9", wrong_mark="2")
    wrong = replace(values, minutes="0", lowest="0.9", highest="0.2", sections=(first, second))
    made, problems = from_form(wrong, paper)
    assert set(problems) == {
        "minutes",
        "highest",
        "sections-0-title_zh",
        "sections-0-mark",
        "sections-0-per_pick_mark",
        "sections-0-cells-0-count",
        "sections-0-cells-1-difficulty",
        "sections-1-step",
        "sections-1-wrong_mark",
    }
    assert made.sections[0].count == 4, "what is good is counted all the same"


def test_what_the_form_has_no_place_for_stays(paper: Blueprint) -> None:
    base = replace(paper, fairness=Fairness(max_exposure=Decimal("0.4")))
    values = replace(to_form(base), lowest="0.6", highest="0.7")
    made, problems = from_form(values, base)
    assert not problems
    assert made.mock == paper.mock
    assert made.fairness == Fairness(
        max_exposure=Decimal("0.4"), lowest=Decimal("0.6"), highest=Decimal("0.7")
    )
    assert from_form(to_form(base), made)[0] == base, "a band that is emptied is gone"


def test_full_width_numbers_are_numbers() -> None:
    assert read_values({"minutes": ["９０"], "bank": [" 题库Ａ\0 "]}).minutes == "90"
    assert read_values({"bank": [" 题库Ａ\0 "]}).bank == "题库Ａ"


def test_a_form_without_sections_is_refused() -> None:
    assert "sections" in from_form(Values(bank="b"))[1]


def test_differences_are_said_one_by_one(paper: Blueprint) -> None:
    assert differences(paper, paper) == ()
    one, two = paper.sections
    after = replace(
        paper,
        bank="other",
        duration_s=5400,
        topics=("a",),
        sections=(
            replace(two, mark=Decimal(2), shuffle_options=False),
            section("fill", cell(None, None, 4), key="three"),
        ),
    )
    said = [message.text % message.params for message in differences(paper, after)]
    assert said == [
        "Bank: bank → other",
        "Minutes: 60 → 90",
        f"Topics of the paper: {differences(paper, after)[2].params['before']} → a",
        f"{one.title}: taken out",
        f"{two.title}: 5 × 1 → 5 × 2",
        f"{two.title}: another title, order or time",
        f"{Text('部分', 'Part')}: new, 4 × 1",
    ]
    more = replace(paper, sections=(replace(one, cells=(cell("a", "easy", 9), cell(None, None, 2))), two))
    assert len(differences(paper, more)) == 1, "a number that is told already is not told again"
    other = replace(paper, sections=(replace(one, cells=(cell("b", "easy", 3), cell(None, None, 2))), two))
    assert [m.text for m in differences(paper, other)] == ["%(title)s: other topics, difficulties or numbers"]
    untitled = replace(paper, sections=(replace(one, title=Text("")), two))
    assert [m.params["title"] for m in differences(paper, untitled)] == [one.title]
    moved = replace(paper, sections=(two, one))
    assert [message.text for message in differences(paper, moved)] == ["The sections stand in another order."]
