"""The applicant's pages: own applications, a new one, its sections, sending it."""

from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.hosting.errors import ApplicationMissing, EventNeeded, NoApplications, NotEditable
from webapp.hosting.forms import (
    AttachForm,
    BeginForm,
    PartnerForm,
    WithdrawForm,
    begin_form,
    data_of,
    section_form,
    told_of,
)
from webapp.hosting.models import HostingApplication
from webapp.hosting.queries import lists, loading
from webapp.hosting.queries.applications import findings, further_events, view
from webapp.hosting.queries.bars import named
from webapp.hosting.queries.loading import APPLY
from webapp.hosting.queries.offers import ContestOffer, events_of, offers
from webapp.hosting.queries.performance import file_view
from webapp.hosting.routes.blueprint import OFFER_WORDS, bp
from webapp.hosting.rules.form import SECTIONS
from webapp.hosting.rules.states import EDITABLE, WITHDRAWABLE
from webapp.hosting.service import drafting, reviewing
from webapp.hosting.service.drafting import Wanted


@bp.get("/staff/hosting/own")
@requires(APPLY)
def own_list() -> Response:
    found = find(
        lists.own(principal()), lambda one: (one.names, one.contest_title, {"zh": one.organisation}), *asked()
    )
    now = clock.now()
    barred = named(now.astimezone(clock.SHANGHAI).date())
    return render("hosting/own_list.html", found=found, offers=offers(), now=now, barred=barred)


@bp.route("/staff/hosting/apply", methods=["GET", "POST"])
@requires(APPLY)
def begin() -> ResponseReturnValue:
    """Start a draft for the contest named in the address."""
    found = next((one for one in offers() if one.code == request.args.get("contest")), None)
    if found is None:
        raise NoApplications
    form = _begin_form(found)
    if form.validate_on_submit():
        offer, _slash, stage = (form.offer.data or "").partition("/")
        wanted = Wanted(offer, form.event.data or "", stage)
        try:
            with transaction():
                organisation_id = int(form.organisation.data)
                made = drafting.begin(found.contest_id, organisation_id, wanted, principal(), clock.now()).id
            return redirect(url_for(".section", application_id=made, name=SECTIONS[0]), code=303)
        except EventNeeded as refused:
            form.event.errors = [say(refused.message)]
    return render(
        "hosting/begin.html", status=422 if form.errors else 200, form=form, offer=found, now=clock.now()
    )


def _begin_form(found: ContestOffer) -> BeginForm:
    choices = []
    for offer in found.terms.hosting.offers:
        if offer == "stage":
            choices += [
                (f"stage/{one.stage}", f"{_(OFFER_WORDS[offer])}: {pick(one.title)}")
                for one in found.terms.stages
            ]
        else:
            choices.append((offer, _(OFFER_WORDS[offer])))
    events = []
    if set(found.terms.hosting.offers) - {"trade"}:
        events = [
            (one.code, f"{pick(one.title)} ({one.organiser})" if one.organiser else pick(one.title))
            for one in events_of(found.contest_id)
        ]
    return begin_form(lists.own_organisations(principal()), choices, events)


@bp.get("/staff/hosting/own/<int:application_id>")
@requires(APPLY)
def own_application(application_id: int) -> Response:
    return own_page(loading.joined(application_id, principal()))


def own_page(row: HostingApplication, status: int = 200, refusal: str = "", **forms: Any) -> Response:
    """One application for its applicants; forms: those that were refused."""
    who, now = principal(), clock.now()
    leads = loading.represents(who, row.organisation_id)
    part = loading.partner_of(row.id, who)
    is_open = row.state in EDITABLE
    made: dict[str, Any] = {
        "attach_form": AttachForm(formdata=None, prefix="attach"),
        "partner_form": PartnerForm(formdata=None, prefix="partner"),
        "withdraw_form": WithdrawForm(formdata=None, prefix="withdraw"),
    }
    return render(
        "hosting/own.html",
        status=status,
        one=view(row),
        found=findings(row, now) if is_open else (),
        leads=leads,
        part=part.state if part is not None else "",
        may={
            "edit": leads and is_open,
            "withdraw": leads and row.state in WITHDRAWABLE,
            "again": leads and row.offer == "trade" and bool(row.told),
        },
        sections=SECTIONS,
        seen=file_view(row),
        now=now,
        refusal=refusal,
        **{**made, **forms},
    )


@bp.route("/staff/hosting/own/<int:application_id>/form/<name>", methods=["GET", "POST"])
@requires(APPLY)
def section(application_id: int, name: str) -> ResponseReturnValue:
    """One section of the form; what is refused keeps what was typed."""
    row = loading.own(application_id, principal())
    if name not in SECTIONS:
        raise ApplicationMissing
    if row.state not in EDITABLE:
        if request.method == "POST":
            raise NotEditable
        return redirect(url_for(".own_application", application_id=application_id), code=303)
    one = view(row)
    told: dict[str, Any] = dict(row.told.get(name, {}))
    data = data_of(name, told, one.terms, row.offer)
    form = section_form(name, one.terms, row.offer, row.stage_code, _further(row, name), data=data)
    if form.validate_on_submit():
        with transaction():
            drafting.save_section(application_id, name, told_of(name, form), principal())
        flash(_("Saved."), "success")
        return redirect(_after(application_id, name), code=303)
    return render("hosting/section.html", status=422 if form.errors else 200, one=one, name=name, form=form)


def _further(row: HostingApplication, section: str) -> list[tuple[str, str]]:
    """(code, words) of the other events that may be applied for with it."""
    if section != "what":
        return []
    return [(code, pick(title)) for code, title in further_events(row).items()]


@bp.post("/staff/hosting/own/<int:application_id>/again")
@requires(APPLY)
def begin_again(application_id: int) -> ResponseReturnValue:
    """A further trade with the same plan."""
    with transaction():
        made = drafting.begin_alike(application_id, principal(), clock.now()).id
    flash(
        _(
            "Plan, people and budget are copied. Name the trade, and look at days and amounts; files and partners are added anew."
        ),
        "success",
    )
    return redirect(url_for(".section", application_id=made, name=SECTIONS[0]), code=303)


def _after(application_id: int, name: str) -> str:
    """Where to go after saving: more rows, the next section, or the overview."""
    wanted = request.form.get("then")
    if wanted == "more":
        return url_for(".section", application_id=application_id, name=name)
    at = SECTIONS.index(name) + 1
    if wanted == "next" and at < len(SECTIONS):
        return url_for(".section", application_id=application_id, name=SECTIONS[at])
    return url_for(".own_application", application_id=application_id)


@bp.post("/staff/hosting/own/<int:application_id>/send")
@requires(APPLY)
def send(application_id: int) -> ResponseReturnValue:
    row = loading.own(application_id, principal())
    try:
        with transaction():
            reviewing.send(application_id, principal(), clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return own_page(row, 422, say(refused.message))
    return _done(application_id, _("The application is with the host. You are told of every decision."))


@bp.post("/staff/hosting/own/<int:application_id>/withdraw")
@requires(APPLY)
def withdraw(application_id: int) -> ResponseReturnValue:
    form = WithdrawForm(prefix="withdraw")
    row = loading.own(application_id, principal())
    if not form.validate_on_submit():
        return own_page(row, 422, withdraw_form=form)
    with transaction():
        drafting.withdraw(application_id, form.reason.data or "", principal())
    return _done(application_id, _("The application was taken back."))


@bp.post("/staff/hosting/own/<int:application_id>/files")
@requires(APPLY)
def attach(application_id: int) -> ResponseReturnValue:
    form = AttachForm(prefix="attach")
    row = loading.own(application_id, principal())
    if form.validate_on_submit():
        file = form.file.data
        try:
            with transaction():
                drafting.attach(application_id, file.filename or "", file.read(), principal(), clock.now())
            return _done(application_id, _("The file is kept with the application."))
        except DomainError as refused:
            if refused.status != 422:
                raise
            form.file.errors = [say(refused.message)]
    return own_page(row, 422, attach_form=form)


@bp.post("/staff/hosting/own/files/<int:file_id>/remove")
@requires(APPLY)
def detach(file_id: int) -> ResponseReturnValue:
    with transaction():
        application_id = drafting.detach(file_id, principal(), clock.now())
    return _done(application_id, _("The file was taken off."))


@bp.post("/staff/hosting/own/<int:application_id>/partners")
@requires(APPLY)
def ask_partner(application_id: int) -> ResponseReturnValue:
    form = PartnerForm(prefix="partner")
    row = loading.own(application_id, principal())
    if form.validate_on_submit():
        try:
            with transaction():
                drafting.ask_partner(application_id, form.code.data or "", principal(), clock.now())
            return _done(application_id, _("The organisation was asked; it answers for itself."))
        except DomainError as refused:
            if refused.status != 422:
                raise
            form.code.errors = [say(refused.message)]
    return own_page(row, 422, partner_form=form)


@bp.post("/staff/hosting/own/<int:application_id>/partners/drop")
@requires(APPLY)
def drop_partner(application_id: int) -> ResponseReturnValue:
    with transaction():
        drafting.drop_partner(application_id, request.form.get("organisation", 0, type=int), principal())
    return _done(application_id, _("The application goes on without this organisation."))


@bp.post("/staff/hosting/own/<int:application_id>/join")
@requires(APPLY)
def answer_partner(application_id: int) -> ResponseReturnValue:
    """The word of an organisation that was asked to join."""
    said = request.form.get("join")
    loading.joined(application_id, principal())
    if said not in {"yes", "no"}:
        abort(400)
    with transaction():
        drafting.answer_partner(application_id, said == "yes", principal(), clock.now())
    return _done(application_id, _("Your answer is recorded."))


def _done(application_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for(".own_application", application_id=application_id), code=303)
