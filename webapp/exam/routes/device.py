"""Which browser this is: a random cookie that outlives signing in again."""

import secrets

from flask import Response, current_app, request

COOKIE = "jiangsai_device"
_YEAR_S = 365 * 86_400


def device() -> str:
    """The name of this browser, '' when it has none yet."""
    known = request.cookies.get(COOKIE, "")
    return known if 16 <= len(known) <= 64 else ""


def new_name() -> str:
    """A name for a browser that has none."""
    return secrets.token_urlsafe(18)


def named(response: Response, name: str) -> Response:
    """The response, which gives this browser its name unless it bears it already."""
    if device() != name:
        response.set_cookie(
            COOKIE,
            name,
            max_age=_YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )
    return response
