"""Steps form a tree, and whoever is counted in one is counted in all it is measured against."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from webapp.reports.rules import funnel, plot, small
from webapp.reports.rules.funnel import StageName, Step

names = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=5)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Step, ...]:
    """Any levels; stages each of which follows one of the others, or none."""
    levels, codes = draw(names), draw(names)
    stages = [StageName(code, {"zh": code}, draw(st.sampled_from(["", *codes]))) for code in codes]
    return funnel.plan(levels, [stage for stage in stages if stage.before != stage.code])


@given(plans(), st.lists(st.lists(st.integers(0, 40), max_size=6), max_size=8))
def test_numbers_never_rise_from_a_step_to_one_measured_against_it(
    steps: tuple[Step, ...], people: list[list[int]]
) -> None:
    of = funnel.masks(steps)
    keys = [step.key for step in steps]
    assert len(set(keys)) == len(keys)
    bits = []
    for reached in people:
        one = 0
        for at in reached:
            one |= of[keys[at % len(keys)]]
        bits.append(one)
    counts = {key: sum(bool(one >> at & 1) for one in bits) for at, key in enumerate(keys)}
    for step in steps:
        assert counts[step.key] <= counts.get(step.against, len(people))


@given(plans())
def test_an_application_has_passed_more_the_later_it_waits(steps: tuple[Step, ...]) -> None:
    found = funnel.level_masks(steps)
    levels = [step for step in steps if step.level]
    assert len(found) == len(levels) + 1
    assert all(before & after == before for before, after in pairwise(found))
    assert found[-1] == funnel.masks(steps)[funnel.CONFIRMED]


def test_rates_are_rounded_half_up_and_none_of_nothing() -> None:
    assert [funnel.rate(1, 3), funnel.rate(2, 3), funnel.rate(1, 16), funnel.rate(0, 5)] == [
        33.3,
        66.7,
        6.3,
        0.0,
    ]
    assert funnel.rate(1, 0) is None


def test_one_or_two_people_are_not_told() -> None:
    assert [small.hide(number) for number in (0, 1, 2, 3)] == [0, small.HIDDEN, small.HIDDEN, 3]


@given(st.lists(st.tuples(st.text(max_size=5), st.integers(-1, 10**7), st.just("")), max_size=30))
def test_bars_fit_the_picture(rows: list[tuple[str, int, str]]) -> None:
    made = plot.bars(rows)
    assert made.height == len(rows) * plot.ROW_H
    for bar, (_words, value, _note) in zip(made.bars, rows, strict=True):
        assert 0 <= bar.width <= plot.WIDTH - plot.VALUE_W
        assert (bar.width > 0) == (value > 0)
