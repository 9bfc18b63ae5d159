"""Who sealed a bank and why, and the exams that draw from it."""

from dataclasses import dataclass

from sqlalchemy import select, text

from webapp.banks.models import BankSeal
from webapp.banks.rules.sealing import Sitting
from webapp.core.clock import datetime
from webapp.core.db import db


@dataclass(frozen=True)
class SealView:
    """The seal that a bank is under. asked_by: who wants to open it, None when nobody does."""

    sealed_at: datetime
    sealed_by: str
    reason: str
    asked_by_account_id: int | None
    asked_by: str
    asked_at: datetime | None
    open_reason: str


_NAMES = text(
    "SELECT a.id, p.name FROM accounts a JOIN persons p ON p.id = a.person_id WHERE a.id = ANY(:account_ids)"
)
_SITTINGS = text(
    """
    SELECT e.id AS exam_id, e.title, v.contest_id, e.event_id, e.opens_at, e.closes_at,
           EXISTS (SELECT FROM sheets s WHERE s.exam_id = e.id AND s.state = 'open') AS is_written
    FROM exams e JOIN bank_versions b ON b.id = e.bank_version_id
    JOIN events v ON v.id = e.event_id
    WHERE b.bank_id = :bank_id AND e.kind = :kind
    ORDER BY e.opens_at, e.id
    """
)


def seal_of(bank_id: int) -> SealView | None:
    """The seal of a bank now, None when it has none. Two queries at most."""
    row = db.session.scalars(
        select(BankSeal).where(BankSeal.bank_id == bank_id, BankSeal.opened_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    ids = [one for one in (row.sealed_by_account_id, row.open_asked_by_account_id) if one is not None]
    names = {one.id: one.name for one in db.session.execute(_NAMES, {"account_ids": ids})} if ids else {}
    return SealView(
        sealed_at=row.sealed_at,
        sealed_by=names.get(row.sealed_by_account_id or 0, ""),
        reason=row.reason,
        asked_by_account_id=row.open_asked_by_account_id,
        asked_by=names.get(row.open_asked_by_account_id or 0, ""),
        asked_at=row.open_asked_at,
        open_reason=row.open_reason,
    )


def sittings(bank_id: int) -> list[Sitting]:
    """The exams that count and draw from a bank, by their beginning. One query."""
    return _sittings(bank_id, "formal")


def mock_exams(bank_id: int) -> list[Sitting]:
    """The mock exams that draw from a bank, by their beginning. One query."""
    return _sittings(bank_id, "mock")


def _sittings(bank_id: int, kind: str) -> list[Sitting]:
    rows = db.session.execute(_SITTINGS, {"bank_id": bank_id, "kind": kind}).mappings()
    return [Sitting(**row) for row in rows]
