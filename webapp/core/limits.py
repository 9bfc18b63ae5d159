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


limiter = Limiter(
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
