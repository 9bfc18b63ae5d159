"""Carry-over and attendance in a definition file: what is read, and what is refused with its place."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.attendance import Attendance
from webapp.contests.rules.carried import carried_key, replaces_exam, source_stage
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.plain_words import rules_in_words

TEXT = (Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml").read_text("utf-8")
TEXT = TEXT.replace('attendance = "undecided"\n', "")
PRACTICAL = 'component = "practical"\nweight_pct = 100\n'
CARRIED = """component = "practical"
weight_pct = 60

[[profiles.stages.components]]
component = "carried"
from = "preliminary"
weight_pct = 40

[profiles.stages.attendance]
confirm_by = 7
substitutes_until = "2026-05-31T12:00:00+08:00"
"""


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ContestInvalid) as found:
        parse_contest(text)
    return [(one.code, one.column) for one in found.value.problems]


def test_an_earlier_score_is_carried_over_and_attendance_is_read() -> None:
    contest = parse_contest(TEXT.replace(PRACTICAL, CARRIED))
    stage = contest.profiles[0].stage("semi-final")
    assert [part.key for part in stage.components] == ["practical", "carried:preliminary"]
    assert stage.attendance == Attendance(7, datetime(2026, 5, 31, 4, tzinfo=UTC), 48)
    assert source_stage(carried_key("preliminary")) == "preliminary"
    assert replaces_exam([part.key for part in stage.components], "theory")
    assert not replaces_exam(["theory", carried_key("preliminary")], "theory")
    assert not replaces_exam(["practical"], "theory")
    assert source_stage("practical") == ""
    words = str(rules_in_words(contest, contest.events[0]))
    assert "carried over" in words


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('from = "preliminary"', 'from = "final"', "no-stage"),
        ('from = "preliminary"', 'from = "semi-final"', "no-stage"),
        ('from = "preliminary"\n', "", "missing"),
        ("confirm_by = 7", "confirm_by = 700", "not-a-number"),
        ("confirm_by = 7", 'confirm_by = "soon"', "not-an-instant"),
        ("confirm_by = 7", 'confirm_by = "2026-06-30T12:00:00+08:00"', "attendance-late"),
        ("confirm_by = 7", "confirm_by = 7\nevery_day = true", "unknown-key"),
    ],
)
def test_what_nobody_could_keep_is_a_problem(old: str, new: str, code: str) -> None:
    text = TEXT.replace(PRACTICAL, CARRIED)
    assert old in text
    assert code in [found for found, _place in problems(text.replace(old, new, 1))]


def test_substitutes_move_up_after_the_day_of_confirmation() -> None:
    wrong = CARRIED.replace('substitutes_until = "2026-05-31T12:00:00+08:00"', "substitutes_until = 9")
    assert "window-backwards" in [code for code, _place in problems(TEXT.replace(PRACTICAL, wrong))]
