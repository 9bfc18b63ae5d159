"""Draw secrets: promised before, revealed after, replaced when somebody needs a paper after that."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_stage
from tests.integration.exam.exams import make_bank_version, make_exam, participant, sit
from webapp.contests.models import Event, Stage
from webapp.contests.rules.blueprint import Fairness
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam.errors import DrawsNotPublic, TooExposed
from webapp.exam.models import Attempt, Exam, PastDrawSecret
from webapp.exam.queries.draws import draw_file
from webapp.exam.queries.plans import plan
from webapp.exam.rules.drawfile import verify
from webapp.exam.service.papers import draw_attempt, paper_for
from webapp.exam.service.secrets import REVEAL_AFTER, reveal_due
from webapp.exam.service.stopping import redraw_papers, stop_question

HALF = Decimal("0.5")


def over(session: Session, exam_id: int) -> None:
    """Let the exam's window have closed a good day ago."""
    session.execute(
        text(
            "UPDATE exams SET opens_at = opens_at - CAST(:by AS interval), closes_at = closes_at - CAST(:by AS interval) WHERE id = :id"
        ),
        {"by": timedelta(days=2, minutes=1), "id": exam_id},
    )
    session.commit()


def close(session: Session, exam_id: int, state: str = "void") -> None:
    session.execute(
        text("UPDATE sheets SET state = :s WHERE exam_id = :id AND state = 'open'"),
        {"s": state, "id": exam_id},
    )
    session.commit()


def test_a_secret_is_revealed_a_day_after_and_not_while_somebody_writes(session: Session) -> None:
    exam_id = make_exam()
    sit(exam_id)
    with transaction():
        assert reveal_due(clock.now()) == [], "the window is open"
    over(session, exam_id)
    with transaction():
        assert reveal_due(clock.now()) == [], "somebody writes"
    with pytest.raises(DrawsNotPublic):
        draw_file(exam_id)
    close(session, exam_id)
    closes_at = session.get_one(Exam, exam_id).closes_at
    with transaction():
        assert reveal_due(closes_at + REVEAL_AFTER) == [], "the day is not over"
    with transaction():
        assert reveal_due(clock.now()) == [exam_id]
    with transaction():
        assert reveal_due(clock.now()) == [], "once is enough"
    exam = session.get_one(Exam, exam_id)
    record = draw_file(exam_id)
    assert hashlib.sha256(bytes.fromhex(record["secrets"][0]["secret"])).hexdigest() == exam.secret_digest
    verdict = verify(record)
    assert (verdict.papers, verdict.is_good) == (1, True)


def test_a_paper_needed_after_that_comes_from_a_new_promise(session: Session) -> None:
    exam_id = make_exam()
    sat = sit(exam_id)
    late = participant(exam_id)
    late_id = late.id
    stale = plan(exam_id)
    over(session, exam_id)
    close(session, exam_id)
    with transaction():
        reveal_due(clock.now())
    promised = session.get_one(Exam, exam_id).secret_digest
    with transaction():
        again = draw_attempt(stale, sat.participation_id, sat.person_id, 2, sat.attempt_id)
        other = paper_for(exam_id, late_id)
    assert (again.number, other.number) == (2, 1)
    session.expire_all()
    exam = session.get_one(Exam, exam_id)
    assert exam.secret_digest != promised
    assert exam.secret_revealed_at is None
    assert [row.digest for row in session.scalars(select(PastDrawSecret))] == [promised]
    with pytest.raises(DrawsNotPublic):
        draw_file(exam_id)
    session.execute(
        text("UPDATE sheets SET state = 'void' WHERE exam_id = :id AND state = 'created'"), {"id": exam_id}
    )
    session.commit()
    with transaction():
        assert reveal_due(clock.now()) == [exam_id]
    record = draw_file(exam_id)
    assert len(record["secrets"]) == 2
    verdict = verify(record)
    assert (verdict.papers, verdict.is_good) == (3, True)


def test_a_paper_waiting_for_a_repeat_keeps_the_secret_closed(session: Session) -> None:
    exam_id = make_exam()
    sat = sit(exam_id)
    close(session, exam_id)
    with transaction():
        draw_attempt(plan(exam_id), sat.participation_id, sat.person_id, 2, sat.attempt_id)
    over(session, exam_id)
    with transaction():
        assert reveal_due(clock.now()) == []


def test_papers_drawn_after_a_question_was_stopped_can_be_repeated_too(session: Session) -> None:
    exam_id = make_exam()
    sat = sit(exam_id)
    before = participant(exam_id)
    with transaction():
        paper = paper_for(exam_id, before.id)
    gone = session.get_one(Attempt, paper.attempt_id).paper[0]
    with transaction():
        stop_question(exam_id, gone, "leaked", 1)
    with transaction():
        assert redraw_papers(exam_id) == 1
    over(session, exam_id)
    close(session, exam_id)
    session.execute(
        text("UPDATE sheets SET state = 'void' WHERE exam_id = :id AND state = 'created'"), {"id": exam_id}
    )
    session.commit()
    with transaction():
        assert reveal_due(clock.now()) == [exam_id]
    record = draw_file(exam_id)
    assert record["stopped"] == [gone]
    assert sorted(who for who, _, _ in record["papers"]) == sorted(
        [sat.participation_id, before.id, before.id]
    )
    assert verify(record).is_good
    assert not verify(record | {"stopped": []}).is_good


def test_an_exam_whose_questions_would_show_too_often_does_not_open(session: Session) -> None:
    with pytest.raises(TooExposed):
        make_exam(
            fairness=Fairness(max_exposure=HALF, most_earlier_papers=None), bank_version=make_bank_version(32)
        )
    assert make_exam(fairness=Fairness(max_exposure=HALF), bank_version=make_bank_version(40))


def test_questions_of_many_earlier_papers_are_left_out(session: Session) -> None:
    bank = make_bank_version(60)
    first = make_exam(bank_version=bank)
    sat = sit(first)
    used = set(session.get_one(Attempt, sat.attempt_id).paper)
    event_id = session.get_one(Exam, first).event_id
    stage = _second_stage(session, event_id)
    second = make_exam(stage, bank, fairness=Fairness(most_earlier_papers=0))
    assert set(session.get_one(Exam, second).excluded_ids) == used
    person = participant(second)
    with transaction():
        drawn = paper_for(second, person.id)
    assert not used & set(session.get_one(Attempt, drawn.attempt_id).paper)


def _second_stage(session: Session, event_id: int) -> Stage:
    return make_stage(session.get_one(Event, event_id), code="final")
