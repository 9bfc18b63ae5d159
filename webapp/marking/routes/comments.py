"""What the markers wrote, for whoever wrote the paper."""

from flask import Response

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.render import render
from webapp.exam.queries.results import keys_are_released, result_head
from webapp.marking.queries.answers import comments_on
from webapp.marking.routes.blueprint import bp


@bp.get("/attempts/<int:attempt_id>/comments")
@signed_in
def comments(attempt_id: int) -> Response:
    person_id = principal().person_id
    head = result_head(attempt_id, person_id)
    is_open = keys_are_released(head.exam_id, clock.now())
    return render(
        "marking/comments.html",
        fragment="marking/_comments.html",
        rows=comments_on(attempt_id, person_id, head.exam_id) if is_open else [],
        attempt_id=attempt_id,
    )
