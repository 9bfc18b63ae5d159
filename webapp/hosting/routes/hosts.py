"""Who organises and hosts what: decided applications, for everybody."""

from flask import Response

from webapp.access.guards import public
from webapp.core.errors import NotFound
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.hosting.queries import lists
from webapp.hosting.queries.offers import listed
from webapp.hosting.routes.blueprint import bp


@bp.get("/hosts/<contest>")
@public("who organises an event or hosts a stage, where and when, is for those who take part")
def hosts(contest: str) -> Response:
    found = listed(contest)
    if found is None:
        raise NotFound
    rows = lists.decided(found.contest_id)
    shown = find(rows, lambda one: (one.names, {"zh": one.organisation}, {"zh": one.venue}), *asked())
    return render("hosting/hosts.html", offer=found, found=shown)
