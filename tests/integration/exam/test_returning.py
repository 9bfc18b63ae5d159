"""Leaving and returning: reopened, resit, a factor: nothing is overwritten, and the newest one counts."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.integration.exam.exams import DEVICE, Sat, make_exam, participant, sit
from tests.integration.exam.races import together
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.errors import FactorRefused, FactorTooLate, ListFrozen, NoTimeLeft, ReopenRefused
from webapp.exam.models import AnswerEvent, Attempt, Exam, Sheet
from webapp.exam.queries.outages import gaps_of, proposal_s
from webapp.exam.queries.scores import counting_scores
from webapp.exam.rules.saving import Item
from webapp.exam.service import control, doors, hot
from webapp.exam.service.actions import Asked, ask
from webapp.exam.service.control import Who
from webapp.exam.service.factoring import Factor
from webapp.exam.service.papers import paper_for
from webapp.exam.service.returning import Reopening, Resit
from webapp.exam.service.submitting import submit
from webapp.registration.models import Participation

BY = Asked(1, "误交卷", two_person=False)


def _handed_in(exam_id: int, minutes: int = 20) -> Sat:
    """Somebody who answered one question and handed in after so many minutes."""
    begun = clock.now() - timedelta(minutes=minutes)
    sat = sit(exam_id, at=begun)
    hot.save(sat.attempt_id, sat.person_id, sat.lease, [Item(0, 5, "A", True)], begun + timedelta(minutes=1))
    with transaction():
        submit(sat.attempt_id, sat.person_id, sat.lease, begun + timedelta(minutes=minutes))
    return sat


def _reopen(exam_id: int, attempt_id: int, credit_s: int = 0) -> None:
    with transaction():
        ask("reopen", exam_id, Reopening(attempt_id, credit_s), BY)


def _newest(session: Session, sat: Sat) -> Sheet:
    session.rollback()
    session.expire_all()
    found = session.scalars(select(Attempt.id).where(Attempt.supersedes_id == sat.attempt_id)).one()
    return session.get_one(Sheet, found)


@pytest.mark.parametrize("granted", [0, 10])
def test_a_reopened_attempt_has_the_same_paper_answers_and_the_time_that_was_left(
    app: Flask, committed_db: Session, granted: int
) -> None:
    exam_id = make_exam()
    sat = _handed_in(exam_id)
    if granted:
        with transaction():
            control.ask_extend(exam_id, Who(), granted, "停电", 1, two_person=False)
        committed_db.execute(
            text(
                "UPDATE sheets SET deadline_at = deadline_at + interval '10 minutes' WHERE attempt_id = :id"
            ),
            {"id": sat.attempt_id},
        )
        committed_db.commit()
    old_receipt = committed_db.get_one(Sheet, sat.attempt_id).receipt
    before = clock.now()
    _reopen(exam_id, sat.attempt_id, credit_s=90)
    made = _newest(committed_db, sat)
    left = (40 + granted) * 60 + 90
    assert made.state == "open"
    assert made.deadline_at is not None
    assert left - 1 <= (made.deadline_at - before).total_seconds() <= left + 3
    assert (made.answers[0], made.seqs[0], made.flags[0]) == ("A", 5, True)
    old, new = (committed_db.get_one(Attempt, one) for one in (sat.attempt_id, made.attempt_id))
    assert (list(new.paper), new.option_seed, new.number) == (list(old.paper), old.option_seed, 2)
    kept = committed_db.get_one(Sheet, sat.attempt_id)
    assert (kept.state, kept.receipt) == ("submitted", old_receipt)
    events = committed_db.scalars(select(AnswerEvent).where(AnswerEvent.attempt_id == made.attempt_id)).all()
    assert [(event.slot, event.answer, event.lease) for event in events] == [(0, "A", "reopened")]
    deadline = made.deadline_at
    with transaction():
        control.ask_extend(exam_id, Who(), 5, "停电", 1, two_person=False)
    assert _newest(committed_db, sat).deadline_at == deadline + timedelta(minutes=5)


def test_only_the_new_attempt_counts_even_when_grading_runs_meanwhile(
    app: Flask, committed_db: Session
) -> None:
    exam_id = make_exam()
    people = [_handed_in(exam_id) for _ in range(6)]
    calls = [partial(_reopen, exam_id, one.attempt_id) for one in people]
    for result in together(app, [*calls, lambda: jobs.grade_pending(exam_id)]):
        assert not isinstance(result, Exception), result
    jobs.grade_pending(exam_id)
    stage_id = committed_db.get_one(Exam, exam_id).stage_id
    ids = [one.participation_id for one in people]
    assert counting_scores(stage_id, ids) == []
    committed_db.execute(
        text(
            "UPDATE sheets SET deadline_at = now() - interval '1 minute', started_at = now() - interval '2 hours' WHERE state = 'open'"
        )
    )
    committed_db.commit()
    jobs.sweep_expired()
    jobs.grade_pending(exam_id)
    counting = {score.participation_id: score.attempt_id for score in counting_scores(stage_id, ids)}
    assert counting == {one.participation_id: _newest(committed_db, one).attempt_id for one in people}


def test_reopening_twice_at_once_makes_one_attempt(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    sat = _handed_in(exam_id)
    results = together(app, [lambda: _reopen(exam_id, sat.attempt_id)] * 6)
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(refused) == 5
    assert all(isinstance(one, ReopenRefused) for one in refused), refused
    assert len(committed_db.scalars(select(Attempt)).all()) == 2


def test_what_cannot_be_reopened_says_why(
    app: Flask, committed_db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam_id = make_exam()
    with pytest.raises(ReopenRefused):
        _reopen(exam_id, sit(exam_id).attempt_id)
    out_of_time = sit(exam_id, at=clock.now() - timedelta(hours=2))
    jobs.sweep_expired()
    with pytest.raises(NoTimeLeft):
        _reopen(exam_id, out_of_time.attempt_id)
    done = _handed_in(exam_id)
    monkeypatch.setattr(doors, "_is_frozen", [lambda _stage: True])
    with pytest.raises(ListFrozen):
        _reopen(exam_id, done.attempt_id)


def test_a_resit_is_a_new_paper_that_uses_up_no_attempt(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    sat = _handed_in(exam_id)
    jobs.grade_pending(exam_id)
    with transaction():
        ask("resit", exam_id, Resit(sat.attempt_id), BY)
    made = _newest(committed_db, sat)
    assert made.state == "created"
    assert committed_db.get_one(Sheet, sat.attempt_id).state == "graded"
    stage_id = committed_db.get_one(Exam, exam_id).stage_id
    assert counting_scores(stage_id, [sat.participation_id]) == []
    assert paper_for(exam_id, sat.participation_id).attempt_id == made.attempt_id
    assert hot.start(made.attempt_id, sat.person_id, DEVICE, clock.now()).remaining_s == 3600


def test_a_pause_shared_by_the_hall_is_proposed_and_a_lonely_one_is_not(
    app: Flask, committed_db: Session
) -> None:
    exam_id = make_exam()
    begun = clock.now() - timedelta(minutes=30)
    own, other = sit(exam_id, at=begun, hall="A"), sit(exam_id, at=begun, hall="A")

    def save(sat: Sat, second: int) -> None:
        item = Item(0, second + 1, "A", False)
        hot.save(sat.attempt_id, sat.person_id, sat.lease, [item], begun + timedelta(seconds=second))

    for second in (10, 400, 700):
        save(own, second)
    for second in (5, 405, 500, 600, 690):
        save(other, second)
    gaps = gaps_of(exam_id, own.attempt_id)
    shared = [gap.seconds for gap in gaps if gap.is_shared and gap.ends_at <= begun + timedelta(seconds=700)]
    assert shared == [390]
    assert any(gap.seconds == 300 and gap.others == 4 for gap in gaps)
    assert proposal_s(gaps) >= 390


def test_the_factor_is_set_before_the_start_and_never_after(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    person = participant(exam_id)
    person_id, number, participation_id = person.person_id, person.number, person.id
    for bad in ("0.5", "9", "viel", "NaN", "1.001"):
        with pytest.raises(FactorRefused):
            ask("factor", exam_id, Factor(number, bad), BY)
    committed_db.rollback()
    with transaction():
        ask("factor", exam_id, Factor(number, "1.25"), BY)
    committed_db.expire_all()
    assert committed_db.get_one(Participation, participation_id).time_factor == Decimal("1.25")
    drawn = paper_for(exam_id, participation_id)
    committed_db.commit()
    assert hot.start(drawn.attempt_id, person_id, DEVICE, clock.now()).remaining_s == 4500
    with pytest.raises(FactorTooLate):
        ask("factor", exam_id, Factor(number, "1.5"), BY)
