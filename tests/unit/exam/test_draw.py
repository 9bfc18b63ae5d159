"""Papers from a seed: repeatable, complete, fair."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.exam.blueprints import blueprint, cell, pool_of, section
from webapp.contests.rules.blueprint import Blueprint
from webapp.exam.errors import PoolTooSmall
from webapp.exam.rules.chance import Chance
from webapp.exam.rules.draw import (
    PoolQuestion,
    can_satisfy,
    draw_paper,
    option_order,
    paper_digest,
    paper_seed,
    shuffles_options,
)
from webapp.exam.rules.supply import Kind

SECRET = bytes(range(32))
SEED = paper_seed(SECRET, 1, 1)

THEORY = blueprint(
    section("single", cell("electric", "easy", 3), cell("electric", None, 2), cell(None, None, 2)),
    section("true_false", cell(None, "hard", 4)),
)
POOL = pool_of(
    ("single", "electric", "easy", 8),
    ("single", "electric", "hard", 6),
    ("single", "fire", "easy", 6),
    ("true_false", "fire", "hard", 9),
)


def counts(pool: list[PoolQuestion]) -> Counter[Kind]:
    return Counter(question.kind for question in pool)


def test_the_same_seed_draws_the_same_paper_whatever_the_order_of_the_pool() -> None:
    assert draw_paper(THEORY, POOL, SEED) == draw_paper(THEORY, POOL[::-1], SEED)


def test_this_paper_is_pinned_so_that_old_papers_can_be_drawn_again() -> None:
    drawn = [slot.version_id for slot in draw_paper(THEORY, POOL, SEED)]
    assert drawn == PINNED_PAPER, "a change of the draw needs a new DRAW_VERSION"


PINNED_PAPER = [4, 1, 19, 14, 2, 10, 6, 21, 24, 22, 25]


def test_another_attempt_or_person_gets_another_paper() -> None:
    papers = {
        paper_digest(draw_paper(THEORY, POOL, seed), seed)
        for seed in (paper_seed(SECRET, person, attempt) for person in range(1, 20) for attempt in (1, 2))
    }
    assert len(papers) == 38


def test_slots_are_numbered_through_and_carry_section_and_mark() -> None:
    slots = draw_paper(THEORY, POOL, SEED)
    assert [slot.number for slot in slots] == list(range(11))
    assert [slot.section for slot in slots] == ["s0"] * 7 + ["s1"] * 4
    assert {slot.mark for slot in slots} == {Decimal(1)}


ONE_CELL = blueprint(section("single", cell("a", "easy", 3)))


@pytest.mark.parametrize(
    ("plan", "pool", "missing"),
    [
        pytest.param(
            blueprint(section("single", cell("a", "easy", 3))),
            pool_of(("single", "a", "easy", 2)),
            [1],
            id="one cell",
        ),
        pytest.param(blueprint(section("single", cell("a", "easy", 3))), [], [3], id="empty pool"),
        pytest.param(
            blueprint(section("single", cell("a", "easy", 3))),
            pool_of(("multiple", "a", "easy", 9)),
            [3],
            id="other type",
        ),
        pytest.param(
            blueprint(section("single", cell("a", None, 4), cell("a", "easy", 3))),
            pool_of(("single", "a", "easy", 3), ("single", "a", "hard", 2)),
            [2],
            id="overlap counts a question once",
        ),
        pytest.param(
            blueprint(section("single", cell("a", None, 2)), section("single", cell(None, "easy", 2))),
            pool_of(("single", "a", "easy", 2), ("single", "b", "easy", 2)),
            [],
            id="topic and difficulty cross and must give way",
        ),
        pytest.param(
            blueprint(section("single", cell("a", None, 2)), section("single", cell(None, "easy", 3))),
            pool_of(("single", "a", "easy", 2), ("single", "b", "easy", 2)),
            [1],
            id="crossing cells lack one together",
        ),
    ],
)
def test_shortages_are_exact(plan: Blueprint, pool: list[PoolQuestion], missing: list[int]) -> None:
    check = can_satisfy(plan, counts(pool))
    assert [shortage.missing for shortage in check.shortages] == missing
    if missing:
        with pytest.raises(PoolTooSmall) as refusal:
            draw_paper(plan, pool, SEED)
        assert refusal.value.params == {"missing": sum(missing)}
    else:
        assert draw_paper(plan, pool, SEED)


@pytest.mark.parametrize(("available", "warned"), [(5, True), (9, True), (10, False), (11, False)])
def test_drawing_more_than_half_of_a_pool_is_a_warning(available: int, warned: bool) -> None:
    check = can_satisfy(
        blueprint(section("single", cell("a", "easy", 5))), {Kind("single", "a", "easy"): available}
    )
    assert check.is_satisfiable
    assert [(thin.wanted, thin.available) for thin in check.warnings] == ([(5, available)] if warned else [])


topics = st.sampled_from(["a", "b", None])
levels = st.sampled_from(["easy", "hard", None])
kinds = st.sampled_from(["single", "multiple"])
cells = st.builds(cell, topics, levels, st.integers(1, 4))
sections = st.builds(
    lambda kind, found: section(kind, *found), kinds, st.lists(cells, min_size=1, max_size=4)
)
plans = st.lists(sections, min_size=1, max_size=3).map(lambda found: blueprint(*found))
pool_rows = st.tuples(
    kinds, st.sampled_from(["a", "b"]), st.sampled_from(["easy", "hard"]), st.integers(0, 9)
)
pools = st.lists(pool_rows).map(lambda rows: pool_of(*rows))


@settings(max_examples=300, deadline=None)
@given(plans, pools, st.binary(min_size=16, max_size=16))
def test_a_satisfiable_blueprint_is_always_drawn_and_every_question_fits_its_section(
    plan: Blueprint, pool: list[PoolQuestion], seed: bytes
) -> None:
    check = can_satisfy(plan, counts(pool))
    if not check.is_satisfiable:
        with pytest.raises(PoolTooSmall) as refusal:
            draw_paper(plan, pool, seed)
        assert refusal.value.params["missing"] == sum(shortage.missing for shortage in check.shortages)
        return
    slots = draw_paper(plan, pool, seed)
    assert len({slot.version_id for slot in slots}) == len(slots)
    by_id = {question.version_id: question for question in pool}
    for part in plan.sections:
        drawn = [by_id[slot.version_id].kind for slot in slots if slot.section == part.key]
        assert len(drawn) == sum(c.count for c in part.cells)
        own = blueprint(part)
        assert can_satisfy(own, Counter(drawn)).is_satisfiable, "the questions fill exactly these cells"


@settings(max_examples=200, deadline=None)
@given(plans, pools)
def test_missing_questions_equal_demand_less_the_largest_matching(
    plan: Blueprint, pool: list[PoolQuestion]
) -> None:
    seats = [(part, c) for part in plan.sections for c in part.cells for _ in range(c.count)]
    check = can_satisfy(plan, counts(pool))
    assert sum(s.missing for s in check.shortages) == len(seats) - largest_matching(seats, pool)


def largest_matching(seats: list, pool: list[PoolQuestion]) -> int:  # type: ignore[type-arg]
    """Kuhn's algorithm, seat by seat: slow, plain, independent of the code under test."""
    holder: dict[int, int] = {}

    def fits(seat: int, question: PoolQuestion) -> bool:
        part, c = seats[seat]
        return (
            question.question_type == part.question_type
            and c.topic in {None, question.topic}
            and c.difficulty in {None, question.difficulty}
        )

    def seated(seat: int, seen: set[int]) -> bool:
        for question in pool:
            if question.version_id in seen or not fits(seat, question):
                continue
            seen.add(question.version_id)
            if question.version_id not in holder or seated(holder[question.version_id], seen):
                holder[question.version_id] = seat
                return True
        return False

    return sum(seated(seat, set()) for seat in range(len(seats)))


def test_every_question_of_a_cell_is_drawn_about_equally_often() -> None:
    plan = blueprint(section("single", cell(None, None, 5)))
    pool = pool_of(("single", "a", "easy", 12), ("single", "b", "hard", 8))
    seen = Counter(
        slot.version_id for n in range(4000) for slot in draw_paper(plan, pool, paper_seed(SECRET, n, 1))
    )
    assert len(seen) == 20
    assert all(850 < times < 1150 for times in seen.values()), "expected 1000 each, sd about 27"


def test_every_order_of_options_comes_about_equally_often() -> None:
    seen = Counter(option_order(paper_seed(SECRET, n, 1), 3, 4) for n in range(4800))
    assert len(seen) == 24
    assert all(130 < times < 270 for times in seen.values()), "expected 200 each, sd about 14"


@given(st.binary(min_size=16, max_size=32), st.integers(0, 300), st.integers(0, 12))
def test_option_orders_are_permutations_and_repeatable(seed: bytes, slot: int, n_options: int) -> None:
    order = option_order(seed, slot, n_options)
    assert sorted(order) == list(range(n_options))
    assert order == option_order(seed, slot, n_options)
    assert option_order(seed, slot, n_options, shuffle=False) == tuple(range(n_options))


def test_true_false_keeps_its_order_and_choices_follow_their_section() -> None:
    assert not shuffles_options(section("true_false", cell(None, None, 1)))
    assert shuffles_options(section("single", cell(None, None, 1)))
    assert not shuffles_options(section("single", cell(None, None, 1), shuffle_options=False))


def test_an_unshuffled_section_stands_cell_by_cell() -> None:
    plan = blueprint(section("single", cell("b", "hard", 2), cell("a", "easy", 2), shuffle_questions=False))
    pool = pool_of(("single", "a", "easy", 6), ("single", "b", "hard", 6))
    topics_drawn = [
        next(q.topic for q in pool if q.version_id == s.version_id) for s in draw_paper(plan, pool, SEED)
    ]
    assert topics_drawn == ["b", "b", "a", "a"]


def test_the_digest_tells_papers_apart_by_question_mark_and_seed() -> None:
    slots = draw_paper(THEORY, POOL, SEED)
    other = paper_seed(SECRET, 2, 1)
    digests = {
        paper_digest(slots, SEED),
        paper_digest(slots, other),
        paper_digest(slots[::-1], SEED),
        paper_digest(slots[:-1], SEED),
    }
    assert len(digests) == 4
    assert SEED.hex() not in paper_digest(slots, SEED)


def test_chance_refuses_an_empty_range() -> None:
    with pytest.raises(ValueError, match="limit"):
        Chance(SEED, "x").below(0)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        paper_seed(b"short", 1, 1)
