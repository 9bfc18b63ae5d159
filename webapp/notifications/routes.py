"""One's own notices."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.notifications import queries, service

bp = Blueprint("notifications", __name__, template_folder="templates")


@bp.get("/my/notices")
@signed_in
def mine() -> ResponseReturnValue:
    person_id = principal().person_id
    return render(
        "notifications/mine.html",
        notices=queries.latest(person_id),
        unread_notices=queries.unread_count(person_id),
    )


@bp.post("/my/notices/read")
@signed_in
def mark_read() -> ResponseReturnValue:
    with transaction():
        service.mark_all_read(principal().person_id)
    return redirect(url_for("notifications.mine"), code=303)
