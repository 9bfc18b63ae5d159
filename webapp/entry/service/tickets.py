"""Signed one-time tickets in the address with which an app opens the platform."""

from datetime import datetime

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.entry.errors import TicketRefused
from webapp.entry.models import EntryDoor, UsedTicket
from webapp.entry.rules.claims import LEEWAY, Ticket, read_ticket
from webapp.entry.service.doors import secret_of

MOST_CHARS = 4000


def read(door: EntryDoor, text: str, now: datetime) -> Ticket:
    """The ticket of a signed text. Nothing is used up. raise (TicketRefused).

    The door decides the algorithm, never the ticket: a public key must not be taken for a shared secret."""
    if door.kind != "ticket" or len(text) > MOST_CHARS:
        raise TicketRefused
    key: OctKey | KeySet
    if door.public_keys:
        key, algorithms = KeySet.import_key_set(door.public_keys), ["RS256", "ES256"]  # type: ignore[arg-type]  # checked when kept
    else:
        key, algorithms = OctKey.import_key(secret_of(door)), ["HS256"]
    try:
        claims = jwt.decode(text, key, algorithms=algorithms).claims
    except (JoseError, ValueError) as error:
        raise TicketRefused from error
    return read_ticket(claims, door.issuer, door.client_id, now)


def use(door: EntryDoor, ticket: Ticket) -> None:
    """Use a ticket up; of several at the same moment one succeeds. raise (TicketRefused): it was used."""
    used = (
        insert(UsedTicket)
        .values(
            door_id=door.id,
            number_hash=keyring().lookup_hash(ticket.number, "entry-ticket"),
            expires_at=ticket.expires_at,
        )
        .on_conflict_do_nothing()
        .returning(UsedTicket.door_id)
    )
    if db.session.execute(used).one_or_none() is None:
        raise TicketRefused


def forget_used(now: datetime) -> None:
    """Forget tickets that are too old to be tried again."""
    db.session.execute(delete(UsedTicket).where(UsedTicket.expires_at < now - 2 * LEEWAY))
