"""A contest file against the banks in force: named before anything is opened."""

from pathlib import Path

from sqlalchemy.orm import Session

from tests.factories import make_account
from webapp.banks import service as banks
from webapp.contests.rules.parse import parse_contest
from webapp.contests.service.checking import check_definition, further_check
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction
from webapp.exam.service.contest_banks import banks_in_force

ROOT = Path(__file__).resolve().parents[3]
JILIN = (ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8")


def test_a_bank_that_nobody_has_is_named_once_for_each_exam(session: Session) -> None:
    assert session is not None
    found = banks_in_force(parse_contest(JILIN))
    assert {one.problem.code for one in found} == {"no-bank"}
    assert not any(one.problem.is_error for one in found)
    # the exams of three profiles and the events that bring their own bank, each kind once
    assert 3 <= len(found) <= 12


def test_a_blueprint_that_the_bank_cannot_meet_is_an_error_with_its_line(session: Session) -> None:
    setter, reviewer = make_account().id, make_account().id
    session.commit()
    with keys_scope(), transaction():
        banks.import_shipped(ROOT / "question_banks/work_safety", setter, reviewer)
    wrong = JILIN.replace("count = 40", "count = 400", 1).replace("full_mark = 100\n", "", 1)
    further_check(banks_in_force)
    checked = check_definition(wrong, "jilin-5.toml", further=True)
    assert checked.is_complete
    [short] = [one for one in checked.errors if one.code == "bank-too-small"]
    assert short.column == "profiles[0].stages[0].exam"
    assert short.row == wrong.splitlines().index("[profiles.stages.exam]") + 1
    assert check_definition(wrong).errors == ()
