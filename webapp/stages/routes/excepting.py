"""Signing that a minimum of the rules is excepted for a stage."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.transaction import transaction
from webapp.stages.forms import ExceptForm
from webapp.stages.routes.blueprint import bp
from webapp.stages.routes.staff import in_scope, stage_page
from webapp.stages.service.excepting import except_few


@bp.post("/staff/stages/<int:stage_id>/except")
@requires(Permission.PUBLISH_RESULTS)
def except_minimum(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = ExceptForm(prefix="except")
    if not form.validate_on_submit():
        return stage_page(found, 422, except_form=form)
    with transaction():
        except_few(stage_id, form.reason.data, principal().account_id, clock.now())
    flash(_("The exception is signed with your name."), "success")
    return redirect(url_for("stages.stage", stage_id=stage_id), code=303)
