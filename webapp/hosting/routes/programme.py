"""The programme of an edition: what was granted against the quotas by kind."""

from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.hosting.forms import ExceptForm
from webapp.hosting.queries import lists
from webapp.hosting.queries.applications import programme_exceptions
from webapp.hosting.queries.offers import ContestOffer, offers
from webapp.hosting.routes.blueprint import bp
from webapp.hosting.rules.shares import lines
from webapp.hosting.rules.states import DECIDED
from webapp.hosting.service import reviewing


@bp.get("/staff/hosting/programme/<contest>")
@requires(Permission.SEE_HOSTING)
def programme(contest: str) -> Response:
    return _page(_in_scope(contest, Permission.SEE_HOSTING))


@bp.post("/staff/hosting/programme/<contest>/except")
@requires(Permission.DECIDE_HOSTING)
def except_quota(contest: str) -> ResponseReturnValue:
    found = _in_scope(contest, Permission.DECIDE_HOSTING)
    form = ExceptForm(prefix="except")
    if not form.validate_on_submit():
        return _page(found, 422, except_form=form)
    with transaction():
        reviewing.except_quota(
            found.contest_id, form.rule.data or "", form.reason.data or "", principal(), clock.now()
        )
    flash(_("The exception is recorded with your name."), "success")
    return redirect(url_for(".programme", contest=contest), code=303)


def _in_scope(contest: str, permission: Permission) -> ContestOffer:
    """A contest that takes applications, in this person's scope. raise (NotFound)."""
    found = next((one for one in offers() if one.code == contest), None)
    if found is None or not principal().allows(permission, contest_id=found.contest_id):
        raise NotFound
    return found


def _page(found: ContestOffer, status: int = 200, **forms: Any) -> Response:
    rows = [row for row in lists.sent(principal()) if row.contest == found.code and row.state in DECIDED]
    trades = lists.granted_trades(found.contest_id)
    made = {"except_form": ExceptForm(formdata=None, prefix="except"), **forms}
    return render(
        "hosting/programme.html",
        status=status,
        offer=found,
        shares=lines(trades, found.terms),
        trades=trades,
        exceptions=programme_exceptions(found.contest_id),
        found=find(rows, lambda one: (one.names, {"zh": one.organisation}), *asked()),
        may_decide=principal().allows(Permission.DECIDE_HOSTING, contest_id=found.contest_id),
        **made,
    )
