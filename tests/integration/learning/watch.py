"""A video being watched, beat by beat, at times the test chooses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from tests.integration.learning.stand import DAY
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.learning.models import PointEntry, WatchProgress
from webapp.learning.rules.watching import Span
from webapp.learning.service.learners import Learner
from webapp.learning.service.watching import beats, sessions
from webapp.learning.service.watching.beats import Counted

LENGTH_S = 100
DIGEST = "d" * 64


@dataclass
class Viewer:
    """A learner before one video. `at` moves on with every beat."""

    learner: Learner
    lesson_id: int = 7
    length_s: int = LENGTH_S
    at: datetime = DAY
    session: str = ""
    sent: list[Counted] = field(default_factory=list)

    def start(self) -> sessions.Started:
        with transaction():
            made = sessions.start(self.learner, self.lesson_id, DIGEST, self.length_s, self.at)
        self.session = made.session
        return made

    def beat(self, after_s: float, *spans: Span, at_s: int = 0) -> Counted:
        """A beat this long after the last one, claiming these spans."""
        self.at += timedelta(seconds=after_s)
        db.session.commit()
        counted = beats.beat(self.session, self.learner.person_id, spans, at_s, self.at)
        self.sent.append(counted)
        return counted

    def play(self, start_s: int, end_s: int, every_s: int = 15) -> Counted:
        """Watch honestly at normal speed, answering every question at once."""
        spans = [(at, min(at + every_s, end_s)) for at in range(start_s, end_s, every_s)]
        for span in spans:
            counted = self.beat(span[1] - span[0], span)
            if counted.question:
                with transaction():
                    sessions.answer(self.session, self.learner.person_id, counted.question.number, self.at)
                counted = self.beat(0)
        return counted


def points(learner: Learner) -> list[Decimal]:
    """The entries of a participation."""
    db.session.rollback()
    return list(
        db.session.scalars(
            select(PointEntry.points)
            .where(PointEntry.participation_id == learner.participation_id)
            .order_by(PointEntry.id)
        )
    )


def counted_spans(learner: Learner, lesson_id: int = 7) -> Sequence[Span]:
    """What the database holds for this lesson."""
    db.session.rollback()
    row = db.session.get_one(WatchProgress, (learner.participation_id, lesson_id, DIGEST))
    return tuple((span.lower, span.upper) for span in row.spans)
