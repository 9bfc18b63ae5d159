"""From the shipped contest file and the shipped bank to an exam that people can sit."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_account, make_participation
from webapp.banks import service as banks
from webapp.contests.models import Event, Stage
from webapp.contests.service import load_contest
from webapp.core import clock
from webapp.core.db import db, keys_scope
from webapp.exam import jobs
from webapp.exam.errors import BankNotReady
from webapp.exam.models import Attempt, Exam
from webapp.exam.queries.layouts import forget_layouts
from webapp.exam.queries.plans import forget_plans, plan
from webapp.exam.service.opening import open_for_stage

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def stage(session: Session) -> Stage:
    """The preliminary of a provincial event, open now."""
    forget_layouts()
    forget_plans()
    load_contest(
        (ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8"), program="test"
    )
    found = session.scalars(
        select(Stage)
        .join(Event)
        .where(Event.track == "competition", Stage.code == "preliminary")
        .order_by(Stage.id)
        .limit(1)
    ).one()
    session.execute(text("UPDATE stages SET opens_at = NULL, closes_at = NULL"))
    at = clock.now()
    found.opens_at, found.closes_at = at - timedelta(hours=1), at + timedelta(days=1)
    session.commit()
    return found


def ship_bank(session: Session, folder: str = "work_safety") -> None:
    setter, reviewer = make_account().id, make_account().id
    session.commit()
    with keys_scope():
        banks.import_shipped(ROOT / "question_banks" / folder, setter, reviewer)
        session.commit()


def test_without_an_approved_bank_nothing_is_opened(app: Flask, stage: Stage, session: Session) -> None:
    with pytest.raises(BankNotReady):
        open_for_stage(stage.id, clock.now())
    session.rollback()
    jobs.prepare_exams()
    assert session.scalars(select(Exam)).all() == []


def test_the_clock_opens_exam_and_mock_and_draws_the_papers(
    app: Flask, stage: Stage, session: Session
) -> None:
    ship_bank(session)
    people = [make_participation(session.get_one(Event, stage.event_id)) for _ in range(5)]
    session.commit()
    jobs.prepare_exams()
    jobs.prepare_exams()
    exams = {exam.kind: exam for exam in session.scalars(select(Exam))}
    assert set(exams) == {"formal", "mock"}
    formal = exams["formal"]
    assert (formal.opens_at, formal.closes_at) == (stage.opens_at, stage.closes_at)
    assert plan(formal.id).blueprint.full_mark == 100
    assert plan(exams["mock"].id).blueprint.question_count == 12
    assert jobs.draw_papers(formal.id) == len(people)
    assert jobs.draw_papers(formal.id) == 0
    papers = session.scalars(select(Attempt)).all()
    assert {len(paper.paper) for paper in papers} == {85}
    assert len({paper.paper_digest for paper in papers}) == len(people)


def test_a_moved_window_moves_the_exam_until_somebody_starts(
    app: Flask, stage: Stage, session: Session
) -> None:
    ship_bank(session)
    jobs.prepare_exams()
    stage.closes_at = clock.now() + timedelta(days=3)
    session.commit()
    jobs.prepare_exams()
    session.expire_all()
    formal = session.scalars(select(Exam).where(Exam.kind == "formal")).one()
    assert formal.closes_at == stage.closes_at
    db.session.rollback()


def test_an_event_draws_only_from_its_topics(app: Flask, stage: Stage, session: Session) -> None:
    ship_bank(session, "first_aid_health")
    found = session.scalars(select(Stage).join(Event).where(Event.code == "open-health")).one()
    at = clock.now()
    found.opens_at, found.closes_at = at - timedelta(hours=1), at + timedelta(days=1)
    session.commit()
    exam_id = open_for_stage(found.id, at)
    session.commit()
    topics = {question.topic for question in plan(exam_id).pool}
    assert topics == set(plan(exam_id).blueprint.topics)
    assert len(topics) == 5
