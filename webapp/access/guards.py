"""Every route declares one policy; the app does not start when one has none.

`@public` says why anybody may call it, `@signed_in` asks for a person, `@requires` for a
permission held over anything; whether it is held over *this* thing is for the loader of the thing."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, request

from webapp.access.permissions import Permission, needs_fresh_factor
from webapp.access.principal import principal, principal_or_none
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden
from webapp.core.words import N_

FRESH_FOR = timedelta(minutes=60)
"""So long a code of the second factor opens sensitive acts (p): a host is not asked during a usual exam twice."""

P = ParamSpec("P")
R = TypeVar("R")


class SignInNeeded(DomainError):
    code = "sign-in-needed"
    status = 401
    text = N_("Please sign in first.")


class SecondFactorNeeded(DomainError):
    code = "second-factor-needed"
    status = 403
    text = N_("This needs your second factor.")


class SecondFactorOld(DomainError):
    code = "second-factor-old"
    status = 403
    text = N_(
        "This needs a code of your second factor that is less than %(minutes)s minutes old. Nothing was changed."
    )


class ConfirmationNeeded(DomainError):
    code = "confirmation-needed"
    status = 403
    text = N_("Please check and confirm your data first.")


def public(why: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Anybody may call this route, because of `why`."""
    if not why:
        raise ValueError("say why this route is public")
    return lambda view: _with_policy(view, f"public: {why}")


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Any signed-in person may call this route; what it shows is that person's own."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        _require_session()
        return view(*args, **kwargs)

    return _with_policy(guarded, "signed in")


def signed_in_unconfirmed(view: Callable[P, R]) -> Callable[P, R]:
    """As `signed_in`, open also to people who have yet to confirm the data a liaison entered."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        _require_session(confirmed=False)
        return view(*args, **kwargs)

    return _with_policy(guarded, "signed in, data not yet confirmed")


def requires(*permissions: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A person with any of these permissions may call this route."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            _require_session()
            if not any(principal().holds(permission) for permission in permissions):
                raise Forbidden
            if current_app.config["SECOND_FACTOR"]:
                _require_factor(needs_fresh_factor(permissions, request.method))
            return view(*args, **kwargs)

        return _with_policy(guarded, "requires: " + ", ".join(permissions))

    return decorate


def policy_of(view: object) -> str | None:
    """The declared policy of a view function, or None."""
    return cast("str | None", getattr(view, "__policy__", None))


def refuse_undeclared_routes(app: Flask) -> None:
    """Raise RuntimeError naming every route without a policy (RELIABILITY rule 23)."""
    bare = sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and policy_of(app.view_functions[rule.endpoint]) is None
    )
    if bare:
        raise RuntimeError(f"routes without a declared policy: {', '.join(bare)}")


def _require_session(confirmed: bool = True) -> None:
    g.personal = True
    me = principal_or_none()
    if me is None:
        raise SignInNeeded
    if confirmed and me.must_confirm:
        raise ConfirmationNeeded


def _require_factor(fresh: bool) -> None:
    """Raise SecondFactorNeeded, or SecondFactorOld when a fresh code is needed."""
    given = principal().second_factor_at
    if given is None:
        raise SecondFactorNeeded
    if fresh and clock.now() - given > FRESH_FOR:
        raise SecondFactorOld(minutes=int(FRESH_FOR.total_seconds()) // 60)


def _with_policy(view: Callable[P, R], policy: str) -> Callable[P, R]:
    view.__policy__ = policy  # type: ignore[attr-defined]  # read back by policy_of
    return view
