"""What the help desk sees of accounts beyond the card."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select

from webapp.access.permissions import Grant
from webapp.accounts.models import Account, AuthSession, Person
from webapp.core import clock
from webapp.core.clock import datetime
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.core.pinyin import pinyin_key
from webapp.organisations import queries as organisations

LIMIT = 20


@dataclass(frozen=True)
class SignInFacts:
    """When somebody signed in. open_sessions: browsers that are signed in now."""

    first_at: datetime | None
    last_at: datetime | None
    seen_at: datetime | None
    open_sessions: int


def ids_by_facts(name: str, last4: str, among: Sequence[int] | None = None) -> list[int]:
    """Persons to whom all given facts fit: exactly this name (or one that sounds the same), the last four
    characters of the document, one of these ids. The caller sees to it that there are two facts."""
    conditions: list[ColumnElement[bool]] = []
    if name:
        conditions.append(or_(Person.name == name, Person.pinyin == pinyin_key(name)))
    if last4:
        hashed = keyring().lookup_hash(last4.upper(), "document-last4")
        conditions.append(Person.document_last4_hash == hashed)
    if among is not None:
        conditions.append(Person.id.in_(among))
    if not conditions:
        return []
    return list(db.session.scalars(select(Person.id).where(*conditions).order_by(Person.id).limit(LIMIT)))


def sign_in_facts(account_id: int) -> SignInFacts:
    """Sign-ins of an account; only browsers whose session has not ended count as open."""
    first = db.session.scalar(select(Account.first_signed_in_at).where(Account.id == account_id))
    is_open = (AuthSession.revoked_at.is_(None), AuthSession.expires_at > clock.now())
    row = db.session.execute(
        select(
            func.max(AuthSession.created_at).label("last"),
            func.max(AuthSession.seen_at).label("seen"),
            func.count().filter(*is_open).label("open"),
        ).where(AuthSession.account_id == account_id)
    ).one()
    return SignInFacts(first, row.last, row.seen, row.open)


def ids_within(grants: Sequence[Grant]) -> Select[int]:
    """Ids of the people whose unit lies in the scope, as a sub-select."""
    return select(Person.id).where(organisations.within(Person.unit_id, grants))


def is_within(person_id: int, grants: Sequence[Grant]) -> bool:
    """Whether this person's unit lies in the scope."""
    return db.session.scalar(ids_within(grants).where(Person.id == person_id)) is not None


def sign_ins(account_id: int, most: int = 50) -> list[datetime]:
    """When an account was signed in with, the latest `most` times, the oldest first."""
    found = db.session.scalars(
        select(AuthSession.created_at)
        .where(AuthSession.account_id == account_id)
        .order_by(AuthSession.created_at.desc())
        .limit(most)
    ).all()
    return list(reversed(found))
