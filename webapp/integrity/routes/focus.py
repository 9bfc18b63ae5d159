"""Where the exam page's script sends what happened to its window."""

from flask import Response, request

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.limits import limiter
from webapp.core.transaction import transaction
from webapp.exam.queries.layouts import layout
from webapp.exam.routes.device import device
from webapp.integrity.errors import BadReport
from webapp.integrity.routes.blueprint import bp
from webapp.integrity.rules.focus import read_report
from webapp.integrity.service import recording

MOST_BYTES = 8_000


@bp.post("/attempts/<int:attempt_id>/focus")
@signed_in
@limiter.limit("60 per minute")
def focus(attempt_id: int) -> Response:
    """A beacon: nobody waits for the answer, so it is empty."""
    if (request.content_length or 0) > MOST_BYTES:
        raise BadReport
    frozen = layout(attempt_id, principal().person_id)
    reports = read_report(
        request.form.getlist("kind"),
        request.form.getlist("ms"),
        request.form.get("page", ""),
        request.form.get("device", ""),
    )
    place = recording.Place(request.remote_addr or "", device())
    with transaction():
        recording.store(frozen.exam_id, attempt_id, reports, place, clock.arrival())
    return Response(status=204)
