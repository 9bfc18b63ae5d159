"""The reviewers' page for handing a queue to somebody else for a time."""

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.forms import trimmed
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import in_transaction
from webapp.registration.queries import delegations as queries
from webapp.registration.service import delegating

bp = Blueprint(
    "delegations", __name__, template_folder="../templates", url_prefix="/staff/review/delegations"
)

HANDING = (Permission.REVIEW_APPLICATIONS, Permission.CONFIRM_FOR_EVENT)
WHY_MOST = 300


@bp.get("")
@requires(*HANDING)
def overview() -> ResponseReturnValue:
    return _page()


@bp.post("")
@requires(*HANDING)
def hand_on() -> ResponseReturnValue:
    who, now = principal(), clock.now()
    key = request.form.get("receiver", "")[:60]
    why = str(trimmed(request.form.get("why", "")))[:WHY_MOST]
    try:
        in_transaction(lambda: delegating.hand_on(who, key, _day(), why, now))
    except DomainError as refusal:
        return _page(refusal.status, say(refusal.message))
    flash(_("The queue is handed on; the receiver has a notice."), "success")
    return redirect(url_for(".overview"), code=303)


@bp.post("/<int:delegation_id>/end")
@requires(*HANDING)
def end(delegation_id: int) -> ResponseReturnValue:
    try:
        in_transaction(lambda: delegating.end(principal(), delegation_id, clock.now()))
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(refusal.status, say(refusal.message))
    flash(_("The delegation has ended."), "success")
    return redirect(url_for(".overview"), code=303)


def _page(status: int = 200, error: str = "") -> ResponseReturnValue:
    who, now = principal(), clock.now()
    return render(
        "registration/delegations.html",
        status=status,
        receivers=queries.receivers(who),
        rows=queries.delegations(who, now),
        typed=request.form,
        today=now.astimezone(clock.SHANGHAI).date(),
        error=error,
    )


def _day() -> date | None:
    try:
        return date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        return None
