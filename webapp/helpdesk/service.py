"""What the help desk does. Everything is audited; whoever calls has checked the scope."""

from sqlalchemy import select

from webapp.access.principal import Principal
from webapp.accounts.queries import PersonCard
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.exam.errors import AttemptNotFound
from webapp.exam.queries.desk import person_of_attempt
from webapp.exam.service import leases
from webapp.helpdesk import queries
from webapp.helpdesk.errors import TicketClosed
from webapp.helpdesk.models import Ticket


def find(who: Principal, name: str, last4: str, number: str) -> list[PersonCard]:
    """As `queries.find_people`; who was found is noted, what was typed is not."""
    found = queries.find_people(who, name, last4, number)
    record("person.find", "help-desk", who.account_id, found=[card.person_id for card in found])
    return found


def look_at(who: Principal, person_id: int, now: datetime) -> queries.PersonPage:
    """The page of a person; that it was looked at is noted."""
    page = queries.person_page(who, person_id, now)
    record("person.view", "person", person_id)
    return page


def free_lease(who: Principal, person_id: int, attempt_id: int, why: str, *, now: datetime) -> None:
    """End the lease of this person's running attempt. Raise AttemptNotFound for anybody else's."""
    if person_of_attempt(attempt_id) != person_id:
        raise AttemptNotFound
    leases.free_lease(attempt_id, who.account_id, why, now)


def open_ticket(who: Principal, person_id: int | None, subject: str, text: str, *, now: datetime) -> int:
    """Log what troubles somebody; return the ticket's id."""
    row = Ticket(
        person_id=person_id, subject=subject, text=text, opened_by_account_id=who.account_id, opened_at=now
    )
    db.session.add(row)
    db.session.flush()
    record("ticket.open", "ticket", row.id)
    return row.id


def close_ticket(who: Principal, ticket_id: int, outcome: str, *, now: datetime) -> None:
    """Close a ticket with what came of it. Raise TicketClosed when somebody was faster."""
    queries.ticket(who, ticket_id)
    row = db.session.scalars(select(Ticket).where(Ticket.id == ticket_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    if row.state != "open":
        raise TicketClosed
    row.state, row.outcome = "solved", outcome
    row.closed_by_account_id, row.closed_at = who.account_id, now
    record("ticket.close", "ticket", ticket_id)
