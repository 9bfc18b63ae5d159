"""The signed session cookie, read once per browser and process instead of at every request.

A cookie's text always says the same thing, so what was verified needs no second verification until it is
too old. Measured: a tenth of a save's time in this process (`make bench`)."""

import time
from threading import Lock
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature

CACHE_SIZE = 20_000
MOST_CHARS = 4096
"""No browser keeps a longer cookie."""


def is_same_for_all(response: Response) -> bool:
    """Whether this answer is a file that never depends on who asks: one of ours, or one that never changes.

    What a waiting room fetched beforehand must stay good in the browser's cache after the start, which
    sets a cookie: such an answer does not vary by cookies."""
    return request.endpoint == "static" or "immutable" in response.headers.get("Cache-Control", "")


class Sessions(SecureCookieSessionInterface):
    """Cookie sessions that leave static files alone: these are the same for everybody."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[float, dict[str, Any]]] = {}
        self._lock = Lock()

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie; an empty one when there is none, it was forged or it is too old."""
        cookie = request.cookies.get(self.get_cookie_name(app), "")
        if not cookie or len(cookie) > MOST_CHARS:
            return self.session_class()
        known = self._read.get(cookie)
        if known is not None and known[0] > time.time():
            return self.session_class(known[1])
        return self._verified(app, cookie)

    def _verified(self, app: Flask, cookie: str) -> SecureCookieSession:
        signer = self.get_signing_serializer(app)
        assert signer is not None, "the app has a secret key"
        lifetime_s = app.permanent_session_lifetime.total_seconds()
        try:
            values, signed_at = signer.loads(cookie, max_age=int(lifetime_s), return_timestamp=True)
        except BadSignature:
            return self.session_class()
        if any(isinstance(value, (list, dict)) for value in values.values()):
            return self.session_class(values)  # one-time words that the request takes out: nothing to share
        with self._lock:
            if len(self._read) >= CACHE_SIZE:
                self._read.clear()
            self._read[cookie] = (signed_at.timestamp() + lifetime_s, values)
        return self.session_class(values)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not is_same_for_all(response):
            super().save_session(app, session, response)
