"""Tickets for staff: list, log, claim, answer, close, open again."""

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.queries.timeline import place_of_attempt
from webapp.helpdesk import queries, service
from webapp.helpdesk.forms import CloseForm, TicketForm, WordsForm
from webapp.helpdesk.queries.scope import LOOKING, STAFF
from webapp.helpdesk.routes.blueprint import bp
from webapp.helpdesk.rules.tickets import FACT_WORDS, KINDS
from webapp.media import service as media

KEPT = ("state", "words", "mine", "kind", "event", "unclaimed", "page")


@bp.get("/staff/help/tickets")
@requires(*LOOKING)
def tickets() -> Response:
    return _list(with_choices(TicketForm(formdata=None)))


@bp.post("/staff/help/tickets")
@requires(Permission.HELP_PEOPLE)
def log_ticket_of_nobody() -> ResponseReturnValue:
    """A ticket about nobody in particular."""
    form = with_choices(TicketForm())
    return logged(form, None) if form.validate() else _list(form, 422)


def _list(form: TicketForm, status: int = 200) -> Response:
    state = request.args.get("state", "open")
    chosen = queries.TicketFilter(
        state if state in {"open", "solved"} else "",
        request.args.get("words", "").strip()[:80],
        request.args.get("mine") == "1",
        request.args.get("kind", ""),
        request.args.get("event", 0, int),
        request.args.get("unclaimed") == "1",
    )
    page = queries.ticket_page(principal(), chosen, request.args.get("page", 1, int))
    return render(
        "helpdesk/tickets.html",
        fragment="helpdesk/_tickets_live.html",
        status=status,
        page=page,
        chosen=chosen,
        kept={name: request.args[name] for name in KEPT if request.args.get(name)},
        form=form,
        kinds=KINDS,
        may_log=principal().holds(Permission.HELP_PEOPLE),
    )


@bp.get("/staff/help/tickets/<int:ticket_id>")
@requires(*LOOKING)
def ticket(ticket_id: int) -> ResponseReturnValue:
    return _ticket_page(ticket_id)


@bp.get("/staff/help/tickets/<int:ticket_id>/picture")
@requires(*LOOKING)
def ticket_picture(ticket_id: int) -> Response:
    queries.ticket(principal(), ticket_id)
    return picture_of(ticket_id)


@bp.post("/staff/help/tickets/<int:ticket_id>/claim")
@requires(*STAFF)
def claim_ticket(ticket_id: int) -> ResponseReturnValue:
    _to_work_on(ticket_id)
    with transaction():
        service.claim(principal(), ticket_id, now=clock.now())
    flash(_("You work on it now."), "success")
    return redirect(url_for("helpdesk.ticket", ticket_id=ticket_id), code=303)


@bp.post("/staff/help/tickets/<int:ticket_id>/answer")
@requires(*STAFF)
def answer_ticket(ticket_id: int) -> ResponseReturnValue:
    _to_work_on(ticket_id)
    form = WordsForm(prefix="answer-")
    if not form.validate():
        return _ticket_page(ticket_id, answer_form=form, status=422)
    with transaction():
        service.answer(principal(), ticket_id, form.text.data, now=clock.now())
    flash(_("Answered; the person is told."), "success")
    return redirect(url_for("helpdesk.ticket", ticket_id=ticket_id), code=303)


@bp.post("/staff/help/tickets/<int:ticket_id>/close")
@requires(*STAFF)
def close_ticket(ticket_id: int) -> ResponseReturnValue:
    form = CloseForm()
    _to_work_on(ticket_id)
    if not form.validate():
        return _ticket_page(ticket_id, close_form=form, status=422)
    with transaction():
        service.close_ticket(principal(), ticket_id, form.outcome.data, now=clock.now())
    flash(_("Closed."), "success")
    return redirect(url_for("helpdesk.ticket", ticket_id=ticket_id), code=303)


@bp.post("/staff/help/tickets/<int:ticket_id>/reopen")
@requires(*STAFF)
def reopen_ticket(ticket_id: int) -> ResponseReturnValue:
    _to_work_on(ticket_id)
    form = WordsForm(prefix="reopen-")
    if not form.validate():
        return _ticket_page(ticket_id, reopen_form=form, status=422)
    with transaction():
        service.reopen(principal(), ticket_id, form.text.data, now=clock.now(), from_person=False)
    flash(_("Open again."), "success")
    return redirect(url_for("helpdesk.ticket", ticket_id=ticket_id), code=303)


def _to_work_on(ticket_id: int) -> None:
    """raise (NotFound): the ticket is not in the scope, or only to be read."""
    if not queries.may_work_on(principal(), ticket_id):
        raise NotFound


def logged(form: TicketForm, person_id: int | None) -> ResponseReturnValue:
    """Keep a ticket whose form was right, and show it."""
    new = service.StaffTicket(form.subject.data, form.text.data, form.kind.data, form.channel.data)
    with transaction():
        ticket_id = service.open_ticket(principal(), person_id, new, now=clock.now())
    flash(_("Logged as ticket %(number)s.", number=ticket_id), "success")
    return redirect(url_for("helpdesk.ticket", ticket_id=ticket_id), code=303)


def with_choices(form: TicketForm) -> TicketForm:
    """The kinds of tickets in the reader's language."""
    form.kind.choices = [(str(kind), _(words)) for kind, words in KINDS.items()]
    form.channel.choices = [("desk", _("in person or in writing")), ("phone", _("by phone"))]
    return form


def picture_of(ticket_id: int) -> Response:
    """The picture of a ticket whose reader has been checked."""
    file_id = queries.picture_id(ticket_id)
    response = send_file(
        media.place_of(file_id), mimetype=media.facts([file_id])[file_id].media_type, max_age=0
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


def _line_of(view: queries.TicketView) -> str:
    """The address of the time line of the exam it was written in, or nothing."""
    if view.attempt_id is None or view.person_id is None:
        return ""
    place = place_of_attempt(view.attempt_id, view.person_id)
    return url_for("helpdesk.time_line", exam_id=place.exam_id, participation_id=place.participation_id)


def _ticket_page(
    ticket_id: int,
    *,
    status: int = 200,
    close_form: CloseForm | None = None,
    answer_form: WordsForm | None = None,
    reopen_form: WordsForm | None = None,
) -> Response:
    view = queries.ticket(principal(), ticket_id)
    return render(
        "helpdesk/ticket.html",
        status=status,
        ticket=view,
        kinds=KINDS,
        messages=queries.messages(ticket_id),
        log=queries.log_of(ticket_id),
        fact_words=FACT_WORDS,
        may_work=queries.may_work_on(principal(), ticket_id),
        may_help=principal().holds(Permission.HELP_PEOPLE),
        line=_line_of(view),
        form=close_form or CloseForm(formdata=None),
        answer_form=answer_form or WordsForm(formdata=None, prefix="answer-"),
        reopen_form=reopen_form or WordsForm(formdata=None, prefix="reopen-"),
    )
