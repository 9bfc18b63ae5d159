"""Tickets: opened by people or by staff, worked on, answered, closed, opened again.

Whoever calls a function of staff has checked the scope; everything is audited, words are not copied there."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.banks.formats.pictures import checked
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.words import N_
from webapp.exam.queries.timeline import AttemptPlace, moments, place_of_attempt
from webapp.exam.rules.timeline import around, as_json
from webapp.exam.service.announcing import To, announce
from webapp.helpdesk import queries
from webapp.helpdesk.errors import PictureRefused, TicketClosed, TooManyTickets
from webapp.helpdesk.models import Ticket, TicketLog, TicketMessage
from webapp.helpdesk.rules.tickets import MOST_OPEN, subject_of
from webapp.media import service as media
from webapp.notifications.service import notify

LOG_REACH = timedelta(minutes=60)
LOG_LINES = 300


@dataclass(frozen=True)
class StaffTicket:
    """What staff write down. channel: desk | phone."""

    subject: str
    text: str
    kind: str = "other"
    channel: str = "desk"


@dataclass(frozen=True)
class OwnTicket:
    """What a person writes. attempt_id: the exam it was opened from, if any; browser: what its page told."""

    kind: str
    text: str
    attempt_id: int | None = None
    picture: bytes = b""
    browser: dict[str, Any] = field(default_factory=dict)


def open_ticket(who: Principal, person_id: int | None, new: StaffTicket, *, now: datetime) -> int:
    """Log what troubles somebody; return the ticket's id."""
    row = Ticket(
        person_id=person_id,
        subject=new.subject,
        text=new.text,
        kind=new.kind,
        channel=new.channel,
        opened_by_account_id=who.account_id,
        opened_at=now,
    )
    db.session.add(row)
    db.session.flush()
    record("ticket.open", "ticket", row.id, channel=new.channel)
    return row.id


def open_own_ticket(who: Principal, new: OwnTicket, *, now: datetime) -> int:
    """Open a person's own ticket, the log of the exam around this moment attached; return its id.

    raise (TooManyTickets): MOST_OPEN wait already. raise (PictureRefused). raise (AttemptNotFound): not theirs."""
    if queries.own_open_count(who.person_id) >= MOST_OPEN:
        raise TooManyTickets(n=MOST_OPEN)
    place = place_of_attempt(new.attempt_id, who.person_id) if new.attempt_id else None
    row = Ticket(
        person_id=who.person_id,
        subject=subject_of(new.text),
        text=new.text.strip(),
        kind=new.kind,
        channel="page",
        contest_id=place.contest_id if place else None,
        event_id=place.event_id if place else None,
        attempt_id=new.attempt_id,
        picture_id=_kept(new.picture),
        opened_by_account_id=who.account_id,
        opened_at=now,
    )
    db.session.add(row)
    db.session.flush()
    if place or new.browser:
        _attach_log(row.id, place, new.browser, now)
    record("ticket.open", "ticket", row.id, channel="page", attempt_id=new.attempt_id)
    return row.id


def claim(who: Principal, ticket_id: int, *, now: datetime) -> None:
    """Somebody works on it; taking it over from a colleague is allowed and noted."""
    row = _locked(ticket_id)
    if row.state != "open":
        raise TicketClosed
    row.claimed_by_account_id, row.claimed_at = who.account_id, now
    _note(row, who, "claimed", "", now)
    record("ticket.claim", "ticket", ticket_id)


def answer(who: Principal, ticket_id: int, text: str, *, now: datetime) -> None:
    """Tell the person something; whoever answers works on it from then on. raise (TicketClosed)."""
    row = _locked(ticket_id)
    if row.state != "open":
        raise TicketClosed
    row.awaits = "person"
    if row.claimed_by_account_id is None:
        row.claimed_by_account_id, row.claimed_at = who.account_id, now
    _note(row, who, "said", text, now)
    record("ticket.answer", "ticket", ticket_id)
    _tell(row, who, text)


def close_ticket(who: Principal, ticket_id: int, outcome: str, *, now: datetime) -> None:
    """Close a ticket with what came of it. Raise TicketClosed when somebody was faster."""
    row = _locked(ticket_id)
    if row.state != "open":
        raise TicketClosed
    row.state, row.outcome = "solved", outcome
    row.closed_by_account_id, row.closed_at = who.account_id, now
    _note(row, who, "closed", outcome, now)
    record("ticket.close", "ticket", ticket_id)
    if row.channel == "page":
        _tell(row, who, outcome)


def add_words(who: Principal, ticket_id: int, text: str, *, now: datetime) -> None:
    """The person says more about an open ticket of their own. raise (TicketClosed): open it again first."""
    row = _locked(ticket_id)
    if row.state != "open":
        raise TicketClosed
    row.awaits = "staff"
    _note(row, who, "said", text, now, from_person=True)


def reopen(who: Principal, ticket_id: int, text: str, *, now: datetime, from_person: bool) -> None:
    """Open a closed ticket again, with a reason; who worked on it keeps it. An open one stays as it is."""
    row = _locked(ticket_id)
    if row.state == "open":
        return
    row.state, row.awaits = "open", "staff"
    row.closed_by_account_id, row.closed_at = None, None
    _note(row, who, "reopened", text, now, from_person=from_person)
    record("ticket.reopen", "ticket", ticket_id, from_person=from_person)


def _locked(ticket_id: int) -> Ticket:
    row = db.session.scalars(select(Ticket).where(Ticket.id == ticket_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return row


def _note(
    row: Ticket, who: Principal, kind: str, text: str, now: datetime, *, from_person: bool = False
) -> None:
    db.session.add(
        TicketMessage(
            ticket_id=row.id,
            kind=kind,
            text=text.strip(),
            from_person=from_person,
            by_account_id=who.account_id,
            at=now,
        )
    )


def _tell(row: Ticket, who: Principal, text: str) -> None:
    """The person learns of it: a notice, and on the page of an exam that is running at once."""
    if row.person_id is None or row.channel != "page":
        return
    words = N_("Your message %(number)s was answered.")
    notify(row.person_id, words, {"number": row.id}, link=f"/tickets/{row.id}")
    if row.attempt_id:
        place = place_of_attempt(row.attempt_id, row.person_id)
        if place.is_running:
            announce(place.exam_id, To(participation_id=place.participation_id), text, False, who.account_id)


def _attach_log(ticket_id: int, place: AttemptPlace | None, browser: dict[str, Any], now: datetime) -> None:
    since = now - LOG_REACH
    lines = moments(place.exam_id, place.participation_id, since) if place else []
    kept = as_json(around(lines, since, LOG_LINES))
    db.session.add(TicketLog(ticket_id=ticket_id, lines=kept, browser=browser, taken_at=now))


def _kept(picture: bytes) -> int | None:
    """The picture written anew without what a camera hides in it, or None."""
    if not picture:
        return None
    clean = checked(picture)
    if clean is None:
        raise PictureRefused
    return media.store(clean.content, clean.media_type)
