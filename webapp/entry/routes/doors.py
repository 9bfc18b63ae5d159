"""Administrators keep the ways in."""

import json
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core.errors import Forbidden
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.entry.errors import DoorBroken, DoorNotFound
from webapp.entry.forms import KINDS, DoorForm
from webapp.entry.models import EntryDoor
from webapp.entry.routes.blueprint import bp
from webapp.entry.service import doors


@bp.get("/staff/doors")
@requires(Permission.MANAGE_ROLES)
def door_list() -> Response:
    _only_for_all_contests()
    return render("entry/door_list.html", rows=doors.doors(), kinds=KINDS)


@bp.route("/staff/doors/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROLES)
def new_door() -> ResponseReturnValue:
    _only_for_all_contests()
    return _edit(None)


@bp.route("/staff/doors/<door_code>", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROLES)
def edit_door(door_code: str) -> ResponseReturnValue:
    if not _governs_all():
        raise DoorNotFound
    return _edit(doors.door(door_code, only_open=False))


def _governs_all() -> bool:
    """Ways in belong to no contest: whoever administers one of several does not keep them."""
    return principal().allows(Permission.MANAGE_ROLES)


def _only_for_all_contests() -> None:
    if not _governs_all():
        raise Forbidden


def _edit(found: EntryDoor | None) -> ResponseReturnValue:
    form = DoorForm(data=_values(found) if found else None)
    if found is not None:
        form.code.data = found.code
    if form.validate_on_submit():
        try:
            with transaction():
                doors.keep_door(_data(form))
        except DoorBroken as error:
            form.secret.errors = [
                _("The data of this way in do not fit together: %(why)s", why=_(str(error.params["why"])))
            ]
        else:
            flash(_("The way in is kept."), "success")
            return redirect(url_for("entry.door_list"), code=303)
    status = 422 if request.method == "POST" else 200
    return render("entry/door.html", status=status, form=form, door=found)


def _values(found: EntryDoor) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "title_zh": found.title.get("zh", ""),
        "title_en": found.title.get("en", ""),
        "issuer": found.issuer,
        "client_id": found.client_id,
        "public_keys": json.dumps(found.public_keys, indent=2) if found.public_keys else "",
        "is_open": found.is_open,
    }


def _data(form: DoorForm) -> doors.DoorData:
    return doors.DoorData(
        code=form.code.data or "",
        kind=form.kind.data,
        title={"zh": form.title_zh.data or "", "en": form.title_en.data or form.title_zh.data or ""},
        issuer=(form.issuer.data or "").strip(),
        client_id=(form.client_id.data or "").strip(),
        secret=form.secret.data or "",
        public_keys=form.keys,
        is_open=bool(form.is_open.data),
    )
