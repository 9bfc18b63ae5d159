"""The chief judge's work: sheets opened again, the second typing, the signature, decoding."""

from flask import Response, flash, make_response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.judging.errors import SheetGone
from webapp.judging.forms import ReopenForm, SignForm
from webapp.judging.queries import modules, sheets
from webapp.judging.queries.own import works_by_number
from webapp.judging.routes.blueprint import HOST, LEAD, LOOKING, Place, bp, place_in_scope
from webapp.judging.routes.judge import FIELD, work_file
from webapp.judging.routes.module import BASE, acting, done, event_of, module_page
from webapp.judging.service import finishing, papers, scoring, setting_up
from webapp.media import service as media

PDF = "application/pdf"


@bp.post(f"{BASE}/numbers/<int:number>/absent")
@requires(HOST, LEAD)
def absent(stage_id: int, module: str, number: int) -> ResponseReturnValue:
    place = acting(stage_id, module)
    gone = request.form.get("absent") == "1"

    def work() -> str:
        me = principal().account_id
        setting_up.note_absent(stage_id, module, number, is_absent=gone, account_id=me)
        if gone:
            return _("Number %(number)s is noted as absent.", number=number)
        return _("Number %(number)s takes part.", number=number)

    return done(place, work)


@bp.post(f"{BASE}/sheets/<int:sheet_id>/reopen")
@requires(HOST, LEAD)
def reopen(stage_id: int, module: str, sheet_id: int) -> ResponseReturnValue:
    place = acting(stage_id, module)
    one = _sheet(place, sheet_id)
    form = ReopenForm()
    if not form.validate_on_submit():
        return module_page(place, 422, _("Please say why: it stays with the sheet."))

    def work() -> str:
        scoring.reopen(sheet_id, form.reason.data or "", principal().account_id, clock.now())
        return _("The sheet of number %(number)s is open again.", number=one.number)

    return done(place, work)


@bp.route(f"{BASE}/sheets/<int:sheet_id>/second", methods=["GET", "POST"])
@requires(HOST, LEAD)
def second(stage_id: int, module: str, sheet_id: int) -> ResponseReturnValue:
    """The second typing from paper, without seeing the first."""
    place = acting(stage_id, module)
    one = _sheet(place, sheet_id)
    items = modules.items_by_id(one.items_id).items
    typed = {
        name.removeprefix(FIELD): value for name, value in request.form.items() if name.startswith(FIELD)
    }
    refusal = ""
    if request.method == "POST":
        try:
            with transaction():
                differ = scoring.type_again(sheet_id, principal().account_id, typed, clock.now())
        except DomainError as error:
            if error.status == 404:
                raise
            refusal = say(error.message)
        else:
            if differ:
                words = _(
                    "The two typings differ: %(items)s. The judge looks again.", items=", ".join(differ)
                )
                flash(words, "warning")
            else:
                flash(
                    _("Both typings agree. The sheet of number %(number)s is signed.", number=one.number),
                    "success",
                )
            return redirect(url_for(".module", **place.key), code=303)  # type: ignore[arg-type]  # names of parameters
    return render(
        "judging/second.html", status=422 if refusal else 200, place=place, event=event_of(place), sheet=one,
        items=items, values=typed, refusal=refusal,
    )  # fmt: skip


@bp.post(f"{BASE}/sign")
@requires(LEAD)
def sign(stage_id: int, module: str) -> ResponseReturnValue:
    place = place_in_scope(stage_id, module, LEAD)
    if not place.is_chief:
        raise Forbidden
    form = SignForm()
    if not form.validate_on_submit():
        return module_page(place, 422, sign_form=form)
    scan = finishing.Scan(form.scan.data.filename or "", form.scan.data.read())

    def work() -> str:
        finishing.sign_off(stage_id, module, scan, form.note.data or "", principal().account_id, clock.now())
        return _("The module is signed.")

    return done(place, work)


@bp.get(f"{BASE}/scan")
@requires(*LOOKING)
def scan(stage_id: int, module: str) -> Response:
    """The scan under the newest signature."""
    place = place_in_scope(stage_id, module, *LOOKING)
    found = finishing.signoff_of(place.run.run_id)
    if found is None:
        raise SheetGone
    kind = media.facts([found.file_id])[found.file_id].media_type
    is_pdf = kind == PDF
    response = send_file(
        media.place_of(found.file_id), mimetype=kind, as_attachment=is_pdf,
        download_name=f"signed-{stage_id}-{module}.pdf" if is_pdf else None,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get(f"{BASE}/sheets.pdf")
@requires(HOST, LEAD)
def signed_sheets(stage_id: int, module: str) -> Response:
    """Every signed sheet of the module in one file."""
    return _paper(acting(stage_id, module), None)


@bp.get(f"{BASE}/sheets/<int:sheet_id>.pdf")
@requires(HOST, LEAD)
def signed_sheet(stage_id: int, module: str, sheet_id: int) -> Response:
    return _paper(acting(stage_id, module), sheet_id)


@bp.post(f"{BASE}/decode")
@requires(HOST, LEAD)
def decode(stage_id: int, module: str) -> ResponseReturnValue:
    def work() -> str:
        finishing.decode(stage_id, module, principal().account_id, clock.now())
        return _("The module is decoded.")

    return done(acting(stage_id, module), work)


@bp.get(f"{BASE}/works/<int:number>")
@requires(HOST, LEAD)
def numbered_work(stage_id: int, module: str, number: int) -> Response:
    place = acting(stage_id, module)
    found = works_by_number(place.run.run_id).get(number)
    if found is None:
        raise SheetGone
    return work_file(found.work_id, f"{number:03d}", found.name)


def _paper(place: Place, sheet_id: int | None) -> Response:
    """Signed sheets as PDF. raise (Forbidden): who judges here sees what others gave when it is decoded."""
    if not place.may_see_marks:
        raise Forbidden
    response = make_response(papers.signed_sheets(place.stage, place.module, place.run, sheet_id))
    response.mimetype = PDF
    stem = f"{place.stage.event_code}-{place.stage.code}-{place.module.code}"
    response.headers["Content-Disposition"] = (
        f'attachment; filename="sheets-{stem}{f"-{sheet_id}" if sheet_id else ""}.pdf"'
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _sheet(place: Place, sheet_id: int) -> sheets.SheetView:
    one = sheets.sheet(sheet_id)
    if one.run_id != place.run.run_id:
        raise SheetGone
    return one
