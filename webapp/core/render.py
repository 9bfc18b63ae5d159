"""Pages and fragments from the same templates."""

from typing import Any

from flask import Response, make_response, render_template
from htmx_flask import Htmx, request

htmx = Htmx()


def wants_fragment() -> bool:
    """True for an htmx request that swaps a part: not for boosted or history-restore requests."""
    asked = request.htmx
    return bool(asked) and not asked.boosted and not asked.history_restore_request


def render(template: str, *, fragment: str | None = None, status: int = 200, **view: Any) -> Response:
    """The whole page, or only its `fragment` file when htmx asks for a part of it.

    view: explicit view objects for the template, never ORM rows."""
    chosen = fragment if fragment and wants_fragment() else template
    response = make_response(render_template(chosen, **view), status)
    response.vary.add("HX-Request")
    return response


def is_json_wanted() -> bool:
    """Whether the client speaks JSON (the exam page's scripts, programs)."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return bool(request.is_json or best == "application/json")
