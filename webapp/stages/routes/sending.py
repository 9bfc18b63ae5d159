"""Our nominations: an organisation sends whom it names for a selection outside."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.accounts import queries as people
from webapp.accounts.errors import WorkbookUnreadable
from webapp.banks.errors import FileRefused
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, say
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.stages.formats import nominations
from webapp.stages.forms import NominationForm
from webapp.stages.queries import submissions
from webapp.stages.queries.submissions import Sending
from webapp.stages.routes.blueprint import bp
from webapp.stages.service import submitting

NOMINATE = Permission.NOMINATE_PEOPLE
PAGE = "/staff/nominations/<int:stage_id>/<int:organisation_id>"


@bp.get("/staff/nominations")
@requires(NOMINATE)
def own_selections() -> Response:
    rows = submissions.own_selections(principal())
    found = find(
        rows, lambda one: (one.event_title, one.stage_title, one.contest_title, {"zh": one.name}), *asked()
    )
    return render("stages/own_selections.html", found=found, now=clock.now())


@bp.get(PAGE)
@requires(NOMINATE)
def own_nominations(stage_id: int, organisation_id: int) -> Response:
    return _page(submissions.sending(principal(), stage_id, organisation_id))


@bp.post(PAGE)
@requires(NOMINATE)
def send_nominations(stage_id: int, organisation_id: int) -> ResponseReturnValue:
    found = submissions.sending(principal(), stage_id, organisation_id)
    form = NominationForm(prefix="nominations")
    if not form.validate_on_submit():
        return _page(found, 422, form=form)
    upload = request.files.get("nominations-file")
    try:
        rows, problems = nominations.read(upload.read() if upload is not None else b"")
        if not problems:
            name = (upload.filename or "") if upload is not None else ""
            with transaction():
                problems = submitting.send(
                    stage_id, organisation_id, rows, name, principal().account_id, clock.now()
                )
    except (WorkbookUnreadable, FileRefused) as error:
        form.file.errors = [say(error.message)]
        return _page(found, 422, form=form)
    if problems:
        return _page(found, 422, form=form, problems=problems)
    told = ngettext(
        "The list with %(num)d person was sent to the host.",
        "The list with %(num)d people was sent to the host.",
        len(rows),
    )
    flash(told, "success")
    return _back(found)


@bp.post(f"{PAGE}/withdraw")
@requires(NOMINATE)
def withdraw_nominations(stage_id: int, organisation_id: int) -> ResponseReturnValue:
    found = submissions.sending(principal(), stage_id, organisation_id)
    with transaction():
        submitting.withdraw(stage_id, organisation_id, principal().account_id, clock.now())
    flash(_("The list was taken back; the host no longer sees it."), "success")
    return _back(found)


def _back(found: Sending) -> ResponseReturnValue:
    page = url_for(
        "stages.own_nominations", stage_id=found.stage.stage_id, organisation_id=found.organisation_id
    )
    return redirect(page, code=303)


def _page(found: Sending, status: int = 200, **refused: Any) -> Response:
    """The page of one organisation; refused: the form and what is wrong with the workbook."""
    now = clock.now()
    sent = submissions.sent_by(found.stage.stage_id, found.organisation_id)
    present = sent[0] if sent else None
    return render(
        "stages/own_nominations.html",
        status=status,
        found=found,
        present=present,
        earlier=sent[1:],
        rows=submissions.named(present, whole_names=True) if present else [],
        senders=people.names_of_accounts(one.sent_by_account_id for one in sent),
        is_over=found.until is not None and found.until <= now,
        form=refused.get("form", NominationForm(formdata=None, prefix="nominations")),
        problems=refused.get("problems", ())[:200],
    )
