"""Tickets: lists for staff, one's own, and everything about one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.exam.rules.timeline import Moment, from_json
from webapp.helpdesk.models import Ticket, TicketLog, TicketMessage
from webapp.helpdesk.queries.scope import STAFF, visible
from webapp.helpdesk.rules.tickets import TicketKind

PAGE_SIZE = 30


@dataclass(frozen=True)
class TicketView:
    """A ticket with the names of those it concerns."""

    ticket_id: int
    person_id: int | None
    person_name: str
    subject: str
    text: str
    kind: str
    channel: str
    contest_id: int | None
    event_id: int | None
    attempt_id: int | None
    has_picture: bool
    state: str
    awaits: str
    outcome: str
    opened_by: str
    opened_at: datetime
    claimed_by: str
    claimed_at: datetime | None
    closed_by: str
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True)
class MessageView:
    """One thing said or done about a ticket."""

    kind: str
    text: str
    from_person: bool
    by: str
    at: datetime


@dataclass(frozen=True)
class LogView:
    """What was kept when the ticket was opened."""

    taken_at: datetime
    moments: tuple[Moment, ...]
    browser: Mapping[str, Any]


@dataclass(frozen=True)
class TicketFilter:
    """state: open | solved | '' for both. words: part of the subject. mine: opened or claimed by the one who
    asks. kind, event_id: '' and 0 = any. unclaimed: nobody works on it yet."""

    state: str = "open"
    words: str = ""
    mine: bool = False
    kind: str = ""
    event_id: int = 0
    unclaimed: bool = False


@dataclass(frozen=True)
class TicketPage:
    """One page of tickets. `total` counts all pages."""

    rows: tuple[TicketView, ...]
    page: int
    pages: int
    total: int


def ticket_page(who: Principal, chosen: TicketFilter, number: int) -> TicketPage:
    """One page of the tickets within the scope, the oldest open ones first."""
    conditions = [visible(who), *_conditions(who, chosen)]
    total = db.session.scalar(select(func.count()).select_from(Ticket).where(*conditions)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    order = Ticket.id if chosen.state == "open" else Ticket.id.desc()
    rows = views(
        select(Ticket).where(*conditions).order_by(order).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    )
    return TicketPage(rows, number, pages, total)


def ticket(who: Principal, ticket_id: int) -> TicketView:
    """One ticket to read. Raise NotFound outside the scope."""
    return _one(select(Ticket).where(Ticket.id == ticket_id, visible(who)))


def may_work_on(who: Principal, ticket_id: int) -> bool:
    """Whether somebody may claim, answer and close a ticket, not only read it."""
    return db.session.scalar(select(Ticket.id).where(Ticket.id == ticket_id, visible(who, STAFF))) is not None


def own_ticket(person_id: int, ticket_id: int) -> TicketView:
    """One of a person's own tickets. Raise NotFound for anybody else's."""
    return _one(select(Ticket).where(Ticket.id == ticket_id, Ticket.person_id == person_id))


def own_tickets(person_id: int) -> tuple[TicketView, ...]:
    """A person's own tickets, the newest first."""
    return views(
        select(Ticket).where(Ticket.person_id == person_id).order_by(Ticket.id.desc()).limit(PAGE_SIZE)
    )


def open_count(who: Principal) -> int:
    """How many tickets within the scope wait."""
    return (
        db.session.scalar(
            select(func.count()).select_from(Ticket).where(Ticket.state == "open", visible(who))
        )
        or 0
    )


def own_open_count(person_id: int) -> int:
    """How many tickets of a person wait."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Ticket)
            .where(Ticket.person_id == person_id, Ticket.state == "open")
        )
        or 0
    )


def messages(ticket_id: int) -> tuple[MessageView, ...]:
    """What was said about a ticket, in order."""
    rows = db.session.scalars(
        select(TicketMessage).where(TicketMessage.ticket_id == ticket_id).order_by(TicketMessage.id)
    ).all()
    names = people.names_of_accounts(row.by_account_id for row in rows if row.by_account_id)
    return tuple(
        MessageView(row.kind, row.text, row.from_person, names.get(row.by_account_id or 0, ""), row.at)
        for row in rows
    )


def log_of(ticket_id: int) -> LogView | None:
    """What was attached to a ticket, if anything was."""
    row = db.session.get(TicketLog, ticket_id)
    return LogView(row.taken_at, from_json(row.lines), row.browser) if row else None


def picture_id(ticket_id: int) -> int:
    """The stored picture of a ticket. Raise NotFound when it has none; the caller has checked the ticket."""
    found = db.session.scalar(select(Ticket.picture_id).where(Ticket.id == ticket_id))
    if found is None:
        raise NotFound
    return found


def views(query: Select[Ticket]) -> tuple[TicketView, ...]:
    """The tickets of a query with the names of those they concern."""
    rows = db.session.scalars(query).all()
    names = people.names_of_accounts(
        one
        for row in rows
        for one in (row.opened_by_account_id, row.claimed_by_account_id, row.closed_by_account_id)
        if one
    )
    cards = people.cards(row.person_id for row in rows if row.person_id)
    return tuple(
        TicketView(
            ticket_id=row.id,
            person_id=row.person_id,
            person_name=cards[row.person_id].name if row.person_id else "",
            subject=row.subject,
            text=row.text,
            kind=row.kind,
            channel=row.channel,
            contest_id=row.contest_id,
            event_id=row.event_id,
            attempt_id=row.attempt_id,
            has_picture=row.picture_id is not None,
            state=row.state,
            awaits=row.awaits,
            outcome=row.outcome,
            opened_by=names.get(row.opened_by_account_id or 0, ""),
            opened_at=row.opened_at,
            claimed_by=names.get(row.claimed_by_account_id or 0, ""),
            claimed_at=row.claimed_at,
            closed_by=names.get(row.closed_by_account_id or 0, ""),
            closed_at=row.closed_at,
        )
        for row in rows
    )


def _one(query: Select[Ticket]) -> TicketView:
    found = views(query)
    if not found:
        raise NotFound
    return found[0]


def _conditions(who: Principal, chosen: TicketFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.state in {"open", "solved"}:
        conditions.append(Ticket.state == chosen.state)
    if chosen.words:
        conditions.append(Ticket.subject.contains(chosen.words, autoescape=True))
    if chosen.mine:
        conditions.append(
            (Ticket.opened_by_account_id == who.account_id) | (Ticket.claimed_by_account_id == who.account_id)
        )
    if chosen.kind in set(TicketKind):
        conditions.append(Ticket.kind == chosen.kind)
    if chosen.event_id:
        conditions.append(Ticket.event_id == chosen.event_id)
    if chosen.unclaimed:
        conditions.append(Ticket.claimed_by_account_id.is_(None))
    return conditions
