"""The exams that contest files ask for, each checked against its bank before anything is opened."""

from flask import Response

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.render import render
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.scope import LOOKING
from webapp.exam.service.supply import supply_rows

OPENING = (*LOOKING, Permission.MANAGE_CONTESTS)


@bp.get("/staff/exams/blueprints")
@requires(*OPENING)
def blueprints() -> Response:
    rows = supply_rows(clock.now(), _is_seen)
    return render("exam/blueprints.html", rows=rows, ready=sum(row.is_ready for row in rows))


def _is_seen(contest_id: int, event_id: int) -> bool:
    me = principal()
    return any(me.allows(one, contest_id=contest_id, event_id=event_id) for one in OPENING)
