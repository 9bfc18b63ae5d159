"""Probes for load balancers and monitoring, which need no session; the health page for people."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from webapp.access.guards import public, requires
from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.core.words import N_
from webapp.operations import queries
from webapp.operations.errors import WaiverNotFound
from webapp.operations.forms import WaiverForm
from webapp.operations.queries import State, facts
from webapp.operations.rules.readiness import in_english
from webapp.operations.service import gate
from webapp.operations.service.health import health_view

bp = Blueprint("operations", __name__, template_folder="templates")
NAVIGATION = (
    MenuEntry(N_("System health"), "operations.health", permission=Permission.SEE_HEALTH, order=92),
)


@bp.get("/healthz")
@public("probe")
def healthz() -> ResponseReturnValue:
    """The process lives; it asks nobody else, so that a database fault does not restart it."""
    return _fresh(jsonify(status="alive"))


@bp.get("/readyz")
@public("probe")
def readyz() -> ResponseReturnValue:
    """Whether requests should be sent here: 200, or 503 with the reason."""
    checks = queries.readiness()
    failed = any(check.state is State.FAILED for check in checks)
    warned = any(check.state is State.WARNING for check in checks)
    status = "unready" if failed else "degraded" if warned else "ready"
    told = {check.name: {"state": check.state, "said": in_english(check.said)} for check in checks}
    return _fresh(jsonify(status=status, checks=told)), 503 if failed else 200


@bp.get("/metrics")
@public("probe; the setting JIANGSAI_METRICS_OPEN closes it")
def metrics() -> ResponseReturnValue:
    """Numbers in Prometheus's text format."""
    if not current_app.extensions["settings"].metrics_open:
        abort(404)
    registry = CollectorRegistry()
    up = Gauge("jiangsai_database_up", "1 when the database answers", registry=registry)
    try:
        for name, value in queries.gauges():
            Gauge(name, name.replace("_", " "), registry=registry).set(value)
        up.set(1)
    except SQLAlchemyError:
        up.set(0)
    for check in queries.readiness():
        name = f"jiangsai_check_{check.name.replace('-', '_')}"
        Gauge(name, "1 when sound", registry=registry).set(check.state is State.OK)
    return _fresh(Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST))


@bp.get("/staff/health")
@requires(Permission.SEE_HEALTH)
def health() -> ResponseReturnValue:
    return _health(WaiverForm(formdata=None))


@bp.post("/staff/health/exams/<int:exam_id>/waivers")
@requires(Permission.RUN_EXAMS)
def ask_waiver(exam_id: int) -> ResponseReturnValue:
    exam = _exam(exam_id, Permission.RUN_EXAMS)
    form = WaiverForm()
    if not form.validate_on_submit():
        return _health(form, exam_id, 422)
    with transaction():
        gate.ask(exam_id, form.check_key.data, form.reason.data, exam["opens_at"], principal().account_id)
    flash(_("Now a second person has to agree, on this page."), "success")
    return redirect(url_for(".health"), code=303)


@bp.post("/staff/health/waivers/<int:waiver_id>/agree")
@requires(Permission.APPROVE_EXAM_ACTIONS)
def agree_waiver(waiver_id: int) -> ResponseReturnValue:
    with transaction():
        waiver = gate.waiver(waiver_id)
        _exam(waiver.exam_id, Permission.APPROVE_EXAM_ACTIONS)
        gate.agree(waiver, principal().account_id)
        gate.decide()
    flash(_("Accepted by two people. The exam starts in spite of this item."), "success")
    return redirect(url_for(".health"), code=303)


def _exam(exam_id: int, permission: Permission) -> Mapping[str, Any]:
    """An exam that opens soon, if it lies in this person's scope; a foreign one answers like a missing one."""
    for row in facts.coming_exams():
        if row["id"] == exam_id and _may(row, permission):
            return row
    raise WaiverNotFound


def _may(row: Mapping[str, Any], permission: Permission) -> bool:
    return principal().allows(permission, contest_id=row["contest_id"], event_id=row["event_id"])


def _health(form: WaiverForm, form_exam_id: int = 0, status: int = 200) -> ResponseReturnValue:
    view = health_view(_may, principal().account_id)
    return render(
        "operations/health.html",
        status=status,
        view=view,
        form=form,
        blank=WaiverForm(formdata=None),
        form_exam_id=form_exam_id,
    )


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
