"""A topic means those below it too, where the tree was told; without it every draw stays what it was."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.exam.blueprints import blueprint, cell, pool_of, section
from webapp.contests.rules.blueprint import from_json, to_json
from webapp.exam.rules.draw import can_satisfy, draw_paper, paper_digest, paper_seed
from webapp.exam.rules.simulation import cell_supplies, expected_mean

POOL = pool_of(
    ("single", "a", "easy", 4), ("single", "a/b", "easy", 4), ("single", "a/b/c", "hard", 4), ("single", "z", "easy", 9)
)  # fmt: skip
TREE = (("a/b", "a"), ("a/b/c", "a/b"))
PLAN = blueprint(section("single", cell("a", None, 6), cell("a/b", None, 2)))
TOLD = replace(PLAN, below=TREE)
SECRET = b"s" * 32


def counts() -> dict[Any, int]:
    found: dict[Any, int] = {}
    for question in POOL:
        found[question.kind] = found.get(question.kind, 0) + 1
    return found


def test_a_topic_takes_in_everything_below_it_and_nothing_else() -> None:
    assert TOLD.with_below({"a"}) == {"a", "a/b", "a/b/c"}
    assert TOLD.with_below({"a/b"}) == {"a/b", "a/b/c"}
    assert PLAN.with_below({"a"}) == {"a"}
    circle = replace(PLAN, below=(("x", "y"), ("y", "x")))
    assert circle.with_below({"x"}) == {"x", "y"}


def test_a_cell_draws_from_below_its_topic_without_taking_what_a_narrower_one_needs() -> None:
    assert [one.missing for one in cell_supplies(PLAN, POOL)] == [2, 0]
    assert [(one.available, one.missing) for one in cell_supplies(TOLD, POOL)] == [(12, 0), (8, 0)]
    all_twelve = replace(TOLD, sections=(section("single", cell("a", None, 10), cell("a/b", None, 2)),))
    topics = {question.version_id: question.topic for question in POOL}
    for who in range(1, 40):
        paper = draw_paper(all_twelve, POOL, paper_seed(SECRET, who, 1))
        assert sorted(topics[slot.version_id] for slot in paper) == ["a"] * 4 + ["a/b"] * 4 + ["a/b/c"] * 4


def test_the_expected_share_counts_what_is_below() -> None:
    found = expected_mean(TOLD, POOL)
    assert found is not None
    whole, half = (8 * 0.85 + 4 * 0.45) / 12, (4 * 0.85 + 4 * 0.45) / 8
    assert abs(found - (6 * whole + 2 * half) / 8) < 1e-9


def test_what_is_missing_of_equal_cells_is_told_once() -> None:
    plan = blueprint(section("single", cell("z", None, 6), cell("z", None, 6)))
    assert [one.missing for one in cell_supplies(plan, POOL)] == [0, 3]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10_000))
def test_an_exam_that_was_opened_before_draws_as_it_did(who: int) -> None:
    plan = blueprint(section("single", cell("z", None, 3), cell(None, "easy", 5)))
    kept = to_json(plan)
    del kept["below"]
    seed = paper_seed(SECRET, who, 1)
    old = draw_paper(from_json(kept), POOL, seed)
    assert old == draw_paper(plan, POOL, seed)
    assert paper_digest(old, seed) == paper_digest(draw_paper(replace(plan, below=TREE), POOL, seed), seed), (
        "a tree that no cell asks about changes nothing"
    )


def test_the_tree_travels_with_the_record_of_the_exam() -> None:
    assert from_json(to_json(TOLD)) == TOLD
    assert not can_satisfy(from_json(to_json(TOLD)), counts()).shortages
