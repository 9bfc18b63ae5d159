"""Probes for load balancers and monitoring; they need no session."""

from flask import Blueprint, Response, abort, current_app, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from webapp.access.guards import public
from webapp.operations import queries
from webapp.operations.queries import State

bp = Blueprint("operations", __name__)


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
    told = {check.name: {"state": check.state, "said": check.said} for check in checks}
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


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
