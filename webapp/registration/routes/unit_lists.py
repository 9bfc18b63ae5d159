"""Sealed unit lists: the liaison seals, the level above opens the spot checks and confirms the rest."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import in_transaction
from webapp.media import service as media
from webapp.registration.queries import reviewing
from webapp.registration.queries import unit_lists as queries
from webapp.registration.service import unit_lists as service

bp = Blueprint("unit_lists", __name__, template_folder="../templates", url_prefix="/staff/unit-lists")

SEEING = (Permission.REGISTER_WORKERS, Permission.REVIEW_APPLICATIONS)


@bp.get("")
@requires(*SEEING)
def overview() -> ResponseReturnValue:
    return _overview()


@bp.post("")
@requires(Permission.REGISTER_WORKERS)
def seal() -> ResponseReturnValue:
    """Confirm the unit's people with the chosen scan."""
    who, now = principal(), clock.now()
    unit, _colon, contest = request.form.get("list", "").partition("-")
    upload = request.files.get("scan")
    content = upload.read(service.SCAN_MOST_MB * 1024 * 1024 + 1) if upload is not None else b""
    if not (unit.isdecimal() and contest.isdecimal() and len(unit + contest) < 20):
        return _overview(422, _("Please choose a unit and a contest."))
    try:
        done = in_transaction(lambda: service.seal(who, int(unit), int(contest), content, now))
    except NotFound:
        raise
    except DomainError as refusal:
        return _overview(refusal.status, say(refusal.message))
    flash(
        _("%(count)d people are confirmed by the list; %(left)d are left for a look of their own.",
          count=done.confirmed, left=done.left),
        "success",
    )  # fmt: skip
    return redirect(url_for(".one", list_id=done.list_id), code=303)


@bp.get("/<int:list_id>")
@requires(*SEEING)
def one(list_id: int) -> ResponseReturnValue:
    return _page(list_id)


@bp.get("/<int:list_id>/scan")
@requires(*SEEING)
def scan(list_id: int) -> ResponseReturnValue:
    found = queries.one(principal(), list_id)
    kind = media.facts([found.file_id])[found.file_id].media_type
    response = Response(media.read(found.file_id), mimetype=kind)
    ending = {"application/pdf": "pdf", "image/png": "png"}.get(kind, "jpg")
    response.headers["Content-Disposition"] = f'attachment; filename="unit-list-{list_id}.{ending}"'
    return response


@bp.post("/<int:list_id>/open")
@requires(Permission.REVIEW_APPLICATIONS)
def open_checks(list_id: int) -> ResponseReturnValue:
    try:
        in_transaction(lambda: service.open_checks(principal(), list_id, clock.now()))
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(list_id, refusal.status, say(refusal.message))
    flash(_("The spot checks are open: please look at each of them."), "success")
    return redirect(url_for(".one", list_id=list_id), code=303)


@bp.post("/<int:list_id>/rest")
@requires(Permission.REVIEW_APPLICATIONS)
def confirm_rest(list_id: int) -> ResponseReturnValue:
    try:
        done = in_transaction(lambda: service.confirm_rest(principal(), list_id, clock.now()))
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(list_id, refusal.status, say(refusal.message))
    flash(
        _(
            "%(count)d registrations are confirmed; %(left)d are left for a look of their own.",
            count=done.confirmed,
            left=done.left,
        ),
        "success",
    )
    return redirect(url_for(".one", list_id=list_id), code=303)


def _overview(status: int = 200, error: str = "") -> ResponseReturnValue:
    who = principal()
    return render(
        "registration/unit_lists.html",
        status=status,
        sealable=queries.sealable(who) if who.holds(Permission.REGISTER_WORKERS) else (),
        is_liaison=who.holds(Permission.REGISTER_WORKERS),
        rows=queries.lists(who),
        most=service.SCAN_MOST_MB,
        error=error,
    )


def _page(list_id: int, status: int = 200, error: str = "") -> ResponseReturnValue:
    who = principal()
    found = queries.one(who, list_id)
    spots = reviewing.visible_ids(who, found.spot_ids or [])
    return render(
        "registration/unit_list.html",
        status=status,
        row=queries.row_of(found),
        spots=reviewing.rows(who, spots, clock.now()),
        verdicts=queries.verdicts(spots),
        may_check=service.may_check(who, found),
        error=error,
    )
