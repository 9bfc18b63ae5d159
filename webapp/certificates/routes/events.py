"""All certificates of an event: what it owes, issuing all of it in one job, watching and stopping that."""

from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.certificates.forms import IssueEventForm
from webapp.certificates.queries import prints, stages
from webapp.certificates.queries.prints import Scope
from webapp.certificates.queries.runs import RunView, newest_run, run_for
from webapp.certificates.routes.blueprint import bp
from webapp.certificates.routes.staff import allows
from webapp.certificates.rules.parts import Kind, Why
from webapp.certificates.service import running
from webapp.certificates.service.planning import plan_of_event
from webapp.contests import queries as contests
from webapp.contests.queries import EventView
from webapp.core import clock
from webapp.core.errors import Forbidden
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.core.words import N_

MANAGE = Permission.MANAGE_CERTIFICATES
PAGE = "/staff/certificates/events/<int:event_id>"
PROBLEMS = {
    "nothing-to-print": N_("There was no valid certificate to print."),
    "print-being-made": N_(
        "A print file of this event was being made already, without the newest certificates. Make another when it is ready."
    ),
}


@bp.app_template_filter("part_source")
def part_source(kind: Kind) -> str:
    """The msgid of where a part's certificates come from."""
    return {
        Kind.FINISHED: N_("Whoever has finished"),
        Kind.RANKED: N_("By the final list"),
        Kind.GIVEN: N_("By the decided awards"),
    }[kind]


@bp.app_template_filter("part_problem")
def part_problem(why: Why) -> str:
    """The msgid of why a part of an issuing could not go on."""
    return {
        Why.GONE: N_("The event or its stage is not there any more; it was withdrawn or merged meanwhile."),
        Why.BROKE: N_("Something broke here; the operators find it in their records. Please issue again."),
    }[why]


@bp.app_template_filter("print_problem")
def print_problem(code: str) -> str:
    """The msgid of why no print file came of an issuing."""
    return PROBLEMS[code]


@bp.get(PAGE)
@requires(*stages.READING)
def event(event_id: int) -> Response:
    return _page(_event_for(event_id, *stages.READING))


@bp.post(f"{PAGE}/issue")
@requires(MANAGE)
def issue_event(event_id: int) -> ResponseReturnValue:
    found = _event_for(event_id, MANAGE)
    form = IssueEventForm(prefix="issue")
    if not form.validate_on_submit():
        return _page(found, 422, form)
    if form.with_print.data and not _may_print(found):
        raise Forbidden
    why = form.reason.data if form.with_print.data else ""
    with transaction():
        total, printed = running.ask_event(
            event_id, found.contest_id, principal().account_id, clock.now(), print_reason=why
        )
    if total:
        flash(_("Everything that the event owes is being issued; this page shows how far."), "success")
    elif printed:
        flash(_("Nothing is due at the moment. The print file is being made."), "info")
        return redirect(url_for(".print_files", stage_id=_first_stage(found)), code=303)
    else:
        flash(_("Nothing is due at the moment."), "info")
    return redirect(url_for(".event", event_id=event_id, _anchor="issuing"), code=303)


@bp.get(f"{PAGE}/issuing")
@requires(*stages.READING)
def event_issuing(event_id: int) -> Response:
    """How far the issuing is, for the page that watches; when it is through, with what still waits."""
    found = _event_for(event_id, *stages.READING)
    run = newest_run(running.EVENT, event_id)
    is_through = run is not None and not run.is_under_way
    waits = plan_of_event(event_id).waits if is_through else ()
    return render("certificates/_event_run.html", waits=waits, **_watched(found, run))


@bp.post("/staff/certificates/runs/<int:run_id>/stop")
@requires(MANAGE)
def stop_run(run_id: int) -> ResponseReturnValue:
    """End an issuing of a contest, an event, a stage or a stage's awards."""
    found = run_for(principal(), run_id)
    with transaction():
        running.stop(run_id, clock.now())
    flash(_("The issuing is stopped. What was issued counts; it can be begun again."), "success")
    pages = {
        running.CONTEST: lambda: url_for(".contest", contest_id=found.contest_id),
        running.EVENT: lambda: url_for(".event", event_id=found.event_id),
        running.STAGE: lambda: url_for(".staff_stage", stage_id=found.stage_id),
        running.AWARDS: lambda: url_for("awards.stage", stage_id=found.stage_id, _anchor="certificates"),
    }
    return redirect(pages[found.scope](), code=303)


def _page(found: EventView, status: int = 200, form: IssueEventForm | None = None) -> Response:
    plan = plan_of_event(found.event_id)
    return render(
        "certificates/staff_event.html",
        status=status,
        plan=plan,
        issued=stages.issued_by_award([one.stage_id for one in plan.stages]),
        has_certificates=prints.has_valid(found.event_id),
        form=form or IssueEventForm(formdata=None, prefix="issue"),
        **_watched(found, newest_run(running.EVENT, found.event_id)),
    )


def _watched(found: EventView, run: RunView | None) -> dict[str, Any]:
    """What the piece of the page reads that says how far the issuing is."""
    return {
        "event": found,
        "run": run,
        "at": None if run is None else part_at(run),
        "may_manage": allows(found, MANAGE),
        "may_print": _may_print(found),
        "may_see_awards": allows(found, Permission.SEE_FULL_BOARDS),
        "prints_at": _first_stage(found) if run and run.printed else 0,
    }


def part_at(run: RunView) -> dict[str, Any] | None:
    """What a run is at, in words: the event of a contest's run, the stage, where the certificates come from, the award."""
    if run.part is None:
        return None
    stage = contests.stage_by_id(run.part.stage_id)
    event = stage.event_rules.title
    titles = {one.code: {"zh": one.title.zh, "en": one.title.en} for one in stage.profile.awards}
    return {
        "event": {"zh": event.zh, "en": event.en} if run.contest_id else None,
        "stage": stage.title,
        "source": part_source(run.part.kind),
        "award": titles.get(run.part.award_code),
        "number": run.phase + 1,
    }


def _event_for(event_id: int, *permissions: Permission) -> EventView:
    """The event, if a grant with one of the permissions covers it. raise (NotFound)."""
    return stages.event_in_scope(principal(), event_id, clock.now(), *permissions)


def _may_print(found: EventView) -> bool:
    return all(allows(found, one) for one in prints.NEEDED)


def _first_stage(found: EventView) -> int:
    return prints.first_stage(Scope(found.contest_id, found.event_id))
