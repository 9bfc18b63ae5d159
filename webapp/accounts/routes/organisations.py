"""Staff pages of the tree: browse, search, add, move, merge, import from a workbook.

They stand here because merging and importing touch people, who stand above the tree."""

from datetime import date

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission, ScopeKind
from webapp.access.principal import principal
from webapp.accounts.errors import UploadGone, WorkbookUnreadable
from webapp.accounts.formats import staff_workbook
from webapp.accounts.routes.blueprint import bp
from webapp.accounts.service import importing
from webapp.banks.errors import FileRefused
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.organisations import queries as tree
from webapp.organisations import service
from webapp.organisations.rules import levels

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALL_KINDS = ("union", "unit", "organiser")


@bp.get("/staff/organisations")
@requires(Permission.MANAGE_ORGANISATIONS)
def organisations() -> ResponseReturnValue:
    return _tree_page(request.args.get("parent", type=int))


@bp.post("/staff/organisations")
@requires(Permission.MANAGE_ORGANISATIONS)
def add_organisation() -> ResponseReturnValue:
    parent_id = request.form.get("parent", type=int)
    _refuse_outside(parent_id)
    name, kind = request.form.get("name", "").strip()[:120], request.form.get("kind", "")
    level = request.form.get("level", "")
    if len(name) < 2 or kind not in levels.KIND_TEXTS or level not in levels.LEVEL_TEXTS:
        return _tree_page(parent_id, 422, _("Please give a name, a kind and a level."))
    try:
        with transaction():
            service.add_organisation(
                name=name, kind=kind, level=level, parent_id=parent_id,
                code=request.form.get("code", "")[:40], credit_code=request.form.get("credit_code", "")[:40],
            )  # fmt: skip
    except DomainError as error:
        return _tree_page(parent_id, error.status, say(error.message))
    flash(_("%(name)s is in the tree now.", name=name), "success")
    return redirect(url_for("accounts.organisations", parent=parent_id), code=303)


@bp.post("/staff/organisations/<int:organisation_id>/move")
@requires(Permission.MANAGE_ORGANISATIONS)
def move_organisation(organisation_id: int) -> ResponseReturnValue:
    return _moved(organisation_id)


@bp.post("/staff/organisations/<int:organisation_id>/close")
@requires(Permission.MANAGE_ORGANISATIONS)
def close_organisation(organisation_id: int) -> ResponseReturnValue:
    _refuse_outside(organisation_id)
    with transaction():
        service.close_organisation(organisation_id, request.form.get("why", "").strip()[:300])
    flash(_("Closed: nobody new can choose it."), "success")
    return redirect(url_for("accounts.organisations", parent=organisation_id), code=303)


def _moved(organisation_id: int) -> ResponseReturnValue:
    """Move below the organisation whose code the form names."""
    _refuse_outside(organisation_id)
    code, why = request.form.get("target", "").strip(), request.form.get("why", "").strip()[:300]
    target = tree.by_codes([code]).get(code) if code else None
    if target is None or not why:
        return _tree_page(
            organisation_id, 422, _("Please give the code of the other organisation and a reason.")
        )
    _refuse_outside(target.id)
    target_id = target.id
    try:
        with transaction():
            service.move_organisation(organisation_id, target_id, why)
    except DomainError as error:
        return _tree_page(organisation_id, error.status, say(error.message))
    flash(_("Done. People and everything below have followed."), "success")
    return redirect(url_for("accounts.organisations", parent=target_id), code=303)


@bp.route("/staff/organisations/import", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATIONS)
def import_staff() -> ResponseReturnValue:
    _refuse_partial_administrators()
    if request.method == "GET":
        return render("accounts/import.html", plan=None, error="")
    upload = request.files.get("file")
    content = upload.read() if upload is not None else b""
    try:
        plan = importing.plan(staff_workbook.read(content, _today()))
    except (WorkbookUnreadable, FileRefused) as error:
        return render("accounts/import.html", status=422, plan=None, error=say(error.message))
    ticket = importing.keep(content, principal().account_id)
    return render("accounts/import.html", plan=plan, ticket=ticket, error="")


@bp.post("/staff/organisations/import/accept")
@requires(Permission.MANAGE_ORGANISATIONS)
def accept_import() -> ResponseReturnValue:
    _refuse_partial_administrators()
    ticket = request.form.get("ticket", "")
    try:
        content = importing.kept(ticket, principal().account_id)
    except UploadGone as error:
        return render("accounts/import.html", status=409, plan=None, error=say(error.message))
    with transaction():
        plan = importing.plan(staff_workbook.read(content, _today()))
        if plan.errors and request.form.get("part") != "valid":
            return render("accounts/import.html", status=422, plan=plan, ticket=ticket, error="")
        done = importing.carry_out(plan, now=clock.now())
    importing.forget(ticket, principal().account_id)
    return render("accounts/import_done.html", done=done)


@bp.get("/staff/organisations/import/template.xlsx")
@requires(Permission.MANAGE_ORGANISATIONS)
def import_template() -> ResponseReturnValue:
    headers = {"Content-Disposition": "attachment; filename=staff-template.xlsx"}
    return Response(staff_workbook.template(), mimetype=XLSX, headers=headers)


def _tree_page(parent_id: int | None, status: int = 200, error: str = "") -> ResponseReturnValue:
    text = request.args.get("q", "")[:80]
    here = tree.by_id(parent_id) if parent_id is not None else None
    if parent_id is not None and here is None:
        raise NotFound
    shown = tree.search(text, ALL_KINDS, limit=50) if text else tree.children(parent_id)
    return render(
        "accounts/organisations.html",
        status=status,
        error=error,
        here=tree.views([here])[0] if here is not None else None,
        above=[(row.id, row.name) for row in reversed(tree.ancestors(parent_id))] if parent_id else [],
        shown=shown,
        text=text,
        kind_texts=levels.KIND_TEXTS,
        level_texts=levels.LEVEL_TEXTS,
        typed=request.form,
    )


def _refuse_outside(organisation_id: int | None) -> None:
    """An administrator of a part changes that part only. Raise Forbidden."""
    path = tree.path(organisation_id) if organisation_id is not None else ()
    if not principal().allows(Permission.MANAGE_ORGANISATIONS, organisation_path=path):
        raise Forbidden


def _refuse_partial_administrators() -> None:
    """A workbook may bring roles of every scope. Raise Forbidden."""
    for permission in (Permission.MANAGE_ORGANISATIONS, Permission.MANAGE_ROLES):
        if not any(grant.scope_kind is ScopeKind.EVERYTHING for grant in principal().scopes(permission)):
            raise Forbidden


def _today() -> date:
    return clock.now().astimezone(clock.SHANGHAI).date()
