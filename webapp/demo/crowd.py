"""The invented contestants: they register, are reviewed, and sit exams through the real services."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from webapp.access.permissions import Grant, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts import queries as accounts
from webapp.accounts.rules.documents import DocumentKind, parse
from webapp.accounts.service import passwords, people
from webapp.contests import queries as contests
from webapp.contests.queries import EventView
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.demo import lessons, rules, sittings
from webapp.demo.rules import CONTEST, CROWD, UNITS
from webapp.organisations import queries as organisations
from webapp.registration.models import Application, Participation
from webapp.registration.queries.applications import Answers
from webapp.registration.rules.eligibility import Occupation
from webapp.registration.rules.review import Decision, State
from webapp.registration.service import applying, reviewing

UNFINISHED = "electrician"
"""The event whose applications stay at different links of the review chain."""


def steps(now: datetime) -> Iterator[str]:
    """Fill the events of CROWD; events that have people already are left as they are."""
    view = contests.contest_by_code(CONTEST, now)
    first = 100
    for code, count in CROWD.items():
        event = next(event for event in view.events if event.code == code)
        serials = range(first, first + count)
        first += count
        if not _has_people(event.event_id):
            with transaction():
                register(event, serials, now)
    with transaction():
        _register_contestant(view.events, now)
    yield f"{sum(CROWD.values())} contestants / 选手"
    yield from lessons.steps(view.events, now)
    yield from sittings.steps(view.events, now)


def _has_people(event_id: int) -> bool:
    return (
        db.session.scalar(select(Application.id).where(Application.event_id == event_id).limit(1)) is not None
    )


def register(event: EventView, serials: range, now: datetime) -> None:
    """Invented people apply while the event's registration is open, and the chain decides."""
    window = event.registration
    assert window is not None
    password_hash = passwords.hash_password(rules.PASSWORD)
    for position, serial in enumerate(serials):
        applied_at = min(window.opens_at + timedelta(hours=5 + 3 * position), now)
        who = _person(serial, password_hash, applied_at)
        applied = applying.apply(
            event.event_id, who, answers=Answers(Occupation.WORKER), has_consented=True, now=applied_at
        )
        if applied.state != State.CONFIRMED:
            most = position % 4 if event.code == UNFINISHED else 99
            review(applied.application_id, applied_at + timedelta(hours=6), most)


def review(application_id: int, at: datetime, most: int = 99) -> None:
    """Confirm an application link by link, at most `most` links."""
    reviewers = (staff(Role.UNION_REVIEWER), staff(Role.ORGANISER))
    for _ in range(most):
        application = db.session.get_one(Application, application_id)
        if application.state != State.IN_REVIEW:
            return
        item = reviewing.Item(application.id, application.revision, application.step)
        is_last = application.step == len(application.chain) - 1
        reviewing.decide(item, reviewers[is_last], Decision.CONFIRM, "", at)
        db.session.flush()


def _person(serial: int, password_hash: str, at: datetime) -> Principal:
    """The invented person of a serial, made when not there yet."""
    document = parse(
        DocumentKind.RESIDENT_ID, rules.document_number(serial, rules.born_of(serial)), at.date()
    )
    found = people.find(document)
    if found is None:
        unit = organisations.by_codes([UNITS[serial % len(UNITS)]])[UNITS[serial % len(UNITS)]]
        new = people.NewPerson(rules.name_of(serial), document, rules.phone_of(serial), unit.id)
        people.sign_up(new, password_hash, privacy=True, publication=True, now=at)
        found = people.find(document)
    assert found is not None
    account = accounts.account_of(found.id)
    assert account is not None
    return Principal(account.id, found.id, found.name, "demo")


def staff(role: Role) -> Principal:
    """A reviewer of the demo with a role over everything, for decisions that the loading makes."""
    key = {Role.UNION_REVIEWER: "province-reviewer", Role.ORGANISER: "organiser"}[role]
    serial = next(index for index, person in enumerate(rules.PEOPLE, start=1) if person.key == key)
    number = rules.document_number(serial, rules.born_of(serial))
    found = people.find_by_number(number)
    assert found is not None
    account = accounts.account_of(found.id)
    assert account is not None
    return Principal(account.id, found.id, found.name, "demo", (Grant(role, ScopeKind.EVERYTHING),))


def _register_contestant(events: tuple[EventView, ...], now: datetime) -> None:
    """The named contestant takes part in the event whose exam is open."""
    event = next(event for event in events if event.code == "welding")
    window = event.registration
    found = people.find_by_number(rules.document_number(1, rules.born_of(1)))
    assert window is not None
    assert found is not None
    if db.session.scalar(
        select(Participation.id).where(
            Participation.person_id == found.id, Participation.event_id == event.event_id
        )
    ):
        return
    account = accounts.account_of(found.id)
    assert account is not None
    who = Principal(account.id, found.id, found.name, "demo")
    at = window.opens_at + timedelta(days=1)
    applied = applying.apply(
        event.event_id, who, answers=Answers(Occupation.WORKER), has_consented=True, now=at
    )
    review(applied.application_id, at + timedelta(hours=8))
