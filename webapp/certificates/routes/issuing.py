"""Issuing what a stage owes, and watching it."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.certificates.queries import stages
from webapp.certificates.queries.runs import newest_run
from webapp.certificates.routes.blueprint import bp
from webapp.certificates.routes.staff import allows, stage_for
from webapp.certificates.service.running import STAGE, ask_run
from webapp.contests import queries as contests
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction


@bp.post("/staff/certificates/stages/<int:stage_id>/issue")
@requires(Permission.MANAGE_CERTIFICATES)
def issue(stage_id: int) -> ResponseReturnValue:
    stage = stage_for(stage_id, Permission.MANAGE_CERTIFICATES)
    with transaction():
        asked = ask_run(stage, principal().account_id, clock.now())
    if asked:
        flash(_("Whatever is due is being issued; this page shows how far."), "success")
    else:
        flash(_("Nothing is due at the moment."), "info")
    return redirect(url_for(".staff_stage", stage_id=stage_id, _anchor="issuing"), code=303)


@bp.get("/staff/certificates/stages/<int:stage_id>/issuing")
@requires(*stages.READING)
def issuing(stage_id: int) -> Response:
    """How far the issuing is, for the page that watches."""
    stage = stage_for(stage_id)
    run = newest_run(STAGE, stage.event_id, stage.stage_id)
    event = contests.event_by_id(stage.event_id, clock.now())
    may_manage = allows(event, Permission.MANAGE_CERTIFICATES)
    return render("certificates/_issuing.html", stage_id=stage.stage_id, run=run, may_manage=may_manage)
