"""The digest of a list, its states, and the second computation."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.schema import Component, RankRule
from webapp.leaderboard.rules.combine import combine
from webapp.leaderboard.rules.rank import Ranked, last_key, ranks, sort_key, tie_part
from webapp.learning.rules.score import learning_score
from webapp.stages.rules.digest import canonical, digest
from webapp.stages.rules.second_sum import Evidence, Paper, Second, SumRules, differences, second_result
from webapp.stages.rules.states import LIVE, NEXT, ListState

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(plain)
def test_the_canonical_text_reads_back_and_does_not_depend_on_the_order_of_keys(value: Any) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(json.dumps(value))) == text
    if isinstance(value, dict):
        assert canonical(dict(reversed(value.items()))) == text


def test_the_digest_is_fixed_for_all_time() -> None:
    text = canonical({"名": "王*", "b": [1, None, True], "a": "90.00"})
    assert text == '{"a":"90.00","b":[1,null,true],"名":"王*"}'
    assert digest(text) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("value", [1.5, [Decimal("1.5")], {"a": (1,)}, {1: "a"}])
def test_what_machines_write_differently_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_terminal_states_stay_and_every_state_can_be_reached() -> None:
    assert [state for state in ListState if not NEXT[state]] == [
        ListState.SUPERSEDED,
        ListState.DROPPED,
    ]
    assert NEXT[ListState.FINAL] == {ListState.SUPERSEDED}, "only a later list takes a final one's place"
    reached = {ListState.FROZEN}.union(*NEXT.values())
    assert reached == set(ListState)
    assert ListState.POSTED not in NEXT[ListState.RECHECKED], "nothing is posted unconfirmed"
    assert ListState.FINAL in LIVE


START = datetime(2026, 5, 22, tzinfo=UTC)
WEIGHTS = {"learning": Decimal(30), "theory": Decimal(70)}
scores = st.decimals(0, 100, places=4)
points = st.lists(st.decimals(-50, 200, places=2), max_size=6)


@st.composite
def evidences(draw: st.DrawFn) -> list[Evidence]:
    count = draw(st.integers(0, 8))
    found = []
    for n in range(count):
        papers = [
            Paper(
                at,
                draw(st.sampled_from([Decimal("80.0000"), Decimal("90.5000")]) | scores),
                draw(st.integers(0, 2)),
                START + timedelta(minutes=draw(st.integers(0, 2))),
            )
            for at in range(1, draw(st.integers(1, 3)) + 1)
        ]
        found.append(Evidence(f"{n:06d}", draw(points), papers, {}))
    return found


def first_computation(evidence: list[Evidence], rules: SumRules) -> list[dict[str, Any]]:
    """The rows of a frozen board by the code that boards use."""
    rule = RankRule(rules.display, tuple(rules.breakers), "all_tied", "digest")
    made = []
    for one in evidence:
        chosen = {
            "first": one.papers[0],
            "last": one.papers[-1],
            "best": max(one.papers, key=lambda paper: (paper.score, -paper.attempt)),
        }[rules.counting]
        assert rules.full_points is not None
        components = {
            "learning": learning_score(sum(one.points, Decimal(0)), rules.full_points),
            "theory": chosen.score,
        }
        told = combine(components, [Component(key, weight) for key, weight in rules.weights.items()])
        assert told is not None
        key = sort_key(
            Ranked(
                told.combined,
                last_key(rules.contest, one.number),
                components,
                chosen.time_used_s,
                chosen.submitted_at,
            ),
            rule,
        )
        made.append((key, one.number, told, components))
    made.sort(key=lambda row: row[0])
    shown = ranks([tie_part(row[0]) for row in made], rules.display)
    return [
        {
            "number": number,
            "rank": rank,
            "combined": f"{told.combined:.2f}",
            "scores": {key: f"{score:.4f}" for key, score in components.items()},
        }
        for rank, (_key, number, told, components) in zip(shown, made, strict=True)
    ]


@given(
    evidences(),
    st.sampled_from(["first", "last", "best"]),
    st.sampled_from(["shared", "ordinal"]),
    st.sampled_from([(), ("theory",), ("theory", "time_used"), ("submitted_at", "learning")]),
)
def test_both_computations_agree(
    evidence: list[Evidence], counting: str, display: str, breakers: tuple[str, ...]
) -> None:
    rules = SumRules("jilin-5", WEIGHTS, 300, counting, breakers, display)
    stated = first_computation(evidence, rules)
    second = [made for one in evidence if (made := second_result(one, rules)) is not None]
    assert differences(stated, second, display) == []


RULES = SumRules("jilin-5", WEIGHTS, 300, "first", ("theory", "time_used"), "shared")


def made(number: str, points: str, score: str) -> Second:
    found = second_result(
        Evidence(number, [Decimal(points)], [Paper(1, Decimal(score), 60, START)], {}), RULES
    )
    assert found is not None
    return found


def rows(*numbers_and_results: tuple[str, str, str]) -> list[dict[str, Any]]:
    return first_computation(
        [
            Evidence(number, [Decimal(points)], [Paper(1, Decimal(score), 60, START)], {})
            for number, points, score in numbers_and_results
        ],
        RULES,
    )


def test_every_kind_of_difference_is_found() -> None:
    stated = rows(("000001", "150", "90"), ("000002", "0", "80"))
    second = [made("000001", "150", "90"), made("000002", "0", "80")]
    assert differences(stated, second, "shared") == []
    wrong = [{**stated[0], "combined": "79.00"}, stated[1]]
    assert [(one.number, one.what) for one in differences(wrong, second, "shared")] == [
        ("000001", "combined")
    ]
    wrong = [{**stated[0], "scores": {**stated[0]["scores"], "learning": "60.0000"}}, stated[1]]
    assert [one.what for one in differences(wrong, second, "shared")] == ["learning"]
    wrong = [{**stated[0], "rank": 2}, stated[1]]
    assert [one.what for one in differences(wrong, second, "shared")] == ["rank"]
    assert [one.what for one in differences(stated[:1], second, "shared")] == ["missing"]
    assert [one.what for one in differences(stated, second[:1], "shared")] == ["extra"]
    assert [one.what for one in differences(stated[::-1], second, "shared")] == ["order"]


def test_who_has_no_paper_has_no_second_result() -> None:
    assert second_result(Evidence("000001", [Decimal(10)], [], {}), RULES) is None
