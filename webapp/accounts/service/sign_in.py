"""Signing in: one answer and one amount of work, whoever asks.

Three steps, so that no database connection waits for a hash: `begin` counts the try as a failure
and reads whom it may mean, `match` checks the password, `finish` opens the session and forgives.
Counting first means that a hundred parallel guesses cannot all slip under the limit."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from sqlalchemy import delete, func, or_, select

from webapp.access.permissions import Grant, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts.errors import (
    NobodySignsIn,
    PhoneWrong,
    SignInAmbiguous,
    SignInLocked,
    SignInShared,
    SignInSlowed,
    SignInWrong,
)
from webapp.accounts.models import Account, Person, SignInFailure
from webapp.accounts.rules import documents, lockout, phones
from webapp.accounts.service import passwords, secrets, sessions
from webapp.core.clock import datetime
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.organisations import queries as organisations

SHARED_BY_MOST = 5
"""So many people on one phone are tried; more must give their document number."""


@dataclass(frozen=True)
class Candidate:
    """An account that a phone or document number may mean."""

    account_id: int
    password_hash: str


@dataclass(frozen=True)
class Try:
    """A sign-in under way: what its failure is counted under, and whom it may mean."""

    key: bytes
    candidates: tuple[Candidate, ...]
    failure_ids: tuple[int, ...]


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, with the token for the cookie. `is_staff`: holds a role."""

    token: str
    account_id: int
    person_id: int
    name: str
    is_staff: bool


def begin(identifier: str, *, now: datetime, address: str, device: Callable[[int], str | None]) -> Try:
    """Look up a phone or document number and count the try.

    device: tells the word this browser was given when the owner of an account signed in with it. Its tries
    are counted apart from those of strangers: a rival who locks an account does not lock its owner out.

    Raise SignInSlowed or SignInLocked; both come for unknown numbers too."""
    candidates = _candidates(identifier)
    word = device(candidates[0].account_id) if len(candidates) == 1 else None
    if word is not None:
        account_id = candidates[0].account_id
        key = keyring().lookup_hash(f"account:{account_id}:{word}", "sign-in")
        check_open(key, now)
        return Try(key, candidates, (count_failure(key, address, now, account_id),))
    key, place = _key(identifier, candidates), _address_key(address)
    check_address(place, now)
    check_open(key, now)
    return Try(key, candidates, (count_failure(key, address, now), count_failure(place, address, now)))


def who_is(identifier: str) -> Principal:
    """Who signs in with this phone or document number, with what they hold: for commands, where nobody signs in.

    Raise NobodySignsIn; SignInShared when a phone is that of several people."""
    found = _candidates(identifier)
    if not found:
        raise NobodySignsIn
    if len(found) > 1:
        raise SignInShared
    account = db.session.get_one(Account, found[0].account_id)
    person = db.session.get_one(Person, account.person_id)
    grants = tuple(
        Grant(Role(row.role), ScopeKind(row.scope_kind), row.scope_id)
        for row in organisations.active_grants(person.id)
    )
    return Principal(account.id, person.id, person.name, "", grants)


def take_back(tried: Try) -> None:
    """The password was never checked, because too many people were waiting: the try does not count."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.id.in_(tried.failure_ids)))


def match(tried: Try, password: str) -> int:
    """The account whose password this is. Raise SignInWrong, or SignInAmbiguous when people who share
    a phone have chosen the same password. Call it outside a transaction: it takes its time."""
    right = [
        candidate.account_id
        for candidate in tried.candidates or (Candidate(0, ""),)
        if passwords.is_password(candidate.password_hash, password)
    ]
    if len(right) > 1:
        raise SignInAmbiguous
    if not right:
        raise SignInWrong
    return right[0]


def finish(
    tried: Try, account_id: int, *, now: datetime, hours: int, user_agent: str, address: str
) -> SignedIn:
    """Open the session and forget the failures. Raise SignInWrong when the account closed meanwhile."""
    account = db.session.get(Account, account_id, with_for_update=True)
    if account is None or account.state != "active":
        raise SignInWrong
    forgive(tried.key)
    take_back(tried)
    person = db.session.get_one(Person, account.person_id)
    token = sessions.open_session(account, now=now, hours=hours, user_agent=user_agent, address=address)
    is_staff = bool(organisations.active_grants(person.id))
    return SignedIn(token, account.id, person.id, person.name, is_staff)


def check_open(key: bytes, now: datetime) -> None:
    """Raise SignInSlowed or SignInLocked while too many failures stand under `key`.

    Tries under one key pass here one after the other until their transactions end, so that parallel
    guesses count each other."""
    number = int.from_bytes(key[:8], "big", signed=True)
    db.session.execute(select(func.pg_advisory_xact_lock(number)))
    failures, pause = _pause(key, now)
    remaining = pause.total_seconds()
    if remaining <= 0:
        return
    if failures >= lockout.LOCK_AFTER:
        raise SignInLocked(minutes=ceil(remaining / 60))
    raise SignInSlowed(wait_s=ceil(remaining))


def check_address(key: bytes, now: datetime) -> None:
    """Raise SignInSlowed while an address from which very many sign-ins failed has just tried."""
    seen = (
        select(SignInFailure.at)
        .where(SignInFailure.key_hash == key, SignInFailure.at > now - lockout.FORGOTTEN_AFTER)
        .order_by(SignInFailure.at.desc())
        .limit(lockout.ADDRESS_FREE)
        .subquery()
    )
    row = db.session.execute(select(func.count().label("failures"), func.max(seen.c.at).label("last"))).one()
    remaining = lockout.address_closed_for(row.failures, row.last, now).total_seconds()
    if remaining > 0:
        raise SignInSlowed(wait_s=ceil(remaining))


def closed_for(account_id: int, now: datetime) -> timedelta:
    """How long sign-in stays closed for an account after failures, at the browser that is worst off: what
    the help desk sees."""
    return failures_of(account_id, now)[1]


def failures_of(account_id: int, now: datetime) -> tuple[int, timedelta]:
    """Failures that count and what remains of the pause, under the key of the account or of one of its
    browsers: the one that is closed longest."""
    keys = db.session.scalars(
        select(SignInFailure.key_hash)
        .where(SignInFailure.account_id == account_id, SignInFailure.at > now - lockout.FORGOTTEN_AFTER)
        .distinct()
    ).all()
    found = [_pause(key, now) for key in (account_key(account_id), *keys)]
    return max(found, key=lambda one: (one[1], one[0]))


def forgive_account(account_id: int) -> None:
    """Forget the failures of an account, at whichever browser."""
    forgive(account_key(account_id))
    db.session.execute(delete(SignInFailure).where(SignInFailure.account_id == account_id))


def _pause(key: bytes, now: datetime) -> tuple[int, timedelta]:
    at = db.session.scalars(
        select(SignInFailure.at)
        .where(SignInFailure.key_hash == key)
        .order_by(SignInFailure.at.desc())
        .limit(lockout.LOCK_AFTER)
    ).all()
    failures = lockout.counted(at, now)
    return failures, lockout.closed_for(failures, at[0] if at else None, now)


def count_failure(key: bytes, address: str, now: datetime, account_id: int | None = None) -> int:
    """Count one try under `key`, before it is checked; return the id of its row.

    account_id: whose browser it is, when its tries are counted apart."""
    row = SignInFailure(key_hash=key, address=address, at=now, account_id=account_id)
    db.session.add(row)
    db.session.flush()
    return row.id


def forgive(key: bytes) -> None:
    """Forget the failures under `key`."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.key_hash == key))


def account_key(account_id: int) -> bytes:
    """What failures of a known account are counted under, by whichever number it was addressed."""
    return keyring().lookup_hash(f"account:{account_id}", "sign-in")


def _address_key(address: str) -> bytes:
    return keyring().lookup_hash(f"address:{address}", "sign-in")


def _candidates(identifier: str) -> tuple[Candidate, ...]:
    conditions = []
    with suppress(PhoneWrong):
        conditions.append(Account.phone_hash == secrets.phone_hash(phones.clean(identifier)))
    numbers = {documents.normalise(kind, identifier) for kind in documents.guess_kinds(identifier)}
    if numbers:
        conditions.append(
            Person.document_hash.in_([secrets.document_hash(number) for number in sorted(numbers)])
        )
    if not conditions:
        return ()
    rows = db.session.execute(
        select(Account.id, Account.password_hash)
        .join(Person, Person.id == Account.person_id)
        .where(or_(*conditions), Account.state == "active", Account.password_hash != "")
        .order_by(Account.id)
        .limit(SHARED_BY_MOST)
    ).all()
    return tuple(Candidate(row.id, row.password_hash) for row in rows)


def _key(identifier: str, candidates: tuple[Candidate, ...]) -> bytes:
    """One account is counted under itself; an unknown or shared number under the number."""
    if len(candidates) == 1:
        return account_key(candidates[0].account_id)
    spelled = documents.normalise(documents.DocumentKind.RESIDENT_ID, identifier)
    return keyring().lookup_hash(spelled, "sign-in")
