"""Who holds a session token, cached for a few seconds per process."""

import hashlib
import time
from threading import Lock

from webapp.access.permissions import Grant, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.core import clock
from webapp.core.hot import hot_row

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


_PRINCIPAL = """
SELECT a.id, a.person_id, p.name, s.second_factor_at, a.must_confirm,
       ARRAY(SELECT g.role || ' ' || g.scope_kind || ' ' || g.scope_id
             FROM role_grants g WHERE g.person_id = a.person_id AND g.revoked_at IS NULL ORDER BY g.id)
FROM auth_sessions s
JOIN accounts a ON a.id = s.account_id AND a.auth_version = s.auth_version AND a.state = 'active'
JOIN persons p ON p.id = a.person_id
WHERE s.token_hash = %(token_hash)s AND s.revoked_at IS NULL AND s.expires_at > %(now)s
"""
_OF_ACCOUNT = """
SELECT a.person_id, p.name,
       ARRAY(SELECT g.role || ' ' || g.scope_kind || ' ' || g.scope_id
             FROM role_grants g WHERE g.person_id = a.person_id AND g.revoked_at IS NULL ORDER BY g.id)
FROM accounts a JOIN persons p ON p.id = a.person_id WHERE a.id = %(account_id)s AND a.state = 'active'
"""


def _read_principal(token: str) -> Principal | None:
    """One round trip: thousands who save every few seconds are read anew nearly every time."""
    row = hot_row(_PRINCIPAL, {"token_hash": token_hash(token), "now": clock.now()})
    if row is None:
        return None
    account_id, person_id, name, second_factor_at, must_confirm, held = row
    grants = tuple(_grant(*grant.split(" ")) for grant in held)
    return Principal(account_id, person_id, name, token, grants, second_factor_at, must_confirm)


def principal_of_account(account_id: int) -> Principal | None:
    """The holder of an account with the roles held at this moment, for what a worker does for them; None: it is closed.

    There is no session: no token, no second factor."""
    row = hot_row(_OF_ACCOUNT, {"account_id": account_id})
    if row is None:
        return None
    person_id, name, held = row
    return Principal(account_id, person_id, name, "", tuple(_grant(*grant.split(" ")) for grant in held))


def _grant(role: str, scope_kind: str, scope_id: str) -> Grant:
    return Grant(Role(role), ScopeKind(scope_kind), int(scope_id))
