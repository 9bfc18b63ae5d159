"""Revoking or replacing many at once: certificates whose ground has gone, and the second person's word on all of it."""

from collections.abc import Sequence

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.certificates.errors import GoneChanged
from webapp.certificates.forms import ExportForm, RevokeGoneForm
from webapp.certificates.queries.gone import outdated
from webapp.certificates.routes.blueprint import bp
from webapp.certificates.routes.staff import stage_for, stage_page
from webapp.certificates.service import revoking
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext
from webapp.core.transaction import transaction

MANAGE = Permission.MANAGE_CERTIFICATES


@bp.post("/staff/certificates/stages/<int:stage_id>/revoke-gone")
@requires(MANAGE)
def revoke_gone(stage_id: int) -> ResponseReturnValue:
    stage = stage_for(stage_id, MANAGE)
    form = RevokeGoneForm(prefix="gone")
    if not form.validate_on_submit():
        return stage_page(stage, ExportForm(formdata=None), 422, gone_form=form)
    revoke_all([one.serial for one in outdated(stage) if not one.is_given], form)
    return redirect(url_for(".staff_stage", stage_id=stage_id), code=303)


@bp.post("/staff/certificates/stages/<int:stage_id>/replace")
@requires(MANAGE)
def replace(stage_id: int) -> ResponseReturnValue:
    """Revoke what only bears another rank or name, and issue it anew, for one reason."""
    stage = stage_for(stage_id, MANAGE)
    form = RevokeGoneForm(prefix="replace")
    if not form.validate_on_submit():
        return stage_page(stage, ExportForm(formdata=None), 422, replace_form=form)
    replace_all([one.serial for one in outdated(stage) if one.is_given], form)
    return redirect(url_for(".staff_stage", stage_id=stage_id), code=303)


def replace_all(serials: Sequence[str], form: RevokeGoneForm) -> None:
    """Replace all these by new ones, or ask for it, and say so. raise (GoneChanged): the person was shown others."""
    asked, waits = _ask_all(serials, form, replaced=True)
    flash(
        ngettext(
            "A second person has to agree before %(num)d certificate is replaced.",
            "A second person has to agree before %(num)d certificates are replaced.",
            asked,
        )
        if waits
        else ngettext(
            "%(num)d certificate is replaced by a new one; the person has been told.",
            "%(num)d certificates are replaced by new ones; the people have been told.",
            asked,
        ),
        "success",
    )


def revoke_all(serials: Sequence[str], form: RevokeGoneForm) -> None:
    """Revoke all these, or ask for it, and say so. raise (GoneChanged): the person was shown others."""
    asked, waits = _ask_all(serials, form, replaced=False)
    flash(
        ngettext(
            "A second person has to agree to %(num)d revocation.",
            "A second person has to agree to %(num)d revocations.",
            asked,
        )
        if waits
        else ngettext(
            "%(num)d certificate is revoked; the person has been told why.",
            "%(num)d certificates are revoked; the people have been told why.",
            asked,
        ),
        "success",
    )


def _ask_all(serials: Sequence[str], form: RevokeGoneForm, *, replaced: bool) -> tuple[int, bool]:
    """For how many it is asked, and whether a second person has to agree."""
    if form.seen.data != str(len(serials)):
        raise GoneChanged
    two_person = bool(current_app.config["TWO_PERSON"])
    with transaction():
        asked = revoking.ask_revoke_all(
            serials, form.reason.data, principal().account_id, two_person, clock.now(), replace=replaced
        )
    return asked, two_person


@bp.post("/staff/certificates/stages/<int:stage_id>/revocations")
@requires(MANAGE)
def decide_all(stage_id: int) -> ResponseReturnValue:
    """The second person's word on everything that waits in a stage."""
    stage_for(stage_id, MANAGE)
    agree = request.form.get("agree") == "yes"
    with transaction():
        revoking.decide_revoke_all(stage_id, principal().account_id, agree, clock.now())
    flash(_("Your decision is recorded."), "success")
    return redirect(url_for(".staff_stage", stage_id=stage_id), code=303)
