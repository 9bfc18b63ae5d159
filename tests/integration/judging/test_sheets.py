"""Row G: a practical test from its items to the component score, on a real database."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_participation, make_staff
from tests.integration.judging.stand import ITEMS, MADE_AT_HOME, SECRET, Workshop, make_workshop, stranger
from webapp.access.interests import ConflictOfInterest
from webapp.access.permissions import Role
from webapp.contests.queries import rules_of
from webapp.core import clock
from webapp.core.transaction import in_transaction
from webapp.integrity.models import Interest
from webapp.judging import errors
from webapp.judging.models import PracticalEntry, PracticalFiling
from webapp.judging.queries import sheets as queries
from webapp.judging.queries.entrants import bearers
from webapp.judging.queries.judges import needs_judges
from webapp.judging.queries.modules import module_of
from webapp.judging.queries.sheets import sheets_of
from webapp.judging.rules.blind import blind_numbers, commitment
from webapp.judging.service import finishing, scoring, setting_up
from webapp.judging.service.finishing import Scan
from webapp.judging.service.scoring import Change
from webapp.leaderboard.models import ComponentScore

PDF = Scan("签字.pdf", b"%PDF-1.7\nsigned\n%%EOF\n")
GOOD = {"A1": "12.01", "B1": "50"}


@pytest.fixture
def shop(session: Session) -> Workshop:
    return make_workshop()


def finish(shop: Workshop, module: str, run_id: int) -> None:
    finishing.sign_off(shop.stage_id, module, PDF, "相差之处已复核", shop.chief.id, clock.now())
    finishing.decode(shop.stage_id, module, shop.host.id, clock.now())


def test_blind_numbers_follow_from_the_secret_and_nothing_else(shop: Workshop) -> None:
    run_id = shop.set_up()
    entries = [shop.entry_of(person) for person in shop.people]
    found = {one.entry_id: one.number for one in bearers(run_id)}
    assert found == blind_numbers(SECRET, "m1", entries)
    assert setting_up.locked_run(shop.stage_id, "m1").commitment == commitment(SECRET)
    with pytest.raises(errors.DrawnAlready):
        setting_up.draw(shop.stage_id, "m1", shop.host.id, clock.now())


def test_who_comes_late_gets_a_number_behind_and_sheets_of_every_judge(shop: Workshop) -> None:
    run_id = shop.set_up()
    make_participation(shop.event)
    setting_up.draw(shop.stage_id, "m1", shop.host.id, clock.now())
    assert [one.number for one in bearers(run_id)] == [1, 2, 3, 4]
    assert len(sheets_of(run_id)) == 12


def test_the_same_change_twice_is_one_entry_and_is_answered_as_saved(
    shop: Workshop, session: Session
) -> None:
    run_id, judge = shop.set_up(), shop.judges[0]
    line = shop.sheets(run_id, judge)[0]
    change = Change("tablet", 1, "B1", "40.5")
    for _ in range(3):
        made = scoring.save(line.sheet_id, judge.id, [change], clock.now())
        assert [one.error for one in made] == [None]
    assert session.scalar(select(func.count()).select_from(PracticalEntry)) == 1
    scoring.save(line.sheet_id, judge.id, [Change("tablet", 2, "B1", "41")], clock.now())
    scoring.save(line.sheet_id, judge.id, [change], clock.now())
    assert queries.values(queries.sheet(line.sheet_id)) == {"B1": "41"}, "an old change comes late"
    scoring.save(line.sheet_id, judge.id, [Change("tablet", 1, "A1", "12")], clock.now())
    scoring.hand_in(line.sheet_id, judge.id, clock.now())
    assert scoring.save(line.sheet_id, judge.id, [change], clock.now())[0].error is None, "known already"
    with pytest.raises(errors.SheetClosed):
        scoring.save(line.sheet_id, judge.id, [Change("tablet", 3, "B1", "60")], clock.now())


def test_a_wrong_value_is_refused_and_the_others_are_kept(shop: Workshop) -> None:
    run_id, judge = shop.set_up(), shop.judges[0]
    line = shop.sheets(run_id, judge)[0]
    given = [Change("t", 1, "B1", "60.5"), Change("t", 1, "A1", "12,02"), Change("t", 1, "X9", "1")]
    made = scoring.save(line.sheet_id, judge.id, given, clock.now())
    assert [one.error is None for one in made] == [False, True, False]
    assert queries.values(queries.sheet(line.sheet_id)) == {"A1": "12.02"}
    with pytest.raises(errors.SheetIncomplete) as refused:
        scoring.hand_in(line.sheet_id, judge.id, clock.now())
    assert refused.value.message.params == {"items": "B1"}


def test_nobody_types_into_a_sheet_of_somebody_else(shop: Workshop) -> None:
    run_id = shop.set_up()
    line = shop.sheets(run_id, shop.judges[0])[0]
    for other in (shop.judges[1], shop.chief, shop.host):
        with pytest.raises(errors.SheetGone):
            scoring.save(line.sheet_id, other.id, [Change("t", 1, "B1", "1")], clock.now())


def test_only_judges_of_the_event_without_an_interest_are_named(shop: Workshop, session: Session) -> None:
    def name(account_id: int, *, chief: bool = False) -> None:
        setting_up.assign_judge(shop.stage_id, "m1", account_id, shop.host.id, clock.now(), is_chief=chief)

    with pytest.raises(errors.NotAJudge):
        name(stranger().id)
    with pytest.raises(errors.NotAJudge):
        name(shop.judges[0].id, chief=True)
    other = make_staff(Role.JUDGE, make_workshop(1, "practical-2").event)
    with pytest.raises(errors.NotAJudge):
        name(other.id)
    session.add(
        Interest(
            person_id=shop.judges[1].person_id,
            relation="coach",
            event_id=shop.event.id,
            declared_at=clock.now(),
        )
    )
    session.flush()
    with pytest.raises(ConflictOfInterest):
        name(shop.judges[1].id)
    name(shop.judges[0].id)
    with pytest.raises(errors.JudgeTwice):
        name(shop.judges[0].id)


def test_items_are_fixed_with_the_first_open_sheet_and_fit_the_mark(shop: Workshop) -> None:
    now, host = clock.now(), shop.host.id
    with pytest.raises(errors.ItemsTooMuch):
        setting_up.store_items(shop.stage_id, "m2", ITEMS, host, now)
    assert setting_up.store_items(shop.stage_id, "m1", ITEMS, host, now) == 1
    assert setting_up.store_items(shop.stage_id, "m1", ITEMS, host, now) == 1, "the same again"
    assert setting_up.store_items(shop.stage_id, "m1", ITEMS[:2], host, now) == 2
    shop.set_up()
    with pytest.raises(errors.ItemsFixed):
        setting_up.store_items(shop.stage_id, "m1", ITEMS[:1], host, now)


def test_decoding_waits_for_every_sheet_and_for_the_signature_as_it_is_now(shop: Workshop) -> None:
    run_id = shop.set_up()
    with pytest.raises(errors.SheetsOpen):
        finishing.sign_off(shop.stage_id, "m1", PDF, "", shop.chief.id, clock.now())
    shop.fill_all(run_id, **GOOD)
    with pytest.raises(errors.NotSignedOff):
        finishing.decode(shop.stage_id, "m1", shop.host.id, clock.now())
    with pytest.raises(errors.ScanRefused):
        finishing.sign_off(shop.stage_id, "m1", Scan("a.txt", b"no"), "", shop.chief.id, clock.now())
    finishing.sign_off(shop.stage_id, "m1", PDF, "", shop.chief.id, clock.now())
    line = sheets_of(run_id)[0]
    with pytest.raises(errors.ReasonMissing):
        scoring.reopen(line.sheet_id, " ", shop.chief.id, clock.now())
    scoring.reopen(line.sheet_id, "看错了", shop.chief.id, clock.now())
    with pytest.raises(errors.SheetsOpen):
        finishing.decode(shop.stage_id, "m1", shop.host.id, clock.now())
    shop.fill(sheets_of(run_id)[0], A1="12.01", B1="49")
    with pytest.raises(errors.NotSignedOff):
        finishing.decode(shop.stage_id, "m1", shop.host.id, clock.now())
    finish(shop, "m1", run_id)
    with pytest.raises(errors.DecodedAlready):
        scoring.reopen(line.sheet_id, "还要看", shop.chief.id, clock.now())


def test_scores_of_both_modules_become_the_component_score(shop: Workshop, session: Session) -> None:
    first, second = shop.set_up("m1"), shop.set_up("m2", judges=1)
    marks = {1: ("50", "41", "30"), 2: ("60", "60", "60"), 3: ("0", "10", "20.5")}
    for line in sheets_of(first):
        place = [judge.id for judge in shop.judges].index(line.account_id)
        shop.fill(line, A1="12", B1=marks[line.number][place])
    setting_up.note_absent(shop.stage_id, "m2", 1, is_absent=True, account_id=shop.host.id)
    shop.fill_all(second, W1="25")
    with pytest.raises(errors.NotDecoded):
        finishing.scores_of(shop.stage_id)
    finish(shop, "m1", first)
    finish(shop, "m2", second)

    def file() -> int:
        return in_transaction(lambda: finishing.file_practical(shop.stage_id, shop.host.id, clock.now()))

    assert file() == 3
    absent = next(one.entry_id for one in bearers(second) if one.number == 1)
    exact = {1: Fraction(81), 2: Fraction(100), 3: Fraction(50)}
    filed = {one.participation_id: one.score for one in session.scalars(select(ComponentScore))}
    for one in bearers(first):
        home = Fraction(0) if one.entry_id == absent else Fraction(1, 2)
        wanted = exact[one.number] / 100 * 60 + home * 40
        assert filed[one.participation_id] == Decimal(wanted.numerator) / wanted.denominator
    assert file() == 3
    assert session.scalar(select(func.count()).select_from(ComponentScore)) == 3, (
        "the same again is no new version"
    )
    digests = session.scalars(select(PracticalFiling.digest)).all()
    assert len(digests) == 2
    assert len(set(digests)) == 1


def test_double_entry_signs_only_what_two_people_typed_alike(session: Session) -> None:
    shop = make_workshop(1, first='entry = "double"')
    run_id = shop.set_up()
    line = shop.sheets(run_id, shop.judges[0])[0]
    assert shop.fill(line, **GOOD) == "submitted"
    with pytest.raises(errors.SamePerson):
        scoring.type_again(line.sheet_id, line.account_id, GOOD, clock.now())
    assert scoring.type_again(line.sheet_id, shop.chief.id, {**GOOD, "B1": "45"}, clock.now()) == ("B1",)
    again = shop.sheets(run_id, shop.judges[0])[0]
    assert (again.state, again.reason, again.score) == ("reopened", "B1", None)
    assert shop.fill(again, B1="45") == "submitted"
    assert scoring.type_again(line.sheet_id, shop.chief.id, {**GOOD, "B1": "45.0"}, clock.now()) == ()
    signed = shop.sheets(run_id, shop.judges[0])[0]
    assert signed.state == "signed"
    assert signed.score == 85


def test_fewer_judges_than_asked_for_are_enough_with_a_reason_unless_the_file_is_strict(
    shop: Workshop,
) -> None:
    now, host = clock.now(), shop.host.id
    setting_up.store_items(shop.stage_id, "m1", ITEMS, host, now)
    setting_up.draw(shop.stage_id, "m1", host, now)
    for judge in shop.judges[:2]:
        setting_up.assign_judge(shop.stage_id, "m1", judge.id, host, now)
    with pytest.raises(errors.TooFewJudges):
        setting_up.open_sheets(shop.stage_id, "m1", host, now, "  ")
    rules = rules_of(module_of(shop.stage_id, "m1")[0].contest_id)
    strict = replace(rules, limits=tuple(replace(one, force="hard") for one in rules.limits))
    assert (needs_judges(rules), needs_judges(strict)) == (0, 3)
    with pytest.raises(errors.TooFewForTheRules):
        setting_up.require_judges(strict, module_of(shop.stage_id, "m1")[1], 2, "两名已够")
    assert setting_up.open_sheets(shop.stage_id, "m1", host, now, "两名已够") == 2 * len(shop.people)


def test_a_judge_who_has_typed_stays_and_others_can_be_taken_off(shop: Workshop) -> None:
    run_id = shop.set_up()
    line = shop.sheets(run_id, shop.judges[0])[0]
    scoring.save(line.sheet_id, line.account_id, [Change("t", 1, "B1", "1")], clock.now())
    with pytest.raises(errors.JudgeHasSigned):
        setting_up.remove_judge(shop.stage_id, line.judge_id, clock.now())
    other = shop.sheets(run_id, shop.judges[1])[0]
    setting_up.remove_judge(shop.stage_id, other.judge_id, clock.now())
    assert {one.account_id for one in sheets_of(run_id)} == {shop.judges[0].id, shop.judges[2].id}


def test_a_sheet_of_an_absent_number_takes_nothing(shop: Workshop) -> None:
    run_id = shop.set_up("m2", judges=1)
    setting_up.note_absent(shop.stage_id, "m2", 2, is_absent=True, account_id=shop.host.id)
    line = next(one for one in sheets_of(run_id) if one.number == 2)
    with pytest.raises(errors.NumberAbsent):
        scoring.save(line.sheet_id, line.account_id, [Change("t", 1, "W1", "1")], clock.now())
    assert MADE_AT_HOME[0].code == "W1"


def test_a_judges_list_takes_one_statement_whatever_its_length(
    shop: Workshop, count_queries: list[str]
) -> None:
    shop.set_up()
    judge_id = shop.judges[0].id
    count_queries.clear()
    assert len(queries.own_sheets(judge_id)) == 3
    assert len(count_queries) == 1
