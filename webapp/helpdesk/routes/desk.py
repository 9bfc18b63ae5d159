"""Pages of the help desk: find a person, see why they are stuck, help, log."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.accounts import service as accounts
from webapp.accounts.rules.codes import shown
from webapp.accounts.service.unlocking import unlock
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.helpdesk import queries, service
from webapp.helpdesk.forms import FindForm, ReasonForm, TicketForm
from webapp.helpdesk.routes.blueprint import bp
from webapp.helpdesk.routes.tickets import logged, with_choices
from webapp.registration.rules.labels import LEVEL_TEXTS


@bp.route("/staff/help", methods=["GET", "POST"])
@requires(Permission.HELP_PEOPLE)
def find() -> ResponseReturnValue:
    """Names and numbers travel in the body, so that no address or log holds them."""
    form = FindForm()
    found, refusal, status = None, "", 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    found = service.find(
                        principal(), form.name.data or "", form.last4.data or "", form.number.data or ""
                    )
                status = 200
            except DomainError as error:
                refusal = say(error.message)
    return render(
        "helpdesk/find.html",
        status=status,
        form=form,
        found=found,
        refusal=refusal,
        open_tickets=queries.open_count(principal()),
    )


@bp.get("/staff/help/people/<int:person_id>")
@requires(Permission.HELP_PEOPLE)
def person(person_id: int) -> ResponseReturnValue:
    return _person_page(person_id)


@bp.post("/staff/help/people/<int:person_id>/code")
@requires(Permission.HELP_PEOPLE)
def issue_code(person_id: int) -> ResponseReturnValue:
    card = queries.person_in_scope(principal(), person_id)
    form = ReasonForm()
    if not form.validate() or card.account_state not in {"active", "invited"}:
        return _person_page(person_id, status=422, code_form=form)
    first = card.account_state == "invited"
    purpose = accounts.CodePurpose.FIRST_SIGN_IN if first else accounts.CodePurpose.RECOVERY
    with transaction():
        code = accounts.issue_code(person_id, purpose, now=clock.now(), why=form.why.data)
    return _person_page(person_id, code=shown(code), is_first_code=first)


@bp.post("/staff/help/people/<int:person_id>/unlock")
@requires(Permission.HELP_PEOPLE)
def unlock_account(person_id: int) -> ResponseReturnValue:
    card = queries.person_in_scope(principal(), person_id)
    form = ReasonForm()
    if not form.validate() or card.account_id is None:
        return _person_page(person_id, status=422, unlock_form=form)
    with transaction():
        unlock(card.account_id, form.why.data)
    flash(_("Unlocked. The person can sign in now."), "success")
    return redirect(url_for("helpdesk.person", person_id=person_id), code=303)


@bp.post("/staff/help/people/<int:person_id>/attempts/<int:attempt_id>/free")
@requires(Permission.HELP_PEOPLE)
def free_lease(person_id: int, attempt_id: int) -> ResponseReturnValue:
    queries.person_in_scope(principal(), person_id)
    form = ReasonForm()
    if not form.validate():
        return _person_page(person_id, status=422, lease_form=form)
    with transaction():
        service.free_lease(principal(), person_id, attempt_id, form.why.data, now=clock.now())
    flash(_("The lease is free: whichever device opens the exam next goes on."), "success")
    return redirect(url_for("helpdesk.person", person_id=person_id), code=303)


@bp.post("/staff/help/people/<int:person_id>/tickets")
@requires(Permission.HELP_PEOPLE)
def log_ticket(person_id: int) -> ResponseReturnValue:
    queries.person_in_scope(principal(), person_id)
    form = with_choices(TicketForm())
    if not form.validate():
        return _person_page(person_id, status=422, ticket_form=form)
    return logged(form, person_id)


def _person_page(
    person_id: int,
    status: int = 200,
    *,
    code: str = "",
    is_first_code: bool = False,
    code_form: ReasonForm | None = None,
    unlock_form: ReasonForm | None = None,
    lease_form: ReasonForm | None = None,
    ticket_form: TicketForm | None = None,
) -> Response:
    at = clock.now()
    with transaction():
        page = service.look_at(principal(), person_id, at)
    return render(
        "helpdesk/person.html",
        status=status,
        page=page,
        at=at,
        levels=LEVEL_TEXTS,
        code=code,
        is_first_code=is_first_code,
        code_form=code_form or ReasonForm(formdata=None),
        unlock_form=unlock_form or ReasonForm(formdata=None),
        lease_form=lease_form or ReasonForm(formdata=None),
        ticket_form=ticket_form or with_choices(TicketForm(formdata=None)),
    )
