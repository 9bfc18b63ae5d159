"""The exams that contest files ask for, each checked against its bank before anything is opened."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.audit.service import record
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.queries.analyses import names_of
from webapp.exam.routes import plots
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.scope import LOOKING
from webapp.exam.rules.simulation import Simulated, expected_overlap
from webapp.exam.service.simulating import Design, ask_simulation, design_of, kept_of
from webapp.exam.service.supply import supply_rows

OPENING = (*LOOKING, Permission.MANAGE_CONTESTS)
ASKING = (Permission.RUN_EXAMS, Permission.MANAGE_CONTESTS)


@bp.get("/staff/exams/blueprints")
@requires(*OPENING)
def blueprints() -> Response:
    rows = supply_rows(clock.now(), _is_seen)
    found = find(rows, lambda one: (one.event_title, one.stage_title, one.contest_title), *asked())
    return render("exam/blueprints.html", found=found, ready=sum(row.is_ready for row in rows))


@bp.get("/staff/exams/blueprints/<int:event_id>")
@requires(*OPENING)
def blueprint_design(event_id: int) -> Response:
    """One exam: what the bank can satisfy cell by cell, and what its papers would be like."""
    design = _design(event_id, *OPENING)
    kept, cells = kept_of(design, clock.now()), design.cells
    found = kept.found if kept else None
    return render(
        "exam/blueprint.html",
        fragment="exam/_simulation.html",
        design=design,
        cells=cells,
        overlap=expected_overlap(cells),
        is_satisfiable=design.has_bank and not any(one.missing for one in cells),
        kept=kept,
        found=found,
        bars=bars_of(found) if found else [],
        across=plots.across(found.first_bin, found.first_bin + len(found.bins)) if found else [],
        upward=plots.upward,
        keys=names_of([version_id for version_id, _share in found.listed], True) if found else {},
        may_ask=may_build(design.contest_id, design.event_id, *ASKING),
        poll=url_for("exam.blueprint_design", event_id=event_id),
        ask=url_for("exam.simulate_blueprint", event_id=event_id),
    )


@bp.post("/staff/exams/blueprints/<int:event_id>")
@requires(*ASKING)
def simulate_blueprint(event_id: int) -> ResponseReturnValue:
    design = _design(event_id, *ASKING)
    with transaction():
        ask_simulation(design, clock.now())
        record("exam.simulate", "event", event_id)
    flash(_("Papers are being drawn for show; the figures appear here by themselves."), "success")
    return redirect(url_for("exam.blueprint_design", event_id=event_id), code=303)


def bars_of(found: Simulated) -> list[plots.Bar]:
    return plots.bars(found.bins, found.first_bin, found.first_bin + len(found.bins))


def _design(event_id: int, *permissions: Permission) -> Design:
    """The exam of an event in the reader's scope; a foreign one answers like a missing one."""
    design = design_of(event_id, clock.now())
    if not may_build(design.contest_id, design.event_id, *permissions):
        raise NotFound
    return design


def may_build(contest_id: int, event_id: int, *permissions: Permission) -> bool:
    me = principal()
    return any(me.allows(one, contest_id=contest_id, event_id=event_id) for one in permissions)


def _is_seen(contest_id: int, event_id: int) -> bool:
    return may_build(contest_id, event_id, *OPENING)
