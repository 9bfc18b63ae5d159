"""Issue 5, point 7: what a blueprint would do with a bank, before anything is opened."""

from decimal import Decimal
from itertools import combinations
from statistics import fmean, pstdev

import pytest

from tests.unit.exam.blueprints import blueprint, cell, pool_of, section
from webapp.contests.rules.blueprint import Blueprint, Fairness
from webapp.exam.errors import PoolTooSmall
from webapp.exam.rules.draw import draw_paper
from webapp.exam.rules.simulation import (
    Simulation,
    cell_supplies,
    digest_of,
    expected_overlap,
    seed_of,
    simulated_from_json,
    simulated_to_json,
)

POOL = pool_of(("single", "a", "easy", 12), ("single", "a", "hard", 8), ("single", "b", "medium", 10))


def design(fairness: Fairness | None = None) -> Blueprint:
    return blueprint(section("single", cell("a", None, 5), cell("b", None, 3)), fairness=fairness)


def test_each_cell_says_what_it_wants_and_finds() -> None:
    first, second = cell_supplies(design(), POOL)
    assert (first.wanted, first.available, first.missing, first.exposure) == (5, 20, 0, 0.25)
    assert (second.wanted, second.available, second.exposure) == (3, 10, 0.3)
    # 5 of 20: two papers share 5 x 5 / 20 questions on average; 3 of 10: 3 x 3 / 10
    assert expected_overlap((first, second)) == pytest.approx((1.25 + 0.9) / 8)


def test_what_is_missing_is_named_and_nothing_is_promised() -> None:
    cells = cell_supplies(blueprint(section("single", cell("a", None, 25), cell("c", None, 1))), POOL)
    assert [one.missing for one in cells] == [5, 1]
    assert cells[1].exposure is None
    assert expected_overlap(cells) is None
    with pytest.raises(PoolTooSmall):
        Simulation(blueprint(section("single", cell("c", None, 1))), POOL).draw(1)


def test_the_figures_are_those_of_the_papers_that_the_real_draw_gives() -> None:
    simulation = Simulation(design(), POOL)
    simulation.draw(20)
    simulation.draw(40)
    found = simulation.result()
    papers = [{slot.version_id for slot in draw_paper(design(), POOL, seed_of(at))} for at in range(60)]
    assert found is not None
    assert (found.papers, found.questions) == (60, 30)
    assert found.overlap == pytest.approx(fmean(len(a & b) / 8 for a, b in combinations(papers, 2)))
    shares = {q.version_id: {"easy": 0.85, "medium": 0.65, "hard": 0.45}[q.difficulty] for q in POOL}
    expected = [fmean(shares[one] for one in paper) for paper in papers]
    assert found.expected_mean == pytest.approx(fmean(expected))
    assert found.expected_sd == pytest.approx(pstdev(expected))
    assert (found.expected_min, found.expected_max) == pytest.approx((min(expected), max(expected)))
    assert found.exposure_mean == pytest.approx(8 / 30)
    most = max(sum(one in paper for paper in papers) for one in shares)
    assert found.exposure_most == found.listed[0][1] == most / 60
    assert sum(found.bins) == 60
    assert found.in_band is None


def test_counting_and_drawing_agree() -> None:
    simulation = Simulation(design(), POOL)
    simulation.draw(1500)
    found = simulation.result()
    overlap = expected_overlap(cell_supplies(design(), POOL))
    assert found is not None
    assert overlap is not None
    assert abs(found.overlap - overlap) < 0.005
    assert found.used == 30
    assert found.low <= found.expected_mean <= found.high


def test_a_band_is_kept_and_its_share_told() -> None:
    simulation = Simulation(design(Fairness(lowest=Decimal("0.62"), highest=Decimal("0.68"))), POOL)
    simulation.draw(50)
    found = simulation.result()
    assert found is not None
    assert found.in_band == 1.0
    assert found.expected_min >= 0.62


def test_it_comes_back_from_storage_and_is_nothing_below_two_papers() -> None:
    simulation = Simulation(design(), POOL)
    simulation.draw(1)
    assert simulation.result() is None
    simulation.draw(5)
    found = simulation.result()
    assert found is not None
    assert simulated_from_json(simulated_to_json(found)) == found


def test_another_bank_or_blueprint_makes_it_outdated() -> None:
    assert digest_of(design(), POOL) == digest_of(design(), list(reversed(POOL)))
    assert digest_of(design(), POOL) != digest_of(design(), POOL[1:])
    assert digest_of(design(), POOL) != digest_of(design(Fairness()), POOL)


def test_what_is_known_from_earlier_exams_takes_the_place_of_the_label() -> None:
    plain = Simulation(design(), POOL)
    known = Simulation(design(), POOL, {question.version_id: 0.5 for question in POOL} | {999: 1.0})
    for one in (plain, known):
        one.draw(20)
    without, found = plain.result(), known.result()
    assert without is not None
    assert found is not None
    assert (without.measured, without.measured_mean) == (0, None)
    assert (found.measured, found.measured_mean, found.measured_sd) == (30, 0.5, 0)
    assert found.expected_mean == without.expected_mean
    half = Simulation(design(), POOL, {POOL[0].version_id: 0.85})
    half.draw(20)
    same = half.result()
    assert same is not None
    assert same.measured_mean == pytest.approx(same.expected_mean)
