"""Who holds a session token, cached for a few seconds per process."""

import hashlib
import time
from threading import Lock

from sqlalchemy import select

from webapp.access.permissions import Grant, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts.models import Account, AuthSession, Person
from webapp.core import clock
from webapp.core.db import db
from webapp.organisations import queries as organisations

CACHE_S = 3.0
"""How long a process trusts what it read: a revoked session ends within this time everywhere."""

CACHE_SIZE = 20_000

_cache: dict[str, tuple[float, Principal | None]] = {}
_lock = Lock()


def principal_by_token(token: str) -> Principal | None:
    """Who is signed in with this token, or None when the session ended, was revoked or its account closed."""
    at = time.monotonic()
    hit = _cache.get(token)
    if hit is not None and hit[0] > at:
        return hit[1]
    found = _read_principal(token)
    with _lock:
        if len(_cache) >= CACHE_SIZE:
            _cache.clear()
        _cache[token] = (at + CACHE_S, found)
    return found


def forget_principals() -> None:
    """Drop this process's cache: after sign-out, a change of roles or of the second factor."""
    with _lock:
        _cache.clear()


def token_hash(token: str) -> bytes:
    """What the session row keeps of the random token."""
    return hashlib.sha256(token.encode()).digest()


def _read_principal(token: str) -> Principal | None:
    row = db.session.execute(
        select(Account.id, Account.person_id, Account.must_confirm, Person.name, AuthSession.second_factor_at)
        .join(AuthSession, AuthSession.account_id == Account.id)
        .join(Person, Person.id == Account.person_id)
        .where(
            AuthSession.token_hash == token_hash(token),
            AuthSession.revoked_at.is_(None),
            AuthSession.expires_at > clock.now(),
            AuthSession.auth_version == Account.auth_version,
            Account.state == "active",
        )
    ).one_or_none()
    if row is None:
        return None
    grants = tuple(
        Grant(Role(grant.role), ScopeKind(grant.scope_kind), grant.scope_id)
        for grant in organisations.active_grants(row.person_id)
    )
    return Principal(row.id, row.person_id, row.name, token, grants, row.second_factor_at, row.must_confirm)
