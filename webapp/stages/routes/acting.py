"""What hosts and organisers do with a list."""

from datetime import date

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.clock import SHANGHAI
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.transaction import transaction
from webapp.stages.errors import DaysUnreadable, ListMissing, ReasonNeeded
from webapp.stages.forms import AmendForm, DecideForm, DropForm, FreezeForm, HourForm, PostForm
from webapp.stages.queries.steps import actions
from webapp.stages.routes.blueprint import bp
from webapp.stages.routes.running import done_words, idle, ordered
from webapp.stages.routes.staff import in_scope, stage_page
from webapp.stages.rules.orders import Kind, Order
from webapp.stages.rules.states import Decision
from webapp.stages.service import freezing, rechecking, regrading, running
from webapp.stages.service.ordering import Done, days_payload
from webapp.stages.service.posting import ExtraDays


@bp.post("/staff/stages/<int:stage_id>/freeze")
@requires(Permission.PUBLISH_RESULTS)
def freeze(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = FreezeForm(prefix="freeze")
    if not form.validate_on_submit():
        return stage_page(found, 422, freeze_form=form)
    return ordered(found, Order(Kind.FREEZE, stage_id, {"reason": form.reason.data or ""}))


@bp.post("/staff/stages/<int:stage_id>/drop")
@requires(Permission.PUBLISH_RESULTS)
def drop(stage_id: int) -> ResponseReturnValue:
    found = idle(stage_id, Permission.PUBLISH_RESULTS)
    form = DropForm(prefix="drop")
    if not form.validate_on_submit():
        return stage_page(found, 422, drop_form=form)
    with transaction():
        freezing.drop(stage_id, form.reason.data, principal().account_id)
    return _done(stage_id, _("The list was given up; the board is live again."))


@bp.post("/staff/stages/<int:stage_id>/decide")
@requires(Permission.RECHECK_ELIGIBILITY)
def decide(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.RECHECK_ELIGIBILITY)
    form = DecideForm()
    if not form.validate_on_submit():
        return stage_page(found, 422, decide_form=form)
    word = Decision(form.decision.data)
    if word.takes_off and not (form.reason.data or ""):
        form.reason.errors = [say(ReasonNeeded().message)]
        return stage_page(found, 422, decide_form=form)
    reason = form.reason.data or ""
    back = url_for(
        "stages.stage",
        stage_id=stage_id,
        show=request.args.get("show") or None,
        page=request.args.get("page") or None,
        _anchor="recheck",
    )
    if form.everyone.data:
        return ordered(found, Order(Kind.DECIDE, stage_id, {"decision": word, "reason": reason}), back)
    running.refuse_beside(stage_id)
    with transaction():
        count = rechecking.decide(stage_id, form.entries.data or [], word, reason, principal(), clock.now())
    flash(done_words(Kind.DECIDE, Done(count=count)), "success")
    return redirect(back, code=303)


@bp.post("/staff/stages/<int:stage_id>/hour")
@requires(Permission.PUBLISH_RESULTS)
def hour(stage_id: int) -> ResponseReturnValue:
    found = idle(stage_id, Permission.PUBLISH_RESULTS)
    form = HourForm()
    if not form.validate_on_submit():
        return stage_page(found, 422, hour_form=form)
    until = form.until.data.replace(tzinfo=SHANGHAI) if form.until.data else None
    with transaction():
        rechecking.set_hour(stage_id, until, clock.now())
    return _done(stage_id, _("The hour is noted."))


@bp.post("/staff/stages/<int:stage_id>/close-recheck")
@requires(Permission.PUBLISH_RESULTS)
def close_recheck(stage_id: int) -> ResponseReturnValue:
    idle(stage_id, Permission.PUBLISH_RESULTS)
    with transaction():
        rechecking.close_recheck(stage_id, clock.now())
    return _done(stage_id, _("The re-check is done."))


@bp.post("/staff/stages/<int:stage_id>/regrade")
@requires(Permission.PUBLISH_RESULTS)
def regrade(stage_id: int) -> ResponseReturnValue:
    idle(stage_id, Permission.PUBLISH_RESULTS)
    with transaction():
        regrading.ask(stage_id, principal().account_id, clock.now())
    return _done(stage_id, _("The second computation has begun; its result shows here."))


@bp.post("/staff/stages/<int:stage_id>/post")
@requires(Permission.PUBLISH_RESULTS)
def post(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = PostForm()
    if not form.validate_on_submit():
        return stage_page(found, 422, post_form=form)
    return ordered(found, Order(Kind.POST, stage_id, days_payload(extra_of(form))))


@bp.post("/staff/stages/<int:stage_id>/amend")
@requires(Permission.PUBLISH_RESULTS)
def amend(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = AmendForm(prefix="amend")
    if not form.validate_on_submit():
        return stage_page(found, 422, amend_form=form)
    told = {"reason": form.reason.data, **days_payload(extra_of(form))}
    return ordered(found, Order(Kind.AMEND, stage_id, told))


@bp.post("/staff/stages/<int:stage_id>/finalise")
@requires(Permission.PUBLISH_RESULTS)
def finalise(stage_id: int) -> ResponseReturnValue:
    return ordered(in_scope(stage_id, Permission.PUBLISH_RESULTS), Order(Kind.FINALISE, stage_id))


@bp.post("/staff/stages/<int:stage_id>/actions/<int:action_id>")
@requires(Permission.PUBLISH_RESULTS)
def decide_action(stage_id: int, action_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    if action_id not in {one.action_id for one in actions(stage_id)}:
        raise ListMissing
    agrees = request.form.get("agree") == "yes"
    return ordered(found, Order(Kind.AGREE, stage_id, {"action_id": action_id, "agree": agrees}))


def days_of(text: str | None) -> tuple[date, ...]:
    """Days as hosts write them, separated by anything but digits and hyphens. raise (DaysUnreadable)."""
    found = []
    for part in (text or "").replace(",", " ").replace("，", " ").replace("、", " ").split():
        try:
            found.append(date.fromisoformat(part))
        except ValueError as error:
            raise DaysUnreadable(text=part) from error
    return tuple(found)


def extra_of(form: PostForm) -> ExtraDays:
    """The days that a host added to the table of holidays. raise (DaysUnreadable)."""
    return ExtraDays(days_of(form.off.data), days_of(form.work.data))


def _done(stage_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("stages.stage", stage_id=stage_id), code=303)
