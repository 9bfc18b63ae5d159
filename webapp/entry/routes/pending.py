"""Who has come but is not bound to anybody yet: kept in a sealed cookie for a quarter of an hour.

The session cannot keep it: signing in begins a fresh one."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from flask import Response, current_app, request

from webapp.core import clock
from webapp.core.crypto import keyring
from webapp.entry.errors import EntryForgotten
from webapp.entry.rules.claims import Outsider

COOKIE = "jiangsai_entry"
KEEP = timedelta(minutes=15)


@dataclass(frozen=True)
class Pending:
    """Through which door, who, and where to go on."""

    door: str
    outsider: Outsider
    target: str


def keep(response: Response, pending: Pending) -> Response:
    """The response, which makes the browser remember who has come."""
    facts = {
        "door": pending.door,
        "subject": pending.outsider.subject,
        "name": pending.outsider.name,
        "target": pending.target,
        "until": (clock.now() + KEEP).isoformat(),
    }
    sealed = keyring().encrypt(json.dumps(facts), COOKIE)
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(sealed).decode(),
        max_age=int(KEEP.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response


def kept() -> Pending:
    """Who has come. raise (EntryForgotten): nobody, too long ago, or the cookie is not ours."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(COOKIE, ""))
        facts = json.loads(keyring().decrypt(sealed, COOKIE))
        until = datetime.fromisoformat(facts["until"])
    except (ValueError, KeyError, InvalidTag, IndexError) as error:
        raise EntryForgotten from error
    if clock.now() >= until:
        raise EntryForgotten
    return Pending(facts["door"], Outsider(facts["subject"], facts["name"]), facts["target"])


def forget(response: Response) -> Response:
    """The response, which makes the browser forget who has come."""
    response.delete_cookie(COOKIE)
    return response
