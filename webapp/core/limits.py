"""Request limits: by account first, by address after (a whole factory sits behind one address)."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user


def account_or_address() -> str:
    """Whom a limit counts: the signed-in account, else the address."""
    if current_user and current_user.is_authenticated:
        return f"account:{current_user.account_id}"
    return f"address:{get_remote_address()}"


class RouteLimiter(Limiter):
    """Flask-Limiter for limits that stand on single routes: each such route checks its own.

    What the extension does around every request is for limits of the whole application; there are none, and it
    cost a save of an answer a tenth of its time (`make bench`)."""

    def init_app(self, app: Flask) -> None:
        hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
        before = [list(functions.get(None, ())) for functions in hooks]
        super().init_app(app)
        for functions, kept in zip(hooks, before, strict=True):
            functions[None] = kept  # type: ignore[index]  # the three differ only in the functions they hold


limiter = RouteLimiter(
    key_func=account_or_address, default_limits=[], swallow_errors=True, in_memory_fallback_enabled=True
)


def init_limits(app: Flask, redis_url: str) -> None:
    """Counters live in Redis; when it is gone each process counts for itself."""
    app.config.setdefault(
        "RATELIMIT_STORAGE_URI",
        redis_url if redis_url.startswith(("redis://", "rediss://", "unix://")) else "memory://",
    )
    app.config.setdefault(
        "RATELIMIT_STORAGE_OPTIONS", {"socket_timeout": 1, "socket_connect_timeout": 0.5} if redis_url else {}
    )
    if app.config["RATELIMIT_STORAGE_URI"].startswith("unix://"):
        app.config["RATELIMIT_STORAGE_URI"] = "redis+" + redis_url
    limiter.init_app(app)
