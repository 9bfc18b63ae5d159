"""Rules of entry in a definition file: their values, and contradictions between them (6.3)."""

import re
from datetime import date
from pathlib import Path

import pytest

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.entry import AgeRange
from webapp.contests.rules.parse import parse_contest

HAIDIAN = (Path(__file__).resolve().parents[3] / "webapp/contests/definitions/haidian-2026.toml").read_text(
    encoding="utf-8"
)
MARK = "[[profiles.stages]]"
LIMIT = "events_per_person = 1"


def with_rules(rules: str, limit: str = LIMIT) -> str:
    return HAIDIAN.replace(MARK, f"{rules}\n{MARK}", 1).replace(LIMIT, limit, 1)


def rule(code: str, **values: str) -> str:
    lines = "\n".join(f"{key} = {value}" for key, value in values.items())
    return f'[[profiles.eligibility]]\nrule = "{code}"\nforce = "hard"\n{lines}\n'


def codes(text: str) -> set[str]:
    with pytest.raises(ContestInvalid) as refused:
        parse_contest(text)
    return {problem.code for problem in refused.value.problems}


def test_ages_and_sex_are_read() -> None:
    text = with_rules(
        rule("age", value='{least = 18, most = 34, on = "2026-05-01"}') + rule("sex", value='"female"')
    )
    found = {one.code: one.value for one in parse_contest(text).profiles[0].eligibility}
    assert found["age"] == AgeRange(18, 34, date(2026, 5, 1))
    assert found["sex"] == "female"


def test_an_open_day_and_an_open_rule_are_allowed() -> None:
    text = with_rules(rule("age", value='{least = 18, on = "undecided"}') + rule("sex", value='"undecided"'))
    found = {one.code: one.value for one in parse_contest(text).profiles[0].eligibility}
    assert found["age"] == AgeRange(18, None, None)
    assert found["sex"] is None


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (rule("age", value="{least = 40, most = 30}"), "ages"),
        (rule("age", value="{least = 40, mostly = 50}"), "unknown-key"),
        (rule("sex", value='"both"'), "not-a-choice"),
        (rule("sex", value='"male"') + rule("sex", value='"female"'), "rule-twice"),
        (rule("sex", value='"male"', classes='["none"]'), "no-class"),
    ],
)
def test_contradictions_are_reported(rules: str, code: str) -> None:
    assert codes(with_rules(rules)) == {code}


def test_one_trade_and_several_events_contradict_where_no_trade_is_shared() -> None:
    several = HAIDIAN.replace(LIMIT, "events_per_person = 3", 1)
    assert codes(several) == {"one-trade"}
    shared = re.sub(r'(?m)^trade = ".*"$', 'trade = "焊工"', several)
    assert parse_contest(shared).profiles[0].events_per_person == 3


def test_who_works_for_the_unit_stands_aside_where_the_file_says_so() -> None:
    text = HAIDIAN.replace(LIMIT, LIMIT + "\nown_unit_stands_aside = true", 1)
    assert parse_contest(text).profiles[0].review.own_unit_stands_aside
    assert not parse_contest(HAIDIAN).profiles[0].review.own_unit_stands_aside
