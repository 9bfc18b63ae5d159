"""Exposure limits, the band of difficulty, parity, and the file with which draws are checked."""

import copy
import hashlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.exam.blueprints import blueprint, cell, pool_of, section
from webapp.contests.rules.blueprint import Blueprint, Fairness, from_json, to_json
from webapp.exam.rules.draw import (
    can_satisfy,
    draw_paper,
    expected_share,
    paper_digest,
    paper_seed,
)
from webapp.exam.rules.drawfile import FORMAT, DrawFileInvalid, verify
from webapp.exam.rules.parity import PaperFacts, parity
from webapp.exam.rules.supply import Kind

POOL = pool_of(("single", "t", "easy", 30), ("single", "t", "medium", 30), ("single", "t", "hard", 30))
BAND = Fairness(lowest=Decimal("0.62"), highest=Decimal("0.68"))
SECRET = b"s" * 32


def paper_blueprint(fairness: Fairness | None = None) -> Blueprint:
    return blueprint(section("single", cell(None, None, 10)), fairness=fairness)


def shares(fairness: Fairness | None) -> list[Decimal]:
    made = paper_blueprint(fairness)
    difficulty_of = {question.version_id: question.difficulty for question in POOL}
    return [
        expected_share(draw_paper(made, POOL, paper_seed(SECRET, who, 1)), difficulty_of, BAND)
        for who in range(1, 200)
    ]


def test_without_a_band_papers_differ_in_difficulty_and_with_one_none_leaves_it() -> None:
    free, banded = shares(None), shares(BAND)
    assert any(share < Decimal("0.62") or share > Decimal("0.68") for share in free)
    assert all(Decimal("0.62") <= share <= Decimal("0.68") for share in banded)


def test_papers_within_the_band_are_drawn_as_they_were_without_it() -> None:
    free, banded = shares(None), shares(BAND)
    kept = [a == b for a, b in zip(free, banded, strict=True) if Decimal("0.62") <= a <= Decimal("0.68")]
    assert kept
    assert all(kept)


def test_a_band_that_nothing_reaches_gives_the_nearest_paper_of_the_seed() -> None:
    band = Fairness(lowest=Decimal("0.95"), highest=Decimal("0.99"))
    assert max(shares(band)) < Decimal("0.86")
    assert min(shares(band)) > max(Decimal("0.60"), sum(shares(None), Decimal(0)) / 199)


@pytest.mark.parametrize(("limit", "is_allowed"), [("0.5", True), ("0.34", True), ("0.33", False)])
def test_no_question_may_stand_on_more_papers_than_the_file_allows(limit: str, is_allowed: bool) -> None:
    made = blueprint(section("single", cell("t", None, 10)), fairness=Fairness(max_exposure=Decimal(limit)))
    check = can_satisfy(made, {Kind("single", "t", "easy"): 30})
    assert check.is_satisfiable is is_allowed
    assert [cell.available for cell in check.too_exposed] == ([] if is_allowed else [30])


def test_fairness_survives_the_way_through_json() -> None:
    made = paper_blueprint(
        Fairness(max_exposure=Decimal("0.4"), most_earlier_papers=7, lowest=Decimal("0.1"))
    )
    assert from_json(to_json(made)) == made
    old = to_json(paper_blueprint())
    del old["fairness"]
    assert from_json(old) == paper_blueprint()


def test_papers_of_equal_questions_are_alike_and_easier_ones_stand_out() -> None:
    def facts(versions: tuple[int, ...], *marks: float) -> PaperFacts:
        return PaperFacts(versions, marks, (1.0,) * len(versions))

    same = parity([facts((1, 2), 1, 0), facts((1, 2), 1, 1)])
    assert same is not None
    assert (same.expected_sd, same.overlap, same.near_share) == (0.0, 1.0, 1.0)
    assert same.expected_mean == same.actual_mean == 75.0
    assert [(item.version_id, item.papers, item.facility) for item in same.items] == [
        (1, 2, 1.0),
        (2, 2, 0.5),
    ]
    apart = parity([facts((1, 2), 1, 1), facts((3, 4), 0, 0)])
    assert apart is not None
    assert (apart.widest, apart.overlap) == (100.0, 0.0)
    assert parity([facts((1, 2), 1, 1)]) is None


@given(
    st.lists(
        st.tuples(
            st.sets(st.integers(1, 12), min_size=4, max_size=4),
            st.lists(st.booleans(), min_size=4, max_size=4),
        ),
        min_size=2,
        max_size=25,
    )
)
def test_parity_says_what_counting_pair_by_pair_says(drawn: list[tuple[set[int], list[bool]]]) -> None:
    papers = [PaperFacts(sorted(ids), [float(mark) for mark in marks], [1.0] * 4) for ids, marks in drawn]
    found = parity(papers)
    assert found is not None
    pairs = [
        len(set(a.versions) & set(b.versions)) / 4 for at, a in enumerate(papers) for b in papers[at + 1 :]
    ]
    assert found.overlap == pytest.approx(sum(pairs) / len(pairs))
    assert found.actual_mean == pytest.approx(sum(sum(one.marks) for one in papers) / len(papers) * 25)
    # What everybody got is what the questions gave: the mean over papers of both is the same.
    assert found.expected_mean == pytest.approx(found.actual_mean)


def draw_record(people: int = 5) -> dict[str, Any]:
    made = paper_blueprint(BAND)
    papers = []
    for who in range(1, people + 1):
        seed = paper_seed(SECRET, who, 1)
        papers.append([who, 1, paper_digest(draw_paper(made, POOL, seed), seed)])
    return {
        "format": FORMAT,
        "blueprint": to_json(made),
        "pool": [[one.version_id, one.question_type, one.topic, one.difficulty] for one in POOL],
        "secrets": [{"digest": hashlib.sha256(SECRET).hexdigest(), "secret": SECRET.hex()}],
        "papers": papers,
    }


def test_every_draw_of_a_record_can_be_repeated() -> None:
    verdict = verify(draw_record())
    assert verdict.is_good
    assert verdict.papers == 5


@pytest.mark.parametrize("damage", ["paper", "pool", "blueprint", "secret", "swap"])
def test_whatever_was_changed_in_a_record_shows(damage: str) -> None:
    record = copy.deepcopy(draw_record())
    if damage == "paper":
        record["papers"][2][2] = "0" * 64
    elif damage == "pool":
        record["pool"] = record["pool"][1:]
    elif damage == "blueprint":
        record["blueprint"]["sections"][0]["mark"] = "3"
    elif damage == "secret":
        record["secrets"][0]["secret"] = "00" * 32
    else:
        record["papers"][0][0], record["papers"][1][0] = 2, 1
    assert not verify(record).is_good


def test_papers_drawn_after_a_question_was_stopped_are_repeated_without_it() -> None:
    record, made = draw_record(), paper_blueprint(BAND)
    seed = paper_seed(SECRET, 9, 1)
    gone = draw_paper(made, POOL, seed)[0].version_id
    left = [question for question in POOL if question.version_id != gone]
    record["papers"].append([9, 1, paper_digest(draw_paper(made, left, seed), seed)])
    assert not verify(record).is_good
    assert verify(record | {"stopped": [gone]}).is_good


@pytest.mark.parametrize("broken", [{}, {"format": "other"}, {"format": FORMAT, "papers": 3}])
def test_what_is_no_record_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(DrawFileInvalid):
        verify(broken)
