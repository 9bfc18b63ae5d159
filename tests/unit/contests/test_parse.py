"""Definition files: the shipped ones load, wrong ones are refused with every problem and its place."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.blueprint import Mock, from_json, to_json
from webapp.contests.rules.essay_marking import EssayMarking
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.phases import online_stage
from webapp.contests.rules.schema import Contest

DEFINITIONS = Path(__file__).resolve().parents[3] / "webapp" / "contests" / "definitions"
JILIN = (DEFINITIONS / "jilin-5.toml").read_text(encoding="utf-8")


def problems_of(text: str) -> dict[str, tuple[str, int | None]]:
    """column -> (code, line) of the problems of a wrong text."""
    with pytest.raises(ContestInvalid) as refused:
        parse_contest(text, "wrong.toml")
    assert all(problem.file == "wrong.toml" for problem in refused.value.problems)
    return {problem.column: (problem.code, problem.row) for problem in refused.value.problems}


@pytest.mark.parametrize("path", sorted(DEFINITIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_definition_loads(path: Path) -> None:
    contest = parse_contest(path.read_text(encoding="utf-8"), path.name)
    assert contest.code == path.stem
    assert contest.events


def test_five_contests_are_shipped() -> None:
    assert len(list(DEFINITIONS.glob("*.toml"))) == 5


def test_jilin_carries_its_rules() -> None:
    contest = parse_contest(JILIN)
    welding = contest.event("welding")
    profile = contest.profile_of(welding)
    stage = online_stage(profile)
    assert stage is not None
    assert {item.key: item.weight_pct for item in stage.components} == {
        "learning": Decimal(30),
        "theory": Decimal(70),
    }
    assert stage.quota == 100
    assert stage.board.public_from == "recheck"
    assert stage.exam is not None
    assert stage.exam.full_mark == 100
    registration = contest.window(welding, "registration")
    assert registration is not None
    assert registration.opens_at == datetime(2026, 3, 30, 16, tzinfo=UTC)
    assert registration.closes_at == datetime(2026, 4, 30, 16, tzinfo=UTC)
    tracks = [contest.profile_of(event).track for event in contest.events]
    assert tracks.count("competition") >= 6
    assert tracks.count("popularisation") == 10
    final = profile.stage("final")
    assert {item.key: item.weight_pct for item in final.components} == {
        "theory": Decimal(20),
        "practical": Decimal(80),
    }


def test_every_problem_is_listed_with_its_line() -> None:
    wrong = JILIN.replace("weight_pct = 70", "weight_pct = 60", 1).replace("quota = 100", "quotaa = 100", 1)
    wrong = wrong.replace('class = "class-2"', 'class = "class-9"', 1)
    found = problems_of(wrong)
    lines = wrong.splitlines()
    assert found["profiles[0].stages[0].components"][0] == "weights"
    code, line = found["profiles[0].stages[0].quotaa"]
    assert code == "unknown-key"
    assert line is not None
    assert lines[line - 1] == "quotaa = 100"
    code, line = found["events[20].class"]
    assert code == "no-class"
    assert line is not None
    assert "class-9" in lines[line - 1]


@pytest.mark.parametrize(
    ("before", "after", "column", "code"),
    [
        ('registration = ["2026-03-31", "2026-04-30"]', 'registration = ["2026-04-30", "2026-03-31"]', "windows.registration", "window-backwards"),
        ('registration = ["2026-03-31", "2026-04-30"]', 'registration = ["31.3.", "30.4."]', "windows.registration", "not-a-window"),
        ('learning = ["2026-05-01", "2026-05-21"]', 'learning = ["2026-03-01", "2026-03-21"]', "windows.learning", "windows-out-of-order"),
        ('code = "jilin-5"', 'code = "Jilin 5"', "code", "bad-code"),
        ("full_mark = 100", "full_mark = 120", "profiles[0].stages[0].exam.full_mark", "full-mark"),
        ("duration_min = 60", "duration_min = 0", "profiles[0].stages[0].exam.duration_min", "not-a-number"),
        ('force = "hard"', 'force = "soft"', "profiles[0].eligibility[0].force", "not-a-choice"),
        ('code = "electrician"', 'code = "welding"', "events[1].code", "code-twice"),
        ("full_mark = 100", 'full_mark = 100\nlayout = "roll"', "profiles[0].stages[0].exam.layout", "not-a-choice"),
        ("full_mark = 100", 'full_mark = 100\ntools = ["abacus"]', "profiles[0].stages[0].exam.tools", "not-a-choice"),
        ("full_mark = 100", 'full_mark = 100\ntools = ["formula_sheet"]', "profiles[0].stages[0].exam.formula_sheet", "formula-sheet"),
        ("count = 40", "count = 40\nduration_min = 61", "profiles[0].stages[0].exam.sections", "section-times"),
        ("count = 40", 'count = 40\nforward_only = "yes"', "profiles[0].stages[0].exam.sections[0].forward_only", "not-a-flag"),
        ("count = 40", "count = 40\nmarking = {step = 0.5}", "profiles[0].stages[0].exam.sections[0].marking", "not-here"),
        ('breakers = ["theory", "time_used"]', 'breakers = ["luck"]', "profiles[0].stages[0].rank.breakers", "not-a-choice"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(before: str, after: str, column: str, code: str) -> None:
    assert before in JILIN
    assert problems_of(JILIN.replace(before, after, 1))[column][0] == code


def test_a_text_that_is_not_toml_names_line_and_column() -> None:
    with pytest.raises(ContestInvalid) as refused:
        parse_contest('schema = 1\ncode = "x\n', "broken.toml")
    assert [problem.row for problem in refused.value.problems] == [2]


def test_an_empty_file_says_what_is_missing() -> None:
    assert {"schema", "code", "title", "windows", "classes", "profiles"} <= set(problems_of(""))


def test_a_blueprint_survives_json() -> None:
    stage = online_stage(parse_contest(JILIN).profiles[0])
    assert stage is not None
    assert stage.exam is not None
    assert from_json(to_json(stage.exam)) == stage.exam


SHAPED = (
    JILIN.replace(
        "full_mark = 100",
        'full_mark = 100\nlayout = "single"\ntools = ["calculator", "formula_sheet"]\n'
        'formula_sheet = {zh = "欧姆定律：U = I × R", en = "Ohm: U = I × R"}',
        1,
    )
    .replace("attempts_allowed = 50", 'attempts_allowed = 50\nlayout = "whole"', 1)
    .replace("count = 40", "count = 40\nforward_only = true\nduration_min = 20\nshuffle_questions = false", 1)
)


def test_a_file_says_what_shape_a_paper_has() -> None:
    stage = online_stage(parse_contest(SHAPED).profiles[0])
    assert stage is not None
    exam = stage.exam
    assert exam is not None
    assert exam.mock is not None
    assert (exam.layout, exam.mock.layout) == ("single", "whole")
    assert exam.tools == ("calculator", "formula_sheet")
    assert exam.formula_sheet is not None
    assert exam.formula_sheet.en == "Ohm: U = I × R"
    first, second = exam.sections[:2]
    assert (first.forward_only, first.duration_s, first.shuffle_questions) == (True, 1200, False)
    assert (second.forward_only, second.duration_s, second.has_rules) == (False, None, False)
    assert exam.has_section_rules
    assert from_json(to_json(exam)) == exam


def test_an_exam_frozen_before_there_were_shapes_still_loads() -> None:
    stage = online_stage(parse_contest(JILIN).profiles[0])
    assert stage is not None
    assert stage.exam is not None
    old = to_json(stage.exam)
    for key in ("layout", "tools", "formula_sheet"):
        del old[key]
    del old["mock"]["layout"]
    for section in old["sections"]:
        del section["forward_only"], section["duration_s"], section["marking"]
    assert from_json(old) == stage.exam
    assert (stage.exam.layout, stage.exam.tools, stage.exam.has_section_rules) == ("whole", (), False)


def with_essays(marking: str) -> str:
    """The first section of the shipped file asks written answers."""
    first = JILIN.index("[[profiles.stages.exam.sections]]")
    return JILIN[:first] + JILIN[first:].replace('type = "single"', f'type = "essay"\n{marking}', 1)


def test_a_file_can_ask_written_answers_and_says_how_they_are_marked() -> None:
    for marking, wanted in (
        (
            "marking = {step = 0.25, tolerance_pct = 20, comments = true}",
            EssayMarking(Decimal("0.25"), Decimal(20), True),
        ),
        ("marking = {}", EssayMarking()),
        ("", None),
    ):
        stage = online_stage(parse_contest(with_essays(marking)).profiles[0])
        assert stage is not None
        assert stage.exam is not None
        assert stage.exam.sections[0].question_type == "essay"
        assert stage.exam.sections[0].marking == wanted
        assert from_json(to_json(stage.exam)) == stage.exam


def test_a_step_above_the_mark_is_named() -> None:
    found = problems_of(with_essays("marking = {step = 5}"))
    assert found["profiles[0].stages[0].exam.sections[0].marking"][0] == "too-large"


def shipped(code: str) -> Contest:
    return parse_contest((DEFINITIONS / f"{code}.toml").read_text(encoding="utf-8"), code)


def test_the_national_contest_is_as_large_as_announced() -> None:
    contest = shipped("red-flag-cup-2024")
    assert contest.expected_entries == 653_000
    assert len(contest.events) == 10
    assert all(event.is_sample for event in contest.events)
    assert [stage.code for stage in contest.profiles[0].stages] == ["preliminary", "semi-final", "final"]


def test_tongliao_has_its_twenty_two_trades_and_fills_nothing_down() -> None:
    contest = shipped("tongliao-2025")
    classes = [event.event_class for event in contest.events]
    assert (classes.count("skill"), classes.count("non-skill")) == (18, 4)
    assert sum(event.has_national_standard is False for event in contest.events) == 3
    rescue = contest.event("fire-rescue")
    assert rescue.industry == ""
    assert "所属行业不明" in rescue.note.zh
    final = contest.profiles[0].stage("final")
    assert [(item.key, item.weight_pct) for item in final.components] == [
        ("theory", Decimal(30)),
        ("practical", Decimal(70)),
    ]


def test_haidian_limits_carry_the_force_of_the_measures() -> None:
    contest = shipped("haidian-2026")
    force = {rule.code: rule.force for rule in (*contest.limits, *contest.profiles[0].eligibility)}
    assert {code for code, value in force.items() if value == "hard"} >= {
        "one-trade-per-cycle",
        "first-prize-winner",
        "retention-days",
        "winners-on-list",
    }
    assert force["traditional-trades"] == force["min-contestants"] == force["max-prize"] == "normal"


def test_an_earlier_edition_keeps_what_its_report_tells() -> None:
    contest = shipped("jilin-4")
    robot, video = contest.event("industrial-robot").practical, contest.event("short-video").practical
    assert robot is not None
    assert video is not None
    assert (robot.modules, video.take_home_h) == (4, 72)
    assert contest.profiles[0].stage("final").components == ()


def test_the_mock_exam_is_what_the_file_says_and_may_be_left_out() -> None:
    stage = online_stage(parse_contest(JILIN).profiles[0])
    assert stage is not None
    assert stage.exam is not None
    assert stage.exam.mock == Mock(questions_per_section=3, duration_s=600, attempts_allowed=50)
    start = JILIN.index("[profiles.stages.exam.mock]")
    end = JILIN.index("[[profiles.stages.exam.sections]]", start)
    without = online_stage(parse_contest(JILIN[:start] + JILIN[end:]).profiles[0])
    assert without is not None
    assert without.exam is not None
    assert without.exam.mock is None
    assert from_json(to_json(without.exam)) == without.exam
