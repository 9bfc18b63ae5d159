"""From the live board to a frozen list, and back when it has to be given up."""

from datetime import datetime

from sqlalchemy import func, select

from webapp.audit.service import record
from webapp.contests.queries import StageView, stage_by_id
from webapp.core.db import db
from webapp.leaderboard.queries.kept import THAWED
from webapp.leaderboard.service.keeping import frozen_rows, keep, keep_frozen, settle
from webapp.leaderboard.service.publishing import lock_board
from webapp.stages.errors import (
    ClosesAlone,
    ListExists,
    ListMissing,
    ListUndecided,
    NoBoard,
    PapersWaiting,
    PlacesFollow,
    ReasonNeeded,
    StepRefused,
    StillRunning,
)
from webapp.stages.models import StageDecision, StageList
from webapp.stages.queries.admissions import followed
from webapp.stages.queries.lists import newest
from webapp.stages.queries.steps import readiness
from webapp.stages.rules.digest import canonical, digest
from webapp.stages.rules.states import ListState, may_go
from webapp.stages.service.holding import require_enough


def freeze(stage_id: int, account_id: int | None, now: datetime, reason: str = "") -> StageList:
    """Keep the board of a stage as it stands and begin a list; return the list.

    Every standing is computed anew before. Later corrections of grades or points do not change what is kept.
    While a posted list runs, or after it became final, a new one may be begun (with a reason): decisions are carried
    over, and posting it supersedes the other. raise (StillRunning): the window is open and nobody says why not to
    wait; (MinimumIsHard): too few take part and nobody has begun; (ClosesAlone): the stage has no notice; (PlacesFollow): people have places in the next stage by the final list; (PapersWaiting, NoBoard,
    ListUndecided, ListExists)."""
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    if stage.rules.closes_alone:
        raise ClosesAlone
    before = newest(stage_id, lock=True)
    if before is not None and before.state not in (ListState.POSTED, ListState.FINAL):
        raise ListExists
    if before is not None and not reason.strip():
        raise ReasonNeeded
    if before is not None and before.state == ListState.FINAL and followed(stage):
        raise PlacesFollow
    if before is None:
        require_enough(stage, now)
    _require_ready(stage, now, reason)
    changed = settle(stage_id)
    rows = frozen_rows(stage)
    if not rows:
        raise NoBoard
    kept = keep_frozen(stage, rows, digest(canonical(rows)), account_id)
    made = StageList(
        snapshot_id=kept.id,
        reason=reason.strip()[:500],
        substitutes_until=before.substitutes_until if before else None,
        frozen_by_account_id=account_id,
        frozen_at=now,
    )
    begin(stage, made, before)
    record(
        "list.freeze", "stage", stage_id, why=made.reason, list_id=made.id, number=made.number,
        people=len(rows), digest=kept.digest, standings_mended=changed,
    )  # fmt: skip
    return made


def begin(stage: StageView, made: StageList, before: StageList | None) -> None:
    """Store a new list of a stage under its next number. before: the list whose decisions are carried over."""
    last = db.session.scalar(select(func.max(StageList.number)).where(StageList.stage_id == stage.stage_id))
    made.stage_id = stage.stage_id
    made.number = (last or 0) + 1
    made.state = ListState.FROZEN
    made.contest_version_id = stage.contest_version_id
    db.session.add(made)
    db.session.flush()
    if before is not None:
        _carry_over(before.id, made.id)


def drop(stage_id: int, reason: str, account_id: int | None) -> None:
    """Give a list up before it is posted: the board is live again, and another freeze (or workbook) may follow."""
    if not reason.strip():
        raise ReasonNeeded
    one = newest(stage_id, lock=True)
    if one is None:
        raise ListMissing
    move(one, ListState.DROPPED)
    if not one.is_nominated:
        keep(stage_id, THAWED, [], digest(canonical([])), account_id)
    record("list.drop", "stage", stage_id, why=reason.strip()[:500], list_id=one.id, number=one.number)


def move(one: StageList, target: ListState) -> None:
    """Change the state of a list whose row the caller has locked. raise (StepRefused)."""
    if not may_go(ListState(one.state), target):
        raise StepRefused
    one.state = target
    db.session.flush()


def _require_ready(stage: StageView, now: datetime, reason: str) -> None:
    state = readiness(stage, now)
    if state.missing:
        raise ListUndecided(what=state.missing[0])
    if not state.is_over and not reason.strip():
        raise StillRunning
    if state.waiting:
        raise PapersWaiting(count=state.waiting)


def _carry_over(old_id: int, new_id: int) -> None:
    """What was decided of people holds for the new list too, with the hours at which it was decided."""
    rows = db.session.scalars(
        select(StageDecision).where(StageDecision.list_id == old_id).order_by(StageDecision.id)
    ).all()
    for row in rows:
        db.session.add(
            StageDecision(
                list_id=new_id,
                entry_id=row.entry_id,
                decision=row.decision,
                reason=row.reason,
                unit_at_registration_id=row.unit_at_registration_id,
                unit_at_recheck_id=row.unit_at_recheck_id,
                by_account_id=row.by_account_id,
                at=row.at,
            )
        )
    db.session.flush()
