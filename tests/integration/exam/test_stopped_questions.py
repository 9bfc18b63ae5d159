"""A wrong or leaked question during the exam: no draw after the stop holds it, whatever happens at once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.integration.exam.exams import DEVICE, make_bank_version, make_exam, participant, sit
from tests.integration.exam.races import together
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.errors import AlreadyStopped, TooFewLeft
from webapp.exam.models import Attempt, Sheet, StoppedQuestion
from webapp.exam.queries.plans import plan
from webapp.exam.rules.draw import draw_paper, paper_seed
from webapp.exam.service import hot
from webapp.exam.service.papers import paper_for
from webapp.exam.service.stopping import plan_without, stop_question


def _stop(exam_id: int, version_id: int) -> int:
    with transaction():
        return stop_question(exam_id, version_id, "题目泄露", 1)


def test_papers_not_started_are_drawn_anew_and_running_ones_stay(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    running = sit(exam_id)
    waiting = [participant(exam_id) for _ in range(6)]
    jobs.draw_papers(exam_id)
    kept = list(committed_db.get_one(Attempt, running.attempt_id).paper)
    papers = [committed_db.get_one(Attempt, paper_for(exam_id, one.id).attempt_id).paper for one in waiting]
    version_id = max(kept, key=lambda version: sum(version in paper for paper in papers))
    holding = sum(version_id in paper for paper in papers)
    _stop(exam_id, version_id)
    jobs.redraw(exam_id)
    committed_db.expire_all()
    assert committed_db.get_one(Sheet, running.attempt_id).state == "open"
    assert list(committed_db.get_one(Attempt, running.attempt_id).paper) == kept
    for person in waiting:
        drawn = paper_for(exam_id, person.id)
        attempt = committed_db.get_one(Attempt, drawn.attempt_id)
        assert version_id not in attempt.paper
        if attempt.origin == "redrawn":
            assert attempt.supersedes_id is not None
            assert committed_db.get_one(Sheet, attempt.supersedes_id).state == "void"
        started = hot.start(drawn.attempt_id, person.person_id, DEVICE, clock.now())
        assert started.remaining_s == 3600
    redrawn = committed_db.scalars(select(Attempt).where(Attempt.origin == "redrawn")).all()
    assert len(redrawn) == holding > 0


def test_every_paper_can_be_recomputed_with_the_stops_it_knew(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    sats = [sit(exam_id)]
    for _ in range(3):
        _stop(exam_id, committed_db.get_one(Attempt, sats[-1].attempt_id).paper[0])
        sats.append(sit(exam_id))
    frozen = plan(exam_id)
    for attempt in committed_db.scalars(select(Attempt)):
        known = frozenset(
            committed_db.scalars(
                select(StoppedQuestion.question_version_id).where(StoppedQuestion.id <= attempt.last_stop_id)
            )
        )
        seed = paper_seed(frozen.secret, attempt.participation_id, attempt.number)
        again = draw_paper(frozen.blueprint, plan_without(frozen, known).pool, seed)
        assert [slot.version_id for slot in again] == list(attempt.paper)


def test_draws_that_race_with_a_stop_never_keep_the_question(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    people = [participant(exam_id).id for _ in range(16)]
    version_id = plan(exam_id).pool[0].version_id

    def draw(participation_id: int) -> None:
        with transaction():
            paper_for(exam_id, participation_id)

    calls: list[Callable[[], Any]] = [partial(draw, one) for one in people]
    calls.insert(8, partial(_stop, exam_id, version_id))
    for result in together(app, calls):
        assert not isinstance(result, Exception), result
    jobs.redraw(exam_id)
    holding = text(
        "SELECT count(*) FROM sheets s JOIN attempts a ON a.id = s.attempt_id"
        " WHERE s.exam_id = :exam_id AND s.state = 'created' AND a.paper @> ARRAY[CAST(:version AS int)]"
    )
    assert committed_db.scalar(holding, {"exam_id": exam_id, "version": version_id}) == 0
    waiting = committed_db.scalar(
        text("SELECT count(*) FROM sheets WHERE exam_id = :exam_id AND state = 'created'"),
        {"exam_id": exam_id},
    )
    assert waiting == len(people)


def test_a_redrawn_paper_uses_up_no_attempt(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam(attempts_allowed=2)
    person = participant(exam_id)
    first = paper_for(exam_id, person.id)
    committed_db.commit()
    _stop(exam_id, committed_db.get_one(Attempt, first.attempt_id).paper[0])
    jobs.redraw(exam_id)
    for _ in range(2):
        drawn = paper_for(exam_id, person.id)
        committed_db.commit()
        begun = clock.now() - timedelta(hours=2)
        hot.start(drawn.attempt_id, person.person_id, DEVICE, begun)
        jobs.sweep_expired()
    numbers = committed_db.scalars(select(Attempt.number).order_by(Attempt.number)).all()
    assert list(numbers) == [1, 2, 3]


def test_a_stop_that_leaves_too_few_questions_is_refused(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam(bank_version=make_bank_version(questions=20))
    version_id = plan(exam_id).pool[0].version_id
    with pytest.raises(TooFewLeft):
        _stop(exam_id, version_id)
    assert committed_db.scalars(select(StoppedQuestion)).all() == []
    wide = make_exam()
    _stop(wide, plan(wide).pool[0].version_id)
    with pytest.raises(AlreadyStopped):
        _stop(wide, plan(wide).pool[0].version_id)
