"""The list of a selection that units run outside: brought in by the host as a workbook."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.accounts.errors import WorkbookUnreadable
from webapp.banks.errors import FileRefused
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, say
from webapp.core.transaction import transaction
from webapp.stages.errors import TooManyNominated
from webapp.stages.formats import nominations
from webapp.stages.forms import FollowForm
from webapp.stages.routes.blueprint import bp
from webapp.stages.routes.running import idle
from webapp.stages.routes.staff import nomination_form, stage_page
from webapp.stages.service import nominating


@bp.post("/staff/stages/<int:stage_id>/nominations")
@requires(Permission.PUBLISH_RESULTS)
def nominate(stage_id: int) -> ResponseReturnValue:
    found = idle(stage_id, Permission.PUBLISH_RESULTS)
    form = nomination_form(found)
    if not form.validate_on_submit():
        return stage_page(found, 422, nomination_form=form)
    upload = request.files.get("nominations-file")
    try:
        rows, problems = nominations.read(upload.read() if upload is not None else b"")
        if problems:
            return stage_page(found, 422, nomination_form=form, problems=problems)
        with transaction():
            reason = form.reason.data if form.reason is not None else ""
            brought = nominating.nominate(stage_id, rows, reason, principal().account_id, clock.now())
    except (WorkbookUnreadable, FileRefused, TooManyNominated) as error:
        form.file.errors = [say(error.message)]
        return stage_page(found, 422, nomination_form=form)
    if brought.problems:
        return stage_page(found, 422, nomination_form=form, problems=brought.problems)
    if brought.fresh:
        told = ngettext(
            "%(num)d person was put on the list.", "%(num)d people were put on the list.", brought.fresh
        )
        flash(told, "success")
    else:
        flash(_("Everybody in this workbook stands on the list already."), "info")
    return redirect(url_for("stages.stage", stage_id=stage_id), code=303)


@bp.post("/staff/stages/<int:stage_id>/nominations/follow")
@requires(Permission.PUBLISH_RESULTS)
def follow_nominations(stage_id: int) -> ResponseReturnValue:
    """Begin a further list with the same people, so that somebody may be struck."""
    found = idle(stage_id, Permission.PUBLISH_RESULTS)
    form = FollowForm(prefix="follow")
    if not form.validate_on_submit():
        return stage_page(found, 422, follow_form=form)
    with transaction():
        nominating.follow(stage_id, form.reason.data, principal().account_id, clock.now())
    flash(_("A further list has begun with the same people. The re-check can begin."), "success")
    return redirect(url_for("stages.stage", stage_id=stage_id), code=303)
