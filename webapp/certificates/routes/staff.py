"""The hosts' certificates: numbers by stage, search, issue, revoke, take the list away."""

from collections import Counter

from flask import Response, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.accounts import queries as people
from webapp.certificates.forms import ExportForm, RevokeForm, RevokeGoneForm, SearchForm
from webapp.certificates.queries import certificates, stages
from webapp.certificates.queries.certificates import CertificateView
from webapp.certificates.queries.gone import others_ask, outdated, renamed_counts
from webapp.certificates.queries.letters import MOST, boxed
from webapp.certificates.queries.runs import newest_run
from webapp.certificates.routes.blueprint import bp
from webapp.certificates.rules.serial import normalised
from webapp.certificates.service import revoking
from webapp.certificates.service.exporting import MASK, ListWords, certificate_list
from webapp.certificates.service.running import STAGE
from webapp.contests import queries as contests
from webapp.contests.queries import EventView, StageView
from webapp.core import clock
from webapp.core.errors import Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.leaderboard.queries.lists import may
from webapp.leaderboard.rules.masking import masked_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MANAGE = Permission.MANAGE_CERTIFICATES


@bp.app_template_filter("masked")
def masked(name: str) -> str:
    """A name as lists of the staff show it."""
    return masked_name(name, MASK)


@bp.route("/staff/certificates", methods=["GET", "POST"])
@requires(*stages.READING)
def staff_index() -> Response:
    events = stages.events_in_scope(principal())
    lines = [line for event in events for line in event.stages]
    scope = [line.stage_id for line in lines]
    form = SearchForm()
    found = certificates.search(scope, form.words.data) if form.validate_on_submit() else None
    counts = renamed_counts(scope)
    return render(
        "certificates/staff_index.html",
        status=422 if form.errors else 200,
        events=find(
            events,
            lambda one: (one.event_title, one.contest_title, *(each.stage_title for each in one.stages)),
            *asked(),
        ),
        contests=[
            (contest_id, title)
            for (contest_id, title), many in Counter(
                (one.contest_id, pick(one.contest_title)) for one in events
            ).items()
            if many > 1
        ],
        renamed=[(line, counts[line.stage_id]) for line in lines if line.stage_id in counts],
        form=form,
        found=found,
        waiting=certificates.waiting(scope),
        my_account_id=principal().account_id,
    )


@bp.get("/staff/certificates/stages/<int:stage_id>")
@requires(*stages.READING)
def staff_stage(stage_id: int) -> Response:
    return stage_page(stage_for(stage_id), ExportForm(formdata=None))


@bp.post("/staff/certificates/stages/<int:stage_id>/export")
@requires(Permission.EXPORT_LISTS)
def export(stage_id: int) -> ResponseReturnValue:
    stage = stage_for(stage_id, Permission.EXPORT_LISTS)
    event = contests.event_by_id(stage.event_id, clock.now())
    form = ExportForm()
    if not form.validate_on_submit():
        return stage_page(stage, form, 422)
    whole_names = bool(form.whole_names.data)
    if whole_names and not allows(event, Permission.UNMASK_PEOPLE):
        raise Forbidden
    with transaction():
        made = certificate_list(stage, _words(stage, event), form.reason.data, whole_names=whole_names)
    response = make_response(made)
    response.mimetype = XLSX
    name = f"{stage.contest_code}-{stage.event_code}-{stage.code}-certificates.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/staff/certificates/<serial>")
@requires(*stages.READING)
def staff_certificate(serial: str) -> Response:
    return _certificate_page(_certificate(serial), RevokeForm(formdata=None))


@bp.post("/staff/certificates/<serial>/revoke")
@requires(MANAGE)
def revoke(serial: str) -> ResponseReturnValue:
    found = _certificate(serial, MANAGE)
    form = RevokeForm()
    if not form.validate_on_submit():
        return _certificate_page(found, form, 422)
    with transaction():
        request_row = revoking.ask_revoke(
            found.serial,
            form.reason.data,
            principal().account_id,
            current_app.config["TWO_PERSON"],
            clock.now(),
            replace=bool(form.replaced.data),
        )
        is_done = request_row.state == "done"
    flash(_revoked_words(is_done, replaced=bool(form.replaced.data)), "success")
    return redirect(url_for(".staff_certificate", serial=found.serial), code=303)


def _revoked_words(is_done: bool, *, replaced: bool) -> str:
    if not is_done:
        return _("A second person has to agree first; it stands on this page.")
    if replaced:
        return _("The certificate is replaced by a new one; the person has been told why.")
    return _("The certificate is revoked; the person has been told why.")


@bp.post("/staff/certificates/<serial>/again")
@requires(MANAGE)
def again(serial: str) -> ResponseReturnValue:
    found = _certificate(serial, MANAGE)
    with transaction():
        revoking.issue_again(found.serial, principal().account_id, clock.now())
    flash(_("A new certificate with another number has been issued."), "success")
    return redirect(url_for(".staff_stage", stage_id=found.stage_id), code=303)


@bp.post("/staff/certificates/revocations/<int:request_id>")
@requires(MANAGE)
def decide(request_id: int) -> ResponseReturnValue:
    stage_id = certificates.stage_of_request(request_id)
    if stage_id is None:
        raise NotFound
    stage_for(stage_id, MANAGE)
    with transaction():
        revoking.decide_revoke(
            request_id, principal().account_id, request.form.get("agree") == "yes", clock.now()
        )
    flash(_("Your decision is recorded."), "success")
    return redirect(url_for(".staff_index"), code=303)


def stage_for(stage_id: int, *permissions: Permission) -> StageView:
    """The stage, if a grant with one of the permissions (default: reading) covers it. raise (NotFound)."""
    return stages.stage_in_scope(principal(), stage_id, clock.now(), *permissions)


def _certificate(serial: str, *permissions: Permission) -> CertificateView:
    """The certificate, if its event lies in scope; a foreign one answers like a missing one."""
    known = normalised(serial)
    found = None if known is None else certificates.by_serial(known)
    if found is None:
        raise NotFound
    stage_for(found.stage_id, *permissions)
    return found


def stage_page(
    stage: StageView,
    form: ExportForm,
    status: int = 200,
    gone_form: RevokeGoneForm | None = None,
    replace_form: RevokeGoneForm | None = None,
) -> Response:
    """The page of one stage's certificates with the forms as they were sent."""
    event = contests.event_by_id(stage.event_id, clock.now())
    page = request.args.get("page", 1, type=int)
    return render(
        "certificates/staff_stage.html",
        status=status,
        stage=stage,
        event=event,
        awards=stages.award_lines(stage),
        found=certificates.search([stage.stage_id], award_code=request.args.get("award", "")[:60], page=page),
        may_manage=allows(event, MANAGE),
        export_form=form if allows(event, Permission.EXPORT_LISTS) else None,
        may_unmask=allows(event, Permission.UNMASK_PEOPLE),
        may_print=allows(event, Permission.EXPORT_LISTS),
        run=newest_run(STAGE, stage.event_id, stage.stage_id),
        boxed=boxed(stage.event_id),
        gone=outdated(stage),
        gone_form=gone_form or RevokeGoneForm(formdata=None, prefix="gone"),
        gone_action=url_for(".revoke_gone", stage_id=stage.stage_id),
        replace_form=replace_form or RevokeGoneForm(formdata=None, prefix="replace"),
        replace_action=url_for(".replace", stage_id=stage.stage_id),
        two_person=current_app.config["TWO_PERSON"],
        others_ask=others_ask(stage.stage_id, principal().account_id),
        most_boxed=MOST,
    )


def _certificate_page(found: CertificateView, form: RevokeForm, status: int = 200) -> Response:
    event = contests.event_by_id(contests.stage_by_id(found.stage_id).event_id, clock.now())
    by = found.issued_by_account_id
    waiting = certificates.waiting([found.stage_id], found.certificate_id)
    return render(
        "certificates/staff_certificate.html",
        status=status,
        certificate=found,
        issued_by=people.names_of_accounts([by]).get(by, "") if by else "",
        waiting=waiting[0] if waiting else None,
        form=form,
        may_manage=allows(event, MANAGE),
        my_account_id=principal().account_id,
        two_person=current_app.config["TWO_PERSON"],
    )


def allows(event: EventView, permission: Permission) -> bool:
    """Whether the person holds the permission over the event."""
    return may(principal(), event.contest_id, event.event_id, event.organiser_id, permission)


def _words(stage: StageView, event: EventView) -> ListWords:
    return ListWords(
        title=f"{pick(event.contest_title)} · {pick(event.title)} · {pick(stage.title)}",
        note=f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}",
        head=(
            _("Serial number"),
            _("Certificate"),
            _("Contestant number"),
            _("Name"),
            _("Unit"),
            _("Rank"),
            _("Issued at"),
            _("State"),
            _("Reason"),
        ),
        valid=_("valid"),
        revoked=_("revoked"),
        pick=pick,
    )
