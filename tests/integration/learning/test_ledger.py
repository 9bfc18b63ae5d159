"""The ledger on a real database: caps, once only, reversal by two people."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.integration.learning.stand import DAY, make_learner
from webapp.contests.rules.schema import ActivityKind
from webapp.core.clock import datetime
from webapp.learning.errors import EntryGone, OwnRequest
from webapp.learning.queries.points import entries, summary
from webapp.learning.service.learners import Learner
from webapp.learning.service.ledger import Credit, ask_reversal, credit, decide_reversal


def watch(learner: Learner, lesson: int, at: datetime = DAY) -> Credit:
    return credit(learner, ActivityKind.VIDEO, "lesson", str(lesson), now=at)


def test_a_source_counts_once_and_the_daily_cap_bites(session: Session) -> None:
    learner = make_learner()
    assert watch(learner, 1).points == 10
    assert watch(learner, 1).cut_by == "already"
    assert [watch(learner, lesson).points for lesson in (2, 3)] == [10, 10]
    assert watch(learner, 4).cut_by == "activity-daily-cap"
    found = summary(learner.contest_id, learner.participation_id, learner.learning, DAY)
    assert found.balance == 30
    assert found.left_today == 30
    assert found.score == Decimal("10.0000")
    assert next(line for line in found.lines if line.activity.kind == ActivityKind.VIDEO).left == 0


def test_a_new_shanghai_day_opens_the_cap_again(session: Session) -> None:
    learner = make_learner()
    late = DAY.replace(hour=15, minute=59, second=59)
    for lesson in (1, 2, 3):
        watch(learner, lesson, late)
    assert watch(learner, 4, late).points == 0
    assert watch(learner, 4, late + timedelta(seconds=1)).points == 10


def test_what_a_cap_cut_off_follows_on_another_day(session: Session) -> None:
    learner = make_learner()
    for lesson in (1, 2):
        watch(learner, lesson)
    for drill in (3, 4):
        credit(learner, ActivityKind.DRILL, "drill", str(drill), now=DAY)
    assert credit(learner, ActivityKind.TEXT, "lesson", "5", now=DAY).cut_by == "daily-cap"
    half = credit(
        learner, ActivityKind.DRILL, "drill", "6", share=Decimal("0.5"), now=DAY + timedelta(days=1)
    )
    rest = credit(learner, ActivityKind.DRILL, "drill", "6", now=DAY + timedelta(days=2))
    assert half.points == rest.points == 10
    assert credit(learner, ActivityKind.DRILL, "drill", "6", now=DAY + timedelta(days=3)).cut_by == "already"


def test_the_window_is_half_open(session: Session) -> None:
    learner = make_learner()
    window = learner.window
    assert window is not None
    moments = (
        window.opens_at - timedelta(seconds=1),
        window.opens_at,
        window.closes_at - timedelta(seconds=1),
        window.closes_at,
    )
    assert [watch(learner, number, at).points for number, at in enumerate(moments)] == [0, 10, 10, 0]


def test_points_are_taken_back_by_two_people(session: Session) -> None:
    learner = make_learner()
    watch(learner, 1)
    entry = entries(learner.contest_id, learner.participation_id)[0]
    asker, decider = make_account(), make_account()
    request = ask_reversal(learner.contest_id, entry.entry_id, "用错账号", asker.id, True, DAY)
    with pytest.raises(OwnRequest):
        decide_reversal(request.id, asker.id, True, DAY)
    with pytest.raises(EntryGone):
        ask_reversal(learner.contest_id, entry.entry_id, "再次", decider.id, True, DAY)
    decide_reversal(request.id, decider.id, True, DAY)
    rows = entries(learner.contest_id, learner.participation_id)
    assert [row.points for row in rows] == [10, -10]
    assert rows[0].reversed_by == rows[1].entry_id
    assert rows[-1].running == 0


def test_points_taken_back_use_up_no_cap(session: Session) -> None:
    learner = make_learner()
    for lesson in (1, 2, 3):
        watch(learner, lesson)
    entry = entries(learner.contest_id, learner.participation_id)[0]
    ask_reversal(learner.contest_id, entry.entry_id, "测试", make_account().id, False, DAY)
    assert watch(learner, 1).cut_by == "already"
    assert watch(learner, 4).points == 10
