"""What the help desk sees: a person with everything that may hold them up, and tickets.

No statement here or below reads an answer, a paper or a key."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.accounts.queries import PersonCard, desk
from webapp.accounts.queries.desk import SignInFacts
from webapp.accounts.service.unlocking import LockState, lock_state
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.words import Message
from webapp.exam.queries.desk import DeskExam, exams_of
from webapp.helpdesk.errors import TwoFactsNeeded
from webapp.helpdesk.models import Ticket
from webapp.helpdesk.rules.stuck import AccountFacts, ApplicationFacts, ExamFacts, Finding, find_cause
from webapp.organisations import queries as organisations
from webapp.registration.queries import applications
from webapp.registration.queries import desk as participants
from webapp.registration.queries.home import ApplicationView, application_views
from webapp.registration.rules.labels import level_text

PAGE_SIZE = 30


@dataclass(frozen=True)
class PersonPage:
    """One person as the help desk sees them."""

    card: PersonCard
    unit: str
    sign_in: SignInFacts | None
    lock: LockState
    applications: tuple[ApplicationView, ...]
    exams: tuple[DeskExam, ...]
    finding: Finding
    tickets: tuple["TicketView", ...]


@dataclass(frozen=True)
class TicketView:
    """A ticket with the names of those it concerns."""

    ticket_id: int
    person_id: int | None
    person_name: str
    subject: str
    text: str
    state: str
    outcome: str
    opened_by: str
    opened_at: datetime
    closed_by: str
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True)
class TicketFilter:
    """state: open | solved | '' for both. words: part of the subject. mine: opened by the one who asks."""

    state: str = "open"
    words: str = ""
    mine: bool = False


@dataclass(frozen=True)
class TicketPage:
    """One page of tickets. `total` counts all pages."""

    rows: tuple[TicketView, ...]
    page: int
    pages: int
    total: int


def find_people(who: Principal, name: str, last4: str, number: str) -> list[PersonCard]:
    """People to whom all given facts fit, within the scope. Raise TwoFactsNeeded for fewer than two:
    with one alone the page would tell who has a record (RELIABILITY row X08)."""
    if sum(map(bool, (name, last4, number))) < 2 or (last4 and len(last4) != 4):
        raise TwoFactsNeeded
    among = participants.ids_of_number(number) if number else None
    found = people.cards(one for one in desk.ids_by_facts(name, last4, among) if _is_in_scope(who, one))
    return sorted(found.values(), key=lambda card: (card.pinyin, card.person_id))


def person_in_scope(who: Principal, person_id: int) -> PersonCard:
    """One person's card. Raise NotFound outside the scope as for somebody who does not exist."""
    if not _is_in_scope(who, person_id):
        raise NotFound
    return people.card(person_id)


def person_page(who: Principal, person_id: int, now: datetime) -> PersonPage:
    """Everything that may hold a person up. Raise NotFound outside the scope."""
    card = person_in_scope(who, person_id)
    lock = lock_state(card.account_id, now) if card.account_id else LockState(0, 0)
    views = application_views(applications.of_person(person_id), person_id, now)
    exams = tuple(exams_of(person_id))
    return PersonPage(
        card,
        organisations.names([card.unit_id or 0]).get(card.unit_id or 0, ""),
        desk.sign_in_facts(card.account_id) if card.account_id else None,
        lock,
        views,
        exams,
        find_cause(
            AccountFacts(card.account_state, card.has_signed_in, card.must_confirm, lock.locked_min),
            [_application_facts(view) for view in views],
            _exam_facts(exams),
            now,
        ),
        _views(select(Ticket).where(Ticket.person_id == person_id).order_by(Ticket.id.desc()).limit(20)),
    )


def ticket_page(who: Principal, chosen: TicketFilter, number: int) -> TicketPage:
    """One page of the tickets within the scope, the oldest open ones first."""
    conditions = [_visible(who)]
    if chosen.state in {"open", "solved"}:
        conditions.append(Ticket.state == chosen.state)
    if chosen.words:
        conditions.append(Ticket.subject.contains(chosen.words, autoescape=True))
    if chosen.mine:
        conditions.append(Ticket.opened_by_account_id == who.account_id)
    total = db.session.scalar(select(func.count()).select_from(Ticket).where(*conditions)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    order = Ticket.id if chosen.state == "open" else Ticket.id.desc()
    rows = _views(
        select(Ticket).where(*conditions).order_by(order).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    )
    return TicketPage(rows, number, pages, total)


def ticket(who: Principal, ticket_id: int) -> TicketView:
    """One ticket. Raise NotFound outside the scope."""
    found = _views(select(Ticket).where(Ticket.id == ticket_id, _visible(who)))
    if not found:
        raise NotFound
    return found[0]


def open_count(who: Principal) -> int:
    """How many tickets within the scope wait."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Ticket).where(Ticket.state == "open", _visible(who))
        )
        or 0
    )


def _is_in_scope(who: Principal, person_id: int) -> bool:
    grants = who.scopes(Permission.HELP_PEOPLE)
    return desk.is_within(person_id, grants) or participants.takes_part_within(person_id, grants)


def _visible(who: Principal) -> ColumnElement[bool]:
    """Tickets about people in the scope, and those about nobody in particular."""
    grants = who.scopes(Permission.HELP_PEOPLE)
    return (
        Ticket.person_id.is_(None)
        | Ticket.person_id.in_(desk.ids_within(grants))
        | Ticket.person_id.in_(participants.ids_within(grants))
    )


def _views(query: Select[Ticket]) -> tuple[TicketView, ...]:
    rows = db.session.scalars(query).all()
    names = people.names_of_accounts(
        one for row in rows for one in (row.opened_by_account_id, row.closed_by_account_id) if one
    )
    cards = people.cards(row.person_id for row in rows if row.person_id)
    return tuple(
        TicketView(
            row.id,
            row.person_id,
            cards[row.person_id].name if row.person_id else "",
            row.subject,
            row.text,
            row.state,
            row.outcome,
            names.get(row.opened_by_account_id or 0, ""),
            row.opened_at,
            names.get(row.closed_by_account_id or 0, ""),
            row.closed_at,
        )
        for row in rows
    )


def _application_facts(view: ApplicationView) -> ApplicationFacts:
    waiting = next((step for step in view.steps if step.outcome == "waiting"), None)
    awaiting: Message | str = ""
    if waiting is not None:
        awaiting = waiting.organisation or Message(level_text(waiting.level))
    return ApplicationFacts(
        view.event_title, view.state.value, awaiting, waiting.at if waiting else None, view.reason
    )


def _exam_facts(exams: Sequence[DeskExam]) -> list[ExamFacts]:
    return [
        ExamFacts(
            exam.event_title,
            exam.state,
            exam.exam_state == "stopped",
            exam.opens_at,
            exam.closes_at,
            exam.deadline_at,
            exam.seen_at,
            bool(exam.device),
        )
        for exam in exams
        if exam.kind == "formal"
        and exam.participation_state == "active"
        and exam.opens_at is not None
        and exam.closes_at is not None
    ]
