"""What hosts do with an award list."""

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.awards.errors import DeclineNeedsReason, NothingToDecide
from webapp.awards.forms import DecideLinesForm, DeriveForm, NameForm
from webapp.awards.routes.blueprint import bp
from webapp.awards.routes.staff import in_scope, stage_page
from webapp.awards.service import deciding, deriving
from webapp.awards.service.deciding import Asker
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, say
from webapp.core.transaction import transaction
from webapp.organisations.queries import by_codes


@bp.post("/staff/awards/<int:stage_id>/derive")
@requires(Permission.PUBLISH_RESULTS)
def derive(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = DeriveForm(prefix="derive")
    if not form.validate_on_submit():
        return stage_page(found, 422, derive_form=form)
    local_id = None
    if form.local.data:
        union = by_codes([form.local.data.strip()]).get(form.local.data.strip())
        if union is None:
            form.local.errors = [_("There is no organisation with this code.")]
            return stage_page(found, 422, derive_form=form)
        local_id = union.id
    with transaction():
        deriving.derive_list(stage_id, principal().account_id, clock.now(), local_id)
    return _done(stage_id, _("The awards are derived from the final list."))


@bp.post("/staff/awards/<int:stage_id>/name")
@requires(Permission.PUBLISH_RESULTS)
def name(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = NameForm(prefix="name")
    if not form.validate_on_submit():
        return stage_page(found, 422, name_form=form)
    me, now = principal().account_id, clock.now()
    with transaction():
        deriving.name_for_prize(stage_id, form.award.data, form.number.data, me, now)
        deriving.derive_list(stage_id, me, now)
    return _done(stage_id, _("The contestant is named for the prize."))


@bp.post("/staff/awards/<int:stage_id>/decide")
@requires(Permission.PUBLISH_RESULTS)
def decide(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = DecideLinesForm()
    if not form.validate_on_submit():
        return stage_page(found, 422, decide_form=form)
    grant, reason = form.decision.data == deciding.GRANTED, form.reason.data or ""
    if not grant and not reason.strip():
        form.reason.errors = [say(DeclineNeedsReason().message)]
        return stage_page(found, 422, decide_form=form)
    if not form.lines.data:
        form.lines.errors = [say(NothingToDecide().message)]
        return stage_page(found, 422, decide_form=form)
    with transaction():
        count = deciding.decide_lines(stage_id, form.lines.data, grant, reason, principal(), clock.now())
    words = ngettext("%(num)d line is decided.", "%(num)d lines are decided.", count)
    return _done(stage_id, words)


@bp.post("/staff/awards/<int:stage_id>/close")
@requires(Permission.PUBLISH_RESULTS)
def close(stage_id: int) -> ResponseReturnValue:
    in_scope(stage_id, Permission.PUBLISH_RESULTS)
    asker = Asker(principal().account_id, clock.now(), current_app.config["TWO_PERSON"])
    with transaction():
        state = deciding.ask_close(stage_id, asker).state
    if state == "decided":
        return _done(stage_id, _("The awards are decided; the contestants have been told."))
    return _done(stage_id, _("A second person has to agree first; it stands on this page."))


@bp.post("/staff/awards/<int:stage_id>/agree")
@requires(Permission.PUBLISH_RESULTS)
def agree(stage_id: int) -> ResponseReturnValue:
    in_scope(stage_id, Permission.PUBLISH_RESULTS)
    with transaction():
        deciding.answer_close(
            stage_id, principal().account_id, request.form.get("agree") == "yes", clock.now()
        )
    return _done(stage_id, _("Your decision is recorded."))


@bp.post("/staff/awards/<int:stage_id>/tick")
@requires(Permission.PUBLISH_RESULTS)
def tick(stage_id: int) -> ResponseReturnValue:
    in_scope(stage_id, Permission.PUBLISH_RESULTS)
    kind = "account" if request.args.get("kind") == "account" else "identity"
    with transaction():
        line_id = request.args.get("line", 0, type=int)
        deciding.tick(stage_id, line_id, kind, principal().account_id, clock.now())
    return _done(stage_id, _("It is noted."))


def _done(stage_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("awards.stage", stage_id=stage_id), code=303)
