"""The application factory: the one place that knows every package."""

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import flask_migrate
from flask import Flask, Response, g
from flask_login import LoginManager
from sqlalchemy import event
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.access.guards import refuse_undeclared_routes
from webapp.access.principal import principal_or_none
from webapp.config import ROOT, Settings
from webapp.core import (
    addresses,
    assets,
    clock,
    compression,
    crypto,
    headers,
    i18n,
    limits,
    pages,
    redis,
    shedding,
)
from webapp.core.csrf import FormTokens
from webapp.core.db import db
from webapp.core.render import htmx
from webapp.core.routing import LateRule
from webapp.notifications import queries as notices
from webapp.notifications.service import ConsoleSender
from webapp.registry import blueprints, load_jobs, load_models, load_principal, navigation

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

csrf = FormTokens()
migrate = flask_migrate.Migrate()


class Answer(Response):
    """Flask's response. A body that stands complete goes to the server in one piece, not as an iterator that
    is asked piece by piece: handing over cost a fifth of a save's time (`make bench`)."""

    def get_app_iter(self, environ: "WSGIEnvironment") -> "Iterable[bytes]":
        if not self.is_sequence or self.direct_passthrough or self._on_close:
            return super().get_app_iter(environ)
        is_bare = environ["REQUEST_METHOD"] == "HEAD" or self.status_code in {204, 304}
        return [] if is_bare else list(self.iter_encoded())


class Site(Flask):
    """Flask without asynchronous views, which it would look for before each call of each function."""

    response_class = Answer
    url_rule_class = LateRule

    # There are more templates than the 400 that are kept otherwise: those beyond were compiled again and again,
    # and each look at a full cache walks through it.
    jinja_options: dict[str, Any] = {"cache_size": -1}  # noqa: RUF012 - declared like this by Flask

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings, **overrides: Any) -> Flask:
    """The app for one process. overrides: Flask config values, for tests."""
    app = Site("webapp", static_folder="static", template_folder="templates")
    app.config.update(_config(settings))
    app.config.update(overrides)
    app.extensions["settings"] = settings
    app.extensions["code_sender"] = ConsoleSender()
    _init_mechanisms(app, settings)
    load_models()
    load_jobs()
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    refuse_undeclared_routes(app)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    cookie = "__Host-jiangsai" if settings.secure else "jiangsai"
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_old),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_BINDS": _binds(settings),
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "MAX_CONTENT_LENGTH": settings.max_upload_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "SESSION_COOKIE_NAME": cookie,
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": settings.session_hours * 3600,
        # The token lives as long as the session: longer than any exam (RELIABILITY rule 29).
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": settings.secure,
        "FILES_DIR": settings.files_dir,
        "TWO_PERSON": settings.two_person,
        "SECOND_FACTOR": settings.second_factor,
        "START_SPREAD_S": settings.start_spread_s,
        "ADDRESS_DAYS": settings.address_days,
        "DEMO": settings.demo,
        "PUBLIC_URL": settings.public_url,
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
        "JSON_AS_ASCII": False,
    }


def _binds(settings: Settings) -> dict[str, Any]:
    """The further engines: `keys` may read answer keys; on `hot` every statement commits by itself, so that
    nothing has to be begun, ended or cleaned up."""
    common = {"url": settings.database_url, **_engine_options(settings)}
    return {"keys": common, "hot": {**common, "isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}}


def _engine_options(settings: Settings) -> dict[str, Any]:
    return {
        "pool_size": settings.pool_size,
        "max_overflow": 0,
        "pool_timeout": 10,
        "pool_pre_ping": False,
        "pool_recycle": 1800,
        "connect_args": {
            "connect_timeout": 5,
            "options": "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000"
            " -c lock_timeout=5000 -c timezone=UTC",
        },
    }


def _init_mechanisms(app: Flask, settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s: %(message)s")
    if settings.proxies:
        count = settings.proxies
        behind = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
        app.wsgi_app = behind  # type: ignore[method-assign]  # the documented way to add middleware
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    redis.init_redis(app, settings.redis_url)
    crypto.init_crypto(app, crypto.Keyring.from_base64(settings.data_key, settings.data_key_old))
    i18n.init_i18n(app)
    compression.init_compression(app)  # first, so that it runs last
    headers.init_headers(app, settings.live_url, settings.secure, settings.live_follows_host)
    assets.init_assets(app)
    limits.init_limits(app, settings.redis_url)
    addresses.init_addresses(app)
    shedding.init_shedding(app, [settings.var, *settings.database_folders])
    pages.init_error_pages(app)
    csrf.init_app(app)
    htmx.init_app(app)
    _init_login(app)
    with app.app_context():
        _use_roles()


def _init_login(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = "basic"
    # Templates read `me`; flask-login's own variable would load the person for every page, refusals too.
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(load_principal)

    @app.context_processor
    def who() -> dict[str, Any]:
        me = None if g.get("nameless") else principal_or_none()
        entries = sorted(navigation(me), key=lambda entry: entry.order)
        return {
            "me": me,
            "nav": entries,
            "demo": app.config["DEMO"],
            "now": clock.now,
            "unread": lambda: notices.unread_count(me.person_id) if me else 0,
        }

    @app.teardown_request
    def forget(error: BaseException | None) -> None:
        g.pop("arrival", None)


def _use_roles() -> None:
    """Each engine drops to its own database role as soon as a connection is made.

    A connection starts as the owner named in DATABASE_URL, who is a member of both roles."""
    for bind, role in ((None, "jiangsai_pages"), ("hot", "jiangsai_pages"), ("keys", "jiangsai_keys")):
        _assume(db.engines[bind], role)


def _assume(engine: Any, role: str) -> None:
    @event.listens_for(engine, "connect")
    def assume(connection: Any, record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('role', rolname, false) FROM pg_roles"
                " WHERE rolname = %s AND pg_has_role(rolname, 'MEMBER')",
                (role,),
            )
        if not connection.autocommit:
            connection.commit()
