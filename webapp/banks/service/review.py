"""The way of a version: draft, handed in, approved by a second person or returned with a reason."""

from collections.abc import Mapping

from sqlalchemy import select, update

from webapp.audit import service as audit
from webapp.banks.errors import AlreadyDecided, ReasonNeeded, SamePerson
from webapp.banks.models import Bank, BankVersion
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound


def submit(version_id: int, account_id: int | None) -> None:
    """Hand a draft to a reviewer. Raise AlreadyDecided when it is no draft."""
    _move(version_id, "draft", {"state": "review", "submitted_at": clock.now()})
    audit.record("bank.submit", "bank-version", version_id)


def approve(version_id: int, account_id: int, why: str = "") -> None:
    """Put a version in force; the one before is superseded. Raise SamePerson, AlreadyDecided, NotFound."""
    version = _locked(version_id)
    if version.created_by_account_id == account_id:
        raise SamePerson
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
    audit.record("bank.approve", "bank-version", version_id, why)


def return_version(version_id: int, account_id: int, why: str) -> None:
    """Send a version back to its setter with a reason. Raise ReasonNeeded, AlreadyDecided, NotFound."""
    if not why.strip():
        raise ReasonNeeded
    decided = {"decided_by_account_id": account_id, "decided_at": clock.now(), "decision_reason": why.strip()}
    _move(version_id, "review", {"state": "returned", **decided})
    audit.record("bank.return", "bank-version", version_id, why)


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
