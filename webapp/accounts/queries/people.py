"""People as other packages see them: by card, by name, by unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, any_, bindparam, or_, select

from webapp.accounts.models import Account, Person
from webapp.core.db import db
from webapp.core.errors import NotFound


@dataclass(frozen=True)
class PersonCard:
    """What other packages show of a person: the document number and the phone masked."""

    person_id: int
    name: str
    pinyin: str
    document_kind: str
    document_mask: str
    phone_mask: str
    sex: str
    born_on: date | None
    unit_id: int | None
    account_id: int | None
    account_state: str
    has_signed_in: bool
    must_confirm: bool


def cards(person_ids: Iterable[int]) -> dict[int, PersonCard]:
    """The cards of these people, by person id, in one statement."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    return {row.id: _card(row) for row in db.session.execute(_OF_PEOPLE, {"ids": list(wanted)})}


_CARDS = select(
    Person.id,
    Person.name,
    Person.pinyin,
    Person.document_kind,
    Person.document_mask,
    Account.phone_mask,
    Person.sex,
    Person.born_on,
    Person.unit_id,
    Account.id.label("account_id"),
    Account.state,
    Account.first_signed_in_at,
    Account.must_confirm,
).outerjoin(Account, Account.person_id == Person.id)
# One array, not a parameter each: a list of a large event has more people than a statement may have parameters.
_OF_PEOPLE = _CARDS.where(Person.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
_LOCKED = _CARDS.where(Person.id == bindparam("person_id")).with_for_update(key_share=True, of=Person)


def _card(row: Any) -> PersonCard:
    return PersonCard(
        row.id,
        row.name,
        row.pinyin,
        row.document_kind,
        row.document_mask,
        row.phone_mask or "",
        row.sex,
        row.born_on,
        row.unit_id,
        row.account_id,
        row.state or "",
        row.first_signed_in_at is not None,
        bool(row.must_confirm),
    )


def card(person_id: int) -> PersonCard:
    """One person's card. Raise NotFound when there is none."""
    found = cards([person_id]).get(person_id)
    if found is None:
        raise NotFound
    return found


def names_of_accounts(account_ids: Iterable[int]) -> dict[int, str]:
    """The names behind accounts, for histories."""
    wanted = set(account_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Account.id, Person.name)
        .join(Person, Person.id == Account.person_id)
        .where(Account.id.in_(wanted))
    )
    return {row.id: row.name for row in rows}


def ids_of_units(unit_ids: Select[int], name: str = "", *, not_signed_in: bool = False) -> Select[int]:
    """Person ids of these units as a sub-select, in the order of names.

    name: a part of the name or the start of its pinyin; not_signed_in: only who has never come."""
    found = select(Person.id).where(Person.unit_id.in_(unit_ids)).order_by(Person.pinyin, Person.id)
    if not_signed_in:
        found = found.join(Account, Account.person_id == Person.id).where(
            Account.first_signed_in_at.is_(None)
        )
    return found.where(_is_called(name)) if name else found


def ids_named(name: str) -> Select[int]:
    """Person ids by a part of the name or the start of its pinyin, as a sub-select."""
    return select(Person.id).where(_is_called(name))


def _is_called(name: str) -> ColumnElement[bool]:
    return or_(
        Person.name.contains(name, autoescape=True), Person.pinyin.startswith(name.lower(), autoescape=True)
    )


def lock_person(person_id: int) -> int | None:
    """Hold the person's row until the transaction ends, first of all locks (RELIABILITY rule 3).

    Return the id of the person's present unit. Raise NotFound when there is no such person."""
    row = db.session.execute(
        select(Person.unit_id).where(Person.id == person_id).with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    unit_id: int | None = row.unit_id
    return unit_id


def lock_card(person_id: int) -> PersonCard:
    """`lock_person` and `card` in one statement, for who looks at the person at once."""
    row = db.session.execute(_LOCKED, {"person_id": person_id}).one_or_none()
    if row is None:
        raise NotFound
    return _card(row)


def account_of(person_id: int) -> Account | None:
    """The account of a person, or None."""
    return db.session.scalars(select(Account).where(Account.person_id == person_id)).one_or_none()


def person(person_id: int) -> Person | None:
    """One person, or None."""
    return db.session.get(Person, person_id)
