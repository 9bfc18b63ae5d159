"""Invented contestants sit their exams: drawn papers, saved answers, submissions, grades, standings."""

import random
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from webapp.contests.models import Stage
from webapp.contests.queries import EventView
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.demo import rules
from webapp.demo.posting import post_list
from webapp.demo.rules import CROWD
from webapp.exam.models import Attempt, Exam
from webapp.exam.queries.keys import marked_questions
from webapp.exam.queries.plans import plan
from webapp.exam.rules.draw import option_order, shuffles_options
from webapp.exam.rules.invented import answer_for
from webapp.exam.rules.saving import Item
from webapp.exam.service import grading, hot, opening, papers, submitting
from webapp.leaderboard.service import combining
from webapp.registration.models import Participation

PUBLISHED = "cnc-lathe"
SHARE_DONE = {"cnc-lathe": 1.0, "welding": 0.7, "open-work-safety": 0.8}
"""How much of an event's crowd has sat the exam already."""


def steps(events: tuple[EventView, ...], now: datetime) -> Iterator[str]:
    """Open the exams, have part of the crowd sit them, grade, and publish the finished event."""
    for event in events:
        if event.code in SHARE_DONE or event.code == "fire-control" or event.track == "popularisation":
            with transaction():
                _open(event, now)
    yield "exams / 考试"
    done = 0
    for code, share in SHARE_DONE.items():
        event = next(event for event in events if event.code == code)
        done += _sit_event(event, share, now)
    yield f"{done} papers written and graded / 份试卷已作答并评分"
    with transaction():
        _publish(next(event for event in events if event.code == PUBLISHED), now)
    yield "one event published / 一个赛项已公布"


def _stage_of(event: EventView) -> Stage:
    assert event.online_stage is not None
    return db.session.scalars(
        select(Stage).where(Stage.event_id == event.event_id, Stage.code == event.online_stage.code)
    ).one()


def _open(event: EventView, now: datetime) -> None:
    stage = _stage_of(event)
    if db.session.scalar(select(Exam.id).where(Exam.stage_id == stage.id).limit(1)) is None:
        opening.open_for_stage(stage.id, now)


def _sit_event(event: EventView, share: float, now: datetime) -> int:
    """The first part of the crowd writes; who has an attempt already is left alone. Return how many wrote."""
    exam = db.session.scalars(
        select(Exam).where(Exam.stage_id == _stage_of(event).id, Exam.kind == "formal")
    ).one()
    exam_id, opens_at, closes_at = exam.id, exam.opens_at, exam.closes_at
    people = db.session.execute(
        select(Participation.id, Participation.person_id)
        .where(Participation.event_id == event.event_id, Participation.state == "active")
        .order_by(Participation.id)
        .limit(round(CROWD[event.code] * share))
    ).all()
    known = set(db.session.scalars(select(Attempt.participation_id).where(Attempt.exam_id == exam_id)))
    latest = min(closes_at, now) - timedelta(hours=2)
    done = 0
    for position, (participation_id, person_id) in enumerate(people):
        if participation_id in known:
            continue
        at = opens_at + (latest - opens_at) * ((position + 1) / (len(people) + 1))
        _sit(exam_id, participation_id, person_id, at, random.Random(participation_id))  # noqa: S311 - invented answers
        done += 1
    if done:
        _grade(exam_id)
        with transaction():
            combining.combine_scores(_stage_of(event).id, [person.id for person in people])
    return done


def _sit(exam_id: int, participation_id: int, person_id: int, at: datetime, chance: random.Random) -> None:
    """One person writes a whole paper at a moment in the past, through the same statements as everybody."""
    with transaction():
        drawn = papers.paper_for(exam_id, participation_id)
    running = hot.start(drawn.attempt_id, person_id, "demo", at)
    attempt = db.session.get_one(Attempt, drawn.attempt_id)
    frozen = plan(exam_id)
    questions = marked_questions(attempt.paper)
    skill = rules.skill_of(participation_id)
    items = []
    for slot, version_id in enumerate(attempt.paper):
        section = frozen.blueprint.sections[attempt.sections[slot]]
        question = questions[version_id]
        order = option_order(
            attempt.option_seed, slot, len(question.public.options), shuffle=shuffles_options(section)
        )
        items.append(Item(slot, 1, answer_for(question, order, chance.random() < skill, chance)))
    used = timedelta(seconds=frozen.blueprint.duration_s * chance.uniform(0.35, 0.95))
    hot.save(drawn.attempt_id, person_id, running.lease, items, at + used - timedelta(seconds=5))
    with transaction():
        submitting.submit(drawn.attempt_id, person_id, running.lease, at + used)


def _grade(exam_id: int) -> None:
    """Grade now, so that the first start shows finished boards; the workers would do the same."""
    after = 0
    while True:
        with transaction():
            batch = grading.grade_batch(exam_id, after)
        if batch.is_empty:
            return
        after = batch.last


def _publish(event: EventView, now: datetime) -> None:
    stage = _stage_of(event)
    if stage.published_at is None:
        at = min(now, (stage.closes_at or now) + timedelta(days=3))
        post_list(stage.id, at)
