"""Issue 5, point 7: an event's own exam in the definition file, written by the builder and read again."""

import tomllib
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.contests.test_parse import DEFINITIONS, JILIN, problems_of
from webapp.contests.rules.blueprint import (
    NO_CHECKS,
    Blueprint,
    Cell,
    Checks,
    ExamBrowser,
    Fairness,
    Mock,
    Section,
    Snapshots,
    Text,
)
from webapp.contests.rules.essay_marking import EssayMarking
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.parse_exam import LAYOUTS, MARKING_RULES, QUESTION_TYPES, WRITTEN_TYPES, read_exam
from webapp.contests.rules.phases import online_stage
from webapp.contests.rules.reader import Reader, Report
from webapp.contests.rules.schema import Contest
from webapp.contests.rules.write_exam import exam_table, with_exam

words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
marks = st.decimals("0.5", "100", places=2)
shares = st.decimals("0.01", "0.49", places=2)


@st.composite
def sections(draw: st.DrawFn, key: str) -> Section:
    """One section of any type, within the limits of a file."""
    kind = draw(st.sampled_from(QUESTION_TYPES))
    rule = draw(st.sampled_from(MARKING_RULES))
    mark = draw(marks)
    difficulties = st.sampled_from([None, "easy", "medium", "hard"])
    cells = st.builds(Cell, st.none() | words, difficulties, st.integers(1, 500))
    return Section(
        key,
        Text(draw(words), draw(st.just("") | words)),
        kind,
        mark,
        tuple(draw(st.lists(cells, min_size=1, max_size=4))),
        rule,
        per_pick_mark=mark / 2 if rule == "per_pick" else None,
        wrong_true_false_mark=-mark if kind == "true_false" and draw(st.booleans()) else Decimal(0),
        shuffle_questions=draw(st.booleans()),
        shuffle_options=draw(st.booleans()),
        forward_only=draw(st.booleans()),
        duration_s=draw(st.none() | st.just(60)),
        marking=EssayMarking(Decimal("0.5"), draw(marks), draw(st.booleans()))
        if kind in WRITTEN_TYPES and draw(st.booleans())
        else None,
    )


@st.composite
def blueprints(draw: st.DrawFn) -> Blueprint:
    """A whole exam as a file may say it."""
    some = draw(st.integers(1, 4))
    lowest, is_banded = draw(shares), draw(st.booleans())
    fairness = Fairness(
        max_exposure=draw(st.none() | shares),
        most_earlier_papers=draw(st.none() | st.integers(0, 1000)),
        lowest=lowest if is_banded else None,
        highest=lowest + Decimal("0.5") if is_banded else None,
    )
    browser = ExamBrowser(
        (), ("a" * 64,), Text("考试机"), draw(st.just("") | st.just("https://seb.example/"))
    )
    checks = Checks(draw(st.none() | st.just(browser)), draw(st.none() | st.just(Snapshots(3, True, 20))))
    sheet = draw(st.none() | st.builds(Text, words))
    made = Blueprint(
        bank=draw(words),
        duration_s=60 * draw(st.integers(10, 600)),
        grace_s=draw(st.integers(0, 120)),
        attempts_allowed=draw(st.integers(1, 100)),
        counting_attempt=draw(st.sampled_from(["best", "last", "first"])),
        sections=tuple(draw(sections(f"s{number}")) for number in range(some)),
        key_release=draw(st.sampled_from(["never", "after_close"])),
        mock=draw(st.none() | st.builds(Mock, st.integers(1, 100), st.just(600), st.integers(1, 9))),
        topics=tuple(draw(st.lists(words, unique=True, max_size=3))),
        layout=draw(st.sampled_from(LAYOUTS)),
        tools=("formula_sheet",) if sheet else (),
        formula_sheet=sheet,
        fairness=draw(st.none() | st.just(fairness)),
        checks=draw(st.just(NO_CHECKS) | st.just(checks)),
    )
    only_essays = all(section.question_type == "essay" for section in made.sections)
    return replace(made, mock=None) if only_essays else made


@settings(max_examples=100, deadline=None)
@given(blueprints())
def test_the_table_of_an_exam_reads_as_the_same_exam(blueprint: Blueprint) -> None:
    report = Report("", {})
    assert read_exam(Reader(exam_table(blueprint), "", report)) == blueprint
    assert report.problems == []


read = lru_cache(4)(parse_contest)
"""A contest cannot be changed: one file is read once."""


def own(text: str, code: str, blueprint: Blueprint) -> tuple[Contest, str]:
    """The definition with an exam of its own for the online stage of an event."""
    contest = read(text)
    stage = online_stage(contest.profile_of(contest.event(code)))
    assert stage is not None
    return contest, with_exam(text, code, stage.code, blueprint)


@settings(max_examples=10, deadline=None)
@given(blueprints(), st.sampled_from([event.code for event in read(JILIN).events]))
def test_an_exam_put_into_a_file_is_that_events_alone(blueprint: Blueprint, code: str) -> None:
    before = read(JILIN)
    _contest, text = own(JILIN, code, blueprint)
    after = read(text)
    for event in before.events:
        stage = online_stage(before.profile_of(event))
        if stage is not None:
            then = after.blueprint(after.event(event.code), stage)
            assert then == (blueprint if event.code == code else before.blueprint(event, stage))
    assert [line for line in JILIN.splitlines() if line.startswith("#")] == [
        line for line in text.splitlines() if line.startswith("#")
    ]
    assert replace(after, events=before.events) == before
    _again, twice = own(text, code, replace(blueprint, grace_s=77))
    stage = online_stage(after.profile_of(after.event(code)))
    assert stage is not None
    assert read(twice).blueprint(read(twice).event(code), stage) == replace(blueprint, grace_s=77)


@pytest.mark.parametrize("path", sorted(DEFINITIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_event_of_the_shipped_files_takes_its_own_exam(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # one event of each kind, and the first and last: a file of hundreds is written anew for each
    events = read(text).events
    kinds = {
        (one.profile, one.event_class, one.bank, one.bank_topics, bool(one.note.zh)): one for one in events
    }
    for event in (events[0], *kinds.values()):
        contest = read(text)
        stage = online_stage(contest.profile_of(event))
        if stage is None:
            continue
        present = contest.blueprint(event, stage)
        assert present is not None
        text = with_exam(text, event.code, stage.code, present)
        assert read(text).event(event.code).exams == {stage.code: present}


def test_events_on_one_line_take_it_too() -> None:
    head, _mark, _rest = JILIN.partition("[[events]]")
    line = 'events = [{code = "one", title = {zh = "一"}, class = "class-1", profile = "competition", bank = "b"}]\n'
    text = line + head
    contest = parse_contest(text)
    stage = online_stage(contest.profiles[0])
    assert stage is not None
    present = contest.blueprint(contest.events[0], stage)
    assert present is not None
    made = parse_contest(with_exam(text, "one", stage.code, present))
    assert made.events[0].exams == {stage.code: present}


def test_an_exam_for_a_stage_without_one_is_named() -> None:
    contest = parse_contest(JILIN)
    stage = online_stage(contest.profile_of(contest.event("welding")))
    assert stage is not None
    present = contest.blueprint(contest.event("welding"), stage)
    assert present is not None
    text = with_exam(JILIN, "welding", "nowhere", present)
    at = [event["code"] for event in tomllib.loads(JILIN)["events"]].index("welding")
    (found,) = problems_of(text).items()
    assert found[0] == f"events[{at}].exam.nowhere"
    assert found[1][0] == "no-exam"
    assert found[1][1] == text.splitlines().index("[events.exam.nowhere]") + 1


def test_an_own_exam_is_checked_like_any_other() -> None:
    contest = parse_contest(JILIN)
    stage = online_stage(contest.profile_of(contest.event("welding")))
    assert stage is not None
    present = contest.blueprint(contest.event("welding"), stage)
    assert present is not None
    text = with_exam(JILIN, "welding", stage.code, replace(present, sections=()))
    assert {code for code, _line in problems_of(text).values()} >= {"no-sections"}


def test_unknown_event_is_a_key_error() -> None:
    contest = parse_contest(JILIN)
    stage = online_stage(contest.profiles[0])
    assert stage is not None
    assert stage.exam is not None
    with pytest.raises(KeyError):
        with_exam(JILIN, "nobody", stage.code, stage.exam)
