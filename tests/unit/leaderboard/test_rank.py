"""The order: keys against a plain sort by decimals; ties, shared ranks, the cut line."""

import hashlib
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.contests.rules.schema import RankRule
from webapp.leaderboard.rules.rank import (
    Ranked,
    around,
    combined_of,
    cut_size,
    last_key,
    rank_of,
    ranks,
    sort_key,
    tie_key,
    tie_part,
)

START = datetime(2026, 5, 22, tzinfo=UTC)
BREAKERS = ("theory", "learning", "practical", "time_used", "submitted_at")


def rule(*breakers: str, display: str = "shared", cut: str = "all_tied") -> RankRule:
    return RankRule(display, breakers, cut, "digest")


def oracle(entry: Ranked, rule: RankRule) -> tuple[Any, ...]:
    """What a person would sort by; a missing value comes after all others."""
    parts: list[Any] = [-entry.combined]
    for name in rule.breakers:
        if name == "time_used":
            parts.append((entry.time_used_s is None, entry.time_used_s or 0))
        elif name == "submitted_at":
            parts.append((entry.submitted_at is None, entry.submitted_at or START))
        else:
            score = entry.components.get(name)
            parts.append((score is None, -(score or Decimal(0))))
    return tuple(parts)


def random_entry(chance: random.Random, number: int) -> Ranked:
    """Few different values, so that ties of every depth are common."""
    return Ranked(
        combined=Decimal(chance.choice((0, 1, 5999, 6000, 8125, 9999, 10_000))).scaleb(-2),
        last=last_key("oracle", str(number)),
        components={
            name: Decimal(chance.choice((0, 1, 700_000, 999_999, 1_000_000))).scaleb(-4)
            for name in BREAKERS[:3]
            if chance.random() < 0.9
        },
        time_used_s=chance.choice((None, 0, 1, 255, 256, 3600)),
        submitted_at=chance.choice(
            (None, START, START + timedelta(microseconds=1), START + timedelta(days=9))
        ),
    )


def test_hundred_thousand_cases_sort_as_the_decimal_oracle_does() -> None:
    chance = random.Random(20260522)
    cases = 0
    while cases < 100_000:
        rules = rule(*chance.sample(BREAKERS, chance.randint(0, 5)))
        entries = [random_entry(chance, cases + n) for n in range(10_000)]
        by_key = sorted(entries, key=lambda entry: sort_key(entry, rules))
        by_hand = sorted(entries, key=lambda entry: (*oracle(entry, rules), entry.last))
        assert by_key == by_hand
        keys = [sort_key(entry, rules) for entry in by_key]
        assert len(set(keys)) == len(keys)  # total: no two entries are equal
        shown = ranks([tie_part(key) for key in keys], "shared")
        wanted: list[int] = []
        for at, entry in enumerate(by_hand):
            same = at > 0 and oracle(entry, rules) == oracle(by_hand[at - 1], rules)
            wanted.append(wanted[-1] if same else at + 1)
        assert shown == wanted
        cases += len(entries)


entry_values = st.builds(
    Ranked,
    combined=st.decimals(0, 100, places=2),
    last=st.binary(min_size=16, max_size=16),
    components=st.dictionaries(st.sampled_from(BREAKERS[:3]), st.decimals(0, 100, places=4)),
    time_used_s=st.none() | st.integers(0, 10**6),
    submitted_at=st.none()
    | st.integers(-86_400, 30_000_000).map(lambda s: START + timedelta(seconds=s, microseconds=s % 7)),
)


@settings(max_examples=400)
@given(entry_values, entry_values, st.permutations(BREAKERS), st.integers(0, 5))
def test_bytes_order_is_the_order_of_values(a: Ranked, b: Ranked, names: list[str], used: int) -> None:
    rules = rule(*names[:used])
    by_bytes = sort_key(a, rules) < sort_key(b, rules)
    assert by_bytes == ((*oracle(a, rules), a.last) < (*oracle(b, rules), b.last))
    assert (tie_key(a, rules) == tie_key(b, rules)) == (oracle(a, rules) == oracle(b, rules))
    assert combined_of(sort_key(a, rules)) == a.combined


@pytest.mark.parametrize("at", [1, 3, 10, 30, 100])
@pytest.mark.parametrize("tied", [2, 3, 7])
def test_ties_share_the_rank_of_their_first(at: int, tied: int) -> None:
    total = at + tied + 20
    keys = [min(n, at) if n <= at else max(at, n - tied + 1) for n in range(1, total + 1)]
    shown = ranks([n.to_bytes(8, "big") for n in keys], "shared")
    assert shown[: at - 1] == list(range(1, at))
    assert shown[at - 1 : at - 1 + tied] == [at] * tied
    assert shown[at - 1 + tied :] == list(range(at + tied, total + 1))
    assert ranks([n.to_bytes(8, "big") for n in keys], "ordinal") == list(range(1, total + 1))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.data())
def test_a_list_from_the_middle_shows_the_same_ranks(values: list[int], data: st.DataObject) -> None:
    keys = [bytes([value]) for value in sorted(values)]
    start = data.draw(st.integers(0, len(keys) - 1))
    better = sum(key < keys[start] for key in keys)
    for display in ("shared", "ordinal"):
        whole = ranks(keys, display)
        assert ranks(keys[start:], display, start + 1, better) == whole[start:]
        assert rank_of(start + 1, better, display) == whole[start]


@pytest.mark.parametrize("quota", [1, 3, 10, 30, 100])
@given(values=st.lists(st.integers(0, 9), max_size=150))
def test_cut_line_follows_its_rule(quota: int, values: list[int]) -> None:
    values = sorted(values)
    if len(values) <= quota:
        assert cut_size(len(values), quota, 0, 0, "all_tied") == len(values)
        return
    line = values[quota - 1]
    better, tied = sum(value < line for value in values), values.count(line)
    passing = {
        cut: cut_size(len(values), quota, better, tied, cut) for cut in ("all_tied", "none_tied", "ordinal")
    }
    assert passing["all_tied"] == sum(value <= line for value in values)
    assert passing["ordinal"] == quota
    fits = values[quota] != line
    assert passing["none_tied"] == (quota if fits else better)


def test_without_a_quota_there_is_no_line() -> None:
    assert cut_size(50, None, 0, 0, "all_tied") is None


def test_the_last_key_can_be_computed_by_hand() -> None:
    assert last_key("jilin-5", "000123") == hashlib.sha256(b"jilin-5:000123").digest()[:16]


@pytest.mark.parametrize(
    ("position", "total", "seen"), [(1, 9, [1, 2, 3]), (5, 9, [3, 4, 5, 6, 7]), (9, 9, [7, 8, 9])]
)
def test_neighbours_are_those_who_are_there(position: int, total: int, seen: list[int]) -> None:
    assert list(around(position, total)) == seen


@pytest.mark.parametrize(
    "entry",
    [
        Ranked(Decimal("1.001"), bytes(16)),
        Ranked(Decimal("-0.01"), bytes(16)),
        Ranked(Decimal("1.00"), bytes(15)),
        Ranked(Decimal("1.00"), bytes(16), {"theory": Decimal("0.00001")}),
        Ranked(Decimal("1.00"), bytes(16), time_used_s=-1),
    ],
)
def test_values_that_a_key_cannot_carry_are_refused(entry: Ranked) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        sort_key(entry, rule("theory", "time_used"))


def test_a_breaker_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="luck"):
        tie_key(Ranked(Decimal(1), bytes(16)), rule("luck"))
