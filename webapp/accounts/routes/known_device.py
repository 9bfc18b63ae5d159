"""The mark a browser carries once somebody has signed in with it (one random word for each account).

It opens nothing by itself: the password is still needed. Tries of a browser that carries the mark of an
account are counted apart, so that a rival who guesses elsewhere does not lock its owner out."""

import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.core.crypto import keyring

MOST = 5
"""So many people on one computer are remembered, the latest ones."""
KEEP_S = 200 * 86400
WORD_BYTES = 12


def remember(account_id: int) -> None:
    """Mark the browser of this request as one that the owner of the account has used."""
    tag = _tag(account_id)
    others = [mark for mark in _marks() if mark[0] != tag]
    marks = [*others, (tag, secrets.token_urlsafe(WORD_BYTES))][-MOST:]

    @after_this_request
    def mark(response: Response) -> Response:
        response.set_cookie(
            _name(),
            _serializer().dumps(marks),
            max_age=KEEP_S,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
        return response


def word_for(account_id: int) -> str | None:
    """The word this browser was given when the owner of the account signed in with it, or None."""
    return dict(_marks()).get(_tag(account_id))


def _tag(account_id: int) -> str:
    """A short name of an account that tells a finder of the cookie nothing."""
    return keyring().lookup_hash(f"account:{account_id}", "known-device").hex()[:16]


def _marks() -> list[tuple[str, str]]:
    try:
        found = _serializer().loads(request.cookies.get(_name(), ""))
        return [(str(tag), str(word)) for tag, word in found]
    except (BadSignature, TypeError, ValueError):
        return []


def _serializer() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="known-device")


def _name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"
