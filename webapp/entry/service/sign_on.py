"""Single sign-on by OpenID Connect (code flow with PKCE), done by Authlib."""

import hashlib
from threading import Lock
from typing import Any, cast

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Response, current_app
from joserfc.errors import JoseError

from webapp.entry.errors import SignOnRefused
from webapp.entry.models import EntryDoor
from webapp.entry.rules.claims import MOST_CHARS, Outsider
from webapp.entry.service.doors import secret_of

TIMEOUT_S = 8
CONFIGURATION = "/.well-known/openid-configuration"

_clients: dict[tuple[str, ...], Any] = {}
_lock = Lock()


def leave_for(door: EntryDoor, back: str) -> Response:
    """Send the browser to the other side. back: our address for the answer. raise (SignOnRefused): it does
    not answer us."""
    try:
        return cast(Response, _client(door).authorize_redirect(back))
    except (AuthlibBaseError, requests.RequestException, ValueError, KeyError) as error:
        raise SignOnRefused from error


def read_answer(door: EntryDoor) -> Outsider:
    """Who the other side says has come, from the present request. raise (SignOnRefused): a wrong or missing
    state, a refused code, an identity token that is not for us, from another issuer, old or forged."""
    try:
        claims = _client(door).authorize_access_token().get("userinfo") or {}
    except (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError) as error:
        raise SignOnRefused from error
    subject, name = claims.get("sub"), claims.get("name")
    if not isinstance(subject, str) or not 0 < len(subject) <= MOST_CHARS:
        raise SignOnRefused
    return Outsider(subject, name[:MOST_CHARS] if isinstance(name, str) else "")


def _client(door: EntryDoor) -> Any:
    """Authlib's client of a door; it keeps the published configuration of the other side."""
    secret = secret_of(door)
    key = (door.code, door.issuer, door.client_id, hashlib.sha256(secret.encode()).hexdigest())
    with _lock:
        if key not in _clients:
            _clients[key] = OAuth(current_app._get_current_object()).register(  # type: ignore[attr-defined]  # the real app behind the proxy
                door.code,
                client_id=door.client_id,
                client_secret=secret,
                server_metadata_url=door.issuer.rstrip("/") + CONFIGURATION,
                client_kwargs={
                    "scope": "openid profile",
                    "code_challenge_method": "S256",
                    "timeout": TIMEOUT_S,
                },
            )
        return _clients[key]
