"""A blueprint that asks for a topic gets the questions below it, and the record of the exam says so."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_stage
from tests.integration.exam.exams import make_bank_version, make_exam
from tests.unit.exam.blueprints import blueprint, cell, section
from webapp.banks.models import BankVersion, Topic
from webapp.contests.rules.blueprint import Blueprint
from webapp.exam.models import Exam
from webapp.exam.queries.plans import forget_plans, plan
from webapp.exam.rules.draw import draw_paper

SEED = b"0" * 32
WANTED = blueprint(section("single", cell("electric", None, 8)), topics=("electric",))


@pytest.fixture
def bank(session: Session) -> BankVersion:
    """Ten single-choice questions, five of them one topic below "electric"."""
    forget_plans()
    made = make_bank_version()
    top = session.scalars(select(Topic).where(Topic.bank_id == made.bank_id)).one()
    lower = Topic(
        bank_id=made.bank_id, key="electric/wet", title={"zh": "潮湿"}, position=2, parent_id=top.id
    )
    session.add(lower)
    session.flush()
    session.execute(
        text("UPDATE question_versions SET topic_id = :lower WHERE topic_id = :top AND id % 8 < 4"),
        {"lower": lower.id, "top": top.id},
    )
    session.commit()
    return made


def opened(session: Session, bank: BankVersion, wanted: Blueprint) -> Exam:
    return session.get_one(
        Exam, make_exam(make_stage(), bank, sections=wanted.sections, topics=wanted.topics)
    )


def test_an_exam_draws_from_below_its_topics(session: Session, bank: BankVersion) -> None:
    exam = opened(session, bank, WANTED)
    assert exam.blueprint["below"] == [["electric/wet", "electric"]]
    made = plan(exam.id)
    assert {question.topic for question in made.pool} == {"electric", "electric/wet"}
    assert len(draw_paper(made.blueprint, made.pool, SEED)) == 8


def test_an_exam_that_was_opened_before_keeps_its_pool(session: Session, bank: BankVersion) -> None:
    exam = opened(session, bank, WANTED)
    session.execute(text("UPDATE exams SET blueprint = blueprint - 'below'"))
    session.commit()
    forget_plans()
    assert {question.topic for question in plan(exam.id).pool} == {"electric"}
