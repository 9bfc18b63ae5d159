"""Sealing a bank, and opening it again: by two people before its exams are over, by itself after."""

from sqlalchemy import select

from webapp.access.interests import Deed, require_no_conflict
from webapp.audit import service as audit
from webapp.banks.errors import (
    AlreadyDecided,
    AlreadySealed,
    NobodyAsked,
    NotSealed,
    SameOpener,
    SealReasonNeeded,
)
from webapp.banks.models import Bank, BankSeal
from webapp.banks.queries.sealing import sittings
from webapp.banks.rules.sealing import is_over
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound

LONGEST = 500


def seal(bank_id: int, account_id: int, why: str) -> None:
    """Close a bank to people from now on. raise (SealReasonNeeded, AlreadySealed, NotFound)."""
    why = _reason(why)
    require_no_conflict(account_id, Deed.BANK, bank_id)
    bank = _locked(bank_id)
    if bank.is_sealed:
        raise AlreadySealed
    bank.is_sealed = True
    db.session.add(
        BankSeal(bank_id=bank_id, reason=why, sealed_by_account_id=account_id, sealed_at=clock.now())
    )
    db.session.flush()
    audit.record("bank.seal", "bank", bank_id, why)


def ask_to_open(bank_id: int, account_id: int, why: str) -> bool:
    """Open a bank whose exams are over, or ask a second person to agree; whether it is open now.

    raise (SealReasonNeeded, NotSealed, AlreadyDecided, NotFound): somebody asked already."""
    why = _reason(why)
    require_no_conflict(account_id, Deed.BANK, bank_id)
    bank, row = _sealed(bank_id)
    if is_over(row.sealed_at, sittings(bank_id), clock.now()):
        row.open_reason = why
        _open(bank, row, account_id, why)
        return True
    if row.open_asked_by_account_id is not None:
        raise AlreadyDecided
    row.open_asked_by_account_id, row.open_asked_at, row.open_reason = account_id, clock.now(), why
    db.session.flush()
    audit.record("bank.seal.ask", "bank", bank_id, why)
    return False


def agree_to_open(bank_id: int, account_id: int) -> None:
    """Open a bank that somebody else asked to open. raise (SameOpener, NobodyAsked, NotSealed, NotFound)."""
    require_no_conflict(account_id, Deed.BANK, bank_id)
    bank, row = _sealed(bank_id)
    if row.open_asked_by_account_id is None:
        raise NobodyAsked
    if row.open_asked_by_account_id == account_id:
        raise SameOpener
    _open(bank, row, account_id, row.open_reason)


def keep_sealed(bank_id: int, account_id: int) -> None:
    """Turn a request down, or take the own one back. raise (NobodyAsked, NotSealed, NotFound)."""
    require_no_conflict(account_id, Deed.BANK, bank_id)
    _bank, row = _sealed(bank_id)
    if row.open_asked_by_account_id is None:
        raise NobodyAsked
    asked_by, why = row.open_asked_by_account_id, row.open_reason
    row.open_asked_by_account_id, row.open_asked_at, row.open_reason = None, None, ""
    db.session.flush()
    audit.record("bank.seal.keep", "bank", bank_id, why, asked_by=asked_by)


def open_what_is_over() -> int:
    """Open every bank whose exams are over; how many. Run twice it opens nothing twice."""
    opened = 0
    waiting = db.session.scalars(
        select(BankSeal.bank_id).where(BankSeal.opened_at.is_(None)).order_by(BankSeal.bank_id)
    ).all()
    for bank_id in waiting:
        try:
            bank, row = _sealed(bank_id)
        except NotSealed:  # opened by somebody while this waited for the lock
            continue
        if is_over(row.sealed_at, sittings(bank_id), clock.now()):
            _open(bank, row, None, "")
            opened += 1
    return opened


def _open(bank: Bank, row: BankSeal, account_id: int | None, why: str) -> None:
    bank.is_sealed = False
    row.opened_by_account_id, row.opened_at = account_id, clock.now()
    db.session.flush()
    audit.record("bank.seal.open", "bank", bank.id, why, asked_by=row.open_asked_by_account_id)


def _reason(why: str) -> str:
    kept = why.replace("\0", "").strip()[:LONGEST]
    if not kept:
        raise SealReasonNeeded
    return kept


def _locked(bank_id: int) -> Bank:
    bank = db.session.scalars(
        select(Bank).where(Bank.id == bank_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if bank is None:
        raise NotFound
    return bank


def _sealed(bank_id: int) -> tuple[Bank, BankSeal]:
    """A bank under its seal, locked; its lock guards the seal too. raise (NotSealed, NotFound)."""
    bank = _locked(bank_id)
    row = db.session.scalars(
        select(BankSeal)
        .where(BankSeal.bank_id == bank_id, BankSeal.opened_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if not bank.is_sealed or row is None:
        raise NotSealed
    return bank, row
