"""Keeping the register of earlier winners: bringing records in, deciding whose they are, taking them out."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert

from webapp.access.principal import Principal
from webapp.accounts.models import Person
from webapp.accounts.service.secrets import document_hash, last4_hash
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.organisations.models import Organisation
from webapp.registration.errors import WhyMissing, WinnerPersonUnknown, WinnerRemoved
from webapp.registration.formats.winners import WinnerLine
from webapp.registration.models import EarlierWinner
from webapp.registration.queries import winners
from webapp.registration.rules.winners import MatchState, trade_key

AT_ONCE = 1000
"""So many records go into one statement."""


@dataclass(frozen=True)
class Brought:
    """What an import has done. known: records that were there already; matched: whose person is known by number."""

    added: int
    known: int
    matched: int


@dataclass(frozen=True)
class OwnResult:
    """What somebody won in a contest that was held here. rank: on the final list; source: where it stands."""

    person_id: int
    contest: str
    edition: str
    year: int
    trade: str
    rank: int
    source: str


_results: list[Callable[[int], Sequence[OwnResult]]] = []


def register_results(function: Callable[[int], Sequence[OwnResult]]) -> None:
    """function(contest_id) -> what people won in that contest, the best result of a trade first."""
    _results[:] = [function]


def bring_in(contest_id: int, lines: Sequence[WinnerLine], account_id: int | None, now: datetime) -> Brought:
    """Add the rows of a workbook to a contest's register, in the caller's transaction.

    A record that is there already (same person, contest, edition, year, trade) stays as it is, also when it was
    taken out. Where number and name are those of a person here, it is matched at once."""
    added = matched = 0
    for start in range(0, len(lines), AT_ONCE):
        part = lines[start : start + AT_ONCE]
        made = db.session.scalars(
            insert(EarlierWinner)
            .values([_values(contest_id, line, account_id, now) for line in part])
            .on_conflict_do_nothing()
            .returning(EarlierWinner.id)
        ).all()
        added += len(made)
        matched += _match_by_number(made, now)
    record(
        "winners.import", "contest", contest_id, rows=len(lines), added=added, matched=matched,
        sources=sorted({line.source for line in lines})[:20],
    )  # fmt: skip
    return Brought(added, len(lines) - added, matched)


def take_over(contest_id: int, from_contest_id: int, account_id: int | None, now: datetime) -> int:
    """Copy the records of another contest's register, matches included, and add those who were given awards in
    it here; return how many were new.

    The caller has checked that both registers are the person's to keep."""
    copied = [
        column
        for column in EarlierWinner.__table__.columns
        if column.name not in {"id", "contest_id", "imported_by_account_id", "imported_at"}
    ]
    made = db.session.scalars(
        insert(EarlierWinner)
        .from_select(
            ["contest_id", "imported_by_account_id", "imported_at", *(column.name for column in copied)],
            select(literal(contest_id), literal(account_id), literal(now), *copied).where(
                EarlierWinner.contest_id == from_contest_id, EarlierWinner.removed_at.is_(None)
            ),
        )
        .on_conflict_do_nothing()
        .returning(EarlierWinner.id)
    ).all()
    added = len(made) + _add_own(contest_id, from_contest_id, account_id, now)
    record("winners.take-over", "contest", contest_id, source=from_contest_id, added=added)
    return added


def _add_own(contest_id: int, from_contest_id: int, account_id: int | None, now: datetime) -> int:
    """Records of what was won here: whose they are is known."""
    found = [one for function in _results for one in function(from_contest_id)]
    added = 0
    for start in range(0, len(found), AT_ONCE):
        part = found[start : start + AT_ONCE]
        query = select(Person, Organisation.name).outerjoin(Organisation, Organisation.id == Person.unit_id)
        rows = db.session.execute(query.where(Person.id.in_({one.person_id for one in part})))
        people = {row.Person.id: (row.Person, row.name or "") for row in rows}
        values = [_own_values(contest_id, one, *people[one.person_id], account_id, now) for one in part]
        statement = insert(EarlierWinner).on_conflict_do_nothing().returning(EarlierWinner.id)
        added += len(db.session.scalars(statement, values).all())
    return added


def match(winner_id: int, person_id: int, who: Principal, why: str, now: datetime) -> None:
    """Decide that a record is this person's. Raise WhyMissing, WinnerRemoved, WinnerPersonUnknown, NotFound."""
    row = _decidable(winner_id, who, why)
    _require_candidate(row, person_id)
    row.match_state, row.person_id = MatchState.MATCHED.value, person_id
    row.not_persons = [one for one in row.not_persons if one != person_id]
    _note(row, who, why, now)
    record("winner.match", "earlier-winner", row.id, why, person_id=person_id)


def rule_out(winner_id: int, person_id: int, who: Principal, why: str, now: datetime) -> None:
    """Decide that a record is not this person's; it may still be somebody else's."""
    row = _decidable(winner_id, who, why)
    _require_candidate(row, person_id)
    if row.person_id == person_id:
        row.match_state, row.person_id = MatchState.OPEN.value, None
    row.not_persons = sorted({*row.not_persons, person_id})
    _note(row, who, why, now)
    record("winner.rule-out", "earlier-winner", row.id, why, person_id=person_id)


def match_nobody(winner_id: int, who: Principal, why: str, now: datetime) -> None:
    """Decide that the record is nobody's who has a record here."""
    row = _decidable(winner_id, who, why)
    row.match_state, row.person_id = MatchState.NOBODY.value, None
    _note(row, who, why, now)
    record("winner.match-nobody", "earlier-winner", row.id, why)


def reopen(winner_id: int, who: Principal, why: str, now: datetime) -> None:
    """Take a decision back: the record is open again, and nobody is ruled out."""
    row = _decidable(winner_id, who, why)
    row.match_state, row.person_id, row.not_persons = MatchState.OPEN.value, None, []
    _note(row, who, why, now)
    record("winner.reopen", "earlier-winner", row.id, why)


def remove(winner_id: int, who: Principal, why: str, now: datetime) -> None:
    """The record is wrong: it counts no more and shows no more; the row stays. Raise as `match` does."""
    row = _decidable(winner_id, who, why)
    row.removed_at, row.removed_by_account_id, row.removed_why = now, who.account_id, why.strip()
    record("winner.remove", "earlier-winner", row.id, why)


def _decidable(winner_id: int, who: Principal, why: str) -> EarlierWinner:
    row = winners.load(who, winner_id, lock=True)
    if row.removed_at is not None:
        raise WinnerRemoved
    if not why.strip():
        raise WhyMissing
    return row


def _require_candidate(row: EarlierWinner, person_id: int) -> None:
    if person_id != row.person_id and all(one.person_id != person_id for one in winners.candidates(row.id)):
        raise WinnerPersonUnknown


def _note(row: EarlierWinner, who: Principal, why: str, now: datetime) -> None:
    row.matched_by_account_id, row.matched_at, row.match_why = who.account_id, now, why.strip()


def _values(contest_id: int, line: WinnerLine, account_id: int | None, now: datetime) -> dict[str, Any]:
    document = line.document
    hashed = document_hash(document.number) if document else None
    return {
        "contest_id": contest_id,
        "document_hash": hashed,
        "last4_hash": last4_hash(line.last4) if line.last4 else None,
        "document_mask": document.mask if document else "",
        "name": line.name,
        "unit_name": line.unit,
        "earlier_contest": line.contest,
        "edition": line.edition,
        "year": line.year,
        "trade": line.trade,
        "trade_key": trade_key(line.trade),
        "rank": line.rank,
        "prize": line.prize.value,
        "source": line.source,
        "fingerprint": _fingerprint(line, hashed),
        "imported_by_account_id": account_id,
        "imported_at": now,
    }


def _own_values(
    contest_id: int, one: OwnResult, person: Person, unit: str, account_id: int | None, now: datetime
) -> dict[str, Any]:
    return {
        "contest_id": contest_id,
        "person_id": person.id,
        "document_hash": person.document_hash,
        "document_mask": person.document_mask,
        "name": person.name,
        "unit_name": unit,
        "earlier_contest": one.contest,
        "edition": one.edition,
        "year": one.year,
        "trade": one.trade,
        "trade_key": trade_key(one.trade),
        "rank": one.rank,
        "source": one.source,
        "fingerprint": _record_of([person.document_hash.hex()], one),
        "match_state": MatchState.MATCHED.value,
        "matched_at": now,
        "imported_by_account_id": account_id,
        "imported_at": now,
    }


def _fingerprint(line: WinnerLine, hashed: bytes | None) -> bytes:
    hidden = last4_hash(line.last4).hex() if line.last4 else ""
    return _record_of([hashed.hex()] if hashed else [line.name, hidden, line.unit], line)


def _record_of(who: Sequence[str], line: WinnerLine | OwnResult) -> bytes:
    """What makes two records one: who, contest, edition, year, trade."""
    parts = [*who, line.contest, line.edition, str(line.year), trade_key(line.trade)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).digest()


def _match_by_number(winner_ids: Sequence[int], now: datetime) -> int:
    """Set the person where number and name are the same; one statement."""
    if not winner_ids:
        return 0
    done = db.session.execute(
        update(EarlierWinner)
        .where(
            EarlierWinner.id.in_(winner_ids),
            EarlierWinner.document_hash == Person.document_hash,
            EarlierWinner.name == Person.name,
        )
        .values(person_id=Person.id, match_state=MatchState.MATCHED.value, matched_at=now)
        .returning(EarlierWinner.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())
