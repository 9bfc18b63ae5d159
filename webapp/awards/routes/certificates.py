"""Certificates for the awards of a decided list: asking for them, and watching them being made."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.awards.errors import AwardsMissing, NoCertificatesFor
from webapp.awards.forms import CertificatesForm
from webapp.awards.queries.certified import certified
from webapp.awards.queries.lists import AwardStage, awards_by
from webapp.awards.queries.reopening import Stray
from webapp.awards.routes.blueprint import bp
from webapp.awards.routes.staff import in_scope, stage_page, stray
from webapp.awards.service.certifying import ask_certificates
from webapp.awards.service.deriving import open_list
from webapp.certificates.forms import RevokeGoneForm
from webapp.certificates.queries.runs import newest_run
from webapp.certificates.routes.gone import replace_all, revoke_all
from webapp.certificates.service.running import AWARDS
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction


@bp.post("/staff/awards/<int:stage_id>/certificates")
@requires(Permission.MANAGE_CERTIFICATES)
def issue(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.MANAGE_CERTIFICATES)
    form = CertificatesForm(prefix="certify")
    if not form.validate_on_submit() or not form.awards.data:
        form.awards.errors = [*form.awards.errors, say(NoCertificatesFor().message)]
        return stage_page(found, 422, certify_form=form)
    with transaction():
        ask_certificates(stage_id, form.awards.data, principal().account_id, clock.now())
    flash(_("The certificates are being made; this page shows how far."), "success")
    return redirect(url_for("awards.stage", stage_id=stage_id, _anchor="certificates"), code=303)


@bp.post("/staff/awards/<int:stage_id>/revoke-gone")
@requires(Permission.MANAGE_CERTIFICATES)
def revoke_gone(stage_id: int) -> ResponseReturnValue:
    """Revoke all certificates of awards that are not given any more."""
    found = in_scope(stage_id, Permission.MANAGE_CERTIFICATES)
    form = RevokeGoneForm(prefix="gone")
    if not form.validate_on_submit():
        return stage_page(found, 422, gone_form=form)
    revoke_all([each.serial for each in _decided_stray(found) if not each.is_given], form)
    return redirect(url_for("awards.stage", stage_id=stage_id), code=303)


@bp.post("/staff/awards/<int:stage_id>/replace")
@requires(Permission.MANAGE_CERTIFICATES)
def replace(stage_id: int) -> ResponseReturnValue:
    """Replace all certificates of given awards that bear another rank than the decided list."""
    found = in_scope(stage_id, Permission.MANAGE_CERTIFICATES)
    form = RevokeGoneForm(prefix="replace")
    if not form.validate_on_submit():
        return stage_page(found, 422, replace_form=form)
    replace_all([each.serial for each in _decided_stray(found) if each.is_given], form)
    return redirect(url_for("awards.stage", stage_id=stage_id), code=303)


def _decided_stray(found: AwardStage) -> list[Stray]:
    one = open_list(found.stage_id)
    if one is None or one.state != "decided":
        raise AwardsMissing
    return stray(one, awards_by(one, found))


@bp.get("/staff/awards/<int:stage_id>/certificates")
@requires(Permission.MANAGE_CERTIFICATES)
def certificates(stage_id: int) -> Response:
    """How far the certificates are, for the page that watches."""
    found = in_scope(stage_id, Permission.MANAGE_CERTIFICATES)
    one = open_list(stage_id)
    if one is None:
        raise AwardsMissing
    run = newest_run(AWARDS, found.event_id, stage_id)
    made = certified(one, awards_by(one, found), run)
    return render("awards/_made.html", made=made, stage_id=stage_id)
