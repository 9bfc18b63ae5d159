"""Row P04: one credit however many ask at once; caps hold in a race; the ledger cannot be changed."""

from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.integration.exam.races import together
from tests.integration.learning.stand import DAY, make_learner
from webapp.contests.rules.schema import ActivityKind
from webapp.core.transaction import transaction
from webapp.learning.models import PointEntry
from webapp.learning.queries.points import balances, entries
from webapp.learning.service.learners import Learner
from webapp.learning.service.ledger import Credit, ask_reversal, credit


def earn(learner: Learner, source: int, kind: ActivityKind = ActivityKind.QUIZ) -> Credit:
    with transaction():
        return credit(learner, kind, "question", str(source), now=DAY)


def test_p04_a_hundred_parallel_credits_of_one_source_make_one_row(app: Flask, committed_db: Session) -> None:
    learner = make_learner()
    committed_db.commit()
    made = together(app, [partial(earn, learner, 1)] * 100)
    assert sorted(one.points for one in made) == [0] * 99 + [1]
    assert {one.cut_by for one in made if not one.points} == {"already"}
    assert committed_db.scalar(select(func.count()).select_from(PointEntry)) == 1


def test_p04_a_cap_raced_by_fifty_holds(app: Flask, committed_db: Session) -> None:
    learner = make_learner()
    activity = learner.learning.activity(ActivityKind.QUIZ)
    assert activity is not None
    assert activity.daily_cap == 20
    committed_db.commit()
    made = together(app, [partial(earn, learner, source) for source in range(50)])
    assert sum(one.points for one in made) == activity.daily_cap
    held = balances(learner.contest_id, [learner.participation_id])[learner.participation_id]
    assert held.points == activity.daily_cap


@pytest.mark.parametrize("table", ["point_entries", "quiz_answers"])
@pytest.mark.parametrize("change", ["UPDATE {} SET points = 1000", "DELETE FROM {}", "TRUNCATE {}"])
def test_p04_the_role_of_the_pages_changes_nothing(session: Session, table: str, change: str) -> None:
    with pytest.raises(ProgrammingError) as refused:
        session.execute(text(change.format(table)))
    assert isinstance(refused.value.orig, InsufficientPrivilege)


def test_p04_the_sum_is_the_balance_for_everybody(app: Flask, committed_db: Session) -> None:
    people = [make_learner() for _ in range(5)]
    host = make_account()
    committed_db.commit()
    together(app, [partial(earn, one, source) for one in people for source in range(8)])
    for one in people[:3]:
        entry = entries(one.contest_id, one.participation_id)[0]
        with transaction():
            ask_reversal(one.contest_id, entry.entry_id, "抽查", host.id, False, DAY)
    held = balances(people[0].contest_id, [one.participation_id for one in people])
    for number, one in enumerate(people):
        rows = entries(one.contest_id, one.participation_id)
        raw = committed_db.scalar(
            select(func.sum(PointEntry.points)).where(PointEntry.participation_id == one.participation_id)
        )
        assert rows[-1].running == held[one.participation_id].points == raw == Decimal(7 if number < 3 else 8)
