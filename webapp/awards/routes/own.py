"""What the person who is signed in has been given."""

from flask import Response

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.awards.queries.lists import own_awards
from webapp.awards.routes.blueprint import bp
from webapp.core.render import render


@bp.get("/my/awards")
@signed_in
def mine() -> Response:
    return render("awards/mine.html", rows=own_awards(principal().person_id))
