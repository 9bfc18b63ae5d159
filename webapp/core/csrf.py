"""Form tokens. What scripts send again and again with the same token is verified once per process."""

from threading import Lock

from flask import current_app, g, request, session
from flask_wtf.csrf import CSRFProtect, same_origin

CACHE_SIZE = 20_000


class FormTokens(CSRFProtect):  # type: ignore[misc]  # flask-wtf ships no types
    """Flask-WTF's protection. A token is a signature over the session's own random value and never expires
    (WTF_CSRF_TIME_LIMIT None), so the same pair is right for good: saves of an exam repeat it hundreds of times."""

    def __init__(self) -> None:
        super().__init__()
        self._right: set[tuple[str, str]] = set()
        self._lock = Lock()

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse (CSRFError) an unsafe request without the token of its session, or from another site."""
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return
        pair = (_sent(), session.get("csrf_token", ""))
        if pair in self._right and self._is_from_here():
            g.csrf_valid = True
            return
        super().protect(apply_exemptions)
        if all(pair) and g.get("csrf_valid"):
            self._remember(pair)

    def _is_from_here(self) -> bool:
        if not (request.is_secure and current_app.config["WTF_CSRF_SSL_STRICT"]):
            return True
        return bool(request.referrer and same_origin(request.referrer, f"https://{request.host}/"))

    def _remember(self, pair: tuple[str, str]) -> None:
        with self._lock:
            if len(self._right) >= CACHE_SIZE:
                self._right.clear()
            self._right.add(pair)


def _sent() -> str:
    """The token that came along: in the header that scripts send, or in the form's own field."""
    in_header = request.headers.get("X-CSRFToken", "")
    return in_header if in_header or request.is_json else request.form.get("csrf_token", "")
