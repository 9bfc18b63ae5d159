"""Who is commended: named, decided, posted."""

from flask import current_app, request
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.campaigns.errors import CampaignMissing, CandidateDecided, NobodyToPost, ReasonNeeded
from webapp.campaigns.forms import CandidateForm
from webapp.campaigns.queries.campaigns import HOSTING, LEADING
from webapp.campaigns.queries.units import units_of
from webapp.campaigns.routes.blueprint import bp
from webapp.campaigns.routes.leading import back, hosted, lead_page, read
from webapp.campaigns.routes.units import by
from webapp.campaigns.service import commending
from webapp.campaigns.service.commending import Naming
from webapp.core import clock
from webapp.core.forms import trimmed
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.transaction import transaction


@bp.post("/staff/campaigns/<code>/<campaign_code>/candidates")
@requires(*LEADING, HOSTING)
def candidate(code: str, campaign_code: str) -> ResponseReturnValue:
    view = read(code, campaign_code)
    if not view.is_reviewed_by(principal()):
        raise CampaignMissing
    form = CandidateForm(prefix="candidate")
    found = units_of(view, clock.now()).all_rows
    form.unit.choices = [(row.enrolment_id, row.name) for row in found if not row.is_withdrawn]
    if not form.validate_on_submit():
        return lead_page(view, 422, candidate_form=form)
    try:
        with transaction():
            naming = Naming(form.unit.data, form.person.data or "", form.reason.data)
            commending.name_candidate(view, naming, by())
    except CandidateDecided as refused:
        form.person.errors = [say(refused.message)]
        return lead_page(view, 422, candidate_form=form)
    return back(view, _("The candidate is named; the host decides."))


@bp.post("/staff/campaigns/<code>/<campaign_code>/candidates/<int:candidate_id>")
@requires(HOSTING)
def decide(code: str, campaign_code: str, candidate_id: int) -> ResponseReturnValue:
    view = hosted(code, campaign_code)
    reason = str(trimmed(request.form.get("reason", "")))[:500]
    try:
        with transaction():
            grants = request.form.get("decision") == "granted"
            commending.decide(view, candidate_id, grants, reason, by())
    except ReasonNeeded:
        return lead_page(
            view, 422, refusal=_("Whoever is not commended has a right to the reason: please write it.")
        )
    return back(view, _("Your decision is recorded."))


@bp.post("/staff/campaigns/<code>/<campaign_code>/lists")
@requires(HOSTING)
def ask_list(code: str, campaign_code: str) -> ResponseReturnValue:
    view = hosted(code, campaign_code)
    try:
        with transaction():
            state = commending.ask_post(view, by(), current_app.config["TWO_PERSON"]).state
    except NobodyToPost as refused:
        return lead_page(view, refused.status, refusal=say(refused.message))
    if state == "posted":
        return back(view, _("The list is posted; the units have been told."))
    return back(view, _("A second person has to agree first; it stands on this page."))


@bp.post("/staff/campaigns/<code>/<campaign_code>/lists/<int:list_id>")
@requires(HOSTING)
def answer_list(code: str, campaign_code: str, list_id: int) -> ResponseReturnValue:
    view = hosted(code, campaign_code)
    with transaction():
        commending.answer(view, list_id, request.form.get("agree") == "yes", by())
    return back(view, _("Your decision is recorded."))
