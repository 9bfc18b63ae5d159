"""Opening a decided list again: its effect, two people; and the versions that were kept."""

from flask import Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.awards.errors import AwardsMissing, ReopeningNeedsReason
from webapp.awards.forms import AnswerForm, ReopenForm
from webapp.awards.queries.lists import AwardStage, awards_by, blocks
from webapp.awards.queries.reopening import reopenings, shown_effect, version_of, versions
from webapp.awards.routes.acting import decider
from webapp.awards.routes.blueprint import bp
from webapp.awards.routes.staff import in_scope
from webapp.awards.service.deriving import open_list
from webapp.awards.service.reopening import DECIDED, answer_reopen, ask_reopen, changes_of
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.leaderboard.queries.finals import newest_final
from webapp.stages.queries import notices
from webapp.stages.queries.circulars import bodies_of


@bp.get("/staff/awards/<int:stage_id>/reopen")
@requires(Permission.PUBLISH_RESULTS)
def reopening(stage_id: int) -> Response:
    return _page(in_scope(stage_id, Permission.PUBLISH_RESULTS), ReopenForm(formdata=None))


@bp.post("/staff/awards/<int:stage_id>/reopen")
@requires(Permission.PUBLISH_RESULTS)
def reopen(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = ReopenForm()
    if not form.validate_on_submit():
        return _page(found, form, 422)
    try:
        with transaction():
            state = ask_reopen(
                stage_id, form.reason.data, decider(), two_person=bool(current_app.config["TWO_PERSON"])
            ).state
    except ReopeningNeedsReason as refused:
        form.reason.errors = [say(refused.message)]
        return _page(found, form, 422)
    if state == "done":
        return _opened(stage_id)
    flash(_("A second person has to agree first; it stands on this page."), "success")
    return redirect(url_for("awards.reopening", stage_id=stage_id), code=303)


@bp.post("/staff/awards/<int:stage_id>/reopen/answer")
@requires(Permission.PUBLISH_RESULTS)
def answer_reopening(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(found, ReopenForm(formdata=None), 422)
    with transaction():
        state = answer_reopen(stage_id, decider(), form.agree.data == "yes").state
    if state == "done":
        return _opened(stage_id)
    flash(_("Your decision is recorded."), "success")
    return redirect(url_for("awards.stage", stage_id=stage_id), code=303)


@bp.get("/staff/awards/<int:stage_id>/versions/<int:number>")
@requires(Permission.SEE_FULL_BOARDS)
def version(stage_id: int, number: int) -> Response:
    """A list as it was, also after a later one took its place."""
    found = in_scope(stage_id)
    one = version_of(stage_id, number)
    if one is None:
        raise AwardsMissing
    names = found.allows(principal(), Permission.UNMASK_PEOPLE)
    return render(
        "awards/version.html",
        head=found,
        one=one,
        blocks=blocks(one, awards_by(one, found), whole_names=names),
        may={"decide": False},
        may_decide=False,
    )


def _opened(stage_id: int) -> ResponseReturnValue:
    flash(
        _("The list is open again. What was decided holds until the new list is decided and closed."),
        "success",
    )
    return redirect(url_for("awards.stage", stage_id=stage_id), code=303)


def _page(found: AwardStage, form: ReopenForm, status: int = 200) -> Response:
    one, who = open_list(found.stage_id), principal()
    if one is None:
        raise AwardsMissing
    is_decided = one.state == DECIDED
    names = found.allows(who, Permission.UNMASK_PEOPLE)
    effect = (
        shown_effect(one, changes_of(one), awards_by(one, found), whole_names=names) if is_decided else None
    )
    history = reopenings(found.stage_id)
    return render(
        "awards/reopening.html",
        status=status,
        head=found,
        one=one,
        effect=effect,
        is_behind=one.snapshot_id != newest_final(found.stage_id),
        has_notice=notices.current(found.stage_id) is not None,
        has_circular=bool(bodies_of(found.contest_id)),
        waiting=next((each for each in history if each.state == "waiting" and is_decided), None),
        history=history,
        versions=versions(found.stage_id),
        form=form,
        my_account_id=who.account_id,
        two_person=current_app.config["TWO_PERSON"],
    )
