"""A learner in the shipped contest, at a time when learning is open."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from tests.factories import make_participation, make_person
from webapp.contests import service as contest_service
from webapp.contests.models import Event
from webapp.core.db import db
from webapp.learning.service.learners import Learner, of_participation

DEFINITION = Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml"
DAY = datetime(2026, 5, 5, 2, tzinfo=UTC)
"""Ten in the morning in Shanghai, within the learning window of the shipped file."""


def make_learner(event_code: str = "welding", now: datetime = DAY) -> Learner:
    """A new person in this event of the shipped contest; commit it yourself."""
    loaded = contest_service.load_contest(DEFINITION.read_text(encoding="utf-8"), "jilin-5.toml", now=now)
    event = db.session.scalars(
        select(Event).where(Event.contest_id == loaded.contest_id, Event.code == event_code)
    ).one()
    return of_participation(make_participation(event, make_person()).id, now)
