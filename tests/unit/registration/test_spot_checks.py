"""Spot checks of sealed lists: the same again from list and seed, and nobody is always spared (6.3)."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.entry import SpotRule
from webapp.registration.rules.spot_checks import commitment, digest, drawn

lists = st.lists(st.integers(1, 10**9), min_size=1, max_size=60, unique=True)
rules = st.builds(SpotRule, pct=st.integers(0, 100), least=st.integers(0, 10))


@given(lists, st.text(min_size=1), rules)
def test_as_many_as_the_rule_says_are_drawn_and_all_from_the_list(
    ids: list[int], seed: str, rule: SpotRule
) -> None:
    found = drawn(ids, seed, rule)
    assert len(found) == len(set(found)) == rule.count(len(ids))
    assert set(found) <= set(ids)


@given(lists, st.text(min_size=1), rules, st.randoms())
def test_the_order_of_the_list_does_not_matter(
    ids: list[int], seed: str, rule: SpotRule, random: object
) -> None:
    mixed = list(ids)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert drawn(mixed, seed, rule) == drawn(ids, seed, rule)
    assert digest(mixed) == digest(ids)


def test_the_count_is_rounded_up_and_bounded() -> None:
    assert [SpotRule(10, 3).count(size) for size in (1, 3, 30, 31, 100, 101)] == [1, 3, 3, 4, 10, 11]


def test_every_place_of_a_list_is_drawn_about_as_often() -> None:
    ids = list(range(1, 21))
    counts = Counter(one for seed in range(2000) for one in drawn(ids, f"seed-{seed}", SpotRule(10, 1)))
    assert set(counts) == set(ids)
    assert all(140 <= count <= 260 for count in counts.values())


def test_another_person_on_the_list_draws_anew() -> None:
    one, other = list(range(1, 60)), list(range(1, 61))
    assert drawn(one, "s", SpotRule(10, 1)) != drawn(other, "s", SpotRule(10, 1))
    assert commitment("s") != commitment("t")
