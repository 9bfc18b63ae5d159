"""Files that are wrong in every way are refused with a place, never with a crash."""

import copy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.parse import parse_contest

ROOT = Path(__file__).resolve().parents[3]
JILIN = (ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8")
DATA = tomllib.loads(JILIN)
for _key in ("events", "campaigns"):
    # One of each kind is enough: writing all of them back takes most of the time.
    DATA[_key] = DATA[_key][:2] + DATA[_key][-2:]

WRONG: list[Any] = [5, -1, "", "x", "\x00", [], [1], ["x"], [{}], {}, {"a": 1}, True, 1.5, float("nan")]


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every path of a parsed file."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


def is_refused(text: str) -> list[tuple[str, str]]:
    """(path, code) of the problems, none when the text is accepted. Anything else is a crash."""
    try:
        parse_contest(text, "wrong.toml")
    except ContestInvalid as refused:
        return [(problem.column, problem.code) for problem in refused.problems]
    return []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(places(DATA), key=str)), st.sampled_from(WRONG))
def test_a_value_of_any_wrong_kind_never_crashes(path: tuple[str | int, ...], value: Any) -> None:
    data = copy.deepcopy(DATA)
    table: Any = data
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value
    is_refused(tomlkit.dumps(data))


@pytest.mark.parametrize(
    ("before", "after", "column", "code"),
    [
        ("notice_working_days = 5", "notice_working_days = []", "profiles[0].stages[0].notice_working_days", "not-a-number"),
        ("notice_working_days = 5", 'amended_notice = "later"', "profiles[0].stages[0].amended_notice", "not-a-choice"),
        ('amount = "undecided"', "amount = {}", "profiles[0].awards[1].amount", "not-a-number"),
        ('conditions = {reviewed = "bottom-up", team_leader = true}', "conditions = 5", "profiles[0].awards[0].conditions", "not-a-table"),
        ("sample = true\nnational_standard = true", 'sample = true\nnational_standard = "yes"', "events[0].national_standard", "not-a-flag"),
        ('classes = ["class-1"]', 'classes = ["class-7"]', "profiles[0].awards[0].classes", "no-class"),
        ('code = "cash"', 'code = "may-day-medal"', "profiles[0].awards[1].code", "code-twice"),
        ('window = "preliminary"', 'window = "prelim"', "profiles[0].stages[0].window", "no-window"),
        ('component = "theory"', 'component = "learning"', "profiles[0].stages[0].components[1].component", "component-twice"),
        ('"profiles[0].registration.review_levels",', '"profiles[7].registration",', "proposed[13]", "no-such-place"),
        ('review_levels = ["unit", "county", ', 'review_levels = ["unit", "unit", ', "profiles[0].registration.review_levels", "level-twice"),
        ('sample = true', 'sample = true\nwindows = {exam = ["2026-05-22", "2026-05-31"]}', "events[0].windows.exam", "no-window"),
        ('final = ["2026-09-11", "2026-10-20"]', 'final = ["2026-06-11", "2026-06-20"]', "windows.final", "windows-out-of-order"),
        ('{zh = "焊工", en = "Welder"}', '{zh = "焊工\\u0000", en = "Welder"}', "events[0].title", "control-character"),
        ('{zh = "焊工", en = "Welder"}', '{zh = "焊工", en = 5}', "events[0].title", "not-texts"),
        ('registration = ["2026-03-31", "2026-04-30"]', 'registration = ["2026-03-31", "9999-12-31"]', "windows.registration", "not-a-window"),
        ('rule = "in-service"\nforce = "hard"\nvalue = "undecided"', 'rule = "in-service"\nforce = "hard"\nvalue = "spring"', "profiles[0].eligibility[1].value", "not-a-day"),
    ],
)  # fmt: skip
def test_each_fault_has_its_place(before: str, after: str, column: str, code: str) -> None:
    assert before in JILIN
    assert (column, code) in is_refused(JILIN.replace(before, after, 1))


def test_a_fault_of_the_whole_contest_is_told_once() -> None:
    wrong = JILIN.replace(
        'learning = ["2026-05-01", "2026-05-21"]', 'learning = ["2026-03-01", "2026-03-21"]'
    )
    assert is_refused(wrong) == [("windows.learning", "windows-out-of-order")]


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 5000, "x = " + "9" * 5000], ids=["endless nesting", "endless number"]
)
def test_a_text_made_to_exhaust_the_parser_is_refused(text: str) -> None:
    assert [code for _path, code in is_refused(text)] == ["not-toml"]


def test_an_event_may_leave_a_window_open_that_the_contest_sets() -> None:
    text = JILIN.replace("sample = true", 'sample = true\nwindows = {preliminary = "undecided"}', 1)
    contest = parse_contest(text)
    assert contest.window(contest.event("welding"), "preliminary") is None
    assert contest.window(contest.event("electrician"), "preliminary") is not None
