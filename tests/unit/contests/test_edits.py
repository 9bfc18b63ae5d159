"""Small changes of a definition keep the rest; effects and differences say what changes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from webapp.contests.formats.edits import StageNumbers, with_head, with_stage, with_windows
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.differences import Difference, differences
from webapp.contests.rules.effects import effect, has_begun
from webapp.contests.rules.parse import parse_contest

JILIN = (Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml").read_text("utf-8")
SITTING = datetime(2026, 5, 25, tzinfo=UTC)


def changed_lines(before: str, after: str) -> list[str]:
    known = before.splitlines()
    return [line for line in after.splitlines() if line not in known]


def test_a_window_of_the_contest_changes_one_line() -> None:
    made = with_windows(JILIN, {"learning": ("2026-05-02", "2026-05-21"), "final": "undecided"})
    assert changed_lines(JILIN, made) == ['learning = ["2026-05-02", "2026-05-21"]', 'final = "undecided"']
    assert with_windows(JILIN, {"learning": ("2026-05-01", "2026-05-21")}) == JILIN


def test_an_event_gets_its_own_window_and_loses_it_again() -> None:
    made = with_windows(JILIN, {"final": ("2026-10-21", "2026-10-22"), "learning": None}, "welding")
    assert changed_lines(JILIN, made) == ['windows = {final = ["2026-10-21", "2026-10-22"]}']
    contest = parse_contest(made)
    assert set(contest.event("welding").windows) == {"final"}
    assert set(contest.event("electrician").windows) == set()
    back = with_windows(made, {"final": None}, "welding")
    assert parse_contest(back) == parse_contest(JILIN)
    with pytest.raises(KeyError):
        with_windows(JILIN, {}, "nobody")


def test_quota_and_notice_of_a_stage_change_or_go() -> None:
    made = with_stage(JILIN, "competition", "semi-final", StageNumbers(40, 5))
    stage = parse_contest(made).profiles[0].stage("semi-final")
    assert (stage.quota, stage.notice_working_days) == (40, 5)
    assert len(made.splitlines()) == len(JILIN.splitlines())
    bare = parse_contest(with_stage(JILIN, "competition", "preliminary", StageNumbers(None, "undecided")))
    assert bare.profiles[0].stages[0].quota is None
    again = with_stage(made, "competition", "final", StageNumbers("undecided", 7))
    assert parse_contest(again).profiles[0].stage("final").notice_working_days == 7
    with pytest.raises(KeyError):
        with_stage(JILIN, "competition", "none", StageNumbers(1, 1))


def test_a_number_that_was_not_there_stands_in_its_own_stage() -> None:
    bare = with_stage(JILIN, "competition", "preliminary", StageNumbers(None, None))
    made = with_stage(bare, "competition", "preliminary", StageNumbers(100, 5))
    assert parse_contest(made) == parse_contest(JILIN)


def test_a_copy_has_another_code_and_title() -> None:
    contest = parse_contest(with_head(JILIN, "jilin-6", Text("第六届", "6th"), "6"))
    assert (contest.code, contest.title, contest.edition) == ("jilin-6", Text("第六届", "6th"), "6")
    assert contest.events == parse_contest(JILIN).events


def test_the_effect_names_rules_windows_and_events() -> None:
    old = parse_contest(JILIN)
    text = with_windows(JILIN, {"final": ("2026-10-01", "2026-10-25")})
    text = with_stage(text, "popularisation", "open", StageNumbers(400, 5))
    found = effect(old, parse_contest(text), SITTING)
    assert [(one.name, len(one.event_codes)) for one in found.moved] == [("final", 165)]
    assert len(found.changes) == 10
    assert len(found.event_codes) == 175
    assert (found.added, found.dropped) == ((), ())
    same = effect(old, old, SITTING)
    assert (same.changes, same.moved, same.event_codes) == ((), (), ())


def test_a_contest_has_begun_with_its_first_window() -> None:
    contest = parse_contest(JILIN)
    assert not has_begun(contest, datetime(2026, 3, 30, 15, 59, tzinfo=UTC))
    assert has_begun(contest, datetime(2026, 3, 30, 16, tzinfo=UTC))


def test_differences_are_told_by_name_and_moving_a_table_is_none() -> None:
    start = JILIN.index('[[events]]\ncode = "welding"')
    end = JILIN.index("[[events]]", start + 1)
    moved = JILIN[:start] + JILIN[end:].replace(
        '[[events]]\ncode = "open-work-safety"', JILIN[start:end] + '[[events]]\ncode = "open-work-safety"', 1
    )
    assert differences(JILIN, moved) == []
    text = JILIN.replace('{zh = "焊工", en = "Welder"}', '{zh = "焊接", en = "Welder"}', 1)
    text = text.replace('edition = "5"\n', "", 1).replace(
        "quota = 30\n", 'quota = 30\namended_notice = "keep"\n', 1
    )
    assert differences(JILIN, text) == [
        Difference("profiles[competition].stages[semi-final].amended_notice", None, "keep"),
        Difference("events[welding].title.zh", "焊工", "焊接"),
        Difference("edition", "5", None),
    ]
