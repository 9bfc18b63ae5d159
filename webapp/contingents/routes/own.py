"""What somebody who is sent reads: the delegation, its leader, who else comes."""

from flask import Response

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.contingents.queries import contingents as queries
from webapp.contingents.routes.blueprint import bp
from webapp.core.render import render


@bp.get("/my/delegations")
@signed_in
def mine() -> Response:
    rows = queries.views(queries.own(principal().person_id))
    return render("contingents/mine.html", rows=rows)
