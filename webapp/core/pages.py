"""One place that turns refusals into pages, fragments or JSON, in the reader's language."""

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import IntegerConverter, Map

from webapp.core.db import db
from webapp.core.errors import Busy, DomainError
from webapp.core.i18n import gettext, say
from webapp.core.render import is_json_wanted, render, wants_fragment
from webapp.core.words import N_

log = logging.getLogger(__name__)

BIGGEST_ID = 2**63 - 1

TEMPLATES = {400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503}

CSRF_TEXT = N_("This page was open for a long time. Nothing is lost: please send it again.")
UNAVAILABLE_TEXT = N_(
    "The service cannot reach its database. What you entered is still on this page: please try again shortly."
)


class IdConverter(IntegerConverter):
    """Ids in addresses: a number no id can have is an address that does not exist."""

    def __init__(self, map: Map, **options: Any) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(map, **{"max": BIGGEST_ID, **options})


def init_error_pages(app: Flask) -> None:
    app.url_map.converters["int"] = IdConverter
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(Exception, _unexpected_error)


def refusal(status: int, code: str, words: str, retry_after_s: int | None = None) -> Response:
    """The answer to a refused request, in the form the client understands."""
    # A refusal must not need the database to say who is looking at it.
    g.nameless = True
    if is_json_wanted():
        response = jsonify({"code": code, "message": words})
        response.status_code = status
    else:
        page = f"errors/{status if status in TEMPLATES else 400}.html"
        template = "errors/_fragment.html" if wants_fragment() else page
        response = render(template, status=status, words=words, code=code)
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    response.headers["Cache-Control"] = "no-store"
    return response


def _domain_error(error: DomainError) -> Response:
    db.session.rollback()
    moved = _elsewhere(error)
    if moved is not None:
        return moved
    return refusal(
        error.status, error.code, say(error.message), error.retry_after_s if isinstance(error, Busy) else None
    )


def _elsewhere(error: DomainError) -> Response | None:
    """Where a page request goes on when only a step is missing: signing in, the second factor, confirming."""
    if is_json_wanted() or request.method != "GET":
        return None
    endpoint = {
        "sign-in-needed": "accounts.sign_in",
        "second-factor-needed": "accounts.second_factor",
        "confirmation-needed": "accounts.confirm",
    }.get(error.code)
    if endpoint is None:
        return None
    target = url_for(endpoint, next=request.full_path.rstrip("?"))
    if wants_fragment():
        response = Response(status=204)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target, code=303)  # type: ignore[return-value]  # werkzeug's redirect is typed wider than Flask's


def _csrf_error(error: CSRFError) -> Response:
    return refusal(400, "csrf", gettext(CSRF_TEXT))


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # an address that is not ours: no page of ours can be made for it
        return Response("400 Bad Request\n", 400, mimetype="text/plain")
    status = error.code or 500
    retry = getattr(error, "retry_after", None)
    if status < 400:
        return error.get_response()  # type: ignore[return-value]  # a redirect made by routing
    return refusal(
        status, f"http-{status}", "", retry if isinstance(retry, int) else (30 if status == 429 else None)
    )


def _database_error(error: DBAPIError) -> Response:
    if isinstance(error, DataError):
        log.info("a value that the database cannot hold was refused")
    else:
        log.exception("database error")
    _rollback_quietly()
    if isinstance(error, OperationalError):
        return refusal(503, "no-database", gettext(UNAVAILABLE_TEXT), 5)
    if isinstance(error, DataError):  # a value no column can hold: a null character, a number without end
        return refusal(400, "http-400", "")
    return refusal(500, "unexpected", "")


def _unexpected_error(error: Exception) -> Response:
    log.exception("unexpected error")
    _rollback_quietly()
    return refusal(500, "unexpected", "")


def _rollback_quietly() -> None:
    try:
        db.session.rollback()
    except DBAPIError:
        log.warning("rollback failed: the connection is gone")
