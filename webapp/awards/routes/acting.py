"""What hosts do with an award list."""

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.awards.errors import (
    AmountFixed,
    AmountNeedsReason,
    AmountTooHigh,
    DeclineNeedsReason,
    NotAPrize,
    NothingToDecide,
    NotInTheStage,
)
from webapp.awards.forms import DecideLinesForm, DeriveForm, LevelForm, NameForm
from webapp.awards.routes.blueprint import bp
from webapp.awards.routes.staff import in_scope, stage_page
from webapp.awards.service import deciding, deriving
from webapp.awards.service.deciding import Asker, Decider, Decision
from webapp.awards.service.levels import HeldLevel, note_level
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
    takes_back = request.form.get("do") == "back"
    act = deriving.unname_for_prize if takes_back else deriving.name_for_prize
    try:
        with transaction():
            act(stage_id, form.award.data, form.number.data, principal().account_id, clock.now())
    except (NotAPrize, NotInTheStage) as refused:
        form.number.errors = [say(refused.message)]
        return stage_page(found, 422, name_form=form)
    if takes_back:
        return _done(stage_id, _("The naming is taken back; it stays on record."))
    return _done(stage_id, _("The contestant is named for the prize."))


@bp.post("/staff/awards/<int:stage_id>/level")
@requires(Permission.PUBLISH_RESULTS)
def level(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = LevelForm(prefix="level")
    if not form.validate_on_submit():
        return stage_page(found, 422, level_form=form)
    held = HeldLevel(form.number.data, form.level.data, form.certificate_number.data or "")
    try:
        with transaction():
            note_level(stage_id, held, decider())
    except NotInTheStage as refused:
        form.number.errors = [say(refused.message)]
        return stage_page(found, 422, level_form=form)
    return _done(stage_id, _("The level is noted and the awards are derived anew."))


@bp.post("/staff/awards/<int:stage_id>/decide")
@requires(Permission.PUBLISH_RESULTS)
def decide(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = DecideLinesForm()
    if not form.validate_on_submit():
        return stage_page(found, 422, decide_form=form)
    said = Decision(form.decision.data == deciding.GRANTED, form.reason.data or "", form.amount.data)
    try:
        with transaction():
            count = deciding.decide_lines(stage_id, form.lines.data or [], said, decider())
    except DeclineNeedsReason as refused:
        form.reason.errors = [say(refused.message)]
    except NothingToDecide as refused:
        form.lines.errors = [say(refused.message)]
    except (AmountFixed, AmountTooHigh, AmountNeedsReason) as refused:
        form.amount.errors = [say(refused.message)]
    if form.errors:
        return stage_page(found, 422, decide_form=form)
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
        deciding.answer_close(stage_id, decider(), request.form.get("agree") == "yes")
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


def decider() -> Decider:
    """Who decides now."""
    me = principal()
    return Decider(me.account_id, me.person_id, clock.now())


def _done(stage_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("awards.stage", stage_id=stage_id), code=303)
