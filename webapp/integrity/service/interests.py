"""Declaring interests, and the check behind `webapp.access.interests`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.access.interests import Deed, use_check, use_check_of_many
from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.words import Message
from webapp.integrity.errors import AboutUnknown
from webapp.integrity.models import Interest
from webapp.integrity.queries.interests import (
    applications_about,
    interests_of,
    person_numbered,
    subject_of,
    unit_named,
)
from webapp.integrity.rules.interests import Relation, conflict


@dataclass(frozen=True)
class Declaration:
    """What somebody declares. Exactly one of event_id, unit (exact name) and number (of a contestant)."""

    relation: Relation
    event_id: int | None = None
    unit: str = ""
    number: str = ""
    note: str = ""


def declare(person_id: int, said: Declaration, at: datetime) -> int:
    """Keep a declaration; it counts at once. Return its id.

    raise (AboutUnknown): not exactly one thing was named, or nothing has this name or number."""
    unit_id = unit_named(said.unit.strip()) if said.unit.strip() else None
    about_id = person_numbered(said.number.strip()) if said.number.strip() else None
    named = [bool(said.event_id), bool(said.unit.strip()), bool(said.number.strip())]
    found = [said.event_id, unit_id, about_id]
    if named.count(True) != 1 or found[named.index(True)] is None:
        raise AboutUnknown
    row = Interest(
        person_id=person_id,
        relation=said.relation.value,
        event_id=said.event_id,
        organisation_id=unit_id,
        about_person_id=about_id,
        note=said.note.strip()[:300],
        declared_at=at,
    )
    db.session.add(row)
    db.session.flush()
    record("interest.declare", "person", person_id, interest_id=row.id, relation=row.relation)
    return row.id


def withdraw(person_id: int, interest_id: int, at: datetime) -> None:
    """Take a declaration back; it stays visible. raise (NotFound): not theirs, or withdrawn."""
    row = db.session.scalars(
        select(Interest).where(Interest.id == interest_id, Interest.person_id == person_id).with_for_update()
    ).one_or_none()
    if row is None or row.withdrawn_at is not None:
        raise NotFound
    row.withdrawn_at = at
    record("interest.withdraw", "person", person_id, interest_id=interest_id)


def reason_to_stand_aside(account_id: int, deed: Deed, target_id: int) -> Message | None:
    """Why this account must not do this deed, or None."""
    mine = interests_of(account_id)
    return None if mine is None else conflict(mine, subject_of(deed, target_id, mine))


def applications_to_leave(account_id: int, deed: Deed, target_ids: Collection[int]) -> Collection[int]:
    """Of these applications those about which this account must not decide. Raise RuntimeError for other deeds."""
    if deed is not Deed.APPLICATION:
        raise RuntimeError(f"many at once is for applications, not {deed}")
    mine = interests_of(account_id)
    return () if mine is None else applications_about(mine, target_ids)


use_check(reason_to_stand_aside)
use_check_of_many(applications_to_leave)
