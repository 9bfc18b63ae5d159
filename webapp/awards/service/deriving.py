"""From a final list to award lines: derived anew as often as needed, until people have decided."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update

from webapp.audit.service import record
from webapp.awards.errors import (
    AwardsClosed,
    DecidedWouldChange,
    NoAwards,
    NoFinalList,
    NotAPrize,
    NotInTheStage,
)
from webapp.awards.models import AwardLine, AwardList, AwardNomination
from webapp.awards.queries.finalists import finalists, named
from webapp.awards.queries.lists import awards_named
from webapp.awards.rules import derive as rules
from webapp.awards.rules.standing import EventFacts
from webapp.contests.queries import StageView, rules_of_version, stage_by_id
from webapp.contests.rules.schema import Award, Contest
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.problems import message_to_json
from webapp.leaderboard.queries.finals import newest_final, taken_at
from webapp.leaderboard.queries.kept import rows_by_id

_CARRY_TICKS = text(
    """
    INSERT INTO award_payout_ticks (line_id, kind, ticked_by_account_id, ticked_at)
    SELECT n.id, t.kind, t.ticked_by_account_id, t.ticked_at
    FROM award_payout_ticks t
    JOIN award_lines o ON o.id = t.line_id AND o.list_id = :old_id
    JOIN award_lines n ON n.list_id = :new_id AND n.award_code = o.award_code AND n.entry_id = o.entry_id
    WHERE n.granted_amount IS NOT NULL
    """
)


@dataclass(frozen=True)
class Source:
    """What a list is derived from: a final snapshot and the rules that count now (amounts are often decided last)."""

    stage: StageView
    snapshot_id: int
    contest_version_id: int
    contest: Contest
    awards: tuple[Award, ...]
    on: date | None = None

    @property
    def event_facts(self) -> EventFacts:
        event = self.contest.event(self.stage.event_code)
        undecided = next((one.undecided for one in self.contest.classes if one.code == event.event_class), ())
        return EventFacts(event.event_class, event.has_national_standard, frozenset(undecided), self.on)

    @property
    def trade(self) -> str:
        """The trade whose levels count; an event that names none is its own trade."""
        event = self.contest.event(self.stage.event_code)
        return event.trade or event.title.zh


def source_of(stage_id: int) -> Source:
    """The newest final list of a stage with its rules. raise (NoFinalList, NoAwards)."""
    stage = stage_by_id(stage_id)
    snapshot_id = newest_final(stage_id)
    if snapshot_id is None:
        raise NoFinalList
    contest = rules_of_version(stage.contest_version_id)
    awards = awards_named(contest, stage.event_code, stage.code)
    if not awards:
        raise NoAwards
    on = taken_at(snapshot_id).astimezone(SHANGHAI).date()
    return Source(stage, snapshot_id, stage.contest_version_id, contest, awards, on)


def derive_list(
    stage_id: int, account_id: int | None, now: datetime, local_organisation_id: int | None = None
) -> AwardList:
    """Derive the awards of a stage's newest final list; return the list.

    The same lines again change nothing and keep what was decided. Other lines make a new list: decisions about
    lines that stayed the same are carried over, and after a decided list they are settled for good.
    raise (NoFinalList, NoAwards); (AwardsClosed): it waits for the second person, or nothing is new since it was
    decided; (DecidedWouldChange): a settled line would be another or gone."""
    before = open_list(stage_id, lock=True)
    if before is not None and before.state == "waiting":
        raise AwardsClosed
    made = derived(stage_id, local_organisation_id)
    if before is not None and before.digest == made.digest:
        if before.state == "decided":
            raise AwardsClosed
        return before
    kept = _decisions(before)
    _require_settled(kept, made.lines)
    if before is not None:
        before.state = "superseded"
        db.session.flush()
    return _put(made, before, kept, account_id, now, before.reopens_list_id if before else None)


def reopen(before: AwardList, account_id: int | None, now: datetime) -> AwardList:
    """Derive the awards of a decided list anew, with nothing settled: what stayed the same keeps its decision, and
    every decision may be taken otherwise. `before` holds until the new list is decided."""
    made = derived(before.stage_id, before.local_organisation_id)
    before.state = "reopened"
    db.session.flush()
    kept = {key: _Kept(one.line, None) for key, one in _decisions(before).items()}
    return _put(made, before, kept, account_id, now, before.id)


@dataclass(frozen=True)
class Derived:
    """The lines that the rules give now, without anything being kept."""

    source: Source
    lines: tuple[rules.AwardLine, ...]
    local_id: int | None

    @property
    def digest(self) -> str:
        return _digest(self.source, self.lines)


def derived(stage_id: int, local_id: int | None) -> Derived:
    """What the rules make of the newest final list. raise (NoFinalList, NoAwards)."""
    source = source_of(stage_id)
    rows = finalists(source.stage, source.snapshot_id, source.trade, source.awards, local_id)
    lines = rules.derive(
        source.awards, source.event_facts, rows, named(stage_id), local_only=local_id is not None
    )
    return Derived(source, tuple(lines), local_id)


def _put(
    made: Derived,
    before: AwardList | None,
    kept: "_Decided",
    account_id: int | None,
    now: datetime,
    reopens_id: int | None,
) -> AwardList:
    one = _new_list(made.source, made.digest, account_id, now, made.local_id)
    one.reopens_list_id = reopens_id
    db.session.add(one)
    db.session.flush()
    if made.lines:
        db.session.execute(
            insert(AwardLine), [_row(one.id, at, line, kept) for at, line in enumerate(made.lines)]
        )
    if before is not None:
        db.session.execute(_CARRY_TICKS, {"new_id": one.id, "old_id": before.id})
    record("awards.derive", "stage", one.stage_id, list_id=one.id, lines=len(made.lines), digest=one.digest)
    return one


CLOSED = ("superseded", "reopened")
"""States of lists that a later one stands for; what was reopened holds until that one is decided."""


def open_list(stage_id: int, *, lock: bool = False) -> AwardList | None:
    """The list of a stage that people work with, whatever its state; None before the first."""
    query = select(AwardList).where(AwardList.stage_id == stage_id, AwardList.state.not_in(CLOSED))
    return db.session.scalars(query.with_for_update() if lock else query).one_or_none()


def derive_again(stage_id: int, account_id: int | None, now: datetime) -> AwardList:
    """Derive once more as the list was derived last (a joint event stays one). raise as derive_list."""
    before = open_list(stage_id)
    return derive_list(stage_id, account_id, now, before.local_organisation_id if before else None)


def name_for_prize(stage_id: int, award_code: str, number: str, account_id: int, now: datetime) -> None:
    """The organiser's list names a contestant for a prize without ranks, and the list is derived anew.

    raise (NotAPrize): the award goes by rank; (NotInTheStage): not on the final list, so nobody is awarded who
    has no record of having taken part (CONTESTS 5); (AwardsClosed)."""
    entry_id = _named_entry(stage_id, award_code, number)
    if entry_id in named(stage_id).get(award_code, set()):
        return
    db.session.add(
        AwardNomination(
            stage_id=stage_id,
            award_code=award_code,
            entry_id=entry_id,
            named_by_account_id=account_id,
            named_at=now,
        )
    )
    db.session.flush()
    record("awards.name", "stage", stage_id, award=award_code, entry_id=entry_id)
    derive_again(stage_id, account_id, now)


def unname_for_prize(stage_id: int, award_code: str, number: str, account_id: int, now: datetime) -> None:
    """Take the naming back (it stays on record) and derive anew. raise (NotAPrize, NotInTheStage, AwardsClosed)."""
    entry_id = _named_entry(stage_id, award_code, number)
    if entry_id not in named(stage_id).get(award_code, set()):
        raise NotInTheStage(number=number)
    db.session.execute(
        update(AwardNomination)
        .where(
            AwardNomination.stage_id == stage_id,
            AwardNomination.award_code == award_code,
            AwardNomination.entry_id == entry_id,
            AwardNomination.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    record("awards.unname", "stage", stage_id, award=award_code, entry_id=entry_id)
    derive_again(stage_id, account_id, now)


def _named_entry(stage_id: int, award_code: str, number: str) -> int:
    source = source_of(stage_id)
    award = next((one for one in source.awards if one.code == award_code), None)
    if award is None or not award.conditions.get("several"):
        raise NotAPrize
    entry_id = entry_of(source.snapshot_id, number)
    if entry_id is None:
        raise NotInTheStage(number=number)
    return entry_id


def entry_of(snapshot_id: int, number: str) -> int | None:
    """The entry of a contestant number on a final list, None if it is not there."""
    for row in rows_by_id(snapshot_id):
        if row["number"] == number.strip():
            return int(row["entry_id"])
    return None


def _new_list(
    source: Source, digest: str, account_id: int | None, now: datetime, local_id: int | None
) -> AwardList:
    last = db.session.scalar(
        select(func.max(AwardList.number)).where(AwardList.stage_id == source.stage.stage_id)
    )
    return AwardList(
        stage_id=source.stage.stage_id,
        number=(last or 0) + 1,
        state="proposed",
        snapshot_id=source.snapshot_id,
        contest_version_id=source.contest_version_id,
        local_organisation_id=local_id,
        digest=digest,
        derived_by_account_id=account_id,
        derived_at=now,
    )


@dataclass(frozen=True)
class _Kept:
    """A decided line of the list before. settled_id: the decided list that holds for it."""

    line: AwardLine
    settled_id: int | None


_Decided = dict[tuple[str, int], _Kept]


def _decisions(before: AwardList | None) -> _Decided:
    if before is None:
        return {}
    found = db.session.scalars(
        select(AwardLine).where(AwardLine.list_id == before.id, AwardLine.decision != "")
    )
    by_this = before.id if before.state == "decided" else None
    return {(line.award_code, line.entry_id): _Kept(line, line.settled_list_id or by_this) for line in found}


def _require_settled(kept: _Decided, lines: Sequence[rules.AwardLine]) -> None:
    """Whatever is settled stands in the new lines as it was."""
    again = {(line.award_code, line.entry_id): line for line in lines}
    lost = sum(
        key not in again or not _same(one.line, again[key])
        for key, one in kept.items()
        if one.settled_id is not None
    )
    if lost:
        raise DecidedWouldChange(count=lost)


def _row(list_id: int, position: int, line: rules.AwardLine, kept: _Decided) -> dict[str, Any]:
    made: dict[str, Any] = {
        "list_id": list_id,
        "position": position,
        "award_code": line.award_code,
        "entry_id": line.entry_id,
        "person_id": line.person_id,
        "rank": line.rank,
        "state": line.state.value,
        "amount": line.amount,
        "level": line.level or "",
        "why": [message_to_json(one) for one in line.why],
        "settled_list_id": None, "decision": "", "decision_reason": "", "granted_amount": None,
        "decided_by_account_id": None, "decided_at": None,
    }  # fmt: skip
    earlier = kept.get((line.award_code, line.entry_id))
    if earlier is not None and _same(earlier.line, line):
        carried = (
            "decision", "decision_reason", "granted_amount", "decided_by_account_id", "decided_at",
        )  # fmt: skip
        made |= {name: getattr(earlier.line, name) for name in carried}
        made["settled_list_id"] = earlier.settled_id
    return made


def _same(earlier: AwardLine, line: rules.AwardLine) -> bool:
    return (earlier.rank, earlier.state, earlier.amount, earlier.level) == (
        line.rank, line.state.value, line.amount, line.level or "",
    )  # fmt: skip


def _digest(source: Source, lines: Sequence[rules.AwardLine]) -> str:
    told = [
        [
            line.award_code,
            line.entry_id,
            line.rank,
            line.state,
            line.amount,
            line.level,
            [message_to_json(one) for one in line.why],
        ]
        for line in lines
    ]
    said = json.dumps([source.snapshot_id, told], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
