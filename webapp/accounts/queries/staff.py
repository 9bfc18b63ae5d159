"""People, wishes and claims as reviewers, the help desk and administrators see them: within scope only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from webapp.access.permissions import Grant
from webapp.accounts.models import Account, IdentityClaim, Person, PersonChange
from webapp.accounts.queries.own import proposal_words
from webapp.accounts.queries.people import PersonCard, cards
from webapp.core.clock import datetime
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.pinyin import pinyin_key
from webapp.organisations import queries as organisations

LIMIT = 20
PAGE = 50


@dataclass(frozen=True)
class OpenItem:
    """A wish or claim that waits. `target` names the person; `wish_id` is the change's or claim's id."""

    wish_id: int
    person_id: int
    name: str
    document_mask: str
    kind: str
    words: str
    reason: str
    unit: str
    created_at: datetime
    needs_unit: bool = False
    phone_mask: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Counts:
    """How much waits within somebody's scope."""

    changes: int
    claims: int


def find_people(name: str, last4: str, grants: Sequence[Grant]) -> list[PersonCard]:
    """People of exactly this name (or one that sounds the same) whose document ends so: two facts,
    because with one alone the page would tell who has a record (row X08)."""
    if not name or len(last4) != 4:
        return []
    hashed = keyring().lookup_hash(last4.upper(), "document-last4")
    ids = db.session.scalars(
        select(Person.id)
        .where(
            Person.document_last4_hash == hashed,
            or_(Person.name == name, Person.pinyin == pinyin_key(name)),
            organisations.within(Person.unit_id, grants),
        )
        .order_by(Person.pinyin, Person.id)
        .limit(LIMIT)
    ).all()
    found = cards(ids)
    return [found[one] for one in ids]


def find_anybody(name: str, last4: str) -> list[PersonCard]:
    """As `find_people`, of all units: for administrators who grant roles."""
    if not name or len(last4) != 4:
        return []
    hashed = keyring().lookup_hash(last4.upper(), "document-last4")
    ids = db.session.scalars(
        select(Person.id)
        .where(
            Person.document_last4_hash == hashed, or_(Person.name == name, Person.pinyin == pinyin_key(name))
        )
        .order_by(Person.id)
        .limit(LIMIT)
    ).all()
    found = cards(ids)
    return [found[one] for one in ids]


def person_in_scope(person_id: int, grants: Sequence[Grant]) -> PersonCard:
    """One person's card. Raise NotFound outside the scope as for somebody who does not exist."""
    is_there = db.session.scalar(
        select(Person.id).where(Person.id == person_id, organisations.within(Person.unit_id, grants))
    )
    found = cards([person_id]).get(person_id) if is_there else None
    if found is None:
        raise NotFound
    return found


def change_in_scope(change_id: int, grants: Sequence[Grant]) -> int:
    """The person whose wish this is. Raise NotFound outside the scope."""
    person_id = db.session.scalar(
        select(PersonChange.person_id).where(
            PersonChange.id == change_id, organisations.within(PersonChange.organisation_id, grants)
        )
    )
    if person_id is None:
        raise NotFound
    return person_id


def claim_in_scope(claim_id: int, grants: Sequence[Grant]) -> int:
    """The person whose record is claimed. Raise NotFound outside the scope."""
    person_id = db.session.scalar(
        select(IdentityClaim.person_id).where(
            IdentityClaim.id == claim_id, organisations.within(IdentityClaim.organisation_id, grants)
        )
    )
    if person_id is None:
        raise NotFound
    return person_id


def counts(grants: Sequence[Grant]) -> Counts:
    """Open wishes and claims within the grants."""
    changes = db.session.scalar(
        select(func.count()).where(
            PersonChange.state == "open", organisations.within(PersonChange.organisation_id, grants)
        )
    )
    claims = db.session.scalar(
        select(func.count()).where(
            IdentityClaim.state == "open", organisations.within(IdentityClaim.organisation_id, grants)
        )
    )
    return Counts(changes or 0, claims or 0)


def open_changes(
    grants: Sequence[Grant], person_id: int | None = None, limit: int = PAGE, offset: int = 0
) -> list[OpenItem]:
    """Wishes that wait, the oldest first."""
    query = (
        select(PersonChange, Person)
        .join(Person, Person.id == PersonChange.person_id)
        .where(PersonChange.state == "open", organisations.within(PersonChange.organisation_id, grants))
        .order_by(PersonChange.id)
        .limit(limit)
        .offset(offset)
    )
    if person_id is not None:
        query = query.where(PersonChange.person_id == person_id)
    rows = db.session.execute(query).all()
    units = organisations.names(
        [
            *(int(change.proposed.get("unit_id") or 0) for change, _ in rows),
            *(person.unit_id or 0 for _, person in rows),
        ]
    )
    return [
        OpenItem(
            change.id,
            person.id,
            person.name,
            person.document_mask,
            change.kind,
            proposal_words(change, units),
            change.reason,
            units.get(person.unit_id or 0, ""),
            change.created_at,
            needs_unit=change.kind == "unit" and "words" in change.proposed,
        )
        for change, person in rows
    ]


def open_claims(grants: Sequence[Grant], limit: int = PAGE, offset: int = 0) -> list[OpenItem]:
    """Claims that wait, the oldest first. `name` is the record's, `words` the claimant's."""
    rows = db.session.execute(
        select(IdentityClaim, Person)
        .join(Person, Person.id == IdentityClaim.person_id)
        .where(IdentityClaim.state == "open", organisations.within(IdentityClaim.organisation_id, grants))
        .order_by(IdentityClaim.id)
        .limit(limit)
        .offset(offset)
    ).all()
    units: Mapping[int, str] = organisations.names([person.unit_id or 0 for _, person in rows])
    return [
        OpenItem(
            claim.id,
            person.id,
            person.name,
            person.document_mask,
            "claim",
            claim.claimant_name,
            claim.explanation,
            units.get(person.unit_id or 0, ""),
            claim.created_at,
            phone_mask=claim.claimant_phone_mask,
            reference=claim.reference,
        )
        for claim, person in rows
    ]


def is_staff(person_id: int) -> bool:
    """Whether the person holds any role."""
    return bool(organisations.active_grants(person_id))


def account_count() -> int:
    """How many accounts there are: zero before the first administrator."""
    return db.session.scalar(select(func.count()).select_from(Account)) or 0
