"""Optional checks in a contest file: off without a word, refused with a place when wrong."""

from pathlib import Path

import pytest

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.blueprint import (
    NO_CHECKS,
    Blueprint,
    ExamBrowser,
    Snapshots,
    Text,
    from_json,
    to_json,
)
from webapp.contests.rules.parse import parse_contest

ROOT = Path(__file__).resolve().parents[3]
JILIN = (ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8")
SECTIONS = "[[profiles.stages.exam.sections]]"
AT = "profiles[0].stages[0].exam.checks"
GOOD = f'config_keys = ["{"AB" * 32}", "{"ab" * 32}"]\nsetup = {{zh = "见通知附件"}}'


def exam_with(body: str, name: str = "exam-browser") -> Blueprint:
    """The first exam of the shipped contest with a check; raise (ContestInvalid)."""
    table = f"[profiles.stages.exam.checks.{name}]\n{body}\n\n"
    text = JILIN.replace(SECTIONS, table + SECTIONS, 1)
    exam = parse_contest(text, "checks.toml").profiles[0].stages[0].exam
    assert exam is not None
    return exam


def test_without_a_word_every_check_is_off() -> None:
    exams = [stage.exam for one in parse_contest(JILIN, "x").profiles for stage in one.stages if stage.exam]
    assert exams
    assert all(exam.checks == NO_CHECKS for exam in exams)


def test_keys_are_read_in_lower_case_and_kept_with_the_exam() -> None:
    made = exam_with(GOOD + '\nsetup_url = "https://host.example/exam.seb"')
    asked = ExamBrowser(("ab" * 32,), (), Text("见通知附件"), "https://host.example/exam.seb")
    assert made.checks.exam_browser == asked
    assert from_json(to_json(made)) == made
    older = {key: value for key, value in to_json(made).items() if key != "checks"}
    assert from_json(older).checks == NO_CHECKS


@pytest.mark.parametrize(
    ("body", "place", "code"),
    [
        ('setup = {zh = "见附件"}', "exam-browser.config_keys", "missing"),
        ('config_keys = ["xyz"]\nsetup = {zh = "见附件"}', "exam-browser.config_keys", "not-keys"),
        (f'exam_keys = ["{"a" * 63}"]\nsetup = {{zh = "见附件"}}', "exam-browser.exam_keys", "not-keys"),
        ("config_keys = 5\n" + 'setup = {zh = "见附件"}', "exam-browser.config_keys", "not-a-list"),
        (GOOD.partition("\n")[0], "exam-browser.setup", "missing"),
        (GOOD + '\nsetup_url = "javascript:x"', "exam-browser.setup_url", "not-an-address"),
        (GOOD + "\nkeys = []", "exam-browser.keys", "unknown-key"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(body: str, place: str, code: str) -> None:
    with pytest.raises(ContestInvalid) as refused:
        exam_with(body)
    assert (f"{AT}.{place}", code) in [(one.column, one.code) for one in refused.value.problems]


def test_an_unknown_check_is_refused() -> None:
    with pytest.raises(ContestInvalid) as refused:
        exam_with("x = 1", name="mind-reader")
    assert [(one.column, one.code) for one in refused.value.problems] == [
        (f"{AT}.mind-reader", "unknown-key")
    ]


def test_camera_pictures_are_read_with_their_defaults() -> None:
    made = exam_with("count = 5", name="snapshots")
    assert made.checks.snapshots == Snapshots(5, required=False, keep_days=30)
    assert from_json(to_json(made)) == made


@pytest.mark.parametrize(
    ("body", "key", "code"),
    [
        ("required = true", "count", "missing"),
        ("count = 31", "count", "not-a-number"),
        ("count = 3\nkeep_days = 999", "keep_days", "not-a-number"),
        ("count = 3\nrequired = 1", "required", "not-a-flag"),
    ],
)
def test_wrong_words_about_pictures_are_told_with_their_place(body: str, key: str, code: str) -> None:
    with pytest.raises(ContestInvalid) as refused:
        exam_with(body, name="snapshots")
    assert (f"{AT}.snapshots.{key}", code) in [(one.column, one.code) for one in refused.value.problems]
