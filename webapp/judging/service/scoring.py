"""A sheet at work: values come in, it is handed in, typed a second time, opened again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from webapp.access.interests import Deed, require_no_conflict
from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.core.words import N_
from webapp.judging.errors import (
    DecodedAlready,
    NoSecondNeeded,
    NumberAbsent,
    ReasonMissing,
    SamePerson,
    SheetClosed,
    SheetGone,
    SheetIncomplete,
    ValueRefused,
)
from webapp.judging.models import PracticalBlindNumber, PracticalEntry, PracticalSheet
from webapp.judging.queries import sheets as queries
from webapp.judging.queries.modules import items_by_id, module_by_run
from webapp.judging.queries.sheets import SheetView
from webapp.judging.rules.items import Item, canonical, differing, sheet_score
from webapp.judging.service.setting_up import locked_run, tell_judge

LONGEST_REASON = 300
MOST_CHANGES = 200
FORM = "form"
"""The device of values that came by the plain form."""
DOUBLE = "double"
OPEN_AGAIN = N_("Your sheet of number %(number)s is open again: %(reason)s")


@dataclass(frozen=True)
class Change:
    """One typed value of a tablet. seq: grows with every change on this device."""

    device: str
    seq: int
    item: str
    value: str


@dataclass(frozen=True)
class Outcome:
    """What became of a change: saved (also when it was there already), or refused with the error."""

    seq: int
    item: str
    error: DomainError | None = None


def save(sheet_id: int, account_id: int, changes: Sequence[Change], now: datetime) -> list[Outcome]:
    """Keep typed values; the same change coming again changes nothing and is answered in the same way.

    A value that an item cannot have is refused, the others are kept. raise (SheetGone): not this judge's.
    raise (SheetClosed): handed in, unless every change is known already. raise (NumberAbsent)."""
    one = _own(sheet_id, account_id)
    items = {item.code: item for item in items_by_id(one.items_id).items}
    known = _known(sheet_id, changes)
    if not one.is_open:
        if all((change.item, change.device, change.seq) in known for change in changes):
            return [Outcome(change.seq, change.item) for change in changes]
        raise SheetClosed
    outcomes, rows = [], []
    for change in changes[:MOST_CHANGES]:
        error = _refusal(items.get(change.item), change)
        outcomes.append(Outcome(change.seq, change.item, error))
        if error is None:
            kept = canonical(items[change.item], change.value) or ""
            rows.append(
                {
                    "sheet_id": sheet_id, "reading": 1, "round": one.round, "device": change.device[:40],
                    "seq": change.seq, "item": change.item, "value": kept, "by_account_id": account_id,
                    "arrived_at": now,
                }
            )  # fmt: skip
    if rows:
        db.session.execute(
            insert(PracticalEntry).on_conflict_do_nothing(
                index_elements=["sheet_id", "item", "device", "seq"]
            ),
            rows,
        )
    return outcomes


def save_form(sheet_id: int, account_id: int, typed: Mapping[str, str], now: datetime) -> list[Outcome]:
    """Keep what a page without script sent: every item whose value differs from the one kept."""
    one = _own(sheet_id, account_id)
    present, seqs = queries.values(one), queries.sequences(one)
    items = items_by_id(one.items_id).items
    changed = [
        item.code
        for item in items
        if item.code in typed
        and (canonical(item, typed[item.code]) or typed[item.code]) != present.get(item.code, "")
    ]
    changes = [Change(FORM, seqs.get(code, 0) + 1, code, typed[code]) for code in changed]
    return save(sheet_id, account_id, changes, now)


def hand_in(sheet_id: int, account_id: int, now: datetime) -> str:
    """Hand a sheet in and sign it; return its state: signed, or submitted where somebody else types it again.

    raise (SheetGone, SheetClosed, NumberAbsent). raise (SheetIncomplete): items without a value. raise
    (ConflictOfInterest): the judge has declared an interest meanwhile."""
    one = _own(sheet_id, account_id)
    if not one.is_open:
        raise SheetClosed
    stage, module, _ = module_by_run(one.run_id)
    require_no_conflict(account_id, Deed.EVENT, stage.event_id)
    made = sheet_score(items_by_id(one.items_id).items, queries.values(one))
    if made.missing and not made.is_disqualified:
        raise SheetIncomplete(items=", ".join(made.missing))
    state = "submitted" if module.entry == DOUBLE else "signed"
    _set(
        sheet_id, state=state, score=made.total, is_disqualified=made.is_disqualified, submitted_at=now,
        signed_at=now if state == "signed" else None, reason="",
    )  # fmt: skip
    record("practical.sheet.hand-in", "practical-sheet", sheet_id, number=one.number, state=state)
    return state


def type_again(sheet_id: int, account_id: int, typed: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    """The second typing of a sheet from its paper. Return the codes that differ: () when the sheet is signed now;
    otherwise it is open again for its judge, with the items named.

    raise (SheetGone, NoSecondNeeded). raise (SamePerson): the judge's own sheet. raise (ValueRefused)."""
    one = queries.sheet(sheet_id, lock=True)
    if one.state != "submitted":
        raise NoSecondNeeded
    if one.account_id == account_id:
        raise SamePerson
    items = items_by_id(one.items_id).items
    second = {}
    for item in items:
        kept = canonical(item, typed.get(item.code, ""))
        if kept is None:
            raise ValueRefused(value=typed[item.code][:40])
        second[item.code] = kept
    rows = [
        {
            "sheet_id": sheet_id, "reading": 2, "round": one.round, "device": f"second-{one.round}",
            "seq": place, "item": code, "value": value, "by_account_id": account_id, "arrived_at": now,
        }
        for place, (code, value) in enumerate(second.items(), 1)
    ]  # fmt: skip
    db.session.execute(insert(PracticalEntry), rows)
    first = queries.values(one)
    differ = differing(
        {code: value for code, value in first.items() if value}, {c: v for c, v in second.items() if v}
    )
    if differ:
        _set(
            sheet_id, state="reopened", reason=", ".join(differ), round=one.round + 1, score=None,
            signed_at=None, second_by_account_id=account_id,
        )  # fmt: skip
    else:
        _set(sheet_id, state="signed", signed_at=now, second_by_account_id=account_id)
    record("practical.sheet.second", "practical-sheet", sheet_id, number=one.number, differing=list(differ))
    return differ


def reopen(sheet_id: int, reason: str, account_id: int, now: datetime) -> None:
    """Open a sheet that was handed in for its judge again, with the reason. A signature of the chief judge under
    the module falls with it. raise (SheetGone, ReasonMissing, DecodedAlready). raise (SheetClosed): it is open."""
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise ReasonMissing
    stage, module, _ = module_by_run(queries.sheet(sheet_id).run_id)
    # The module first: nobody signs or decodes it between this look and the change.
    if locked_run(stage.stage_id, module.code).decoded_at is not None:
        raise DecodedAlready
    one = queries.sheet(sheet_id, lock=True)
    if one.is_open:
        raise SheetClosed
    _set(sheet_id, state="reopened", reason=why, round=one.round + 1, score=None, signed_at=None)
    tell_judge(one.account_id, OPEN_AGAIN, {"number": one.number, "reason": why})
    record("practical.sheet.reopen", "practical-sheet", sheet_id, why=why, number=one.number, by=account_id)


def _own(sheet_id: int, account_id: int) -> SheetView:
    one = queries.sheet(sheet_id, lock=True)
    if one.account_id != account_id:
        raise SheetGone
    absent = select(PracticalBlindNumber.is_absent).where(
        PracticalBlindNumber.run_id == one.run_id, PracticalBlindNumber.number == one.number
    )
    if db.session.scalar(absent):
        raise NumberAbsent(number=one.number)
    return one


def _known(sheet_id: int, changes: Sequence[Change]) -> set[tuple[str, str, int]]:
    if not changes:
        return set()
    rows = db.session.execute(
        select(PracticalEntry.item, PracticalEntry.device, PracticalEntry.seq).where(
            PracticalEntry.sheet_id == sheet_id, PracticalEntry.seq.in_([change.seq for change in changes])
        )
    )
    return {(row.item, row.device, row.seq) for row in rows}


def _refusal(item: Item | None, change: Change) -> DomainError | None:
    if item is None or not 0 < change.seq < 1 << 31 or canonical(item, change.value) is None:
        return ValueRefused(value=change.value[:40])
    return None


def _set(sheet_id: int, **values: int | str | bool | Decimal | datetime | None) -> None:
    db.session.execute(update(PracticalSheet).where(PracticalSheet.id == sheet_id).values(**values))
