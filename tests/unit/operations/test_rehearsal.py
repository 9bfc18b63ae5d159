"""The rehearsal plays a contest on its rules alone: the same input, the same result."""

from dataclasses import replace
from pathlib import Path

from webapp.banks.formats.toml_bank import read_folder
from webapp.contests.rules.parse import parse_contest
from webapp.operations.rehearsal import rehearse

ROOT = Path(__file__).resolve().parents[3]
BANK = read_folder(ROOT / "question_banks" / "work_safety").bank
CONTEST = parse_contest((ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8"))
ONE = replace(CONTEST, events=(CONTEST.event("welding"), CONTEST.event("open-fire")))


def test_the_same_seed_gives_the_same_board_and_another_seed_another() -> None:
    first, again = (rehearse(ONE, {BANK.code: BANK}, 12, 7) for _ in range(2))
    other = rehearse(ONE, {BANK.code: BANK}, 12, 8)
    assert first == again
    assert [report.digest for report in other] != [report.digest for report in first]


def test_everybody_is_ranked_and_the_cut_keeps_the_quota_or_all_who_tie() -> None:
    narrow = CONTEST.profile_of(ONE.events[0])
    stages = tuple(replace(stage, quota=5) for stage in narrow.stages)
    contest = replace(ONE, profiles=(replace(narrow, stages=stages), *CONTEST.profiles[1:]))
    report = rehearse(contest, {BANK.code: BANK}, 20, 3)[0]
    assert report.contestants == 20
    assert report.above_cut is not None
    assert report.above_cut >= 5
    assert report.above_cut - report.tied_at_cut < 5


def test_a_bank_that_is_too_small_is_a_shortage_not_an_error() -> None:
    small = replace(BANK, questions=BANK.questions[:10])
    reports = rehearse(ONE, {BANK.code: small}, 5, 1)
    assert all(report.shortages for report in reports)
    assert all(report.shortages for report in rehearse(ONE, {}, 5, 1))
