"""All certificates of a contest: what its events owe, issuing all of it in one run, watching that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.certificates.queries import prints, stages
from webapp.certificates.queries.contests import ContestScope, EventScope, contest_in_scope
from webapp.certificates.queries.prints import Scope
from webapp.certificates.queries.runs import RunView, newest_run_of_contest
from webapp.certificates.routes.blueprint import bp
from webapp.certificates.routes.events import part_at
from webapp.certificates.service import running
from webapp.certificates.service.planning import Plan, plan_of_events
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction

PAGE = "/staff/certificates/contests/<int:contest_id>"


@dataclass(frozen=True)
class Line:
    """One event of the table. issued: certificates, the revoked among them."""

    event: EventScope
    plan: Plan
    issued: int

    @property
    def waiting(self) -> int:
        """How many kinds of certificates wait; the same one for two reasons is one."""
        return len({(one.stage.stage_id, *title.items()) for one in self.plan.waits for title in one.titles})


@bp.get(PAGE)
@requires(*stages.READING)
def contest(contest_id: int) -> Response:
    found = contest_in_scope(principal(), contest_id)
    lines = _lines(found)
    run = newest_run_of_contest(contest_id, found.readable)
    mine = sum(one.plan.due for one in lines if one.event.may_issue)
    return render(
        "certificates/staff_contest.html",
        events=find(lines, lambda one: (one.event.title,), *asked()),
        totals={
            "due": sum(one.plan.due for one in lines),
            "mine": mine,
            "events": sum(1 for one in lines if one.plan.due),
            "waiting": sum(1 for one in lines if one.plan.waits),
        },
        may_issue=bool(found.issuable),
        is_offered=mine > 0 and not _is_being_issued(found, run),
        prints_at=_prints_at(found, lines),
        **_watched(found, run),
    )


@bp.post(f"{PAGE}/issue")
@requires(Permission.MANAGE_CERTIFICATES)
def issue_contest(contest_id: int) -> ResponseReturnValue:
    found = contest_in_scope(principal(), contest_id)
    if not found.issuable:
        raise NotFound
    with transaction():
        total = running.ask_contest(contest_id, found.issuable, principal().account_id, clock.now())
    if total:
        flash(_("Everything that is due in your events is being issued; this page shows how far."), "success")
    else:
        flash(_("Nothing is due at the moment."), "info")
    return redirect(url_for(".contest", contest_id=contest_id, _anchor="issuing"), code=303)


@bp.get(f"{PAGE}/issuing")
@requires(*stages.READING)
def contest_issuing(contest_id: int) -> Response:
    """How far the issuing is, for the page that watches."""
    found = contest_in_scope(principal(), contest_id)
    run = newest_run_of_contest(contest_id, found.readable)
    return render("certificates/_contest_run.html", **_watched(found, run))


def _lines(found: ContestScope) -> list[Line]:
    """The events that give certificates: those where something is due first, then as the contest has them."""
    plans = plan_of_events([one.event_id for one in found.events]).by_event()
    issued = stages.issued_by_stage([stage.stage_id for plan in plans.values() for stage in plan.stages])
    lines = [
        Line(event, plan, sum(issued.get(stage.stage_id, 0) for stage in plan.stages))
        for event in found.events
        if (plan := plans.get(event.event_id)) is not None
    ]
    given = [one for one in lines if one.plan.owed or one.plan.waits or one.issued]
    return sorted(given, key=lambda one: one.plan.due == 0)


def _is_being_issued(found: ContestScope, run: RunView | None) -> bool:
    """Whether all that the person may issue is being issued; somebody else's events may be, beside."""
    return run is not None and run.state == "making" and set(found.issuable) <= set(run.event_ids)


def _prints_at(found: ContestScope, lines: Sequence[Line]) -> int:
    """A stage whose page has the print files of the whole contest; 0: the person may not, or there is nothing to print."""
    if not found.may_print or not any(one.issued for one in lines):
        return 0
    return prints.first_stage(Scope(found.contest_id))


def _watched(found: ContestScope, run: RunView | None) -> dict[str, Any]:
    """What the piece of the page reads that says how far the issuing is."""
    return {
        "contest": found,
        "run": run,
        "at": None if run is None or run.state != "making" else part_at(run),
        "may_stop": run is not None and found.may_issue_all(run.event_ids),
    }
