"""The invented crowd has learned before it sat: credits through the ledger's own door, days ago."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from webapp.contests.queries import EventView
from webapp.contests.rules.schema import ActivityKind
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.courses import queries as courses
from webapp.courses.queries import LessonView
from webapp.demo import rules
from webapp.learning.models import PointEntry
from webapp.learning.service.learners import Learner, of_event
from webapp.learning.service.ledger import credit
from webapp.registration.models import Participation

LEARNED = ("cnc-lathe", "welding", "open-work-safety")
"""Events whose crowd has learned."""
SOURCE_OF = {ActivityKind.VIDEO: "lesson", ActivityKind.TEXT: "lesson", ActivityKind.DRILL: "drill"}
A_DAY = 2
"""Lessons that one person does on one day."""


def steps(events: tuple[EventView, ...], now: datetime) -> Iterator[str]:
    """Points for the crowd of LEARNED; people who have points already are left as they are."""
    count = 0
    for event in events:
        if event.code in LEARNED and event.windows.learning is not None:
            lessons = [
                lesson for course in courses.courses_of_event(event.event_id) for lesson in course.lessons
            ]
            count += _learn(event, lessons, now)
    yield f"{count} lessons learned / 节课已学"


def _learn(event: EventView, lessons: list[LessonView], now: datetime) -> int:
    count = 0
    for learner in _without_points(event, now):
        with transaction():
            count += _credit(learner, lessons, now)
    return count


def _without_points(event: EventView, now: datetime) -> list[Learner]:
    has_points = select(PointEntry.participation_id).where(PointEntry.contest_id == event.contest_id)
    rows = db.session.execute(
        select(Participation.id, Participation.person_id)
        .where(Participation.event_id == event.event_id, Participation.id.not_in(has_points))
        .order_by(Participation.id)
    ).all()
    return [of_event(row.id, row.person_id, event, now) for row in rows]


def _credit(learner: Learner, lessons: list[LessonView], now: datetime) -> int:
    """A part of the lessons, two a day from the window's first days on; how many."""
    chance = random.Random(f"lessons {learner.participation_id}")  # noqa: S311 - invented
    skill = Decimal(str(round(rules.skill_of(learner.participation_id), 2)))
    window = learner.window
    assert window is not None
    done = 0
    for lesson in lessons:
        kind = ActivityKind(lesson.kind.value)
        if kind not in SOURCE_OF or chance.random() > float(skill):
            continue
        at = window.opens_at + timedelta(days=1 + done // A_DAY, hours=chance.randint(8, 20))
        if at >= now:
            break
        share = skill if kind is ActivityKind.DRILL else Decimal(1)
        credit(learner, kind, SOURCE_OF[kind], str(lesson.lesson_id), share=share, now=at)
        done += 1
    return done
