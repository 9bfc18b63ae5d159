"""Print files: asking for one, watching it, giving it up, taking it away."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.certificates.errors import PrintMissing
from webapp.certificates.forms import PrintForm, TakeForm
from webapp.certificates.queries import prints
from webapp.certificates.queries.prints import PrintView, Scope
from webapp.certificates.routes.blueprint import bp
from webapp.certificates.routes.staff import stage_for
from webapp.certificates.service import printing
from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.core import clock
from webapp.core.errors import Forbidden
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.media.service import place_of

PAGE = "/staff/certificates/stages/<int:stage_id>/print"


@bp.app_template_filter("print_kind")
def print_kind(kind: str) -> str:
    """What a print file is of, in the reader's language."""
    words = {"stage": _("this stage"), "event": _("the whole event"), "contest": _("the whole contest")}
    return words[kind]


@bp.get(PAGE)
@requires(Permission.EXPORT_LISTS)
def print_files(stage_id: int) -> Response:
    return _page(stage_for(stage_id, Permission.EXPORT_LISTS))


@bp.get("/staff/certificates/stages/<int:stage_id>/print/progress")
@requires(Permission.EXPORT_LISTS)
def print_progress(stage_id: int) -> Response:
    """How far the print files are that are being made, for the page that watches."""
    stage = stage_for(stage_id, Permission.EXPORT_LISTS)
    found = prints.prints_around(stage, prints.scopes_for(principal(), stage))
    # The list of files beneath is shown anew when the last one is through; what is typed there stays until then.
    return render("certificates/_printing.html", stage_id=stage_id, files=found, was_watched=True)


@bp.post(PAGE)
@requires(Permission.EXPORT_LISTS)
def make_print(stage_id: int) -> ResponseReturnValue:
    stage = stage_for(stage_id, Permission.EXPORT_LISTS)
    choices = prints.scopes_for(principal(), stage)
    form = _with_choices(PrintForm(prefix="make"), choices, prints.valid_numbers(stage))
    if not choices:
        raise Forbidden
    if not form.validate_on_submit():
        return _page(stage, 422, make_form=form)
    with transaction():
        printing.ask_print(choices[form.kind.data], form.reason.data, principal().account_id, clock.now())
    flash(_("The print file is being made; this page shows how far."), "success")
    return redirect(url_for(".print_files", stage_id=stage_id), code=303)


@bp.post("/staff/certificates/prints/<int:print_id>/cancel")
@requires(Permission.EXPORT_LISTS)
def cancel_print(print_id: int) -> ResponseReturnValue:
    found = prints.print_for(principal(), print_id)
    with transaction():
        printing.cancel(print_id, clock.now())
    flash(_("The print file is given up; what was set of it is deleted."), "success")
    return redirect(url_for(".print_files", stage_id=_shown_at(found)), code=303)


@bp.post("/staff/certificates/prints/<int:print_id>/take")
@requires(Permission.EXPORT_LISTS)
def take_print(print_id: int) -> ResponseReturnValue:
    found = prints.print_for(principal(), print_id)
    form = TakeForm(prefix="take")
    if not form.validate_on_submit():
        stage = stage_for(_shown_at(found), Permission.EXPORT_LISTS)
        return _page(stage, 422, take_form=form, taken_id=print_id)
    with transaction():
        file_id = printing.take(print_id, form.reason.data)
        place = place_of(file_id)
    if found.made_at is None:
        raise PrintMissing
    name = f"certificates-{found.kind}-{found.made_at.astimezone(clock.SHANGHAI):%Y%m%d-%H%M}.zip"
    return send_file(place, mimetype=printing.ZIP, as_attachment=True, download_name=name, max_age=0)


def _page(stage: StageView, status: int = 200, **forms: Any) -> Response:
    """The print files around a stage; forms: those that were refused, by name."""
    choices, numbers = prints.scopes_for(principal(), stage), prints.valid_numbers(stage)
    made: dict[str, Any] = {
        "make_form": _with_choices(PrintForm(formdata=None, prefix="make"), choices, numbers),
        "take_form": TakeForm(formdata=None, prefix="take"),
        "taken_id": 0,
    }
    return render(
        "certificates/print.html",
        status=status,
        stage=stage,
        event=contests.event_by_id(stage.event_id, clock.now()),
        files=prints.prints_around(stage, choices),
        may_make=bool(choices),
        numbers=numbers,
        **{**made, **forms},
    )


def _with_choices(form: PrintForm, choices: Mapping[str, Scope], numbers: Mapping[str, int]) -> PrintForm:
    """The form with what this person may have made, the smallest chosen."""
    form.kind.choices = [
        (
            kind,
            f"{print_kind(kind)} · {ngettext('%(num)d certificate', '%(num)d certificates', numbers[kind])}",
        )
        for kind in choices
    ]
    form.kind.data = form.kind.data or next(iter(choices), "")
    return form


def _shown_at(found: PrintView) -> int:
    """A stage on whose page a print file is shown."""
    return found.scope.stage_id or prints.first_stage(found.scope)
