"""One-time codes: handed out by a person who has seen the document, used once with the number.

Two facts are needed (the document number and the code), and an unknown number, a wrong, used or
old code all get the same answer after the same work."""

import hmac
import secrets as random_source

from sqlalchemy import select, update

from webapp.access.principal import principal_or_none
from webapp.accounts.models import Account, OneTimeCode, Person
from webapp.accounts.rules import codes, documents, passwords
from webapp.accounts.rules.codes import CodePurpose
from webapp.accounts.service import secrets, sessions, sign_in
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.core.words import N_
from webapp.notifications.service import notify
from webapp.organisations import queries as organisations


def issue_code(person_id: int, purpose: CodePurpose, *, now: datetime, why: str = "") -> str:
    """Make a code of eight digits for a person and return it, to be told once and to nobody else.

    Earlier codes for the same purpose end. Lifetimes: rules.codes.LIFETIME; five tries."""
    who = principal_or_none()
    db.session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.person_id == person_id,
            OneTimeCode.purpose == purpose.value,
            OneTimeCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    code = f"{random_source.randbelow(10**codes.LENGTH):0{codes.LENGTH}d}"
    db.session.add(
        OneTimeCode(
            person_id=person_id,
            purpose=purpose.value,
            code_hash=_hash(person_id, code),
            tries_left=codes.TRIES,
            issued_by_account_id=who.account_id if who else None,
            expires_at=now + codes.LIFETIME[purpose],
            created_at=now,
        )
    )
    record("code.issue", "person", person_id, why, purpose=purpose.value)
    return code


def redeem(person_id: int, code: str, purposes: tuple[CodePurpose, ...], now: datetime) -> bool:
    """Use a code up. False when it does not fit; the caller commits either way, so that tries count."""
    rows = db.session.scalars(
        select(OneTimeCode)
        .where(
            OneTimeCode.person_id == person_id,
            OneTimeCode.purpose.in_([purpose.value for purpose in purposes]),
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > now,
            OneTimeCode.tries_left > 0,
        )
        .with_for_update()
    ).all()
    wanted = _hash(person_id, codes.clean(code))
    for row in rows:
        if hmac.compare_digest(row.code_hash, wanted):
            row.used_at = now
            return True
    for row in rows:
        row.tries_left -= 1
    return False


def set_password_by_code(
    number: str, code: str, password: str, password_hash: str, *, now: datetime
) -> Account | None:
    """Set a new password with a code for recovery or first sign-in; end all sessions and the lockout.

    None when number and code do not fit; commit either way. Raise PasswordWeak when the account is a
    staff member's and the password is not fit for that: the code then stays good."""
    person = person_of_number(number)
    purposes = (CodePurpose.RECOVERY, CodePurpose.FIRST_SIGN_IN)
    if not redeem(person.id if person else 0, code, purposes, now) or person is None:
        return None
    account = db.session.scalars(
        select(Account).where(Account.person_id == person.id).with_for_update()
    ).one_or_none()
    if account is None or account.state == "disabled":
        return None
    if organisations.active_grants(person.id):
        passwords.check(password, staff=True)
    account.password_hash = password_hash
    account.state = "active"
    sign_in.forgive(sign_in.account_key(account.id))
    sessions.end_sessions(account, now)
    record("password.set-by-code", "account", account.id)
    notify(
        person.id,
        N_("A new password was set with a one-time code. If that was not you, tell the help desk at once."),
        link="/my/account",
    )
    return account


def person_of_number(text: str) -> Person | None:
    """The record whose document number `text` spells, of whatever kind."""
    numbers = sorted({documents.normalise(kind, text) for kind in documents.guess_kinds(text)})
    hashes = [secrets.document_hash(number) for number in numbers or [""]]
    return db.session.scalars(
        select(Person).where(Person.document_hash.in_(hashes)).order_by(Person.id).limit(1)
    ).one_or_none()


def _hash(person_id: int, code: str) -> bytes:
    return keyring().lookup_hash(f"{person_id}:{code}", "one-time-code")
