from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.certificates.rules.award import (
    LAST_RANK,
    Reached,
    applies_to,
    certificates,
    due,
    needs_list,
    obstacles,
    unknown,
)
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.schema import Award, EventClass, Learning

DEFINITIONS = Path(__file__).resolve().parents[3] / "webapp/contests/definitions"
JILIN = parse_contest((DEFINITIONS / "jilin-5.toml").read_text(encoding="utf-8"))
FINISHED = {"learning": "finished", "exam": "finished"}


def award(
    first: int = 1, last: int = LAST_RANK, conditions: dict[str, Any] | None = None, **changes: Any
) -> Award:
    values: dict[str, Any] = {
        "code": "e",
        "title": Text("证书"),
        "kind": "certificate",
        "stage": "preliminary",
        "rank_from": first,
        "rank_to": last,
        "classes": (),
        "amount": None,
        "conditions": conditions or {},
    }
    return Award(**(values | changes))


@pytest.mark.parametrize(("learning", "exam"), list(product([False, True], repeat=2)))
def test_participation_needs_both_learning_and_exam(learning: bool, exam: bool) -> None:
    assert due(award(conditions=FINISHED), Reached(learning, exam)) is (learning and exam)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 400))
def test_a_band_takes_the_ranks_within_it(first: int, last: int, rank: int) -> None:
    assert due(award(first, last), Reached(rank=rank)) is (first <= rank <= last)


def test_everybody_who_shares_the_last_rank_of_a_band_is_within_it() -> None:
    ranks = [298, 299, 300, 300, 300, 303]
    assert [due(award(1, 300), Reached(rank=rank)) for rank in ranks] == [True] * 5 + [False]


def test_without_a_final_list_no_rank_is_certified() -> None:
    assert not due(award(1, 300), Reached(True, True))
    assert not due(award(), Reached(True, True))


def test_an_award_without_band_or_condition_is_for_everybody_on_the_final_list() -> None:
    assert needs_list(award())
    assert due(award(), Reached(rank=4711))


@given(st.integers(1, 300), st.booleans())
def test_who_goes_on_is_decided_by_the_list_where_the_band_is_the_quota(rank: int, goes_on: bool) -> None:
    assert due(award(1, 100), Reached(rank=rank, goes_on=goes_on), quota=100) is goes_on
    assert due(award(1, 3), Reached(rank=rank, goes_on=goes_on), quota=100) is (rank <= 3)


@given(
    st.dictionaries(
        st.sampled_from(["learning", "exam", "sex", "reviewed", "team_leader"]),
        st.sampled_from(["finished", "bottom-up", True, 3]),
    ),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(1, 500),
)
def test_a_condition_that_cannot_be_checked_is_never_met(
    conditions: dict[str, Any], learning: bool, exam: bool, rank: int | None
) -> None:
    one = award(conditions=conditions)
    if unknown(one):
        assert not due(one, Reached(learning, exam, rank, True))
        assert len(obstacles(one, None, None)) >= len(unknown(one))


def test_other_kinds_of_award_are_never_certificates() -> None:
    assert not due(award(kind="medal"), Reached(True, True, 1, True))


def test_classes_limit_an_award() -> None:
    assert applies_to(award(), "class-1")
    assert not applies_to(award(classes=("class-2",)), "class-1")


def test_what_the_host_left_open_stands_in_the_way() -> None:
    undecided = EventClass("city-filed", Text("市"), None, ("certificates",))
    assert obstacles(award(1, 3), None, undecided)
    learning = Learning("learning", 100, False, finished_points=None)
    assert obstacles(award(conditions=FINISHED), learning, None)
    assert not obstacles(
        award(conditions=FINISHED), Learning("learning", 100, False, finished_points=30), None
    )


def test_the_jilin_file_gives_the_certificates_of_its_announcement() -> None:
    competition, popularisation, city = JILIN.profiles
    assert city.awards == ()
    assert [one.code for one in certificates(competition, "preliminary")] == [
        "e-participation",
        "e-promotion",
    ]
    assert [one.code for one in certificates(competition, "final")] == ["rank-certificate"]
    assert [one.code for one in certificates(popularisation, "open")] == ["e-participation", "e-rank"]
    promotion = certificates(competition, "preliminary")[1]
    assert due(promotion, Reached(rank=100), quota=100)
    assert not due(promotion, Reached(rank=101), quota=100)


@pytest.mark.parametrize("path", sorted(DEFINITIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_certificate_can_be_checked(path: Path) -> None:
    contest = parse_contest(path.read_text(encoding="utf-8"))
    for profile in contest.profiles:
        for stage in profile.stages:
            for one in certificates(profile, stage.code):
                assert unknown(one) == ()
