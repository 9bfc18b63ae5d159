"""Awards from final standings: the ladders of the sources, line by line."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.awards.rules.conditions import KNOWN
from webapp.awards.rules.derive import AwardLine, LineState, derive
from webapp.awards.rules.levels import ORDER, SkillLevel
from webapp.awards.rules.standing import EventFacts, Finalist, among
from webapp.contests.rules import conditions as file_conditions
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.schema import Award

DEFINITIONS = Path(__file__).resolve().parents[3] / "webapp/contests/definitions"
CONTESTS = ("jilin-5", "jilin-4", "red-flag-cup-2024", "tongliao-2025", "haidian-2026")
CANDIDATE, OPEN, NOT_DUE = LineState.CANDIDATE, LineState.OPEN, LineState.NOT_DUE
L = SkillLevel


def ladder(contest: str, profile: str, stage: str = "final") -> tuple[Award, ...]:
    rules = parse_contest((DEFINITIONS / f"{contest}.toml").read_text(encoding="utf-8"))
    chosen = next(item for item in rules.profiles if item.code == profile)
    return tuple(award for award in chosen.awards if award.stage == stage)


def award(kind: str = "honour", first: int = 1, last: int = 3, **changes: Any) -> Award:
    given_values: dict[str, Any] = {
        "code": "a", "title": Text("奖"), "kind": kind, "stage": "final", "rank_from": first, "rank_to": last,
        "classes": (), "amount": None, "conditions": {},
    }  # fmt: skip
    return Award(**(given_values | changes))


def people(count: int, **facts: Any) -> list[Finalist]:
    return [Finalist(entry_id=100 + rank, person_id=rank, rank=rank, **facts) for rank in range(1, count + 1)]


def winners(lines: tuple[AwardLine, ...], code: str, state: LineState = CANDIDATE) -> list[int]:
    return [line.rank for line in lines if line.award_code == code and line.state == state]


def test_the_ladder_of_jilin_class_one() -> None:
    lines = derive(ladder("jilin-5", "competition"), EventFacts("class-1", True), people(30))
    assert winners(lines, "may-day-medal") == [1]
    assert winners(lines, "technician") == [1, 2, 3]
    assert winners(lines, "senior-worker") == [4, 5, 6, 7, 8, 9, 10]
    assert winners(lines, "medal") == [1, 2, 3]
    assert winners(lines, "rank-certificate") == list(range(1, 31))
    assert winners(lines, "recuperation") == list(range(1, 11))
    assert winners(lines, "cash") == []
    assert winners(lines, "cash", OPEN) == list(range(1, 11))
    assert winners(lines, "recuperation-filed") == []


def test_jilin_class_two_has_cash_and_recuperation_but_no_medal_of_honour_and_no_level() -> None:
    lines = derive(ladder("jilin-5", "competition"), EventFacts("class-2", True), people(12))
    assert {line.award_code for line in lines} == {"cash", "rank-certificate", "medal", "recuperation"}


def test_filed_events_of_jilin_send_three_to_recuperation() -> None:
    lines = derive(ladder("jilin-5", "competition"), EventFacts("filed", True), people(12))
    assert winners(lines, "recuperation-filed") == [1, 2, 3]
    assert winners(lines, "recuperation") == []


def test_without_a_national_standard_nobody_of_jilin_is_promoted() -> None:
    lines = derive(ladder("jilin-5", "competition"), EventFacts("class-1", False), people(12))
    assert winners(lines, "technician", NOT_DUE) == [1, 2, 3]
    assert {line.level for line in lines} == {None}


def test_who_holds_the_level_goes_one_up_and_the_senior_level_is_not_repeated() -> None:
    held = {1: L.TECHNICIAN, 2: L.SENIOR_TECHNICIAN, 4: L.SENIOR, 5: L.JUNIOR}
    rows = [Finalist(entry_id=rank, person_id=rank, rank=rank, held=held.get(rank)) for rank in range(1, 11)]
    lines = derive(ladder("jilin-5", "competition"), EventFacts("class-1", True), rows)
    got = {line.rank: line.level for line in lines if line.award_code in ("technician", "senior-worker")}
    assert got[1] == L.SENIOR_TECHNICIAN
    assert got[2] is None
    assert got[3] == L.TECHNICIAN
    assert got[4] is None
    assert got[5] == got[6] == L.SENIOR


def test_the_money_of_tongliao() -> None:
    lines = derive(ladder("tongliao-2025", "trade"), EventFacts("skill", True), people(8))
    money = {line.rank: line.amount for line in lines if line.award_code.startswith("cash")}
    assert money == {1: 5000, 2: 4000, 3: 3000, 4: 2000, 5: 1500, 6: 1000}


def test_the_levels_of_tongliao_are_for_skill_trades_with_a_standard() -> None:
    awards = ladder("tongliao-2025", "trade")
    got = derive(awards, EventFacts("skill", True), people(8))
    assert {line.rank: line.level for line in got if line.level} == {
        1: L.SENIOR, 2: L.SENIOR, 3: L.SENIOR, 4: L.INTERMEDIATE, 5: L.INTERMEDIATE, 6: L.INTERMEDIATE,
    }  # fmt: skip
    for event in (EventFacts("skill", False), EventFacts("non-skill", True)):
        assert not [line for line in derive(awards, event, people(8)) if line.level]


@pytest.mark.parametrize(
    ("born_on", "state"),
    [
        (date(1990, 6, 1), CANDIDATE),
        (date(2001, 1, 1), CANDIDATE),
        (date(1990, 5, 31), OPEN),
        (date(1990, 4, 30), NOT_DUE),
        (None, OPEN),
    ],
)
def test_the_youth_league_of_tongliao_asks_for_the_month_of_birth(
    born_on: date | None, state: LineState
) -> None:
    rows = people(1, born_on=born_on)
    lines = derive(ladder("tongliao-2025", "trade"), EventFacts("skill", True), rows)
    assert [line.state for line in lines if line.award_code == "youth-league"] == [state]


def test_the_best_three_women_are_not_the_women_among_the_first_three() -> None:
    rows = [
        Finalist(entry_id=rank, person_id=rank, rank=rank, sex="female" if rank % 2 == 0 else "male")
        for rank in range(1, 11)
    ]
    conditions = {"sex": "female"}
    best = derive([award(conditions=conditions | {"reading": "best"})], EventFacts("", None), rows)
    assert [(line.entry_id, line.rank, line.state) for line in best] == [
        (2, 1, CANDIDATE), (4, 2, CANDIDATE), (6, 3, CANDIDATE),
    ]  # fmt: skip
    among_first = derive([award(conditions=conditions | {"reading": "among"})], EventFacts("", None), rows)
    assert [line.entry_id for line in among_first if line.state == CANDIDATE] == [2]
    undecided = derive([award(conditions=conditions | {"reading": "undecided"})], EventFacts("", None), rows)
    assert CANDIDATE not in {line.state for line in undecided}


def test_every_condition_that_a_file_may_have_is_understood() -> None:
    files = frozenset(file_conditions.CHOICES) | file_conditions.FLAGS | file_conditions.FLAGS_OR_UNDECIDED
    assert files | file_conditions.TEXTS | {"level", "holders", "born_after", "under_age", "by"} == KNOWN


@pytest.mark.parametrize("name", CONTESTS)
def test_every_award_of_the_five_files_gives_a_line_that_says_why(name: str) -> None:
    """Nobody knows anything about the finalists: whatever the file asks, a line stands for the winner."""
    rules = parse_contest((DEFINITIONS / f"{name}.toml").read_text(encoding="utf-8"))
    for profile in rules.profiles:
        for one in profile.awards:
            if one.kind == "certificate":
                continue
            event = EventFacts(one.classes[0] if one.classes else "", None)
            rows = people(one.rank_from if one.rank_from > 1 else 1)
            lines = derive([one], event, rows, {one.code: [row.entry_id for row in rows]})
            assert lines, one.code
            assert all(line.why and all(said.text for said in line.why) for line in lines)


def test_the_ladder_of_jilin_four_leaves_the_level_open() -> None:
    lines = derive(ladder("jilin-4", "competition"), EventFacts("provincial", None), people(12))
    assert {line.award_code: line.state for line in lines if line.rank == 1} == {
        "champion": CANDIDATE, "technical-expert": CANDIDATE, "may-day-medal": CANDIDATE, "level": OPEN,
    }  # fmt: skip
    assert winners(lines, "level", OPEN) == list(range(1, 11))


def test_the_prizes_of_haidian_go_to_whom_the_organiser_names_up_to_their_ceilings() -> None:
    awards = ladder("haidian-2026", "trade", "contest")
    named = {"first-prize": [101, 102], "second-prize": [103], "third-prize": [104, 105, 106]}
    lines = derive(awards, EventFacts("innovative", True), people(20), named)
    assert [(line.award_code, line.entry_id, line.amount) for line in lines] == [
        ("first-prize", 101, 5000), ("first-prize", 102, 5000), ("second-prize", 103, 3000),
        ("third-prize", 104, 2000), ("third-prize", 105, 2000), ("third-prize", 106, 2000),
    ]  # fmt: skip


def test_the_source_of_the_team_leaders_names_no_award_and_the_file_says_that_it_is_open() -> None:
    rules = parse_contest((DEFINITIONS / "red-flag-cup-2024.toml").read_text(encoding="utf-8"))
    assert not [one for profile in rules.profiles for one in profile.awards]
    assert all("awards" in one.undecided for one in rules.classes)


@pytest.mark.parametrize("name", ["skill", "non-skill"])
def test_the_whole_ladder_of_tongliao(name: str) -> None:
    """CONTESTS 4: ranks 1-6 money, rank 1 May-Day medal, ranks 1-3 of skill trades technical experts and level 3,
    4-6 level 4, the youth of rank 1, three women as the host reads it."""
    rows = [
        Finalist(entry_id=rank, person_id=rank, rank=rank, sex="female", born_on=date(1995, 3, 1))
        for rank in range(1, 8)
    ]
    lines = derive(ladder("tongliao-2025", "trade"), EventFacts(name, True), rows)
    found = {code: winners(lines, code) for code in {line.award_code for line in lines}}
    expected = {f"cash-{rank}": [rank] for rank in range(1, 7)}
    expected |= {"may-day-medal": [1], "youth-league": [1], "womens-federation": []}
    if name == "skill":
        expected |= {"technical-expert": [1, 2, 3], "level-3": [1, 2, 3], "level-4": [4, 5, 6]}
    assert found == expected
    assert winners(lines, "womens-federation", OPEN) == [1, 2, 3]


@pytest.mark.parametrize(
    ("conditions", "facts", "state"),
    [
        ({"promoted": True}, {"goes_on": True}, CANDIDATE),
        ({"promoted": True}, {"goes_on": False}, NOT_DUE),
        ({"promoted": True}, {"goes_on": None}, OPEN),
        ({"promoted": "undecided"}, {"goes_on": False}, OPEN),
        ({"promoted": False}, {"goes_on": False}, CANDIDATE),
        ({"learning": "finished"}, {"finished": frozenset({"learning"})}, CANDIDATE),
        ({"learning": "finished", "exam": "finished"}, {"finished": frozenset({"learning"})}, NOT_DUE),
        ({"under_age": 35}, {"born_on": date(1991, 6, 2)}, CANDIDATE),
        ({"under_age": 35}, {"born_on": date(1991, 6, 1)}, NOT_DUE),
        ({"under_age": 35}, {}, OPEN),
        ({"under_age": "undecided"}, {"born_on": date(1991, 6, 2)}, OPEN),
        ({"born_after": "undecided"}, {"born_on": date(1991, 6, 2)}, OPEN),
        ({"born_after": "1990-05-31"}, {"born_on": date(1990, 6, 1)}, CANDIDATE),
        ({"born_after": "1990-05-31"}, {"born_on": date(1990, 5, 31)}, NOT_DUE),
        ({"born_after": "1990-05", "may_counts": True}, {"born_on": date(1990, 5, 1)}, CANDIDATE),
        ({"born_after": "1990-05", "may_counts": False}, {"born_on": date(1990, 5, 31)}, NOT_DUE),
        ({"national_standard": "undecided"}, {}, OPEN),
        ({"reviewed": "committee"}, {}, CANDIDATE),
    ],
)
def test_each_condition_says_yes_no_or_open(
    conditions: dict[str, Any], facts: dict[str, Any], state: LineState
) -> None:
    event = EventFacts("", False, on=date(2026, 6, 1))
    (line,) = derive([award(last=1, conditions=conditions)], event, people(1, **facts))
    assert line.state == state
    assert len(line.why) >= (1 if conditions == {"promoted": False} else 2)


def test_awards_for_a_locality_count_ranks_among_its_contestants() -> None:
    rows = [
        Finalist(
            entry_id=rank,
            person_id=rank,
            rank=rank,
            places=frozenset({"延边州"} if rank % 3 == 0 else {"长春市"}),
        )
        for rank in range(1, 13)
    ]
    lines = derive([award(conditions={"locality": "延边州"})], EventFacts("", None), rows)
    assert [(line.entry_id, line.rank) for line in lines] == [(3, 1), (6, 2), (9, 3)]


@pytest.mark.parametrize("topic", ["awards", "recuperation"])
def test_what_the_file_leaves_open_for_a_class_stays_open(topic: str) -> None:
    event = EventFacts("", None, frozenset({topic}))
    (line,) = derive([award("recuperation", last=1)], event, people(1))
    assert line.state == OPEN
    (line,) = derive([award("medal", last=1)], event, people(1))
    assert line.state == (OPEN if topic == "awards" else CANDIDATE)


@pytest.mark.parametrize(
    ("conditions", "held", "level", "state"),
    [
        ({"repeated": True}, L.SENIOR, L.SENIOR, CANDIDATE),
        ({"repeated": False}, L.SENIOR, None, NOT_DUE),
        ({"repeated": "undecided"}, L.SENIOR, None, OPEN),
        ({"repeated": "undecided"}, L.JUNIOR, L.SENIOR, CANDIDATE),
        ({"holders": "undecided"}, L.SENIOR, None, OPEN),
        ({"repeated": True}, L.TECHNICIAN, None, NOT_DUE),
    ],
)
def test_holders_of_the_level_get_what_the_file_says(
    conditions: dict[str, Any], held: L, level: L | None, state: LineState
) -> None:
    one = award("level", last=1, conditions={"level": "senior-worker", **conditions})
    (line,) = derive([one], EventFacts("", None), people(1, held=held))
    assert (line.level, line.state) == (level, state)


def test_an_open_amount_keeps_the_money_open_and_a_ceiling_is_told() -> None:
    assert derive([award("cash")], EventFacts("", None), people(1))[0].state == OPEN
    capped = derive(
        [award("cash", amount=5000, conditions={"ceiling": True})], EventFacts("", None), people(1)
    )
    assert capped[0].why[-1].params == {"amount": 5000}


def test_prizes_that_several_get_go_to_whom_the_organiser_names() -> None:
    first = award("cash", amount=5000, conditions={"several": True, "ceiling": True})
    lines = derive([first], EventFacts("", None), people(5), {"a": {102, 104, 999}})
    assert [line.entry_id for line in lines] == [102, 104]


def test_the_local_contestants_of_a_joint_event_are_ranked_among_themselves() -> None:
    rows = [
        Finalist(entry_id=rank, person_id=rank, rank=rank, is_local=rank in (2, 5, 9))
        for rank in range(1, 10)
    ]
    lines = derive(ladder("tongliao-2025", "trade"), EventFacts("skill", True), rows, local_only=True)
    assert [(line.entry_id, line.amount) for line in lines if line.amount] == [
        (2, 5000),
        (5, 4000),
        (9, 3000),
    ]


def test_the_leader_bears_the_award_of_a_team() -> None:
    (line,) = derive([award(conditions={"team_leader": True})], EventFacts("", None), people(1, is_team=True))
    assert line.state == CANDIDATE
    (line,) = derive(
        [award(conditions={"team_leader": False})], EventFacts("", None), people(1, is_team=True)
    )
    assert line.state == NOT_DUE


rows_of_many = st.lists(
    st.builds(
        Finalist,
        entry_id=st.integers(1, 10**6),
        person_id=st.integers(1, 10**6),
        rank=st.integers(1, 20),
        sex=st.sampled_from(["", "female", "male"]),
        born_on=st.one_of(st.none(), st.dates(date(1960, 1, 1), date(2008, 1, 1))),
        held=st.one_of(st.none(), st.sampled_from(ORDER)),
        is_local=st.booleans(),
        is_team=st.booleans(),
    ),
    max_size=25,
    unique_by=lambda row: row.entry_id,
)
ladders = st.sampled_from(
    [ladder("jilin-5", "competition"), ladder("tongliao-2025", "trade"), ladder("jilin-4", "competition")]
)
events = st.builds(
    EventFacts,
    st.sampled_from(["class-1", "class-2", "filed", "skill"]),
    st.sampled_from([True, False, None]),
)


@given(ladders, events, rows_of_many, st.booleans(), st.integers())
def test_the_order_of_the_rows_changes_nothing(
    awards: tuple[Award, ...], event: EventFacts, rows: list[Finalist], local_only: bool, seed: int
) -> None:
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    assert derive(awards, event, rows, local_only=local_only) == derive(
        awards, event, shuffled, local_only=local_only
    )


@given(ladders, events, rows_of_many)
def test_one_line_for_each_award_and_entry_with_a_reason_and_within_the_band(
    awards: tuple[Award, ...], event: EventFacts, rows: list[Finalist]
) -> None:
    lines = derive(awards, event, rows)
    assert len({(line.award_code, line.entry_id) for line in lines}) == len(lines)
    bands = {item.code: item for item in awards}
    for line in lines:
        assert line.why
        assert bands[line.award_code].rank_from <= line.rank <= bands[line.award_code].rank_to
        if line.state != CANDIDATE:
            assert line.amount is None
            assert line.level is None


@given(ladders, events, rows_of_many)
def test_whoever_shares_a_rank_and_the_facts_gets_the_same(
    awards: tuple[Award, ...], event: EventFacts, rows: list[Finalist]
) -> None:
    seen: dict[tuple[Any, ...], set[tuple[str, LineState, int | None, SkillLevel | None]]] = {}
    lines = derive(awards, event, rows)
    for row in rows:
        facts = (row.rank, row.sex, row.born_on, row.held, row.is_team)
        mine = {
            (one.award_code, one.state, one.amount, one.level)
            for one in lines
            if one.entry_id == row.entry_id
        }
        assert seen.setdefault(facts, mine) == mine


@given(rows_of_many)
def test_ranking_among_some_keeps_their_order_and_their_ties(rows: list[Finalist]) -> None:
    made = among(rows, lambda row: row.is_local)
    before = {row.entry_id: row.rank for row in rows}
    for one in made:
        better = sum(before[other.entry_id] < before[one.entry_id] for other in made)
        assert one.rank == better + 1
