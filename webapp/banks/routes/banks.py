"""The list of banks, a new bank, one bank with its versions and uploads."""

import io

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.banks import queries, service
from webapp.banks.errors import BankCodeTaken
from webapp.banks.formats.template import empty_template
from webapp.banks.formats.writers import XLSX_TYPE
from webapp.banks.forms import BankForm
from webapp.banks.routes.blueprint import bank_or_404, bp, visible
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction


@bp.get("")
@requires(Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
def listing() -> Response:
    may_edit = principal().holds(Permission.EDIT_BANKS)
    return render("banks/list.html", banks=visible(queries.banks()), may_edit=may_edit)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_BANKS)
def new() -> ResponseReturnValue:
    form = BankForm()
    if not form.validate_on_submit():
        return render("banks/new.html", form=form, status=422 if request.method == "POST" else 200)
    try:
        with transaction():
            service.create_bank(
                form.code.data,
                {"zh": form.title.data, "en": ""},
                principal().account_id,
                {"zh": form.description.data or "", "en": ""},
            )
    except BankCodeTaken as error:
        form.code.errors = [say(error.message)]
        return render("banks/new.html", form=form, status=422)
    flash(_("The bank was made. Now upload its questions."), "success")
    return redirect(url_for(".upload", code=form.code.data), code=303)


@bp.get("/template.xlsx")
@requires(Permission.EDIT_BANKS)
def template() -> Response:
    return send_file(
        io.BytesIO(empty_template()),
        mimetype=XLSX_TYPE,
        as_attachment=True,
        download_name="jiangsai-questions.xlsx",
    )


@bp.get("/<code>")
@requires(Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
def show(code: str) -> Response:
    bank = bank_or_404(code)
    chosen = bank.approved_version_id or bank.newest_version_id
    return render(
        "banks/bank.html",
        bank=bank,
        counts=queries.counts(chosen) if chosen else {},
        topics=queries.topic_paths(bank.bank_id),
        versions=queries.versions(bank.bank_id),
        uploads=queries.uploads(bank.bank_id),
        may_edit=principal().holds(Permission.EDIT_BANKS),
    )
