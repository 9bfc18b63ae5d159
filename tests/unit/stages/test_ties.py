"""The tie forecast against a plain simulation, and at its edges."""

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from webapp.contests.rules.blueprint import Blueprint
from webapp.contests.rules.parse import parse_contest
from webapp.stages.rules.ties import LEAST, LEVELS, MOST, SPREAD, forecast, score_shares

TEXT = (Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml").read_text("utf-8")
FOUND = parse_contest(TEXT).profiles[0].stage("preliminary").exam
assert FOUND is not None
EXAM: Blueprint = FOUND


def test_the_shares_add_up_and_the_mean_is_what_the_file_expects() -> None:
    shares = score_shares(EXAM)
    assert sum(shares.values()) == pytest.approx(1)
    assert all(0 <= score <= 100 for score in shares)
    mean = sum(float(score) * share for score, share in shares.items())
    assert 55 < mean < 75


def test_as_many_share_a_score_as_when_people_are_drawn_at_random() -> None:
    chance, people = random.Random(6), 3000
    questions = [
        (section.mark, 0.65)
        for section in EXAM.sections
        for cell in section.cells
        for _n in range(cell.count)
    ]
    full = sum(mark for mark, _share in questions)
    drawn: Counter[Decimal] = Counter()
    for _person in range(people):
        level = chance.choice(LEVELS) * SPREAD
        got = sum(
            (mark for mark, share in questions if chance.random() < min(MOST, max(LEAST, share + level))),
            Decimal(0),
        )
        drawn[(100 * got / full).quantize(Decimal("0.01"))] += 1
    plain = replace(
        EXAM,
        fairness=None,
        sections=tuple(
            replace(section, cells=tuple(replace(cell, difficulty="medium") for cell in section.cells))
            for section in EXAM.sections
        ),
    )
    shares = score_shares(plain)
    top = [score for score, _count in drawn.most_common(5)]
    for score in top:
        assert shares[score] * people == pytest.approx(drawn[score], rel=0.35)


@pytest.mark.parametrize("cut", ["all_tied", "none_tied", "ordinal"])
def test_the_rule_for_ties_decides_how_many_go_on(cut: str) -> None:
    made = forecast(EXAM, 2000, 100, cut, ["time_used"])
    assert made is not None
    assert made.by_time
    assert made.tied >= 1
    assert {
        "all_tied": made.going_on >= 100,
        "none_tied": made.going_on <= 100,
        "ordinal": made.going_on == 100,
    }[cut]


def test_without_a_line_there_is_nothing_to_forecast() -> None:
    assert forecast(EXAM, 100, 100, "all_tied", []) is None
    assert forecast(EXAM, 100, None, "all_tied", []) is None


def test_more_people_mean_more_ties() -> None:
    few, many = (forecast(EXAM, people, 100, "all_tied", []) for people in (500, 20_000))
    assert few is not None
    assert many is not None
    assert many.tied > few.tied
    assert many.score >= few.score
