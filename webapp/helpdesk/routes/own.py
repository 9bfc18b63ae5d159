"""One's own tickets: from any page, and from the exam without leaving it."""

import json
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.limits import limiter
from webapp.core.render import render, wants_fragment
from webapp.core.transaction import transaction
from webapp.exam.queries.timeline import place_of_attempt
from webapp.helpdesk import queries, service
from webapp.helpdesk.forms import OwnTicketForm, WordsForm
from webapp.helpdesk.routes.blueprint import bp
from webapp.helpdesk.routes.tickets import picture_of
from webapp.helpdesk.rules.tickets import IN_EXAM, KINDS, browser_facts


@bp.get("/tickets")
@signed_in
def own_tickets() -> Response:
    return render(
        "helpdesk/own_tickets.html", tickets=queries.own_tickets(principal().person_id), kinds=KINDS
    )


@bp.route("/tickets/new", methods=["GET", "POST"])
@signed_in
@limiter.limit("30 per hour", methods=["POST"])
def new_ticket() -> ResponseReturnValue:
    """As a page of its own, or as a part that the exam page shows in a dialog."""
    form = OwnTicketForm()
    attempt_id = _attempt_id(form.attempt.data or request.args.get("attempt", ""))
    kinds = IN_EXAM if attempt_id else tuple(KINDS)
    form.kind.choices = [(str(kind), _(KINDS[kind])) for kind in kinds]
    form.attempt.data = str(attempt_id or "")
    if request.method == "GET":
        return _form(form, 200)
    if not form.validate():
        return _form(form, 422)
    new = service.OwnTicket(form.kind.data, form.text.data, attempt_id, _picture(), _browser(form))
    try:
        with transaction():
            ticket_id = service.open_own_ticket(principal(), new, now=clock.now())
    except DomainError as error:
        return _form(form, 422, say(error.message))
    if wants_fragment():
        return render("helpdesk/_own_sent.html", ticket_id=ticket_id)
    flash(_("Your message was received. The answer will appear here."), "success")
    return redirect(url_for("helpdesk.own_ticket", ticket_id=ticket_id), code=303)


@bp.get("/tickets/<int:ticket_id>")
@signed_in
def own_ticket(ticket_id: int) -> Response:
    return _own_page(ticket_id, WordsForm(formdata=None))


@bp.post("/tickets/<int:ticket_id>")
@signed_in
def add_words(ticket_id: int) -> ResponseReturnValue:
    """Says more; a closed one is opened again by it."""
    view = queries.own_ticket(principal().person_id, ticket_id)
    form = WordsForm()
    if not form.validate():
        return _own_page(ticket_id, form, 422)
    with transaction():
        if view.is_open:
            service.add_words(principal(), ticket_id, form.text.data, now=clock.now())
        else:
            service.reopen(principal(), ticket_id, form.text.data, now=clock.now(), from_person=True)
    flash(_("Added."), "success")
    return redirect(url_for("helpdesk.own_ticket", ticket_id=ticket_id), code=303)


@bp.get("/tickets/<int:ticket_id>/picture")
@signed_in
def own_picture(ticket_id: int) -> Response:
    queries.own_ticket(principal().person_id, ticket_id)
    return picture_of(ticket_id)


def _form(form: OwnTicketForm, status: int, refusal: str = "") -> Response:
    return render(
        "helpdesk/own_new.html",
        fragment="helpdesk/_own_form.html",
        status=status,
        form=form,
        refusal=refusal,
    )


def _own_page(ticket_id: int, form: WordsForm, status: int = 200) -> Response:
    return render(
        "helpdesk/own_ticket.html",
        status=status,
        ticket=queries.own_ticket(principal().person_id, ticket_id),
        messages=queries.messages(ticket_id),
        kinds=KINDS,
        form=form,
    )


def _attempt_id(given: str) -> int | None:
    """The attempt the ticket is written from. raise (AttemptNotFound): somebody else's, or none at all."""
    if not (given.isascii() and given.isdecimal() and len(given) < 18):
        return None
    place_of_attempt(int(given), principal().person_id)
    return int(given)


def _picture() -> bytes:
    sent = request.files.get("picture")
    return sent.read() if sent else b""


def _browser(form: OwnTicketForm) -> dict[str, Any]:
    """What the page told of itself; the name of the browser comes with every request."""
    try:
        given = json.loads((form.browser.data or "{}")[:20_000])
    except ValueError:
        given = {}
    told = browser_facts(given)
    return {"agent": (request.user_agent.string or "")[:200], **told}
