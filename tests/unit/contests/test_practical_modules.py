"""Modules of practical tests in a contest file: read exactly, refused with their place."""

from decimal import Decimal
from pathlib import Path

import pytest

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.undecided import open_questions

DEFINITIONS = Path(__file__).parents[3] / "webapp" / "contests" / "definitions"

HEAD = """
schema = 1
code = "sample-1"
title = {zh = "示例大赛", en = "Sample contest"}

[windows]
registration = ["2026-05-01", "2026-05-31"]
final = "undecided"

[[classes]]
code = "class-1"
title = {zh = "一类", en = "Class I"}

[[profiles]]
code = "competition"
track = "competition"
title = {zh = "竞技赛项", en = "Competition"}
[profiles.registration]
window = "registration"
[[profiles.stages]]
code = "final"
title = {zh = "决赛", en = "Final"}
kind = "practical"
window = "final"
quota = "undecided"
"""
TAIL = """
[[profiles.stages.components]]
component = "practical"
weight_pct = 100

[[events]]
code = "welding"
title = {zh = "焊工", en = "Welder"}
class = "class-1"
profile = "competition"

[[events]]
code = "electrician"
title = {zh = "电工", en = "Electrician"}
class = "class-1"
profile = "competition"
"""
MODULES = """
[[profiles.stages.modules]]
code = "a"
title = {zh = "手工焊接", en = "Manual welding"}
mark = 100
share_pct = 62.5
judges = 5
drop_extremes = true
deviation_pct = 10
duration_min = 120

[[profiles.stages.modules]]
code = "b"
title = {zh = "作品", en = "Work"}
mark = 50
share_pct = 37.5
judges = 2
take_home_h = 72
entry = "double"
"""
STAGE = "profiles[0].stages[0]"


def with_modules(modules: str, own: str = "") -> str:
    return HEAD + modules + TAIL + own


def problems_of(text: str) -> set[tuple[str, str]]:
    with pytest.raises(ContestInvalid) as refused:
        parse_contest(text)
    return {(one.code, one.column) for one in refused.value.problems}


def test_modules_are_read_exactly() -> None:
    contest = parse_contest(with_modules(MODULES))
    stage = contest.profiles[0].stage("final")
    first, second = stage.modules
    assert [first.mark, first.share_pct, first.judges] == [100, Decimal("62.5"), 5]
    assert [first.drop_extremes, first.deviation_pct, first.duration_min, first.entry] == [
        True,
        10,
        120,
        "single",
    ]
    assert (second.take_home_h, second.deviation_pct, second.entry) == (72, None, "double")


def test_an_event_may_have_its_own_modules() -> None:
    own = MODULES.replace("profiles.stages.modules", "events.modules.final").replace(
        'code = "a"', 'code = "wiring"'
    )
    contest = parse_contest(with_modules(MODULES, own))
    assert [m.code for m in contest.stage_of(contest.event("electrician"), "final").modules] == [
        "wiring",
        "b",
    ]
    assert [m.code for m in contest.stage_of(contest.event("welding"), "final").modules] == ["a", "b"]


def test_modules_of_a_stage_that_the_profile_lacks_are_named() -> None:
    own = MODULES.replace("profiles.stages.modules", "events.modules.semi")
    assert ("unknown-stage", "events[1].modules.semi") in problems_of(with_modules(MODULES, own))


def test_undecided_modules_are_none() -> None:
    contest = parse_contest(with_modules('modules = "undecided"\n'))
    assert contest.profiles[0].stage("final").modules == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("share_pct = 37.5", "share_pct = 37", "shares-sum", f"{STAGE}.modules"),
        ('code = "b"', 'code = "a"', "code-twice", f"{STAGE}.modules[1].code"),
        ("judges = 5", "judges = 2", "too-few-judges", f"{STAGE}.modules[0].drop_extremes"),
        ('entry = "double"', 'entry = "twice"', "not-a-choice", f"{STAGE}.modules[1].entry"),
        ("judges = 5", "judges = 5\nhelpers = 2", "unknown-key", f"{STAGE}.modules[0].helpers"),
        ('code = "a"', 'code = "A 1"', "bad-code", f"{STAGE}.modules[0].code"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_place(old: str, new: str, code: str, place: str) -> None:
    assert (code, place) in problems_of(with_modules(MODULES.replace(old, new, 1)))


def test_modules_need_a_practical_component() -> None:
    text = with_modules(MODULES).replace('component = "practical"', 'component = "theory"', 1)
    assert ("modules-do-not-count", f"{STAGE}.modules") in problems_of(text)


def test_as_many_modules_are_listed_as_the_event_says() -> None:
    own = MODULES.replace("profiles.stages.modules", "events.modules.final")
    assert parse_contest(with_modules(MODULES, f"practical = {{modules = 2}}\n{own}"))
    text = with_modules(MODULES, f"practical = {{modules = 4}}\n{own}")
    assert ("modules-count", "events[1].modules.final") in problems_of(text)


def test_an_event_may_leave_its_modules_open() -> None:
    text = with_modules(MODULES, 'modules = {final = "undecided"}\n')
    contest = parse_contest(text)
    assert contest.event("electrician").modules == {}
    (question,) = [one for one in open_questions(text) if one.path == "events[1].modules.final"]
    assert [one.text for one in question.blocks] == ["the practical test of %(stage)s"]


def test_the_72_hours_of_the_source_are_a_module_and_its_four_modules_stay_open() -> None:
    text = (DEFINITIONS / "jilin-4.toml").read_text(encoding="utf-8")
    contest = parse_contest(text)
    (video,) = contest.stage_of(contest.event("short-video"), "final").modules
    assert [video.take_home_h, video.share_pct] == [72, 100]
    assert {f"events[2].modules.final[0].{key}" for key in ("mark", "judges")} <= set(contest.proposed)
    assert "events[1].modules.final" in {one.path for one in open_questions(text)}
