"""The confirmed contestants of an event, for its organiser and hosts."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select

from webapp.access.permissions import Permission, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.contests.models import Event
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.organisations import queries as organisations
from webapp.registration.models import Participation
from webapp.registration.queries import events
from webapp.registration.queries.events import EventContext, EventHeader

PAGE_SIZE = 50
SEEING = (Permission.CONFIRM_FOR_EVENT, Permission.EXPORT_LISTS, Permission.RUN_EXAMS)


@dataclass(frozen=True)
class ParticipantRow:
    """One contestant; document number and phone masked."""

    number: str
    name: str
    document_mask: str
    phone_mask: str
    unit_path: tuple[str, ...]
    state: str
    confirmed_at: datetime


@dataclass(frozen=True)
class ParticipantPage:
    rows: tuple[ParticipantRow, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class EventCount:
    """An event with the number of its active contestants."""

    event: EventHeader
    active: int


def event_for(who: Principal, event_id: int) -> EventContext:
    """The event, if it lies in the scope of this organiser or host. Raise NotFound otherwise."""
    event = events.context(event_id)
    path = organisations.path(event.organiser_id) if event.organiser_id else ()
    if not any(
        who.allows(
            permission,
            contest_id=event.contest_id,
            event_id=event.event_id,
            organisation_path=path,
        )
        for permission in SEEING
    ):
        raise NotFound
    return event


def events_of(who: Principal) -> list[EventCount]:
    """The events in the scope of this organiser or host, with their numbers."""
    active = {
        row.event_id: row.active
        for row in db.session.execute(
            select(Participation.event_id, func.count().label("active"))
            .where(Participation.state == "active")
            .group_by(Participation.event_id)
        )
    }
    headers = events.headers(db.session.scalars(select(Event.id).where(Event.is_withdrawn.is_(False))))
    under = _organisers_under(who)
    return [
        EventCount(header, active.get(header.event_id, 0))
        for header in sorted(headers.values(), key=lambda one: (one.contest_id, one.position))
        if any(
            who.allows(
                permission,
                contest_id=header.contest_id,
                event_id=header.event_id,
                organisation_path=tuple(
                    scope for scope, organisers in under.items() if header.organiser_id in organisers
                ),
            )
            for permission in SEEING
        )
    ]


def _organisers_under(who: Principal) -> dict[int, set[int]]:
    """For each organisation the person holds a role over: what stands at and below it."""
    scopes = {
        grant.scope_id
        for permission in SEEING
        for grant in who.scopes(permission)
        if grant.scope_kind is ScopeKind.ORGANISATION
    }
    return {scope: set(db.session.scalars(organisations.below([scope]))) for scope in scopes}


def page(event_id: int, name: str, number: int) -> ParticipantPage:
    """One page of contestants by number; name: a part of the name, or a contestant number."""
    chosen = _chosen(event_id, name)
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    rows = db.session.scalars(
        chosen.order_by(Participation.number).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    ).all()
    return ParticipantPage(_rows(list(rows)), number, pages, total)


def everybody(event_id: int) -> tuple[ParticipantRow, ...]:
    """All contestants of an event by number, for the exported list."""
    return _rows(list(db.session.scalars(_chosen(event_id, "").order_by(Participation.number))))


def _chosen(event_id: int, name: str) -> Select[Participation]:
    query = select(Participation).where(
        Participation.event_id == event_id, Participation.state != "provisional"
    )
    if name.isdecimal():
        return query.where(Participation.number == name)
    if name:
        return query.where(Participation.person_id.in_(people.ids_named(name)))
    return query


def _rows(found: list[Participation]) -> tuple[ParticipantRow, ...]:
    cards = people.cards(row.person_id for row in found)
    paths = organisations.name_paths(row.unit_id for row in found if row.unit_id)
    return tuple(
        ParticipantRow(
            row.number,
            cards[row.person_id].name,
            cards[row.person_id].document_mask,
            cards[row.person_id].phone_mask,
            paths.get(row.unit_id or 0, ()),
            row.state,
            row.confirmed_at,
        )
        for row in found
    )
