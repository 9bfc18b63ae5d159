"""What a unit's liaison sees: the units in scope, uploads, and how far the workers have come."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select

from webapp.access.permissions import Permission, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.organisations import queries as organisations
from webapp.registration.formats.roster import Choice
from webapp.registration.models import Application, RosterUpload
from webapp.registration.queries import events, progress
from webapp.registration.queries.progress import Step
from webapp.registration.rules.eligibility import is_open
from webapp.registration.rules.review import State

PAGE_SIZE = 50
MOST_UNITS = 500


@dataclass(frozen=True)
class WorkerApplication:
    """One registration of a worker."""

    event_title: dict[str, str]
    state: State


@dataclass(frozen=True)
class WorkerRow:
    """One worker of the unit; document number and phone masked."""

    person_id: int
    name: str
    document_mask: str
    phone_mask: str
    unit: str
    has_signed_in: bool
    has_confirmed_data: bool
    may_get_code: bool
    applications: tuple[WorkerApplication, ...]
    steps: frozenset[Step]


@dataclass(frozen=True)
class WorkerPage:
    rows: tuple[WorkerRow, ...]
    page: int
    pages: int
    total: int
    not_signed_in: int
    not_confirmed: int
    never_tried_mock: int


def may_register(who: Principal, unit_id: int) -> bool:
    """Whether the person is liaison of this unit, or of something above it."""
    return who.allows(Permission.REGISTER_WORKERS, organisation_path=organisations.path(unit_id))


def units(who: Principal) -> dict[int, str]:
    """The units this liaison may register workers of, by id, at most MOST_UNITS."""
    grants = who.scopes(Permission.REGISTER_WORKERS)
    scopes = [grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.ORGANISATION]
    if any(grant.scope_kind is ScopeKind.EVERYTHING for grant in grants):
        return organisations.unit_names(None, MOST_UNITS)
    return organisations.unit_names(scopes, MOST_UNITS)


def upload(who: Principal, upload_id: int, *, lock: bool = False) -> RosterUpload:
    """A staged workbook of a unit in the liaison's scope. Raise NotFound for any other id."""
    query = select(RosterUpload).where(RosterUpload.id == upload_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None or not may_register(who, found.unit_id):
        raise NotFound
    return found


def choices(contest_id: int, now: datetime) -> list[Choice]:
    """The events of a contest that workers may be put forward for."""
    contexts = events.contexts(events.ids_of_contest(contest_id))
    return [
        Choice(
            event.event_id,
            event.header.code,
            tuple(title for title in event.title.values() if title),
            is_open(event.rules, now),
        )
        for event in sorted(contexts.values(), key=lambda one: one.position)
    ]


def workers(unit_ids: list[int], name: str, shown: str, number: int, now: datetime) -> WorkerPage:
    """One page of the units' people. shown: '', 'not-signed-in', 'not-confirmed' or 'no-mock'."""
    everybody = _ids(unit_ids, name, "", now)
    chosen = _ids(unit_ids, name, shown, now)
    total = _count(chosen)
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    ids = db.session.scalars(chosen.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return WorkerPage(
        _rows(list(ids), now),
        number,
        pages,
        total,
        _count(people.ids_of_units(organisations.below(unit_ids), name, not_signed_in=True)),
        _count(everybody.where(_open_invitation(everybody))),
        _count(_ids(unit_ids, name, "no-mock", now)),
    )


def unconfirmed(unit_ids: list[int]) -> list[Application]:
    """Registrations of the units' people that wait for the person: invited, or returned for correction."""
    return list(
        db.session.scalars(
            select(Application)
            .where(
                Application.state.in_((State.INVITED, State.RETURNED)),
                Application.person_id.in_(people.ids_of_units(organisations.below(unit_ids))),
            )
            .order_by(Application.id)
        )
    )


def never_tried_mock(unit_ids: list[int], now: datetime) -> list[int]:
    """People of the units who may try a mock exam now and have never started one."""
    return list(db.session.scalars(_ids(unit_ids, "", "no-mock", now)))


def _ids(unit_ids: list[int], name: str, shown: str, now: datetime) -> Select[int]:
    found = people.ids_of_units(organisations.below(unit_ids), name, not_signed_in=shown == "not-signed-in")
    if shown == "no-mock":
        person_id = found.selected_columns[0]
        return found.where(
            person_id.in_(progress.people(Step.MOCK_OFFERED, now)),
            person_id.not_in(progress.people(Step.MOCK_TRIED, now)),
        )
    return found.where(_open_invitation(found)) if shown == "not-confirmed" else found


def _open_invitation(ids: Select[int]) -> ColumnElement[bool]:
    """The person has a registration that waits for their own confirmation."""
    person_id = ids.selected_columns[0]
    return person_id.in_(select(Application.person_id).where(Application.state == State.INVITED))


def _count(ids: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(ids.order_by(None).subquery())) or 0


def _rows(person_ids: list[int], now: datetime) -> tuple[WorkerRow, ...]:
    steps = progress.steps_of(person_ids, now)
    cards = people.cards(person_ids)
    names = organisations.names(card.unit_id for card in cards.values() if card.unit_id)
    found: dict[int, list[Application]] = {}
    for row in db.session.scalars(
        select(Application).where(Application.person_id.in_(person_ids)).order_by(Application.id)
    ):
        found.setdefault(row.person_id, []).append(row)
    headers = events.headers({row.event_id for rows in found.values() for row in rows})
    return tuple(
        WorkerRow(
            person_id,
            cards[person_id].name,
            cards[person_id].document_mask,
            cards[person_id].phone_mask,
            names.get(cards[person_id].unit_id or 0, ""),
            cards[person_id].has_signed_in,
            cards[person_id].has_signed_in and not cards[person_id].must_confirm,
            cards[person_id].account_state == "invited",
            tuple(
                WorkerApplication(headers[row.event_id].title, State(row.state))
                for row in found.get(person_id, [])
            ),
            steps[person_id],
        )
        for person_id in person_ids
    )
