"""Definitions that contradict themselves: every contradiction with its place; what is only open is a note."""

from pathlib import Path

import pytest

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.contradictions import contradictions
from webapp.contests.rules.misnamed import LEVELS
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.undecided import open_questions
from webapp.contests.service.checking import check_definition, require_consistent
from webapp.organisations.rules.levels import LEVEL_TEXTS

DEFINITIONS = Path(__file__).resolve().parents[3] / "webapp/contests/definitions"
BASE = """schema = 1
code = "base"
title = "竞赛"

[windows]
entry = ["2026-03-01", "2026-03-31"]
first = ["2026-04-01", "2026-04-30"]
last = ["2026-05-01", "2026-05-31"]

[[classes]]
code = "one"
title = "一类"
expected_count = 1

[[classes]]
code = "two"
title = "二类"

[[profiles]]
code = "plain"
track = "competition"
title = "一般"

[profiles.registration]
window = "entry"

[[profiles.eligibility]]
rule = "region"
force = "hard"
value = ["north", "south"]

[[profiles.stages]]
code = "first"
title = "初赛"
kind = "selection"
window = "first"
quota = 30

[[profiles.stages]]
code = "final"
title = "决赛"
kind = "practical"
window = "last"
components = [{component = "practical", weight_pct = 100}]

[[profiles.awards]]
code = "cash"
title = "奖金"
kind = "cash"
stage = "final"
rank_from = 1
rank_to = 3
amount = 500

[[limits]]
rule = "min-judges"
force = "normal"
value = 3

[[events]]
code = "event"
title = "赛项"
class = "one"
profile = "plain"
national_standard = false
"""
AWARD = '[[profiles.awards]]\ncode = "more"\ntitle = "更多"\nstage = "final"\n'
LIMITS = "[[limits]]\n"


def award(rest: str) -> tuple[str, str]:
    return LIMITS, f"{AWARD}{rest}\n\n{LIMITS}"


def entry(rest: str) -> tuple[str, str]:
    return "[[profiles.stages]]\n", f"[[profiles.eligibility]]\n{rest}\n\n[[profiles.stages]]\n"


def limit(rest: str) -> tuple[str, str]:
    return LIMITS, f"{LIMITS}{rest}\n\n{LIMITS}"


@pytest.mark.parametrize("path", sorted(DEFINITIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_files_contradict_themselves_nowhere(path: Path) -> None:
    assert check_definition(path.read_text(encoding="utf-8"), path.name).problems == ()


def test_the_base_of_these_tests_is_sound() -> None:
    assert contradictions(parse_contest(BASE), BASE) == []


@pytest.mark.parametrize(
    ("change", "place", "code", "severity"),
    [
        (limit('rule = "min-judges"\nforce = "hard"\nvalue = 3'), "limits[1].force", "two-forces", "error"),
        (limit('rule = "region"\nforce = "normal"\nvalue = ["x"]'), "limits[0].force", "two-forces", "error"),
        (limit('rule = "min-judges"\nforce = "normal"\nvalue = 5'), "limits[1].value", "two-values", "error"),
        (limit('rule = "min-judges"\nforce = "normal"\nvalue = 3'), "limits[1]", "rule-twice", "warning"),
        (('["2026-05-01", "2026-05-31"]', '["2026-04-20", "2026-05-31"]'), "windows.last", "windows-overlap", "error"),
        (('window = "last"\n', 'window = "last"\nquota = 31\n'), "profiles[0].stages[1].quota", "quota-too-large", "error"),
        (limit('rule = "final-minimum"\nforce = "hard"\nvalue = 31'), "profiles[0].stages[0].quota", "final-too-small", "error"),
        (limit('rule = "final-minimum"\nforce = "normal"\nvalue = 31'), "profiles[0].stages[0].quota", "final-too-small", "warning"),
        (limit('rule = "final-entries"\nforce = "hard"\nvalue = 29'), "profiles[0].stages[0].quota", "finals-too-large", "error"),
        (("expected_count = 1", "expected_count = 2"), "classes[0].expected_count", "event-count", "warning"),
        (award('kind = "medal"\nrank_from = 31\nrank_to = 40'), "profiles[0].awards[1].rank_from", "band-beyond-quota", "error"),
        (award('kind = "medal"\nclasses = ["two"]'), "profiles[0].awards[1].classes", "no-events", "warning"),
        (award('kind = "level"\nconditions = {national_standard = true}'), "profiles[0].awards[1].conditions", "no-standard", "error"),
        (award('kind = "medal"\nconditions = {learning = "finished"}'), "profiles[0].awards[1].conditions", "no-learning", "error"),
        (award('kind = "medal"\nconditions = {exam = "finished"}'), "profiles[0].awards[1].conditions", "no-exam", "error"),
        (award('kind = "medal"\nconditions = {locality = "west"}'), "profiles[0].awards[1].conditions", "nobody-may-enter", "error"),
        (award('kind = "medal"\namount = 5'), "profiles[0].awards[1].amount", "amount-not-here", "error"),
        (award('kind = "cash"\nrank_from = 5\nrank_to = 6'), "profiles[0].awards[1].rank_from", "band-gap", "warning"),
        (award('kind = "cash"\nrank_from = 3\nrank_to = 6'), "profiles[0].awards[1].rank_from", "bands-overlap", "warning"),
        (award('kind = "honour"\nconditions = {reading = "best"}'), "profiles[0].awards[1].conditions", "condition-idle", "error"),
        (award('kind = "honour"\nconditions = {under_age = 35, born_after = "1990-05"}'), "profiles[0].awards[1].conditions", "age-twice", "error"),
        (award('kind = "level"\nconditions = {level = 2, holders = 3}'), "profiles[0].awards[1].conditions", "level-not-higher", "error"),
        (limit('rule = "max-prize"\nforce = "hard"\nvalue = 400'), "profiles[0].awards[0].amount", "prize-too-large", "error"),
        (limit('rule = "max-prize"\nforce = "normal"\nvalue = 400'), "profiles[0].awards[0].amount", "prize-too-large", "warning"),
    ],
)  # fmt: skip
def test_each_contradiction_has_its_place(
    change: tuple[str, str], place: str, code: str, severity: str
) -> None:
    before, after = change
    assert before in BASE
    text = BASE.replace(before, after, 1)
    found = check_definition(text, "base.toml").problems
    assert (place, code, severity) in [(one.column, one.code, one.severity) for one in found]
    assert all(one.row and one.file == "base.toml" for one in found)
    if severity == "error":
        with pytest.raises(ContestInvalid):
            require_consistent(text)


MORE = {
    "jilin-5": [
        ('learning = ["2026-05-01", "2026-05-21"]', 'learning = ["2026-05-01", "2026-05-28"]', "windows.learning", "learning-during-stage"),
        ('review = "undecided"', 'review = ["2026-03-31", "2026-04-10"]', "windows.review", "review-too-early"),
        ('review = "undecided"', 'review = ["2026-03-31", "2026-05-25"]', "windows.review", "review-too-late"),
        ('review = "undecided"', 'review = "undecided"\nrepechage = ["2026-06-01", "2026-06-02"]', "windows.repechage", "window-unused"),
        ('applications = "undecided"', 'applications = ["2026-06-10", "2026-09-30"]', "windows.applications", "applications-too-late"),
        ('["2026-05-01", "2026-11-30"]', '["2026-04-10", "2026-11-30"]', "windows.campaign_advance", "phases-overlap"),
        ('mobilise = "campaign_mobilise"', 'mobilise = "mobilize"', "campaigns[0].phases.mobilise", "no-window"),
        ('code = "provincial-02"', 'code = "provincial-01"', "campaigns[1].code", "code-twice"),
        ('["2026-05-22", "2026-05-31"]', '["2026-05-22T09:00:00+08:00", "2026-05-22T09:30:00+08:00"]', "profiles[0].stages[0].exam.duration_min", "exam-too-long"),
        ('attendance = "undecided"', "attendance = {confirm_by = 30}", "profiles[0].stages[1].attendance.confirm_by", "attendance-early"),
        ("notice_working_days = 5", "notice_working_days = 7", "profiles[0].stages[0].notice_working_days", "notice-too-long"),
        ("notice_working_days = 5", "notice_working_days = 0", "profiles[0].stages[0].notice_working_days", "no-notice"),
        ("needs_unit = true", "needs_unit = false", "profiles[0].registration.needs_unit", "unit-contradicts"),
        ('"unit", "county", "city", "industry"', '"unit", "conty", "city", "industry"', "profiles[0].registration.review_levels", "no-level"),
        ("daily_cap = 60", "daily_cap = 14", "profiles[0].learning.full_points", "points-out-of-reach"),
        ("daily_cap = 60", "daily_cap = 60\nweekly_cap = 70", "profiles[0].learning.full_points", "points-out-of-reach"),
        ("daily_cap = 60", "daily_cap = 60\ntotal_cap = 59", "profiles[0].learning.finished_points", "points-out-of-reach"),
        ('breakers = ["theory", "time_used"]', 'breakers = ["practical"]', "profiles[0].stages[0].rank.breakers", "breaker-idle"),
        ('\n[[profiles.stages.components]]\ncomponent = "practical"\nweight_pct = 100\n', "", "profiles[0].stages[1].components", "no-components"),
        ('kind = "practical"\n', 'kind = "practical"\nnominated_by = ["county"]\n', "profiles[0].stages[1].nominated_by", "nobody-nominates"),
        ("full_mark = 100\n", "full_mark = 100\nfairness = {band = {lowest = 0.9, highest = 0.95}}\n", "profiles[0].stages[0].exam.fairness.band", "band-out-of-reach"),
        ('level = "senior-worker"', 'level = "senior-technician"', "profiles[0].awards[3].rank_from", "ladder-rises"),
        ("conditions = {reviewed", "conditions = {promoted = true, reviewed", "profiles[0].awards[0].conditions", "last-stage"),
    ],
    "tongliao-2025": [
        ("amount = 4000", "amount = 9000", "profiles[0].awards[1].rank_from", "ladder-rises"),
        ("amount = 5000\n", "", "profiles[0].awards[0].amount", "no-amount"),
        ('stage = "final", sent_by', 'stage = "finals", sent_by', "limits[3].value.stage", "no-stage"),
        ('sent_by = ["county", "city"]', 'sent_by = ["banner"]', "limits[3].value.sent_by", "no-level"),
        ('per_event = "undecided"', "per_event = 3, per_event_of = {fiter = 4}", "limits[3].value.per_event_of.fiter", "no-event"),
        ('born_after = "1990-05"', 'born_after = "2026-05"', "profiles[0].awards[10].conditions", "nobody-may-enter"),
    ],
    "haidian-2026": [
        ("trades_pct_at_most = 40", "trades_pct_at_least = 50", "limits[4].value", "shares-exclude"),
        ("trades_pct_at_least = 60", "trades_pct_at_most = 50", "limits[4].value", "shares-exclude"),
    ],
}  # fmt: skip
"""What a host may get wrong in a shipped file: text, what stands there instead, where it is told, and as what."""


@pytest.mark.parametrize(("name", "change"), [(name, one) for name, found in MORE.items() for one in found])
def test_a_slip_in_a_shipped_file_is_told_at_its_line(name: str, change: tuple[str, str, str, str]) -> None:
    before, after, place, code = change
    text = (DEFINITIONS / f"{name}.toml").read_text(encoding="utf-8")
    assert before in text
    found = check_definition(text.replace(before, after, 1), name).problems
    (told,) = [one for one in found if (one.column, one.code) == (place, code)]
    assert (told.row or 0) > 1


@pytest.mark.parametrize(
    ("classes", "told"), [("", True), ('classes = ["one"]\n', True), ('classes = ["two"]\n', False)]
)
def test_an_award_is_out_of_reach_where_its_own_events_let_nobody_in(classes: str, told: bool) -> None:
    """A rule of entry for other classes of events takes nothing from it; and a class may have a rule of its own."""
    rule = f'rule = "age"\nforce = "hard"\n{classes}value = {{least = 40, on = "2026-04-01"}}'
    for condition in ("under_age = 35", 'born_after = "1990-05"'):
        text = BASE.replace(*entry(rule), 1)
        text = text.replace(LIMITS, f'{AWARD}kind = "honour"\nconditions = {{{condition}}}\n\n{LIMITS}', 1)
        found = {(one.column, one.code) for one in check_definition(text).problems}
        assert (("profiles[0].awards[1].conditions", "nobody-may-enter") in found) is told
    both = text.replace(*entry('rule = "age"\nforce = "normal"\nclasses = ["two"]\nvalue = {least = 20}'), 1)
    clash = bool({"rule-twice"} & {one.code for one in check_definition(both).problems})
    assert clash is (classes != 'classes = ["one"]\n')


def test_the_levels_of_a_file_are_those_of_organisations() -> None:
    assert set(LEVELS) == set(LEVEL_TEXTS)


@pytest.mark.parametrize(
    ("conditions", "key", "code"),
    [
        ("{lerning = true}", "lerning", "unknown-key"),
        ('{sex = "x"}', "sex", "not-a-choice"),
        ("{level = 6}", "level", "not-a-level"),
        ('{born_after = "May 1990"}', "born_after", "not-a-day"),
        ('{team_leader = "yes"}', "team_leader", "not-a-flag"),
        ("{under_age = 5}", "under_age", "not-a-number"),
        ('{by = ["mood"]}', "by", "not-a-choice"),
    ],
)
def test_conditions_are_a_strict_table(conditions: str, key: str, code: str) -> None:
    text = BASE.replace(LIMITS, f'{AWARD}kind = "honour"\nconditions = {conditions}\n\n{LIMITS}', 1)
    with pytest.raises(ContestInvalid) as refused:
        parse_contest(text)
    assert (f"profiles[0].awards[1].conditions.{key}", code) in [
        (one.column, one.code) for one in refused.value.problems
    ]


def test_what_is_open_says_what_waits_for_it() -> None:
    text = BASE.replace('last = ["2026-05-01", "2026-05-31"]', 'last = "undecided"')
    text = text.replace("quota = 30", 'quota = "undecided"').replace("amount = 500", 'amount = "undecided"')
    text = text.replace("expected_count = 1\n", 'expected_count = 1\nundecided = ["eligibility"]\n')
    assert check_definition(text).problems == ()
    found = {one.path: [message.text for message in one.blocks] for one in open_questions(text)}
    assert found == {
        "windows.last": ["the opening of %(stage)s"],
        "classes[0].undecided.eligibility": ["registration"],
        "profiles[0].stages[0].quota": ["the list of %(stage)s"],
        "profiles[0].awards[0].amount": ["the award “%(award)s”"],
    }
    lines = text.splitlines()
    assert all("undecided" in lines[one.line - 1] for one in open_questions(text) if one.line)


@pytest.mark.parametrize("path", sorted(DEFINITIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_file_asks_its_host_for_the_deadline_of_the_review(path: Path) -> None:
    """No source names a day; the host reads what waits for it."""
    found = {one.path: one.blocks for one in open_questions(path.read_text(encoding="utf-8"))}
    (waits,) = found["windows.review"]
    assert "overdue" in waits.text
    asked = [waiting for path, waiting in found.items() if path.endswith(".attendance")]
    assert all("asking who comes" in waiting[0].text for waiting in asked)
    assert bool(asked) is (path.stem != "haidian-2026"), "Haidian has one stage: nobody goes on"
