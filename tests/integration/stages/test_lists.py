"""Lists on a real database: what is frozen stays, differences block, two people, nothing is rewritten."""

from datetime import timedelta
from decimal import Decimal

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.integration.exam.exams import participant
from tests.integration.exam.test_g_grading import tamper
from tests.integration.leaderboard.boards import combine_for
from tests.integration.stages.stand import SMALL, Graded, as_principal, end_exam, make_graded
from webapp.accounts.models import Account
from webapp.calendars.queries import work_calendar
from webapp.contests.queries import stage_by_id
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.core.working_days import lasting
from webapp.exam.models import Grade
from webapp.exam.service import hot
from webapp.exam.service.papers import paper_for
from webapp.leaderboard.models import BoardSnapshot, Standing
from webapp.leaderboard.queries.kept import kept_list
from webapp.leaderboard.rules.visibility import Shown
from webapp.learning.models import PointEntry
from webapp.stages import jobs
from webapp.stages.errors import (
    HourPassed,
    ListChanged,
    ListExists,
    ListUndecided,
    NotConfirmed,
    OwnAction,
    PapersWaiting,
    ReasonNeeded,
    StepRefused,
    StillRunning,
)
from webapp.stages.models import StageAction, StageList, StageRegrade
from webapp.stages.queries import notices
from webapp.stages.queries.candidates import outcome
from webapp.stages.queries.lists import newest
from webapp.stages.rules.digest import canonical, digest
from webapp.stages.rules.states import Decision, ListState
from webapp.stages.service import freezing, posting, rechecking, regrading
from webapp.stages.service.posting import Asked, ExtraDays


@pytest.fixture
def graded(session: Session) -> Graded:
    return make_graded()


@pytest.fixture
def host(session: Session) -> Account:
    account = make_account()
    session.commit()
    return account


def freeze(graded: Graded, reason: str = "") -> int:
    with transaction():
        return freezing.freeze(graded.stage_id, None, clock.now(), reason).id


def decide(graded: Graded, host: Account, places: list[int], word: Decision, reason: str = "") -> None:
    entries = [graded.entries[at] for at in places]
    with transaction():
        rechecking.decide(graded.stage_id, entries, word, reason, as_principal(host), clock.now())


def confirm(graded: Graded, host: Account, places: list[int]) -> bool:
    """Decide, close the re-check, compute a second time; whether it agrees."""
    decide(graded, host, places, Decision.ELIGIBLE)
    with transaction():
        rechecking.close_recheck(graded.stage_id, clock.now())
        run = regrading.ask(graded.stage_id, host.id, clock.now())
    return bool(jobs.regrade_stage(run))


def asked(host: Account, *, two_person: bool = False) -> Asked:
    return Asked(host.id, clock.now(), two_person)


def test_later_corrections_do_not_change_what_was_frozen(session: Session, graded: Graded) -> None:
    freeze(graded)
    kept = session.scalars(select(BoardSnapshot).where(BoardSnapshot.kind == "frozen")).one()
    before, stated = list(kept.rows), kept.digest
    assert stated == digest(canonical(before))
    session.add(
        PointEntry(
            contest_id=stage_by_id(graded.stage_id).contest_id,
            participation_id=graded.sats[5].participation_id,
            source_kind="test",
            source_id="late",
            points=Decimal(300),
        )
    )
    session.commit()
    combine_for(graded.stage_id, [graded.sats[5].participation_id])
    session.expire_all()
    top = session.scalars(select(Standing).order_by(Standing.sort_key)).first()
    assert top is not None
    assert top.entry_id == graded.entries[5], "the live standing has moved"
    again = session.get_one(BoardSnapshot, kept.id)
    assert (again.rows, again.digest) == (before, stated)
    shown = kept_list(graded.stage_id, Shown.PROVISIONAL)
    assert shown is not None
    assert shown.rows[0]["entry_id"] == graded.entries[0]


def test_freezing_waits_for_the_window_the_papers_and_the_decisions_of_the_host(session: Session) -> None:
    graded = make_graded(
        changes={**SMALL, "notice_working_days = 5\n": 'notice_working_days = "undecided"\n'}
    )
    with pytest.raises(ListUndecided):
        freeze(graded)
    session.rollback()


def test_freezing_before_the_end_needs_a_reason(session: Session, graded: Graded) -> None:
    session.execute(text("UPDATE exams SET closes_at = clock_timestamp() + interval '1 hour'"))
    session.commit()
    with pytest.raises(StillRunning):
        freeze(graded)
    freeze(graded, "全部选手均已交卷")


def test_freezing_waits_for_papers_that_are_not_graded(session: Session, graded: Graded) -> None:
    person = participant(graded.exam_id)
    session.execute(text("UPDATE exams SET closes_at = clock_timestamp() + interval '1 hour'"))
    session.commit()
    drawn = paper_for(graded.exam_id, person.id)
    session.commit()
    hot.start(drawn.attempt_id, person.person_id, "device", clock.now())
    end_exam(graded.exam_id)
    with pytest.raises(PapersWaiting):
        freeze(graded)


def test_a_stage_has_one_list_at_a_time_and_it_can_be_given_up(session: Session, graded: Graded) -> None:
    first = freeze(graded)
    with pytest.raises(ListExists):
        freeze(graded)
    with transaction():
        freezing.drop(graded.stage_id, "更正答案", None)
    assert kept_list(graded.stage_id, Shown.PROVISIONAL) is None, "the board is live again"
    second = freeze(graded)
    session.expire_all()
    assert session.get_one(StageList, first).state == ListState.DROPPED
    assert session.get_one(StageList, second).number == 2


def test_a_planted_difference_in_a_paper_blocks_posting(
    session: Session, graded: Graded, host: Account
) -> None:
    freeze(graded)
    grade = session.scalars(select(Grade).order_by(Grade.id)).first()
    assert grade is not None
    grade_id, attempt_id = grade.id, grade.attempt_id
    session.rollback()
    tamper(grade_id)
    assert not confirm(graded, host, [0, 1, 2])
    run = session.scalars(select(StageRegrade)).one()
    assert ["paper", str(attempt_id)] in [one[:2] for one in run.differences]
    with pytest.raises(NotConfirmed), transaction():
        posting.ask_post(graded.stage_id, ExtraDays(), asked(host))


def test_a_planted_difference_in_the_ledger_blocks_posting(
    session: Session, graded: Graded, host: Account
) -> None:
    freeze(graded)
    session.add(
        PointEntry(
            contest_id=stage_by_id(graded.stage_id).contest_id,
            participation_id=graded.sats[1].participation_id,
            source_kind="test",
            source_id="late",
            points=Decimal(3),
        )
    )
    session.commit()
    assert not confirm(graded, host, [0, 1, 2])
    run = session.scalars(select(StageRegrade)).one()
    whats = {one[1] for one in run.differences}
    assert whats == {f"{graded.numbers[1]} learning", f"{graded.numbers[1]} combined"}
    assert session.scalars(select(StageList)).one().state == ListState.RECHECKED


def test_a_finished_run_is_left_as_it_is(session: Session, graded: Graded, host: Account) -> None:
    freeze(graded)
    assert confirm(graded, host, [0, 1, 2])
    run = session.scalars(select(StageRegrade)).one()
    finished = run.finished_at
    assert jobs.regrade_stage(run.id)
    session.expire_all()
    assert session.get_one(StageRegrade, run.id).finished_at == finished


def test_a_decision_after_the_second_computation_opens_the_re_check_again(
    session: Session, graded: Graded, host: Account
) -> None:
    freeze(graded)
    assert confirm(graded, host, [0, 1, 2])
    decide(graded, host, [0], Decision.WITHDRAWN, "本人放弃")
    with pytest.raises(StepRefused), transaction():
        posting.ask_post(graded.stage_id, ExtraDays(), asked(host))


def test_two_people_post_where_the_setting_asks(session: Session, graded: Graded, host: Account) -> None:
    freeze(graded)
    assert confirm(graded, host, [0, 1, 2])
    with transaction():
        action = posting.ask_post(graded.stage_id, ExtraDays(), asked(host, two_person=True))
        action_id = action.id
    assert notices.current(graded.stage_id) is None
    with pytest.raises(OwnAction), transaction():
        posting.decide(action_id, host.id, True, clock.now())
    with pytest.raises(StepRefused):
        decide(graded, host, [0], Decision.WITHDRAWN, "本人放弃")
    second = make_account()
    session.commit()
    with transaction():
        posting.decide(action_id, second.id, True, clock.now())
    found = notices.current(graded.stage_id)
    assert found is not None
    assert found.version == 1
    session.expire_all()
    done = session.get_one(StageAction, action_id)
    assert (done.state, done.decided_by_account_id) == ("done", second.id)


def test_a_refused_request_leaves_the_list_confirmed(session: Session, graded: Graded, host: Account) -> None:
    freeze(graded)
    assert confirm(graded, host, [0, 1, 2])
    second = make_account()
    session.commit()
    with transaction():
        action = posting.ask_post(graded.stage_id, ExtraDays(), asked(host, two_person=True))
        posting.decide(action.id, second.id, False, clock.now())
    assert session.scalars(select(StageList)).one().state == ListState.REGRADED
    with transaction():
        posting.ask_post(graded.stage_id, ExtraDays(), asked(host))


def test_what_was_asked_for_is_what_is_posted_or_nothing(
    session: Session, graded: Graded, host: Account
) -> None:
    freeze(graded)
    assert confirm(graded, host, [0, 1, 2])
    second = make_account()
    session.commit()
    with transaction():
        action_id = posting.ask_post(graded.stage_id, ExtraDays(), asked(host, two_person=True)).id
    session.execute(
        text("UPDATE participations SET state = 'disqualified' WHERE id = :id"),
        {"id": graded.sats[0].participation_id},
    )
    session.commit()
    with pytest.raises(ListChanged), transaction():
        posting.decide(action_id, second.id, True, clock.now())


def test_substitutes_move_up_until_the_stated_hour_only(
    session: Session, graded: Graded, host: Account
) -> None:
    freeze(graded)
    decide(graded, host, [0], Decision.WITHDRAWN, "本人放弃")
    with transaction():
        rechecking.set_hour(graded.stage_id, clock.now() + timedelta(seconds=0.2), clock.now())
    with pytest.raises(HourPassed), transaction():
        rechecking.set_hour(graded.stage_id, clock.now() - timedelta(hours=1), clock.now())
    late = clock.now() + timedelta(hours=1)
    with transaction():
        rechecking.decide(
            graded.stage_id, [graded.entries[1]], Decision.UNRESPONSIVE, "未回应", as_principal(host), late
        )
    one = newest(graded.stage_id)
    assert one is not None
    made = outcome(stage_by_id(graded.stage_id), one).promotion
    assert made.going_on == (graded.entries[2], graded.entries[3])
    assert made.vacancies == 1
    with transaction():  # another word about the first, later: the substitute is not displaced
        rechecking.decide(
            graded.stage_id, [graded.entries[0]], Decision.INELIGIBLE, "另有原因", as_principal(host), late
        )
    assert outcome(stage_by_id(graded.stage_id), one).promotion.going_on == made.going_on


def test_a_new_freeze_beside_a_posted_list_carries_decisions_over_and_supersedes_it(
    session: Session, graded: Graded, host: Account
) -> None:
    first = freeze(graded)
    decide(graded, host, [1], Decision.INELIGIBLE, "不在职")
    assert confirm(graded, host, [0, 2, 3])
    with transaction():
        posting.ask_post(graded.stage_id, ExtraDays(), asked(host))
    with pytest.raises(ReasonNeeded):
        freeze(graded)
    second = freeze(graded, "更正第 5 题答案")
    shown = kept_list(graded.stage_id, Shown.PUBLISHED)
    assert shown is not None
    assert shown.kind == "published", "the present notice stands meanwhile"
    one = newest(graded.stage_id)
    assert one is not None
    assert one.id == second
    assert outcome(stage_by_id(graded.stage_id), one).promotion.going_on == (
        graded.entries[0],
        graded.entries[2],
        graded.entries[3],
    )
    with transaction():
        rechecking.close_recheck(graded.stage_id, clock.now())
        run = regrading.ask(graded.stage_id, host.id, clock.now())
    assert jobs.regrade_stage(run)
    with transaction():
        posting.ask_post(graded.stage_id, ExtraDays(), asked(host))
    session.expire_all()
    assert session.get_one(StageList, first).state == ListState.SUPERSEDED
    found = notices.current(graded.stage_id)
    assert found is not None
    assert (found.version, found.list_id) == (2, second)


@pytest.mark.parametrize(("rule", "is_same"), [("keep", True), ("restart", False)])
def test_the_file_says_whether_an_amended_notice_starts_anew(
    session: Session, host: Account, rule: str, is_same: bool
) -> None:
    changes = {"notice_working_days = 5\nclose_after_days = \"undecided\"\n\n[[profiles.stages.components]]\ncomponent = \"learning\"": f"notice_working_days = 5\namended_notice = \"{rule}\"\n\n[[profiles.stages.components]]\ncomponent = \"learning\""}  # fmt: skip
    graded = make_graded(changes={**SMALL, **changes})
    freeze(graded)
    assert confirm(graded, host, [0, 1, 2])
    with transaction():
        posting.ask_post(graded.stage_id, ExtraDays(), asked(host))
    before = notices.current(graded.stage_id)
    decide(graded, host, [2], Decision.WITHDRAWN, "本人放弃")
    decide(graded, host, [3], Decision.ELIGIBLE)
    # A notice counts working days, so over a weekend its end would not move.
    next_working_day = lasting(clock.now(), 1, work_calendar()).ends_at - timedelta(hours=1)
    with transaction():
        posting.ask_amend(graded.stage_id, "一人放弃", ExtraDays(), Asked(host.id, next_working_day, False))
    after = notices.current(graded.stage_id)
    assert before is not None
    assert after is not None
    assert (after.ends_at == before.ends_at) is is_same
    assert after.ends_at >= before.ends_at


@pytest.mark.parametrize("table", ["stage_decisions", "stage_notices", "board_snapshots"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_was_said_and_posted_is_never_rewritten(session: Session, table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError) as refused:
        session.execute(text(statement.format(table)))
    assert isinstance(refused.value.orig, InsufficientPrivilege)
    session.rollback()


@pytest.mark.parametrize("table", ["stage_lists", "stage_regrades", "stage_actions", "stage_objections"])
def test_nothing_of_a_list_is_deleted(session: Session, table: str) -> None:
    with pytest.raises(ProgrammingError) as refused:
        session.execute(text(f"DELETE FROM {table}"))
    assert isinstance(refused.value.orig, InsufficientPrivilege)
    session.rollback()
