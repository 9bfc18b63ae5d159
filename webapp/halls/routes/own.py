"""A contestant's admission ticket."""

from flask import Response
from markupsafe import Markup

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.render import render
from webapp.halls.errors import SeatNotFound, TicketNotYet
from webapp.halls.queries.seats import own_seats
from webapp.halls.routes.blueprint import bp
from webapp.halls.routes.lists import PDF, download
from webapp.halls.service import documents
from webapp.halls.service.documents import TicketFacts


@bp.get("/halls")
@signed_in
def mine() -> Response:
    at = clock.now()
    rows = []
    for exam_id, participation_id in own_seats(principal().person_id):
        facts = documents.ticket_facts(exam_id, participation_id)
        rows.append((facts, _is_ready(facts, at)))
    return render("halls/mine.html", rows=rows)


@bp.get("/halls/<int:exam_id>/ticket")
@signed_in
def ticket(exam_id: int) -> Response:
    facts = _own(exam_id)
    # segno draws paths only
    picture = Markup(documents.picture(documents.address_of(facts)))  # noqa: S704
    return render("halls/ticket.html", t=facts, picture=picture, rules=documents.ticket_rules(facts))


@bp.get("/halls/<int:exam_id>/ticket.pdf")
@signed_in
def ticket_pdf(exam_id: int) -> Response:
    return download(documents.ticket_pdf(_own(exam_id)), PDF, f"admission-ticket-{exam_id}.pdf")


def _own(exam_id: int) -> TicketFacts:
    """One's own ticket. raise (SeatNotFound): no seat in this exam. raise (TicketNotYet): too early."""
    found = own_seats(principal().person_id, exam_id) if exam_id else []
    if not found:
        raise SeatNotFound
    facts = documents.ticket_facts(*found[0])
    if not _is_ready(facts, clock.now()):
        raise TicketNotYet
    return facts


def _is_ready(facts: TicketFacts, at: "clock.datetime") -> bool:
    """Tickets are there from the time the host has set; without one they are not given out yet."""
    return facts.tickets_from is not None and at >= facts.tickets_from
