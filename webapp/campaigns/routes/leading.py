"""What leaders and hosts do: look at the units, review, take totals away; the host names who leads."""

from typing import Any

from flask import Response, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.campaigns.errors import CampaignMissing, ReasonNeeded
from webapp.campaigns.forms import CampaignExportForm, CandidateForm, LeaderForm, ReviewForm
from webapp.campaigns.models import CampaignUnit
from webapp.campaigns.queries import units as queries
from webapp.campaigns.queries.campaigns import HOSTING, LEADING, READING, CampaignView, campaign
from webapp.campaigns.queries.commended import candidates, lists
from webapp.campaigns.queries.totals import Total, totals
from webapp.campaigns.routes.blueprint import bp, campaign_period
from webapp.campaigns.routes.units import by, done, unit_page
from webapp.campaigns.service import enrolling, exporting, reporting
from webapp.campaigns.service.enrolling import Verdict
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.listing import asked
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.leaderboard.formats.workbook import Cell
from webapp.organisations.queries import by_codes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/staff/campaigns/<code>/<campaign_code>")
@requires(*READING)
def lead(code: str, campaign_code: str) -> Response:
    return lead_page(read(code, campaign_code))


@bp.post("/staff/campaigns/<code>/<campaign_code>/leader")
@requires(HOSTING)
def leader(code: str, campaign_code: str) -> ResponseReturnValue:
    view = hosted(code, campaign_code)
    form = LeaderForm(prefix="leader")
    if not form.validate_on_submit():
        return lead_page(view, 422, leader_form=form)
    found = by_codes([form.organisation.data]).get(form.organisation.data)
    if found is None:
        form.organisation.errors = [_("There is no organisation with this code.")]
        return lead_page(view, 422, leader_form=form)
    with transaction():
        enrolling.name_leader(view, found.id, by())
    return back(view, _("The leader is named."))


@bp.post("/staff/campaigns/units/<int:enrolment_id>/review")
@requires(*LEADING, HOSTING)
def review_plan(enrolment_id: int) -> ResponseReturnValue:
    one, view = _reviewed(enrolment_id)
    form = ReviewForm(prefix="review")
    if not form.validate_on_submit():
        return unit_page(one, view, 422, review_form=form, reviewed="plan")
    try:
        with transaction():
            enrolling.review_plan(one, view, _verdict(form), by())
    except ReasonNeeded as refused:
        form.reason.errors = [say(refused.message)]
        return unit_page(one, view, 422, review_form=form, reviewed="plan")
    return done(enrolment_id, _("Your decision is recorded; the unit has been told."))


@bp.post("/staff/campaigns/units/<int:enrolment_id>/reports/<int:report_id>/review")
@requires(*LEADING, HOSTING)
def review_report(enrolment_id: int, report_id: int) -> ResponseReturnValue:
    one, view = _reviewed(enrolment_id)
    form = ReviewForm(prefix="review")
    if not form.validate_on_submit():
        return unit_page(one, view, 422, review_form=form, reviewed=str(report_id))
    try:
        with transaction():
            reporting.review_report(one, view, report_id, _verdict(form), by())
    except ReasonNeeded as refused:
        form.reason.errors = [say(refused.message)]
        return unit_page(one, view, 422, review_form=form, reviewed=str(report_id))
    return done(enrolment_id, _("Your decision is recorded; the unit has been told."))


@bp.post("/staff/campaigns/<code>/<campaign_code>/export")
@requires(Permission.EXPORT_LISTS)
def export(code: str, campaign_code: str) -> ResponseReturnValue:
    view = read(code, campaign_code)
    if not view.is_hosted_by(principal(), Permission.EXPORT_LISTS):
        raise CampaignMissing
    form = CampaignExportForm(prefix="export")
    if not form.validate_on_submit():
        return lead_page(view, 422, export_form=form)
    found = totals(view)
    rows = [
        *_rows(_("Period"), found.by_period, is_period=True),
        *_rows(_("Region"), found.by_region),
        *_rows(_("Industry"), found.by_industry),
    ]
    head = (
        _("Counted by"),
        _("Counted item"),
        _("Units"),
        _("Firms covered"),
        _("Workers covered"),
        _("Late reports"),
    )
    title = f"{pick(view.contest_title)} · {pick(view.title)}"
    notes = (_("Periods count accepted reports; regions and industries count each unit once."),)
    with transaction():
        made = exporting.as_workbook(view, title, notes, head, rows, form.reason.data)
    response = make_response(made)
    response.mimetype = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="campaign-{view.code}.xlsx"'
    return response


def read(code: str, campaign_code: str) -> CampaignView:
    """A campaign that this person sees the units of; any other answers like a missing one."""
    view = campaign(code, campaign_code)
    if not view.is_read_by(principal()):
        raise CampaignMissing
    return view


def hosted(code: str, campaign_code: str) -> CampaignView:
    """A campaign of a contest that this person hosts; any other answers like a missing one."""
    view = campaign(code, campaign_code)
    if not view.is_hosted_by(principal()):
        raise CampaignMissing
    return view


def lead_page(view: CampaignView, status: int = 200, **forms: Any) -> Response:
    """The page of a campaign for its leader, the host and supervisors."""
    who, now = principal(), clock.now()
    words, page = asked()
    found = queries.units_of(view, now, words, page)
    candidate_form = forms.get("candidate_form") or CandidateForm(prefix="candidate", formdata=None)
    candidate_form.unit.choices = [
        (row.enrolment_id, row.name) for row in found.all_rows if not row.is_withdrawn
    ]
    return render(
        "campaigns/lead.html",
        status=status,
        view=view,
        units=found,
        totals=totals(view),
        candidates=candidates(view),
        lists=lists(view, "waiting", "posted"),
        may_name=view.is_reviewed_by(who),
        is_host=view.is_hosted_by(who),
        may_export=view.is_hosted_by(who, Permission.EXPORT_LISTS),
        my_account_id=who.account_id,
        leader_form=forms.get("leader_form") or LeaderForm(prefix="leader", formdata=None),
        candidate_form=candidate_form,
        export_form=forms.get("export_form") or CampaignExportForm(prefix="export", formdata=None),
        refusal=forms.get("refusal", ""),
        now=now,
    )


def back(view: CampaignView, words: str) -> ResponseReturnValue:
    """Back to the page of the campaign with a word."""
    flash(words, "success")
    return redirect(url_for("campaigns.lead", code=view.contest_code, campaign_code=view.code), code=303)


def _reviewed(enrolment_id: int) -> tuple[CampaignUnit, CampaignView]:
    one, view = queries.enrolment(principal(), enrolment_id)
    if not view.is_reviewed_by(principal()):
        raise CampaignMissing
    return one, view


def _verdict(form: ReviewForm) -> Verdict:
    return Verdict(form.decision.data == "accept", form.reason.data or "")


def _rows(by_what: str, lines: tuple[Total, ...], *, is_period: bool = False) -> list[list[Cell]]:
    return [
        [
            by_what,
            campaign_period(one.name) if is_period else one.name,
            one.units,
            one.firms,
            one.workers,
            one.late if is_period else None,
        ]
        for one in lines
    ]
