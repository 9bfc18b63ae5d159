"""From the last confirmation to a participation with its number and its ranked entry."""

from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from webapp.contests import queries as contests
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.registration.errors import Disqualified
from webapp.registration.models import Application, Entry, Participation
from webapp.registration.queries.events import EventContext
from webapp.registration.rules.numbering import contestant_number

NEAR = timedelta(hours=2)
"""Papers are drawn by the clock from so long before a stage on."""


def admit(application: Application, event: EventContext, now: datetime) -> int:
    """Make the person a contestant of the event, in the caller's transaction; return the participation.

    Who withdrew before and is confirmed again goes on under the same number. Raise Disqualified
    when the person was excluded from the event."""
    held = db.session.scalars(
        select(Participation)
        .where(Participation.person_id == application.person_id, Participation.event_id == event.event_id)
        .with_for_update()
    ).one_or_none()
    if held is not None:
        return _take_up_again(held, application, now)
    serial = db.session.scalar(text("SELECT nextval(pg_get_serial_sequence('participations', 'id'))")) or 0
    db.session.execute(
        insert(Participation).values(
            id=serial,
            person_id=application.person_id,
            event_id=event.event_id,
            contest_id=event.contest_id,
            application_id=application.id,
            unit_id=application.unit_id,
            number=contestant_number(event.position % 1000, serial),
            confirmed_at=now,
        )
    )
    db.session.execute(insert(Entry).values(event_id=event.event_id, participation_id=serial))
    _prepare(serial, event.event_id, now)
    return int(serial)


def _prepare(participation_id: int, event_id: int, now: datetime) -> None:
    """Somebody confirmed shortly before a competition's stage, or during it, is prepared for at once; a job
    for everybody else would only stand in the way of others: the clock prepares them in time."""
    if contests.is_stage_near(event_id, now, NEAR):
        enqueue(Job.PREPARE_PARTICIPANT, participation_id=participation_id)


def leave(application: Application) -> None:
    """The person withdraws: the participation, if there is one, takes no further part."""
    held = db.session.scalars(
        select(Participation)
        .where(
            Participation.person_id == application.person_id, Participation.event_id == application.event_id
        )
        .with_for_update()
    ).one_or_none()
    if held is not None and held.state == "active":
        held.state = "withdrawn"


def count_active(event_id: int) -> int:
    """How many contestants an event has."""
    return (
        db.session.scalar(
            select(func.count()).where(Participation.event_id == event_id, Participation.state == "active")
        )
        or 0
    )


def _take_up_again(held: Participation, application: Application, now: datetime) -> int:
    if held.state == "disqualified":
        raise Disqualified
    held.state = "active"
    held.application_id = application.id
    held.unit_id = application.unit_id
    held.confirmed_at = now
    _prepare(held.id, held.event_id, now)
    return held.id
