"""Earlier winners, trades, ages and sexes: the rules at their edges (6.3)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.entry import AgeRange, full_years
from webapp.registration.rules.eligibility import (
    OPEN_RECORD,
    Condition,
    EventRules,
    Force,
    Holding,
    PersonFacts,
    Reason,
    Track,
    may_apply,
)
from webapp.registration.rules.review import State
from webapp.registration.rules.winners import Prize, Win, in_trade, trade_key

NOW = datetime(2026, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def rules(*conditions: Condition, trade: str = "焊工") -> EventRules:
    return EventRules(
        1, 1, Track.COMPETITION, NOW - DAY, NOW + DAY, needs_unit=False, conditions=conditions, trade=trade
    )


def reasons(person: PersonFacts, event: EventRules, *held: Holding) -> dict[str, Reason]:
    found = may_apply(person, event, NOW, held)
    assert len({reason.code for reason in found}) == len(found), "a rule speaks once"
    return {reason.code: reason for reason in found}


NEVER_AGAIN = Condition("first-prize-winner", Force.HARD)
NORMALLY_NOT = Condition("earlier-first-place", Force.NORMAL)
ONE_TRADE = Condition("one-trade-per-cycle", Force.HARD)
FIRST = Win("海淀区竞赛", 2022, "焊工", None, Prize.FIRST)


def person(*wins: Win) -> PersonFacts:
    return PersonFacts(None, wins=wins)


@pytest.mark.parametrize(
    ("win", "barred"),
    [
        (FIRST, True),
        (replace(FIRST, year=1999), True),
        (replace(FIRST, trade=" 焊 工 "), True),
        (replace(FIRST, trade="电工"), False),
        (replace(FIRST, prize=Prize.SECOND), False),
        (replace(FIRST, prize=Prize.NONE, rank=1), True),
        (replace(FIRST, prize=Prize.NONE, rank=2), False),
        (replace(FIRST, prize=Prize.SECOND, rank=1), False),
    ],
)
def test_a_first_prize_winner_of_a_trade_never_enters_it_again(win: Win, barred: bool) -> None:
    found = reasons(person(win), rules(NEVER_AGAIN))
    assert set(found) == ({"first-prize-winner"} if barred else set())
    assert all(reason.is_hard for reason in found.values())


@pytest.mark.parametrize(("rank", "warned"), [(1, True), (2, False), (6, False)])
def test_an_earlier_first_place_is_a_warning_that_somebody_may_except(rank: int, warned: bool) -> None:
    found = reasons(person(Win("通辽市大赛", 2023, "焊工", rank)), rules(NORMALLY_NOT))
    assert set(found) == ({"earlier-first-place"} if warned else set())
    assert not any(reason.is_hard for reason in found.values())


def test_an_undecided_record_warns_and_never_refuses() -> None:
    open_record = replace(FIRST, is_certain=False)
    found = reasons(person(open_record), rules(NEVER_AGAIN, NORMALLY_NOT))
    assert {code: reason.force for code, reason in found.items()} == {OPEN_RECORD: Force.NORMAL}


def test_what_is_on_record_and_declared_is_told_once() -> None:
    both = PersonFacts(None, declared=frozenset({"first-prize-winner"}), wins=(FIRST,))
    assert "2022" in str(reasons(both, rules(NEVER_AGAIN))["first-prize-winner"].message.params["year"])


wins_of_any = st.builds(
    Win,
    contest=st.just("x"),
    year=st.integers(1990, 2025),
    trade=st.sampled_from(["焊工", "电工", "焊 工", ""]),
    rank=st.none() | st.integers(1, 9),
    prize=st.sampled_from(Prize),
    is_certain=st.booleans(),
)


@given(st.lists(wins_of_any, max_size=6))
def test_only_certain_first_prizes_of_this_trade_refuse(wins: list[Win]) -> None:
    found = reasons(person(*wins), rules(NEVER_AGAIN))
    barring = [
        win for win in wins if win.is_certain and win.is_first_prize and trade_key(win.trade) == "焊工"
    ]
    assert any(reason.is_hard for reason in found.values()) is bool(barring)


@given(st.lists(wins_of_any, max_size=6), st.permutations(range(6)))
def test_the_order_of_the_records_does_not_matter(wins: list[Win], order: list[int]) -> None:
    mixed = [wins[at] for at in order if at < len(wins)]
    event = rules(NEVER_AGAIN, NORMALLY_NOT)
    assert set(reasons(person(*wins), event)) == set(reasons(person(*mixed), event))


@given(st.lists(wins_of_any, max_size=6))
def test_more_records_never_take_a_reason_away(wins: list[Win]) -> None:
    event = rules(NEVER_AGAIN, NORMALLY_NOT)
    before = {code for code, reason in reasons(person(*wins), event).items() if reason.code != OPEN_RECORD}
    after = set(reasons(person(*wins, FIRST), event))
    assert before | {"first-prize-winner", "earlier-first-place"} <= after


@pytest.mark.parametrize(
    ("one", "other"), [("焊工", "焊 工"), ("数控车工（Ａ）", "数控车工(a)"), ("Welder", "WELDER")]
)
def test_two_spellings_of_a_trade_are_one(one: str, other: str) -> None:
    assert trade_key(one) == trade_key(other)


def test_a_trade_without_a_name_is_nobodys() -> None:
    assert in_trade((replace(FIRST, trade=""),), "") == ()


@pytest.mark.parametrize(
    ("trade", "state", "refused"),
    [
        ("电工", State.CONFIRMED, True),
        ("电工", State.IN_REVIEW, True),
        ("电工", State.REFUSED, False),
        ("电工", State.WITHDRAWN, False),
        ("焊 工", State.CONFIRMED, False),
        ("", State.CONFIRMED, True),
    ],
)
def test_one_person_one_trade_in_a_cycle(trade: str, state: State, refused: bool) -> None:
    found = reasons(person(), rules(ONE_TRADE), Holding(2, Track.COMPETITION, state, trade))
    assert ("one-trade-per-cycle" in found) is refused


def test_the_popularisation_track_is_no_trade() -> None:
    held = Holding(2, Track.POPULARISATION, State.CONFIRMED, "安全知识")
    assert not reasons(person(), rules(ONE_TRADE), held)


AGES = AgeRange(18, 34, date(2026, 5, 1))


@pytest.mark.parametrize(
    ("born_on", "fits"),
    [
        (date(2008, 5, 1), True),
        (date(2008, 5, 2), False),
        (date(1991, 5, 2), True),
        (date(1991, 5, 1), False),
    ],
    ids=["18 on the day", "17 still", "34 still", "35 on the day"],
)
def test_age_counts_full_years_on_the_day_of_the_file(born_on: date, fits: bool) -> None:
    found = reasons(replace(person(), born_on=born_on), rules(Condition("age", Force.HARD, ages=AGES)))
    assert ("age" not in found) is fits
    assert all(reason.is_hard for reason in found.values())


def test_an_age_on_an_undecided_day_or_an_unknown_age_only_warns() -> None:
    undecided = Condition("age", Force.HARD, ages=replace(AGES, on=None))
    too_old = replace(person(), born_on=date(1960, 1, 1))
    assert [one.force for one in reasons(too_old, rules(undecided)).values()] == [Force.NORMAL]
    known_day = Condition("age", Force.HARD, ages=AGES)
    assert [one.force for one in reasons(person(), rules(known_day)).values()] == [Force.NORMAL]


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), st.integers(0, 40_000))
def test_full_years_grow_by_one_a_year(born_on: date, days: int) -> None:
    day = min(born_on + timedelta(days=days), date(2100, 1, 1))
    age = full_years(born_on, day)
    assert 0 <= age <= day.year - born_on.year
    assert full_years(born_on, date(day.year + 1, day.month, min(day.day, 28))) >= age


@pytest.mark.parametrize(("sex", "force"), [("female", None), ("male", Force.HARD), ("", Force.NORMAL)])
def test_an_event_for_women(sex: str, force: Force | None) -> None:
    women = rules(Condition("sex", Force.HARD, frozenset({"female"})))
    found = reasons(replace(person(), sex=sex), women)
    assert [one.force for one in found.values()] == ([force] if force else [])
