"""Identical wrong answers: innocent people are hardly ever shown, planted copiers are found."""

from itertools import combinations
from random import Random

import pytest

from tests.unit.integrity.crowd import crowd, let_copy
from webapp.integrity.rules.calibration import PROBE, calibrate, simulate
from webapp.integrity.rules.pairs import MIN_IDENTICAL, Paper, compare, fit, tail
from webapp.integrity.rules.search import (
    MOST_IN_GROUP,
    PAIRS_A_PART,
    find_pairs,
    limits_for,
    near_pairs,
    parts,
)


def shown(papers: list[Paper]) -> set[tuple[int, int]]:
    near = near_pairs(papers)
    found = find_pairs(papers, fit(papers), near, limits_for(len(papers), len(near)))
    return {(pair.a, pair.b) for pair in found.pairs}


def test_the_tail_is_exact() -> None:
    assert tail([0.5, 0.5], 1) == pytest.approx(0.75)
    assert tail([0.5, 0.5], 2) == pytest.approx(0.25)
    assert tail([0.2, 0.3, 0.9], 3) == pytest.approx(0.054)
    assert tail([0.2], 0) == 1
    assert tail([0.2], 2) == 0
    chance = Random(4)
    chances = [chance.random() for _ in range(12)]
    by_hand = 0.0
    for n in range(7, 13):
        for hits in combinations(range(12), n):
            product = 1.0
            for at, p in enumerate(chances):
                product *= p if at in hits else 1 - p
            by_hand += product
    assert tail(chances, 7) == pytest.approx(by_hand)


def test_innocent_people_reach_a_small_tail_no_more_often_than_it_says() -> None:
    """The null: no tail limit may be reached by more independent pairs than the limit promises."""
    pairs, hits = 0, {0.1: 0, 0.01: 0, 0.001: 0}
    for seed in (11, 12):
        papers = crowd(90, seed)
        model = fit(papers)
        for one, other in combinations(papers, 2):
            p = compare(one, other, model).p
            pairs += 1
            for limit in hits:
                hits[limit] += p <= limit
    assert all(count / pairs <= limit for limit, count in hits.items()), hits
    assert hits[0.1] > 0, "the tail is a probability, not always 1"


@pytest.mark.parametrize("seed", [21, 22, 23, 24])
def test_innocent_people_are_not_shown(seed: int) -> None:
    assert shown(crowd(150, seed)) == set()


def test_planted_copiers_are_found_and_nobody_else() -> None:
    papers = crowd(150, 31)
    for at in range(4):
        let_copy(papers, 10 * at, 10 * at + 1, 0.8)
    found = shown(papers)
    planted = {(10 * at + 1, 10 * at + 2) for at in range(4)}
    assert len(found & planted) >= 3
    assert found <= planted


def test_copiers_with_papers_drawn_from_a_bank_are_found_on_the_questions_they_share() -> None:
    papers = crowd(120, 41, questions=60, bank=90)
    let_copy(papers, 4, 5, 0.95)
    assert shown(papers) == {(5, 6)}


def test_a_pair_is_the_same_from_both_sides() -> None:
    papers = crowd(40, 51)
    model = fit(papers)
    assert compare(papers[3], papers[9], model) == compare(papers[9], papers[3], model)


def test_searching_in_parts_finds_what_one_search_finds() -> None:
    papers = crowd(100, 61)
    for at in range(3):
        let_copy(papers, 20 * at, 20 * at + 1, 0.9)
    near, model = near_pairs(papers), fit(papers)
    limits = limits_for(len(papers), len(near))
    whole = find_pairs(papers, model, near, limits).pairs
    pieces = [
        find_pairs(papers, model, near, limits, rows=rows).pairs for rows in ((0, 30), (30, 70), (70, 100))
    ]
    assert whole
    assert {(pair.a, pair.b) for piece in pieces for pair in piece} == {(pair.a, pair.b) for pair in whole}


def test_parts_cover_all_rows_of_42650_people_once() -> None:
    ranges = parts(42_650)
    assert [start for start, _ in ranges[1:]] == [stop for _, stop in ranges[:-1]]
    assert (ranges[0][0], ranges[-1][1]) == (0, 42_650)
    for start, stop in ranges[:-1]:
        pairs = sum(42_650 - 1 - row for row in range(start, stop))
        assert PAIRS_A_PART <= pairs < PAIRS_A_PART + 42_650
    assert parts(200) == [(0, 200)]
    assert parts(0) == [(0, 0)]


def test_two_papers_of_one_person_are_no_pair() -> None:
    papers = crowd(60, 71)
    first = papers[0]
    papers[1] = Paper(2, 1, first.answered, first.wrong, first.groups)
    assert len(first.wrong) > 10
    assert shown(papers) == set()


def test_a_few_identical_answers_are_never_shown() -> None:
    few = dict.fromkeys(range(MIN_IDENTICAL - 1), "B")
    papers = [Paper(n, n, frozenset(range(40)), few if n < 3 else {}, frozenset()) for n in range(1, 30)]
    assert shown(papers) == set()


def test_a_very_large_unit_is_no_neighbourhood() -> None:
    crowded = [Paper(n, n, frozenset(), {}, frozenset({"unit:1"})) for n in range(MOST_IN_GROUP + 1)]
    assert near_pairs(crowded) == set()
    assert len(near_pairs(crowded[:3])) == 3


def test_the_false_alarm_rate_is_measured_and_repeats_with_its_seed() -> None:
    papers = crowd(60, 81)
    model = fit(papers)
    measured = calibrate(papers, model, 5, rounds=6)
    assert measured == calibrate(papers, model, 5, rounds=6)
    assert (measured.rounds, measured.people, measured.pairs) == (6, 60, 6 * 60 * 59 // 2)
    assert measured.probe_rate <= 3 * PROBE
    assert measured.alarms <= 1
    assert measured.expected_alarms >= 0.05
    assert measured.is_whole


def test_simulated_people_keep_their_papers_and_their_numbers_of_mistakes_roughly() -> None:
    papers = crowd(80, 91)
    innocent = simulate(papers, fit(papers), Random(1))
    assert [paper.answered for paper in innocent] == [paper.answered for paper in papers]
    real, made = (sum(len(paper.wrong) for paper in group) for group in (papers, innocent))
    assert 0.9 < made / real < 1.1
