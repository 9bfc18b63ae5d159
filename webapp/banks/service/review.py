"""The way of a version: draft, handed in, approved by a second person or returned with a reason."""

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy import text as sql

from webapp.access.interests import Deed, require_no_conflict
from webapp.audit import service as audit
from webapp.banks.errors import AlreadyDecided, ReasonNeeded, SamePerson
from webapp.banks.models import Bank, BankVersion
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.words import N_
from webapp.notifications.service import notify

_PERSON = sql("SELECT person_id FROM accounts WHERE id = :account_id")


def submit(version_id: int, account_id: int | None) -> None:
    """Hand a draft to a reviewer. Raise AlreadyDecided when it is no draft."""
    _move(version_id, "draft", {"state": "review", "submitted_at": clock.now()})
    audit.record("bank.submit", "bank-version", version_id)


def approve(version_id: int, account_id: int, why: str = "") -> None:
    """Put a version in force; the one before is superseded. Raise SamePerson, AlreadyDecided, NotFound."""
    version = _locked(version_id)
    if account_id in {version.created_by_account_id, *version.edited_by}:
        raise SamePerson
    require_no_conflict(account_id, Deed.BANK, version.bank_id)
    decided = {"decided_by_account_id": account_id, "decided_at": clock.now(), "decision_reason": why}
    _move(version_id, "review", {"state": "approved", **decided})
    db.session.execute(
        update(BankVersion)
        .where(
            BankVersion.bank_id == version.bank_id,
            BankVersion.state == "approved",
            BankVersion.id != version_id,
        )
        .values(state="superseded")
    )
    db.session.execute(update(Bank).where(Bank.id == version.bank_id).values(approved_version_id=version_id))
    _tell_setter(
        version, N_("Version %(number)s of the question bank %(title)s was approved and is in force.")
    )
    audit.record("bank.approve", "bank-version", version_id, why)


def return_version(version_id: int, account_id: int, why: str) -> None:
    """Send a version back to its setter with a reason. Raise ReasonNeeded, AlreadyDecided, NotFound."""
    if not why.strip():
        raise ReasonNeeded
    require_no_conflict(account_id, Deed.BANK, _locked(version_id).bank_id)
    decided = {"decided_by_account_id": account_id, "decided_at": clock.now(), "decision_reason": why.strip()}
    _move(version_id, "review", {"state": "returned", **decided})
    _tell_setter(
        _locked(version_id), N_("Version %(number)s of the question bank %(title)s was returned to you.")
    )
    audit.record("bank.return", "bank-version", version_id, why)


def _tell_setter(version: BankVersion, text: str) -> None:
    """Leave a notice for the person who made a version."""
    person_id = db.session.scalar(_PERSON, {"account_id": version.created_by_account_id})
    bank = db.session.get_one(Bank, version.bank_id)
    if person_id is not None:
        link = f"/staff/banks/{bank.code}/versions/{version.number}"
        notify(person_id, text, {"number": version.number, "title": bank.title}, link)


def _locked(version_id: int) -> BankVersion:
    version = db.session.scalars(
        select(BankVersion).where(BankVersion.id == version_id).with_for_update()
    ).one_or_none()
    if version is None:
        raise NotFound
    return version


def _move(version_id: int, expected: str, values: Mapping[str, object]) -> None:
    """One guarded change of state."""
    moved = db.session.execute(
        update(BankVersion)
        .where(BankVersion.id == version_id, BankVersion.state == expected)
        .values(values)
        .returning(BankVersion.id)
    ).scalar_one_or_none()
    if moved is None:
        raise AlreadyDecided
