"""Whoever sets dates reads what each window of a file is for."""

from pathlib import Path

import pytest

from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.window_names import window_names
from webapp.core.words import Message

DEFINITIONS = Path(__file__).resolve().parents[3] / "webapp/contests/definitions"


@pytest.mark.parametrize("path", sorted(DEFINITIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_no_window_of_a_shipped_file_is_without_a_name(path: Path) -> None:
    contest = parse_contest(path.read_text(encoding="utf-8"))
    assert set(contest.windows) <= set(window_names(contest))


def test_applications_and_labour_competitions_name_theirs_on_the_page_of_the_contest_only() -> None:
    contest = parse_contest((DEFINITIONS / "jilin-5.toml").read_text(encoding="utf-8"))
    known = window_names(contest)
    assert known["applications"] == (Message("Applications of organisers"),)
    assert known["campaign_advance"] == (Message("Labour competitions: advance"),)
    assert not {"applications", "campaign_advance"} & set(window_names(contest, contest.profiles[0].code))
