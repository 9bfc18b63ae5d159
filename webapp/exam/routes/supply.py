"""The exams that contest files ask for, each checked against its bank before anything is opened."""

from flask import Response

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.core import clock
from webapp.core.render import render
from webapp.exam.routes.blueprint import bp
from webapp.exam.service.supply import supply_rows


@bp.get("/staff/exams/blueprints")
@requires(Permission.RUN_EXAMS, Permission.MANAGE_CONTESTS)
def blueprints() -> Response:
    rows = supply_rows(clock.now())
    return render("exam/blueprints.html", rows=rows, ready=sum(row.is_ready for row in rows))
