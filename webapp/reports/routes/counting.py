"""Having a large contest counted anew, and watching it."""

from flask import Response, flash, redirect
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.reports.errors import ReportMissing
from webapp.reports.queries import cells, scope
from webapp.reports.routes import choosing
from webapp.reports.routes.blueprint import bp
from webapp.reports.service import computing


@bp.post("/<int:contest_id>/count")
@requires(Permission.SEE_REPORTS)
def count(contest_id: int) -> ResponseReturnValue:
    asked = choosing.asked(contest_id)
    if not scope.wholly(principal(), asked.choice.outline):
        raise ReportMissing
    with transaction():
        computing.ask_count(contest_id, principal().account_id, clock.now())
    flash(_("The contest is being counted; the numbers follow within minutes."), "success")
    return redirect(asked.link("reports.contest"), code=303)


@bp.get("/<int:contest_id>/counting")
@requires(Permission.SEE_REPORTS)
def progress(contest_id: int) -> Response:
    """Whether it is still being counted, for the page that watches."""
    asked = choosing.asked(contest_id)
    return render(
        "reports/_counting.html",
        asked=asked,
        is_being_made=cells.is_being_made(contest_id),
        has_failed=cells.last_failed(contest_id),
    )
