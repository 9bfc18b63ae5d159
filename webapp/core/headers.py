"""Headers that every answer carries (RELIABILITY rules 29, 30, 34)."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import SecurityError

from webapp.core import clock
from webapp.core.sessions import Sessions, is_same_for_all

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"),
)
DATA_HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    *HEADERS,
)
"""Of JSON: nothing in it may ever be shown, run or fetched."""


def init_headers(app: Flask, live_url: str, secure: bool, live_follows_host: bool = False) -> None:
    """Stamp arrival and a nonce before, set the security headers after each request."""
    app.config["LIVE_URL"], app.config["LIVE_FOLLOWS_HOST"] = live_url, live_follows_host

    @app.before_request
    def stamp() -> None:
        clock.arrival()
        g.request_id = secrets.token_hex(8)

    app.session_interface = Sessions()
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.jinja_env.globals["live_url"] = live_url_here

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        if response.mimetype == "application/json":
            headers.extend(DATA_HEADERS)  # values, no page: they have none of these headers yet
        else:
            headers.setdefault("Content-Security-Policy", _policy(live_url_here()))
            for name, value in HEADERS:
                headers.setdefault(name, value)
        if secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if g.get("personal") or response.status_code >= 400:
            headers.setdefault("Cache-Control", "no-store")
        elif request.endpoint != "static":
            headers.setdefault("Cache-Control", "private, no-cache")
        if not is_same_for_all(response):
            response.vary.add("Cookie")
        return response


def csp_nonce() -> str:
    """One random nonce per response, for the few script and style elements."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def live_url_here() -> str:
    """The live process as this browser reaches it: 127.0.0.1 and localhost are different sites to it."""
    address = str(current_app.config["LIVE_URL"])
    if not current_app.config["LIVE_FOLLOWS_HOST"]:
        return address
    told = urlsplit(address)
    try:
        host = urlsplit(f"//{request.host}").hostname or told.hostname
    except (SecurityError, ValueError):  # a forged name: the answer is a refusal anyway
        host = told.hostname
    return f"{told.scheme}://{f'[{host}]' if host and ':' in host else host}:{told.port}"


def _policy(live_url: str) -> str:
    nonce = f"'nonce-{csp_nonce()}'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {nonce}",
            f"style-src 'self' {nonce}",
            "img-src 'self' data:",
            "font-src 'self'",
            "media-src 'self'",
            "manifest-src 'self'",
            f"connect-src 'self' {live_url}",
            "form-action 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
