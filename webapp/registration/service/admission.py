"""From the last confirmation to a participation with its number and its ranked entry."""

from collections.abc import Mapping, Sequence
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
        return _take_up_again(held, application, event, now)
    serial = _next_serial()
    db.session.execute(
        insert(Participation).values(
            id=serial,
            person_id=application.person_id,
            event_id=event.event_id,
            contest_id=event.contest_id,
            application_id=application.id,
            unit_id=application.unit_id,
            number=contestant_number(event.position % 1000, serial),
            in_service_on=event.rules.in_service_on,
            confirmed_at=now,
        )
    )
    _enter_ranking(serial, event.event_id)
    _prepare(serial, event.event_id, now)
    return serial


def provide(application: Application, event: EventContext, now: datetime) -> None:
    """Let somebody whose review is pending learn already, if the file allows it: points are earned under the
    number they will have, and count once the application is confirmed.

    Who withdrew or was refused before and applies again goes on where they were."""
    if not event.may_learn_early:
        return
    serial = _next_serial()
    made = insert(Participation).values(
        id=serial,
        person_id=application.person_id,
        event_id=event.event_id,
        contest_id=event.contest_id,
        application_id=application.id,
        unit_id=application.unit_id,
        number=contestant_number(event.position % 1000, serial),
        state="provisional",
        confirmed_at=now,
    )
    db.session.execute(
        made.on_conflict_do_update(
            index_elements=["person_id", "event_id"],
            set_={
                "state": "provisional",
                "application_id": made.excluded.application_id,
                "unit_id": made.excluded.unit_id,
            },
            where=Participation.state == "withdrawn",
        )
    )


def _next_serial() -> int:
    return int(db.session.scalar(text("SELECT nextval(pg_get_serial_sequence('participations', 'id'))")) or 0)


def _enter_ranking(participation_id: int, event_id: int) -> None:
    """The entry that is ranked; a participation that was provisional has none yet."""
    db.session.execute(
        insert(Entry)
        .values(event_id=event_id, participation_id=participation_id)
        .on_conflict_do_nothing(index_elements=["participation_id"])
    )


_TAKE_UP = text(
    """
    UPDATE participations p
    SET state = 'active', application_id = a.id, unit_id = a.unit_id, confirmed_at = :now, in_service_on = d.judged_on
    FROM applications a
    JOIN unnest(CAST(:events AS bigint[]), CAST(:days AS date[])) AS d(event_id, judged_on) ON d.event_id = a.event_id
    WHERE a.id = ANY(:ids) AND p.person_id = a.person_id AND p.event_id = a.event_id
      AND p.state <> 'disqualified'
    RETURNING p.id, p.event_id, a.id AS application_id
    """
)
_SERIALS = text(
    "SELECT nextval(pg_get_serial_sequence('participations', 'id')) FROM generate_series(1, :count)"
)
_MAKE = text(
    """
    INSERT INTO participations
        (id, person_id, event_id, contest_id, application_id, unit_id, number, confirmed_at, in_service_on)
    SELECT n.id, a.person_id, a.event_id, a.contest_id, a.id, a.unit_id, n.number, :now, d.judged_on
    FROM unnest(CAST(:ids AS bigint[]), CAST(:serials AS bigint[]), CAST(:numbers AS text[]))
        AS n(application_id, id, number)
    JOIN applications a ON a.id = n.application_id
    JOIN unnest(CAST(:events AS bigint[]), CAST(:days AS date[])) AS d(event_id, judged_on) ON d.event_id = a.event_id
    """
)
_MAKE_ENTRIES = text(
    "INSERT INTO entries (event_id, participation_id)"
    " SELECT event_id, id FROM participations WHERE id = ANY(:serials)"
    " ON CONFLICT (participation_id) DO NOTHING"
)


def admit_many(
    applications: Sequence[tuple[int, int]], events: Mapping[int, EventContext], now: datetime
) -> None:
    """Make the people of these (application id, event id) contestants, as `admit` does, in a fixed number of
    statements. The caller has locked the applications and left out who was excluded from the event."""
    if not applications:
        return
    ids = [application_id for application_id, _event_id in applications]
    touched = sorted({event_id for _application_id, event_id in applications})
    judged = {"events": touched, "days": [events[event_id].rules.in_service_on for event_id in touched]}
    again = db.session.execute(_TAKE_UP, {"ids": ids, "now": now, **judged}).all()
    taken = {row.application_id for row in again}
    fresh = [(one, event_id) for one, event_id in applications if one not in taken]
    serials = list(db.session.scalars(_SERIALS, {"count": len(fresh)})) if fresh else []
    if fresh:
        numbers = [
            contestant_number(events[event_id].position % 1000, serial)
            for (_one, event_id), serial in zip(fresh, serials, strict=True)
        ]
        db.session.execute(
            _MAKE,
            {
                "ids": [one for one, _event in fresh],
                "serials": serials,
                "numbers": numbers,
                "now": now,
                **judged,
            },
        )
    db.session.execute(_MAKE_ENTRIES, {"serials": [*serials, *(row.id for row in again)]})
    near = contests.events_with_stage_near({event_id for _one, event_id in applications}, now, NEAR)
    made = [(serial, event_id) for (_one, event_id), serial in zip(fresh, serials, strict=True)]
    for participation_id, event_id in [*made, *((row.id, row.event_id) for row in again)]:
        if event_id in near:
            enqueue(Job.PREPARE_PARTICIPANT, participation_id=participation_id)


def _prepare(participation_id: int, event_id: int, now: datetime) -> None:
    """Somebody confirmed shortly before a competition's stage, or during it, is prepared for at once; a job
    for everybody else would only stand in the way of others: the clock prepares them in time."""
    if contests.is_stage_near(event_id, now, NEAR):
        enqueue(Job.PREPARE_PARTICIPANT, participation_id=participation_id)


def leave(application: Application) -> None:
    """The person withdraws, or is refused: the participation, if there is one, takes no further part."""
    held = db.session.scalars(
        select(Participation)
        .where(
            Participation.person_id == application.person_id, Participation.event_id == application.event_id
        )
        .with_for_update()
    ).one_or_none()
    if held is not None and held.state in {"active", "provisional"}:
        held.state = "withdrawn"


def count_active(event_id: int) -> int:
    """How many contestants an event has."""
    return (
        db.session.scalar(
            select(func.count()).where(Participation.event_id == event_id, Participation.state == "active")
        )
        or 0
    )


def _take_up_again(held: Participation, application: Application, event: EventContext, now: datetime) -> int:
    if held.state == "disqualified":
        raise Disqualified
    held.state = "active"
    held.application_id = application.id
    held.unit_id = application.unit_id
    held.in_service_on = event.rules.in_service_on
    held.confirmed_at = now
    _enter_ranking(held.id, held.event_id)
    _prepare(held.id, held.event_id, now)
    return held.id
