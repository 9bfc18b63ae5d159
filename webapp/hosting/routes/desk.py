"""The host's pages: applications that were sent, the steps of the review, exceptions, the agreement."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.hosting.errors import FileRefused
from webapp.hosting.forms import AgreementForm, ExceptForm, PaidForm, ReviewForm
from webapp.hosting.models import HostingApplication
from webapp.hosting.queries import lists, loading
from webapp.hosting.queries.applications import excepted_rules, findings, view
from webapp.hosting.queries.loading import SEEN
from webapp.hosting.queries.performance import file_view
from webapp.hosting.routes.blueprint import bp
from webapp.hosting.rules.shares import bounds_of_trade
from webapp.hosting.rules.states import DECIDED, Outcome, State
from webapp.hosting.service import reviewing
from webapp.hosting.service.performing import payments_due
from webapp.hosting.service.reviewing import Said

SEE, DECIDE = Permission.SEE_HOSTING, Permission.DECIDE_HOSTING


@bp.get("/staff/hosting")
@requires(SEE)
def desk_list() -> Response:
    wanted = request.args.get("state", "")
    rows = lists.sent(principal())
    counts = {state: sum(row.state == state for row in rows) for state in SEEN}
    shown = [row for row in rows if row.state == wanted] if wanted in SEEN else rows
    found = find(shown, lambda one: (one.names, one.contest_title, {"zh": one.organisation}), *asked())
    contests = {row.contest: row.contest_title for row in rows}
    return render(
        "hosting/desk_list.html", found=found, counts=counts, wanted=wanted if wanted in SEEN else "",
        contests=contests, total=len(rows),
    )  # fmt: skip


@bp.get("/staff/hosting/<int:application_id>")
@requires(SEE)
def desk_application(application_id: int) -> Response:
    return desk_page(loading.at_desk(application_id, principal()))


def desk_page(
    row: HostingApplication, status: int = 200, support: int | None = None, **forms: Any
) -> Response:
    """One application for the host; forms: those that were refused. support: yuan that somebody wants to grant."""
    who, one = principal(), view(row)
    if support is None and one.waiting is not None:
        support = one.waiting.support
    is_open = one.state in {State.IN_REVIEW, State.WAITING}
    made: dict[str, Any] = {
        "review_form": ReviewForm(formdata=None, prefix="review", support=row.asked_support),
        "except_form": ExceptForm(formdata=None, prefix="except"),
        "agreement_form": AgreementForm(formdata=None, prefix="agreement"),
        "paid_form": PaidForm(formdata=None, prefix="paid"),
    }
    return render(
        "hosting/desk.html",
        status=status,
        one=one,
        found=findings(row, clock.now(), support) if is_open else (),
        support=support,
        bounds=tuple(bounds_of_trade(one.form.event_class, one.terms)) if one.offer == "trade" else (),
        excepted=excepted_rules(row.id),
        decides=one.state is State.IN_REVIEW and one.step == len(one.terms.steps) - 1,
        may_decide=who.allows(DECIDE, contest_id=row.contest_id),
        my_account_id=who.account_id,
        seen=file_view(row) if one.state in DECIDED else None,
        now=clock.now(),
        due=payments_due(row),
        may_place=who.allows(Permission.MANAGE_CONTESTS, contest_id=row.contest_id),
        **{**made, **forms},
    )


@bp.post("/staff/hosting/<int:application_id>/review")
@requires(DECIDE)
def review(application_id: int) -> ResponseReturnValue:
    """Record the step that is due."""
    row = loading.at_desk(application_id, principal(), DECIDE)
    form = ReviewForm(prefix="review")
    if not form.validate_on_submit():
        return desk_page(row, 422, review_form=form)
    said = Said(Outcome(form.outcome.data), form.reason.data or "", form.support.data)
    two_person = current_app.config["TWO_PERSON"]
    try:
        with transaction():
            state = reviewing.review(application_id, said, principal(), clock.now(), two_person=two_person)
    except DomainError as refused:
        if refused.status != 422:
            raise
        form.outcome.errors = [say(refused.message)]
        return desk_page(row, 422, form.support.data, review_form=form)
    waits = state is State.WAITING
    return _done(
        application_id,
        _("The decision waits for a second person; it stands on this page.")
        if waits
        else _("The step is recorded."),
    )


@bp.post("/staff/hosting/<int:application_id>/answer")
@requires(DECIDE)
def answer(application_id: int) -> ResponseReturnValue:
    """The second person's word on a decision."""
    loading.at_desk(application_id, principal(), DECIDE)
    said = request.form.get("agree")
    if said not in {"yes", "no"}:
        abort(400)
    with transaction():
        reviewing.answer(application_id, said == "yes", principal(), clock.now())
    return _done(application_id, _("Your word is recorded."))


@bp.post("/staff/hosting/<int:application_id>/except")
@requires(DECIDE)
def except_rule(application_id: int) -> ResponseReturnValue:
    row = loading.at_desk(application_id, principal(), DECIDE)
    form = ExceptForm(prefix="except")
    if not form.validate_on_submit():
        return desk_page(row, 422, except_form=form)
    with transaction():
        reviewing.except_rule(
            application_id,
            form.rule.data or "",
            form.reason.data or "",
            principal(),
            clock.now(),
            form.support.data,
        )
    return _done(application_id, _("The exception is recorded with your name."))


@bp.post("/staff/hosting/<int:application_id>/agreement")
@requires(DECIDE)
def agreement(application_id: int) -> ResponseReturnValue:
    row = loading.at_desk(application_id, principal(), DECIDE)
    form = AgreementForm(prefix="agreement")
    if form.validate_on_submit() and form.signed_on.data is not None:
        file = form.scan.data
        scan = (file.filename, file.read()) if file else None
        try:
            with transaction():
                reviewing.agree_on(application_id, form.signed_on.data, scan, principal(), clock.now())
            return _done(application_id, _("The agreement is noted."))
        except FileRefused as refused:
            form.scan.errors = [say(refused.message)]
    return desk_page(row, 422, agreement_form=form)


def _done(application_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".desk_application", application_id=application_id), code=303)
