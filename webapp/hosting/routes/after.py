"""The host's pages after the decision: payments, the performance file, bars, and a trade put into the contest file."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests import queries as contests
from webapp.contests.errors import ContestInvalid
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.hosting.errors import ApplicationMissing, NotATrade
from webapp.hosting.forms import BarForm, EndForm, FileReviewForm, PaidForm, place_form
from webapp.hosting.models import HostingApplication
from webapp.hosting.queries import loading
from webapp.hosting.queries.applications import view
from webapp.hosting.queries.bars import bar_of, bars
from webapp.hosting.queries.performance import file_view
from webapp.hosting.routes.blueprint import bp
from webapp.hosting.routes.desk import DECIDE, SEE, desk_page
from webapp.hosting.service import barring, performing, placing

MANAGE = Permission.MANAGE_CONTESTS


@bp.get("/staff/hosting/<int:application_id>/file")
@requires(SEE)
def desk_file(application_id: int) -> Response:
    return _file_page(loading.at_desk(application_id, principal()))


def _file_page(row: HostingApplication, status: int = 200, **forms: Any) -> Response:
    seen, who = file_view(row), principal()
    if seen is None:
        raise ApplicationMissing
    made: dict[str, Any] = {
        "review_form": FileReviewForm(formdata=None, prefix="review"),
        "end_form": EndForm(formdata=None, prefix="end", ended_on=seen.ended_on),
        "bar_form": BarForm(formdata=None, prefix="bar"),
    }
    return render(
        "hosting/desk_file.html",
        status=status,
        one=view(row),
        seen=seen,
        now=clock.now(),
        bar=bar_of(row.id),
        may_bar=barring.may_bar(row),
        may_decide=who.allows(DECIDE, contest_id=row.contest_id),
        my_account_id=who.account_id,
        **{**made, **forms},
    )


@bp.post("/staff/hosting/<int:application_id>/file/review")
@requires(DECIDE)
def review_file(application_id: int) -> ResponseReturnValue:
    row = loading.at_desk(application_id, principal(), DECIDE)
    form = FileReviewForm(prefix="review")
    if not form.validate_on_submit():
        return _file_page(row, 422, review_form=form)
    with transaction():
        performing.review_file(
            application_id, form.result.data, form.reason.data or "", principal(), clock.now()
        )
    return _done(application_id, _("Your word on the file is recorded."))


@bp.post("/staff/hosting/<int:application_id>/file/end")
@requires(DECIDE)
def set_end(application_id: int) -> ResponseReturnValue:
    row = loading.at_desk(application_id, principal(), DECIDE)
    form = EndForm(prefix="end")
    if not form.validate_on_submit() or form.ended_on.data is None:
        return _file_page(row, 422, end_form=form)
    with transaction():
        performing.set_end(application_id, form.ended_on.data, form.reason.data or "", principal())
    return _done(application_id, _("The deadlines are counted anew."))


@bp.post("/staff/hosting/<int:application_id>/bar")
@requires(DECIDE)
def ask_bar(application_id: int) -> ResponseReturnValue:
    row = loading.at_desk(application_id, principal(), DECIDE)
    form = BarForm(prefix="bar")
    if not form.validate_on_submit():
        return _file_page(row, 422, bar_form=form)
    two_person = current_app.config["TWO_PERSON"]
    with transaction():
        made = barring.ask_bar(
            application_id, form.reason.data or "", principal(), clock.now(), two_person=two_person
        )
        waits = made.state == "waiting"
    return _done(
        application_id,
        _("The bar waits for a second person; it stands on this page.")
        if waits
        else _("The bar is in force."),
    )


@bp.post("/staff/hosting/<int:application_id>/bar/answer")
@requires(DECIDE)
def answer_bar(application_id: int) -> ResponseReturnValue:
    """The second person's word on a bar."""
    loading.at_desk(application_id, principal(), DECIDE)
    said = request.form.get("agree")
    if said not in {"yes", "no"}:
        abort(400)
    with transaction():
        barring.answer_bar(application_id, said == "yes", principal(), clock.now())
    return _done(application_id, _("Your word is recorded."))


@bp.get("/staff/hosting/bars")
@requires(SEE)
def bar_list() -> Response:
    found = find(
        bars(principal()),
        lambda one: ({"zh": one.organisation}, {"zh": one.title}, one.contest_title),
        *asked(),
    )
    return render("hosting/bars.html", found=found)


@bp.post("/staff/hosting/<int:application_id>/pay")
@requires(DECIDE)
def pay(application_id: int) -> ResponseReturnValue:
    """Tick that one half of the support was paid."""
    row = loading.at_desk(application_id, principal(), DECIDE)
    form = PaidForm(prefix="paid")
    if not form.validate_on_submit() or form.paid_on.data is None:
        return desk_page(row, 422, paid_form=form)
    with transaction():
        performing.note_payment(
            application_id, form.half.data or "", form.paid_on.data, principal(), clock.now()
        )
    flash(_("It is noted with your name."), "success")
    return redirect(url_for(".desk_application", application_id=application_id), code=303)


@bp.route("/staff/hosting/<int:application_id>/event", methods=["GET", "POST"])
@requires(MANAGE)
def place(application_id: int) -> ResponseReturnValue:
    """Put a granted trade into the contest file; the change goes the way that every change of the file goes."""
    row = loading.at_desk(application_id, principal(), MANAGE)
    rules = contests.rules_of(row.contest_id)
    profiles = placing.profiles(rules)
    form = (
        place_form(profiles, data={"code": f"trade-{row.id}"})
        if request.method == "GET"
        else place_form(profiles)
    )
    refusal: DomainError | None = None
    if form.validate_on_submit():
        try:
            with transaction():
                row = loading.at_desk(application_id, principal(), MANAGE, lock=True)
                done = placing.propose(
                    row, form.code.data or "", form.profile.data, form.reason.data or "", principal(), clock.now(),
                    two_person=current_app.config["TWO_PERSON"],
                )  # fmt: skip
            if done.proposal_id is not None:
                flash(_("The change waits for a second person."))
                return redirect(url_for("contests.proposal", proposal_id=done.proposal_id), code=303)
            flash(_("The trade is an event of the contest now."), "success")
            return redirect(url_for(".desk_application", application_id=application_id), code=303)
        except (ApplicationMissing, NotATrade):
            raise
        except DomainError as refused:
            refusal = refused
    problems = refusal.problems if isinstance(refusal, ContestInvalid) else ()
    return render(
        "hosting/place.html",
        status=refusal.status if refusal is not None else 422 if form.errors else 200,
        one=view(row),
        form=form,
        table=placing.event_table(
            row, rules, form.code.data or "", form.profile.data or next(iter(profiles), "")
        ),
        may_place=row.offer == "trade" and row.state == "settled" and row.event_id is None,
        refusal=say(refusal.message) if refusal is not None else "",
        problems=problems,
    )


def _done(application_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".desk_file", application_id=application_id), code=303)
