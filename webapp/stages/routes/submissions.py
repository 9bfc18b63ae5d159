"""What counties and units sent of a selection outside: the host takes it into the list or gives it back."""

from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.accounts import queries as people
from webapp.contests.queries import stage_by_id
from webapp.contests.rules.undecided import missing_to_post
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, say
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.organisations import queries as organisations
from webapp.stages.errors import TooManyNominated
from webapp.stages.forms import GiveBackForm, TakeForm, TakeFurtherForm
from webapp.stages.queries import submissions
from webapp.stages.queries.lists import StageHead
from webapp.stages.routes.blueprint import bp
from webapp.stages.routes.running import idle
from webapp.stages.routes.staff import in_scope, sees_names
from webapp.stages.rules.states import POSTED
from webapp.stages.service import submitting, taking

LISTED = "/staff/stages/<int:stage_id>/submissions"
ONE = f"{LISTED}/<int:submission_id>"


@bp.get(LISTED)
@requires(Permission.SEE_FULL_BOARDS)
def submission_list(stage_id: int) -> Response:
    return _list_page(in_scope(stage_id))


@bp.post(f"{LISTED}/take")
@requires(Permission.PUBLISH_RESULTS)
def take_all(stage_id: int) -> ResponseReturnValue:
    """Take in everything that waits in one step; what cannot be taken in stays and is named."""
    found = idle(stage_id, Permission.PUBLISH_RESULTS)
    form = _take_form(found)
    if not form.validate_on_submit():
        return _list_page(found, 422, take_form=form)
    try:
        with transaction():
            done = taking.take_all(stage_id, _reason(form), principal().account_id, clock.now())
    except TooManyNominated as error:
        return _list_page(found, 422, take_form=form, refusal=say(error.message))
    if done.taken:
        words = ngettext("%(num)d list was taken in.", "%(num)d lists were taken in.", done.taken)
        flash(words, "success")
    if done.left:
        names = "、".join(organisations.names(done.left).values())
        flash(_("Not taken in, open them to see why: %(names)s.", names=names), "warning")
    return redirect(url_for("stages.submission_list", stage_id=stage_id), code=303)


@bp.post(f"{LISTED}/remind")
@requires(Permission.PUBLISH_RESULTS)
def remind_senders(stage_id: int) -> ResponseReturnValue:
    """Tell those who speak for organisations that have sent nothing."""
    in_scope(stage_id, Permission.PUBLISH_RESULTS)
    with transaction():
        count = submitting.remind_missing(stage_id, principal().account_id, clock.now())
    if count:
        flash(ngettext("%(num)d person was reminded.", "%(num)d people were reminded.", count), "success")
    else:
        flash(_("Nobody was reminded: who can send has heard of it within a day."), "info")
    return redirect(url_for("stages.submission_list", stage_id=stage_id), code=303)


@bp.get(ONE)
@requires(Permission.SEE_FULL_BOARDS)
def submission(stage_id: int, submission_id: int) -> Response:
    return _page(in_scope(stage_id), submission_id)


@bp.post(f"{ONE}/take")
@requires(Permission.PUBLISH_RESULTS)
def take_submission(stage_id: int, submission_id: int) -> ResponseReturnValue:
    found = idle(stage_id, Permission.PUBLISH_RESULTS)
    form = _take_form(found)
    if not form.validate_on_submit():
        return _page(found, submission_id, 422, take_form=form)
    try:
        with transaction():
            brought = taking.take(stage_id, submission_id, _reason(form), principal().account_id, clock.now())
    except TooManyNominated as error:
        return _page(found, submission_id, 422, take_form=form, refusal=say(error.message))
    if brought.problems:
        return _page(found, submission_id, 422, problems=brought.problems)
    if brought.fresh:
        told = ngettext(
            "%(num)d person was put on the list.", "%(num)d people were put on the list.", brought.fresh
        )
        flash(told, "success")
    else:
        flash(_("Everybody it names stands on the list already."), "info")
    return redirect(url_for("stages.submission_list", stage_id=stage_id), code=303)


@bp.post(f"{ONE}/return")
@requires(Permission.PUBLISH_RESULTS)
def return_submission(stage_id: int, submission_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = GiveBackForm(prefix="return")
    if not form.validate_on_submit():
        return _page(found, submission_id, 422, return_form=form)
    with transaction():
        submitting.give_back(stage_id, submission_id, form.reason.data, principal().account_id, clock.now())
    flash(_("The list was returned; whoever sent it was told."), "success")
    return redirect(url_for("stages.submission_list", stage_id=stage_id), code=303)


def _take_form(found: StageHead, **options: Any) -> TakeForm:
    """The form that takes lists in; once one is posted it asks why another follows."""
    kind = TakeFurtherForm if found.state in POSTED else TakeForm
    return kind(prefix="take", **options)


def _reason(form: TakeForm) -> str:
    return form.reason.data if form.reason is not None else ""


def _list_page(found: StageHead, status: int = 200, **forms: Any) -> Response:
    stage = stage_by_id(found.stage_id)
    rows = submissions.senders(stage)
    return render(
        "stages/submissions.html",
        status=status,
        head=found,
        found=find(rows, lambda one: ({"zh": one.name},), *asked()),
        waiting=sum(one.sent is not None and one.sent.waits for one in rows),
        missing=sum(one.sent is None for one in rows),
        may_remind=any(one.sent is None and one.speakers for one in rows),
        levels=stage.rules.nominated_by,
        too_many=forms.pop("refusal", ""),
        **_may(found),
        **{"take_form": _take_form(found, formdata=None), **forms},
    )


def _page(found: StageHead, submission_id: int, status: int = 200, **refused: Any) -> Response:
    one = submissions.submission(found.stage_id, submission_id)
    accounts = [one.sent_by_account_id, *filter(None, (one.decided_by_account_id,))]
    return render(
        "stages/submission.html",
        status=status,
        head=found,
        one=one,
        name=organisations.names([one.organisation_id])[one.organisation_id],
        rows=submissions.named(one, whole_names=sees_names(found)),
        accounts=people.names_of_accounts(accounts),
        problems=refused.pop("problems", ())[:200],
        too_many=refused.pop("refusal", ""),
        **_may(found),
        **{
            "take_form": _take_form(found, formdata=None),
            "return_form": GiveBackForm(formdata=None, prefix="return"),
            **refused,
        },
    )


def _may(found: StageHead) -> dict[str, Any]:
    """Whether this person takes lists in now, what the file leaves open, and whether a reason is needed."""
    missing = missing_to_post(stage_by_id(found.stage_id).rules)
    may_act = found.allows(principal(), Permission.PUBLISH_RESULTS)
    return {
        "may_act": may_act,
        "may_take": may_act and not missing,
        "missing_rules": missing,
        "follows": found.state in POSTED,
    }
