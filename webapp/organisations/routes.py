"""Finding a unit; the tree for staff."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webapp.access.guards import public
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.organisations import queries

bp = Blueprint("organisations", __name__, template_folder="templates")


@bp.get("/organisations/options")
@public("people who sign up look for their unit; names of units are no secret")
@limiter.limit("600 per minute")
def options() -> ResponseReturnValue:
    text = (request.args.get("unit_search") or "")[:80]
    return render(
        "organisations/_options.html",
        units=queries.search(text),
        searched=bool(text.strip()),
        chosen=request.args.get("unit", ""),
    )
