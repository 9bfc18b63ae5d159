"""Who of another side is which person here."""

import hmac
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from webapp.accounts import queries as accounts
from webapp.accounts.models import Account, Person
from webapp.accounts.rules import documents
from webapp.accounts.service import sessions
from webapp.accounts.service.secrets import document_hash
from webapp.audit.service import record
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.core.words import N_
from webapp.entry.errors import IdentityTaken
from webapp.entry.models import EntryDoor, OutsideIdentity
from webapp.notifications.service import notify


def bound_account(door: EntryDoor, subject: str) -> tuple[Account, Person] | None:
    """The active account of the person bound to this outside name, or None."""
    row = db.session.execute(
        select(Account, Person)
        .join(Person, Person.id == Account.person_id)
        .join(OutsideIdentity, OutsideIdentity.person_id == Person.id)
        .where(
            OutsideIdentity.door_id == door.id,
            OutsideIdentity.subject_hash == _hash(door, subject),
            OutsideIdentity.ended_at.is_(None),
            Account.state == "active",
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def open_bound(
    door: EntryDoor, subject: str, *, now: datetime, hours: int, user_agent: str, address: str
) -> tuple[str, Account, Person] | None:
    """A session for whoever is bound to this outside name; None when nobody is."""
    found = bound_account(door, subject)
    if found is None:
        return None
    account, person = found
    db.session.execute(
        update(OutsideIdentity)
        .where(
            OutsideIdentity.door_id == door.id,
            OutsideIdentity.person_id == person.id,
            OutsideIdentity.ended_at.is_(None),
        )
        .values(used_at=now)
    )
    token = sessions.open_session(account, now=now, hours=hours, user_agent=user_agent, address=address)
    record("entry.come", "account", account.id, actor=f"door {door.code}")
    return token, account, person


def bind(door: EntryDoor, subject: str, person_id: int, now: datetime) -> None:
    """Bind an outside name to a person who has signed in and confirmed it. An earlier name of the same
    person there ends. raise (IdentityTaken): the name belongs to somebody else here."""
    taken = bound_account(door, subject)
    if taken is not None and taken[1].id != person_id:
        raise IdentityTaken
    if taken is not None:
        return
    end(door.id, person_id, now)
    db.session.add(
        OutsideIdentity(
            door_id=door.id,
            subject_hash=_hash(door, subject),
            person_id=person_id,
            bound_at=now,
            used_at=now,
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:
        raise IdentityTaken from error
    record("entry.bind", "person", person_id, door=door.code)
    notify(
        person_id,
        N_("Your account of another app can now open your record here. If this was not you, end it."),
        {},
        link="/my/doors",
    )


def end(door_id: int, person_id: int, now: datetime) -> bool:
    """Let an outside name open this person's record no more. False when none did."""
    ended = db.session.execute(
        update(OutsideIdentity)
        .where(
            OutsideIdentity.door_id == door_id,
            OutsideIdentity.person_id == person_id,
            OutsideIdentity.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(OutsideIdentity.id)
    ).one_or_none()
    if ended is not None:
        record("entry.end", "person", person_id, door_id=door_id)
    return ended is not None


def of_person(person_id: int) -> list[tuple[EntryDoor, OutsideIdentity]]:
    """The ways in that open this person's record."""
    rows = db.session.execute(
        select(EntryDoor, OutsideIdentity)
        .join(OutsideIdentity, OutsideIdentity.door_id == EntryDoor.id)
        .where(OutsideIdentity.person_id == person_id, OutsideIdentity.ended_at.is_(None))
        .order_by(EntryDoor.code)
    ).all()
    return [(row[0], row[1]) for row in rows]


def is_own_number(person_id: int, typed: str) -> bool:
    """Whether this is the document number of the person, in whichever spelling it was typed."""
    person = accounts.person(person_id)
    if person is None:
        return False
    numbers = {documents.normalise(kind, typed) for kind in documents.guess_kinds(typed)}
    return any(hmac.compare_digest(document_hash(number), person.document_hash) for number in numbers)


def _hash(door: EntryDoor, subject: str) -> bytes:
    return keyring().lookup_hash(f"{door.code}:{subject}", "outside-identity")
