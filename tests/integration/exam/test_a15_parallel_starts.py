"""Row A15 (exam half): many starts at once make one attempt each, whole or not at all."""

from functools import partial

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.integration.exam.exams import make_exam, participant
from tests.integration.exam.races import together
from webapp.core import clock
from webapp.core.transaction import in_transaction
from webapp.exam.models import Attempt, LeaseEvent, Sheet
from webapp.exam.rules.saving import Running
from webapp.exam.service import hot
from webapp.exam.service.papers import paper_for

PEOPLE = 25
STARTS = 500


def test_a15_five_hundred_starts_of_few_people_make_one_paper_each(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    people = [participant(exam_id) for _ in range(PEOPLE)]
    ids = [(person.id, person.person_id) for person in people]
    committed_db.commit()

    def start(participation_id: int, person_id: int) -> Running:
        drawn = in_transaction(lambda: paper_for(exam_id, participation_id))
        return hot.start(drawn.attempt_id, person_id, "device", clock.now())

    results = together(app, [partial(start, *ids[n % PEOPLE]) for n in range(STARTS)])
    assert not [result for result in results if not isinstance(result, Running)]
    committed_db.expire_all()
    assert committed_db.scalar(select(func.count(Attempt.id))) == PEOPLE
    sheets = committed_db.scalars(select(Sheet)).all()
    assert len(sheets) == PEOPLE
    assert {len(sheet.answers) for sheet in sheets} == {20}
    assert len({result.lease for result in results}) == PEOPLE, "every double start got the running lease"
    assert committed_db.scalar(select(func.count(LeaseEvent.id))) == PEOPLE


def test_a15_parallel_second_attempts_count_once(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam(attempts_allowed=3)
    person = participant(exam_id)
    participation_id = person.id
    first = in_transaction(lambda: paper_for(exam_id, participation_id))
    committed_db.get_one(Sheet, first.attempt_id).state = "void"
    committed_db.commit()
    drawn = together(app, [lambda: in_transaction(lambda: paper_for(exam_id, participation_id))] * 40)
    assert {(paper.number, paper.attempt_id) for paper in drawn} == {(2, drawn[0].attempt_id)}
