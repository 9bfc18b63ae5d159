"""The ways in: kept by administrators."""

from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import select

from webapp.audit.service import record
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.core.words import N_
from webapp.entry.errors import DoorBroken, DoorNotFound
from webapp.entry.models import EntryDoor

SHORTEST_SECRET = 32


@dataclass(frozen=True)
class DoorData:
    """What an administrator enters. secret '' keeps the present one. public_keys: a JWK set or {}."""

    code: str
    kind: str
    title: dict[str, str]
    issuer: str
    client_id: str
    secret: str
    public_keys: dict[str, Any]
    is_open: bool


def doors(only_open: bool = False) -> list[EntryDoor]:
    """All ways in, by code."""
    found = select(EntryDoor).order_by(EntryDoor.code)
    return list(db.session.scalars(found.where(EntryDoor.is_open) if only_open else found))


def door(code: str, only_open: bool = True) -> EntryDoor:
    """One of them. raise (DoorNotFound): missing, or closed."""
    found = db.session.scalars(select(EntryDoor).where(EntryDoor.code == code)).one_or_none()
    if found is None or (only_open and not found.is_open):
        raise DoorNotFound
    return found


def keep_door(data: DoorData) -> EntryDoor:
    """Make a way in, or change the one with this code.

    raise (DoorBroken): neither a secret nor keys, a short secret, keys that are none."""
    found = db.session.scalars(select(EntryDoor).where(EntryDoor.code == data.code)).one_or_none()
    is_new = found is None
    if found is None:
        found = EntryDoor(code=data.code, secret_cipher=b"")
        db.session.add(found)
    _check(data, has_secret=bool(data.secret or found.secret_cipher))
    found.kind, found.title, found.issuer = data.kind, data.title, data.issuer
    found.client_id, found.public_keys, found.is_open = data.client_id, data.public_keys, data.is_open
    if data.secret:
        found.secret_cipher = keyring().encrypt(data.secret, _owner(data.code))
    db.session.flush()
    record("door.make" if is_new else "door.change", "door", data.code, is_open=data.is_open, kind=data.kind)
    return found


def secret_of(found: EntryDoor) -> str:
    """The shared secret in the plain, or ''."""
    return keyring().decrypt(found.secret_cipher, _owner(found.code)) if found.secret_cipher else ""


def _owner(code: str) -> str:
    return f"door:{code}"


def _check(data: DoorData, has_secret: bool) -> None:
    if data.secret and len(data.secret) < SHORTEST_SECRET and data.kind == "ticket":
        raise DoorBroken(why=N_("a secret needs at least 32 characters"))
    if data.kind == "oidc" and not data.issuer.startswith(
        ("https://", "http://127.0.0.1", "http://localhost")
    ):
        raise DoorBroken(why=N_("the address of the other side has to begin with https://"))
    if data.kind == "oidc" and not has_secret:
        raise DoorBroken(why=N_("a secret is missing"))
    if data.kind == "ticket" and not has_secret and not data.public_keys:
        raise DoorBroken(why=N_("a secret or public keys are missing"))
    if data.public_keys:
        try:
            keys = KeySet.import_key_set(data.public_keys).keys  # type: ignore[arg-type]  # any JSON is tried
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise DoorBroken(why=N_("the public keys are no JWK set")) from error
        if not keys or any(key.key_type == "oct" or key.is_private for key in keys):
            raise DoorBroken(why=N_("only public keys belong here, no secrets"))
