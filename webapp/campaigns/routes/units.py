"""What a unit's liaison does: enrol, hand in the plan, report."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.campaigns.errors import CampaignMissing, FileWrong
from webapp.campaigns.forms import EnrolForm, PlanForm, ReviewForm
from webapp.campaigns.models import CampaignUnit
from webapp.campaigns.queries import units as queries
from webapp.campaigns.queries.campaigns import READING, CampaignView, campaign
from webapp.campaigns.queries.units import UNIT
from webapp.campaigns.routes.blueprint import bp
from webapp.campaigns.rules.periods import may_enrol
from webapp.campaigns.rules.report import fields, read
from webapp.campaigns.service import enrolling, reporting
from webapp.campaigns.service.enrolling import By, Covered
from webapp.campaigns.service.files import MOST_FILES, MOST_MB, Upload
from webapp.campaigns.service.reporting import Saying
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.media import service as media
from webapp.organisations import queries as organisations
from webapp.registration.queries.roster import units


@bp.route("/staff/campaigns/<code>/<campaign_code>/enrol", methods=["GET", "POST"])
@requires(UNIT)
def enrol(code: str, campaign_code: str) -> ResponseReturnValue:
    view, own = campaign(code, campaign_code), units(principal())
    form = EnrolForm()
    form.unit.choices = list(own.items())
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    covered = Covered(form.firms.data, form.workers.data)
                    made = enrolling.enrol(view, form.unit.data, covered, by())
                    enrolment_id = made.id
                flash(_("The unit takes part. Hand in its mobilisation plan next."), "success")
                return redirect(url_for(".unit", enrolment_id=enrolment_id), code=303)
            except DomainError as refused:
                refusal, status = say(refused.message), refused.status
    return render(
        "campaigns/enrol.html", status=status, view=view, form=form, refusal=refusal,
        is_open=may_enrol(view.phases, clock.now()),
    )  # fmt: skip


@bp.get("/staff/campaigns/units/<int:enrolment_id>")
@requires(*READING, UNIT)
def unit(enrolment_id: int) -> Response:
    return unit_page(*queries.enrolment(principal(), enrolment_id))


@bp.post("/staff/campaigns/units/<int:enrolment_id>/plan")
@requires(UNIT)
def plan(enrolment_id: int) -> ResponseReturnValue:
    one, view = _own(enrolment_id)
    form = PlanForm(prefix="plan")
    if not form.validate_on_submit():
        return unit_page(one, view, 422, plan_form=form)
    try:
        with transaction():
            enrolling.hand_in_plan(one, form.words.data, _uploads("plan-files"), by())
    except FileWrong as refused:
        return unit_page(one, view, 422, plan_form=form, plan_refusal=say(refused.message))
    return done(enrolment_id, _("The plan is handed in. The leader of the campaign looks at it."))


@bp.post("/staff/campaigns/units/<int:enrolment_id>/reports")
@requires(UNIT)
def report(enrolment_id: int) -> ResponseReturnValue:
    one, view = _own(enrolment_id)
    typed = {name: request.form.get(f"said-{name}", "") for name in view.fields}
    period = request.form.get("period", "")
    said, wrong = read(view.fields, typed)
    refusal = ""
    if not wrong:
        try:
            with transaction():
                reporting.report(one, view, Saying(period, said, _uploads("files")), by())
            return done(enrolment_id, _("The report is handed in. The leader of the campaign looks at it."))
        except FileWrong as refused:
            refusal = say(refused.message)
    return unit_page(one, view, 422, typed=typed, wrong=wrong, period=period, refusal=refusal)


@bp.post("/staff/campaigns/units/<int:enrolment_id>/withdraw")
@requires(UNIT)
def withdraw(enrolment_id: int) -> ResponseReturnValue:
    one, _view = _own(enrolment_id)
    with transaction():
        enrolling.withdraw(one, by())
    return done(enrolment_id, _("The unit takes part no longer. What it handed in stays on record."))


@bp.get("/staff/campaigns/files/<int:file_id>")
@requires(*READING, UNIT)
def file(file_id: int) -> Response:
    found = queries.file_named(file_id)
    if found is None:
        raise CampaignMissing
    queries.enrolment(principal(), found.enrolment_id)
    kind = media.facts([found.file_id])[found.file_id].media_type
    response = Response(media.read(found.file_id), mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    return response


def unit_page(one: CampaignUnit, view: CampaignView, status: int = 200, **shown: Any) -> Response:
    """A unit's page for its liaison, the leader and the host; each finds what is theirs to do."""
    who, now = principal(), clock.now()
    plan_form = shown.pop("plan_form", None) or PlanForm(prefix="plan", formdata=None, words=one.plan)
    return render(
        "campaigns/unit.html",
        status=status,
        one=one,
        view=view,
        unit_name=organisations.names([one.unit_id])[one.unit_id],
        reports=queries.reports_of(one.id),
        files=queries.files_of(one.id),
        fields=fields(view.fields),
        begun=[period for period in view.periods if period.has_begun(now)],
        is_own=queries.is_own(who, one.unit_id),
        may_review=view.is_reviewed_by(who),
        may_read=view.is_read_by(who),
        plan_form=plan_form,
        review_form=shown.pop("review_form", None) or ReviewForm(prefix="review", formdata=None),
        most_mb=MOST_MB,
        most_files=MOST_FILES,
        now=now,
        **{
            "typed": {},
            "wrong": {},
            "period": "",
            "refusal": "",
            "plan_refusal": "",
            "reviewed": "",
            **shown,
        },
    )


def by() -> By:
    """Who is signed in, now."""
    return By(principal().account_id, clock.now())


def done(enrolment_id: int, words: str) -> ResponseReturnValue:
    """Back to the unit's page with a word."""
    flash(words, "success")
    return redirect(url_for("campaigns.unit", enrolment_id=enrolment_id), code=303)


def _own(enrolment_id: int) -> tuple[CampaignUnit, CampaignView]:
    """The part of a unit of this liaison; that of another answers like a missing one."""
    one, view = queries.enrolment(principal(), enrolment_id)
    if not queries.is_own(principal(), one.unit_id):
        raise CampaignMissing
    return one, view


def _uploads(name: str) -> list[Upload]:
    """The chosen files; one byte more than allowed is enough to know that it is too much."""
    return [
        Upload(one.filename, one.read(MOST_MB * 1024 * 1024 + 1))
        for one in request.files.getlist(name)[: MOST_FILES + 1]
        if one.filename
    ]
