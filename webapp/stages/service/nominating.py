"""Grassroots selection: units decide outside who goes on; their list comes in as a workbook and is posted like any other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from webapp.accounts import queries as people
from webapp.audit.service import record
from webapp.contests.queries import StageView, stage_by_id
from webapp.contests.rules.undecided import missing_to_post
from webapp.core.db import db
from webapp.core.problems import Problem
from webapp.core.words import N_
from webapp.leaderboard.queries.kept import NOMINATED, rows_by_id
from webapp.leaderboard.service.keeping import keep
from webapp.leaderboard.service.publishing import lock_board
from webapp.organisations import queries as organisations
from webapp.stages.errors import ListUndecided, ReasonNeeded, StepRefused, TooManyNominated, WindowPassed
from webapp.stages.formats.nominations import Nomination, problem
from webapp.stages.models import StageList
from webapp.stages.queries.admissions import has_places, is_outside, seats, stage_after
from webapp.stages.queries.candidates import decisions
from webapp.stages.queries.lists import newest, pinned_rules
from webapp.stages.rules.attendance import COMPETING
from webapp.stages.rules.digest import canonical, digest
from webapp.stages.rules.nominating import line
from webapp.stages.rules.states import POSTED, ListState
from webapp.stages.service.freezing import begin, move
from webapp.stages.service.holding import require_enough

_KNOWN = text(
    """
    SELECT e.id AS entry_id, p.number, p.person_id, p.unit_id
    FROM participations p JOIN entries e ON e.participation_id = p.id
    WHERE p.event_id = :event_id AND p.state = 'active' AND p.number = ANY(:numbers)
      AND NOT EXISTS (SELECT FROM team_members m WHERE m.participation_id = p.id AND NOT m.is_leader)
    """
)
Known = Mapping[str, Row[Any]]


@dataclass(frozen=True)
class Brought:
    """What came of a workbook. fresh: how many were not on the list before."""

    fresh: int
    problems: tuple[Problem, ...] = ()


def nominate(
    stage_id: int, rows: Sequence[Nomination], reason: str, account_id: int | None, now: datetime
) -> Brought:
    """Put everybody of these lines on the list of a selection outside; all of them, or with any problem nobody.

    stage_id: the selection. Until the list is posted, another workbook adds to it; afterwards it begins a further list (with
    a reason) that holds those of the list before and whom it adds, and supersedes it when it is posted. A line names an
    active contestant of the event by number, and the name has to agree; whoever stands on the list already stays.
    raise (StepRefused): something of this stage is scored here, or a second person has yet to agree; (ListUndecided): the
    file does not say how long the notice lasts; (MinimumIsHard): too few take part in the event; (WindowPassed): the next stage is over; (ReasonNeeded, TooManyNominated)."""
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    before = newest(stage_id, lock=True)
    _require_open(stage, before, reason, now)
    if before is None:
        require_enough(stage, now)
    known = known_people(stage, rows)
    problems = problems_in(stage, rows, known)
    if problems:
        return Brought(0, problems)
    lines = list(rows_by_id(before.snapshot_id)) if before else []
    stands = {row["entry_id"] for row in lines}
    fresh = [one for one in rows if known[one.number].entry_id not in stands]
    if not fresh:
        return Brought(0)
    units = organisations.names(row.unit_id for row in known.values() if row.unit_id is not None)
    for at, one in enumerate(fresh, len(lines) + 1):
        row = known[one.number]
        lines.append(line(at, row.entry_id, one.number, units.get(row.unit_id or 0, ""), one.by))
    _require_room(stage, before, len(lines))
    made = _store(stage, before, lines, reason.strip()[:500], account_id, now)
    record(
        "list.nominate", "stage", stage_id, why=made.reason, list_id=made.id, number=made.number,
        people=len(lines), new=len(fresh), digest=digest(canonical(lines)), by=account_id,
    )  # fmt: skip
    return Brought(len(fresh))


def follow(stage_id: int, reason: str, account_id: int | None, now: datetime) -> StageList:
    """Begin a further list after the final one with the same people, so that somebody may be struck from it; return it.

    It holds what was decided so far, and goes the whole way before it takes the place of the other. raise (StepRefused): no list
    of named people is final; (ReasonNeeded), and what `nominate` raises."""
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    before = newest(stage_id, lock=True)
    _require_open(stage, before, reason, now)
    if before is None or before.state != ListState.FINAL:
        raise StepRefused
    lines = list(rows_by_id(before.snapshot_id))
    made = _store(stage, before, lines, reason.strip()[:500], account_id, now)
    record(
        "list.nominate", "stage", stage_id, why=made.reason, list_id=made.id, number=made.number,
        people=len(lines), new=0, digest=digest(canonical(lines)), by=account_id,
    )  # fmt: skip
    return made


def _require_open(stage: StageView, before: StageList | None, reason: str, now: datetime) -> None:
    if not is_outside(stage) or (before is not None and not before.is_nominated):
        raise StepRefused
    missing = missing_to_post(stage.rules)
    if missing:
        raise ListUndecided(what=missing[0])
    after = stage_after(stage)
    if after is not None and after.closes_at is not None and after.closes_at <= now:
        raise WindowPassed
    if before is not None and before.state == ListState.READY:
        raise StepRefused
    if before is not None and before.state in POSTED and not reason.strip():
        raise ReasonNeeded


def _require_room(stage: StageView, before: StageList | None, people: int) -> None:
    """No more go on than the file lets, where it names a number; those taken off do not count."""
    rules = pinned_rules(before, stage)[1] if before is not None else stage.rules
    if rules.quota is None:
        return
    off = sum(one.decision.takes_off for one in decisions(before.id).values()) if before is not None else 0
    if people - off > rules.quota:
        raise TooManyNominated(people=people - off, quota=rules.quota)


def known_people(stage: StageView, rows: Sequence[Nomination]) -> Known:
    """The active contestants of the event behind these numbers."""
    values = {"event_id": stage.event_id, "numbers": [one.number for one in rows]}
    return {row.number: row for row in db.session.execute(_KNOWN, values)}


def problems_in(
    stage: StageView, rows: Sequence[Nomination], known: Known, organisation_id: int | None = None
) -> tuple[Problem, ...]:
    """Lines whose number nobody has, whose name is another's, or who had no place in this very stage. organisation_id: who
    sends it names people of its own part of the tree only; of others it learns nothing but that."""
    cards = people.cards(row.person_id for row in known.values())
    competing = {seat.entry_id for seat in seats(stage.stage_id) if seat.state in COMPETING}
    is_for_places = has_places(stage.stage_id)
    own = _units_below(organisation_id, known) if organisation_id is not None else None
    found = []
    for one in rows:
        row = known.get(one.number)
        if row is None:
            found.append(problem(one, "unknown", N_("No contestant of this event has this number.")))
        elif own is not None and row.unit_id not in own:
            found.append(problem(one, "elsewhere", N_("This contestant belongs to none of your units.")))
        elif cards[row.person_id].name != one.name:
            found.append(problem(one, "other-name", N_("The name does not belong to this number.")))
        elif is_for_places and row.entry_id not in competing:
            found.append(problem(one, "no-place", N_("This contestant has no place in this stage.")))
    return tuple(found)


def _units_below(organisation_id: int, known: Known) -> set[int]:
    paths = organisations.paths(row.unit_id for row in known.values() if row.unit_id is not None)
    return {unit for unit, path in paths.items() if organisation_id in path}


def _store(
    stage: StageView,
    before: StageList | None,
    lines: Sequence[Mapping[str, Any]],
    reason: str,
    account_id: int | None,
    now: datetime,
) -> StageList:
    """The list with these lines: the one that is being worked on, or a new one."""
    kept = keep(stage.stage_id, NOMINATED, lines, digest(canonical(lines)), account_id)
    if before is not None and before.state not in POSTED:
        before.snapshot_id = kept.id
        if before.state in {ListState.RECHECKED, ListState.REGRADED}:
            move(before, ListState.RECHECKING)
        return before
    made = StageList(
        source="nominations",
        snapshot_id=kept.id,
        reason=reason,
        frozen_by_account_id=account_id,
        frozen_at=now,
    )
    begin(stage, made, before)
    return made
