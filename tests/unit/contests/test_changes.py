"""What a new definition changes for people who already take part, and what is still undecided."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from webapp.contests.rules.changes import changes_in_use
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.undecided import missing_to_open, missing_to_promote, open_questions

JILIN = (Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml").read_text(
    encoding="utf-8"
)
REGISTERING = datetime(2026, 4, 15, tzinfo=UTC)
LEARNING = datetime(2026, 5, 10, tzinfo=UTC)
SITTING = datetime(2026, 5, 25, tzinfo=UTC)


def changed_texts(before: str, after: str, now: datetime) -> set[str]:
    """The kinds of change that replacing one thing in the file makes at `now`."""
    assert before in JILIN
    old, new = parse_contest(JILIN), parse_contest(JILIN.replace(before, after, 1))
    return {change.text for change in changes_in_use(old, new, now)}


@pytest.mark.parametrize(
    ("before", "after", "free", "bound", "kind"),
    [
        ("quota = 100", "quota = 120", LEARNING, SITTING, "the quota"),
        ('cut = "all_tied"', 'cut = "none_tied"', LEARNING, SITTING, "the quota"),
        ("duration_min = 60", "duration_min = 90", LEARNING, SITTING, "the exam"),
        ('public_from = "recheck"', 'public_from = "at_once"', LEARNING, SITTING, "leaderboard"),
        ("full_points = 300", "full_points = 200", REGISTERING, LEARNING, "full score"),
        ("needs_unit = true", "needs_unit = false", datetime(2026, 3, 30, tzinfo=UTC), REGISTERING, "who may enter"),
    ],
)  # fmt: skip
def test_a_rule_is_bound_from_the_moment_it_is_in_use(
    before: str, after: str, free: datetime, bound: datetime, kind: str
) -> None:
    assert changed_texts(before, after, free) == set()
    found = changed_texts(before, after, bound)
    assert len(found) == 1
    assert kind in found.pop()


def test_windows_may_move_and_events_may_be_added_at_any_time() -> None:
    later = '"2026-05-22", "2026-06-05"'
    assert changed_texts('"2026-05-22", "2026-05-31"', later, SITTING) == set()
    added = '[[events]]\ncode = "new"\ntitle = "新"\nclass = "filed"\nprofile = "competition"\n\n'
    assert changed_texts("[[events]]\n", added + "[[events]]\n", SITTING) == set()


def test_an_event_that_people_have_entered_is_not_dropped_silently() -> None:
    start = JILIN.index('[[events]]\ncode = "snow-groomer"')
    end = JILIN.index("[[events]]", start + 1)
    old, new = parse_contest(JILIN), parse_contest(JILIN[:start] + JILIN[end:])
    assert changes_in_use(old, new, datetime(2026, 3, 1, tzinfo=UTC)) == ()
    assert [change.params["event"] for change in changes_in_use(old, new, REGISTERING)] == [
        old.event("snow-groomer").title
    ]


def test_every_open_question_names_its_line() -> None:
    lines = JILIN.splitlines()
    found = open_questions(JILIN)
    assert "profiles[0].registration.events_per_person" in [question.path for question in found]
    assert found
    for question in found:
        assert question.line is not None
        assert "undecided" in lines[question.line - 1]


def test_a_stage_opens_only_when_what_it_needs_is_decided() -> None:
    contest = parse_contest(JILIN)
    welding = contest.event("welding")
    assert missing_to_open(contest, welding, contest.profiles[0].stages[0]) == ()
    open_text = JILIN.replace("full_points = 300", 'full_points = "undecided"').replace(
        'preliminary = ["2026-05-22", "2026-05-31"]', 'preliminary = "undecided"'
    )
    contest = parse_contest(open_text)
    missing = missing_to_open(contest, welding, contest.profiles[0].stages[0])
    assert [message.text for message in missing] == [
        "the dates of %(stage)s",
        "how many points make the full learning score",
    ]


def test_a_list_is_posted_only_when_its_length_is_decided() -> None:
    open_text = JILIN.replace("notice_working_days = 5", 'notice_working_days = "undecided"', 1)
    preliminary, _semi, final = parse_contest(open_text).profiles[0].stages
    assert [message.text for message in missing_to_promote(preliminary)] == [
        "how long the public notice of %(stage)s lasts"
    ]
    assert len(missing_to_promote(final)) == 2
    assert missing_to_promote(parse_contest(JILIN).profiles[0].stages[0]) == ()
