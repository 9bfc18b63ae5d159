"""Before the test: items of the sheets, judges, blind numbers, opening the sheets."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from webapp.access.interests import Deed, require_no_conflict
from webapp.audit.service import record
from webapp.contests.queries import rules_of
from webapp.contests.rules.practical import PracticalModule
from webapp.contests.rules.schema import Contest
from webapp.core.db import db
from webapp.core.words import N_
from webapp.judging.errors import (
    DecodedAlready,
    DrawnAlready,
    ItemsFixed,
    ItemsMissing,
    ItemsTooMuch,
    JudgeHasSigned,
    JudgeTwice,
    ModuleGone,
    NobodyTakesPart,
    NoJudges,
    NotAJudge,
    NotDrawn,
    SheetGone,
    TooFewForTheRules,
    TooFewJudges,
)
from webapp.judging.models import (
    PracticalBlindNumber,
    PracticalItems,
    PracticalJudge,
    PracticalModuleRun,
    PracticalSheet,
)
from webapp.judging.queries.entrants import entries_of_stage
from webapp.judging.queries.judges import fewest_judges, may_judge, needs_judges
from webapp.judging.queries.modules import items_of, module_of
from webapp.judging.rules.blind import SECRET_BYTES, blind_numbers, commitment
from webapp.judging.rules.items import Item, full_mark, plain
from webapp.judging.service import gates
from webapp.notifications.service import notify

_OPEN = text(
    """
    INSERT INTO practical_sheets (run_id, items_id, judge_id, number)
    SELECT :run_id, :items_id, j.id, n.number
    FROM practical_judges j JOIN practical_blind_numbers n ON n.run_id = :run_id
    WHERE j.stage_id = :stage_id AND j.module = :module AND j.removed_at IS NULL AND NOT j.is_chief
    ORDER BY n.number, j.id
    ON CONFLICT (judge_id, number) DO NOTHING
    RETURNING id
    """
)
_SIGNED = text("SELECT count(*) FROM practical_sheets WHERE judge_id = :judge_id AND state <> 'open'")
_DROP_TYPED = text(
    """
    SELECT count(*) FROM practical_entries e JOIN practical_sheets s ON s.id = e.sheet_id
    WHERE s.judge_id = :judge_id
    """
)
_PERSON = text("SELECT person_id FROM accounts WHERE id = :account_id")
NAMED = N_("You are named to judge “%(module)s”. Your sheets are under “Score practical tests”.")
_DROP = text("DELETE FROM practical_sheets WHERE judge_id = :judge_id")


def store_items(stage_id: int, code: str, items: Sequence[Item], account_id: int, now: datetime) -> int:
    """Keep a new version of a module's items and return its number; the same items again are no new version.

    raise (ModuleGone, ItemsFixed): sheets are open. raise (ItemsTooMuch): they sum up above the module's mark.
    raise (ItemsMissing): an empty list."""
    _, module = module_of(stage_id, code)
    run = locked_run(stage_id, code)
    before = items_of(stage_id, code)
    if before is not None and before.is_fixed:
        raise ItemsFixed
    if not items:
        raise ItemsMissing
    total = full_mark(items)
    if total > module.mark:
        raise ItemsTooMuch(total=plain(total), mark=plain(module.mark))
    if before is not None and before.items == tuple(items):
        return before.version
    kept = [item.as_json() for item in items]
    digest = hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    version = 1 if before is None else before.version + 1
    db.session.add(
        PracticalItems(
            stage_id=stage_id, module=code, version=version, items=kept, digest=digest,
            made_by_account_id=account_id, made_at=now,
        )
    )  # fmt: skip
    db.session.flush()
    record("practical.items", "stage", stage_id, module=code, version=version, digest=digest, run_id=run.id)
    return version


def assign_judge(
    stage_id: int,
    code: str,
    judge_account_id: int,
    by_account_id: int,
    now: datetime,
    *,
    is_chief: bool = False,
) -> int:
    """Name somebody to judge a module, or to lead its judges; return the id of the naming.

    Sheets that are open already open for this judge too. raise (NotAJudge): no role of a judge (for a chief: of
    a chief judge) covers the event. raise (ConflictOfInterest): the person has to stand aside. raise (JudgeTwice,
    ModuleGone, DecodedAlready)."""
    stage, module = module_of(stage_id, code)
    run = locked_run(stage_id, code)
    if run.decoded_at is not None:
        raise DecodedAlready
    if not may_judge(judge_account_id, stage.contest_id, stage.event_id, is_chief=is_chief):
        raise NotAJudge
    require_no_conflict(judge_account_id, Deed.EVENT, stage.event_id)
    present = select(PracticalJudge.id).where(
        PracticalJudge.stage_id == stage_id, PracticalJudge.module == code,
        PracticalJudge.account_id == judge_account_id, PracticalJudge.removed_at.is_(None),
    )  # fmt: skip
    if db.session.scalar(present) is not None:
        raise JudgeTwice
    made = PracticalJudge(
        stage_id=stage_id, module=code, account_id=judge_account_id, is_chief=is_chief,
        assigned_by_account_id=by_account_id, assigned_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    record(
        "practical.judge.assign", "account", judge_account_id, stage_id=stage_id, module=code, chief=is_chief
    )
    if not is_chief:
        _open_more(run)
    tell_judge(judge_account_id, NAMED, {"module": {"zh": module.title.zh, "en": module.title.en}})
    return made.id


def remove_judge(stage_id: int, judge_id: int, now: datetime) -> None:
    """Take a judge off a module. raise (SheetGone): no such judge here. raise (JudgeHasSigned): the judge has
    typed values or handed sheets in, which count."""
    row = db.session.scalars(
        select(PracticalJudge)
        .where(PracticalJudge.id == judge_id, PracticalJudge.stage_id == stage_id)
        .with_for_update()
    ).one_or_none()
    if row is None or row.removed_at is not None:
        raise SheetGone
    given = {"judge_id": judge_id}
    if db.session.scalar(_SIGNED, given) or db.session.scalar(_DROP_TYPED, given):
        raise JudgeHasSigned
    db.session.execute(_DROP, given)
    row.removed_at = now
    record("practical.judge.remove", "account", row.account_id, stage_id=stage_id, module=row.module)


@dataclass(frozen=True)
class Drawn:
    """What a draw gave: how many numbers were added, and the promise that goes with the secret."""

    added: int
    commitment: str


def draw(stage_id: int, code: str, account_id: int, now: datetime, secret: bytes | None = None) -> Drawn:
    """Give everybody in the stage a blind number of this module. Who comes later gets one behind the others.

    secret: 32 bytes; drawn here when None (a rehearsal brings its own). raise (NobodyTakesPart, DrawnAlready,
    DecodedAlready, ModuleGone)."""
    module_of(stage_id, code)
    run = locked_run(stage_id, code)
    if run.decoded_at is not None:
        raise DecodedAlready
    known = select(PracticalBlindNumber.entry_id).where(PracticalBlindNumber.run_id == run.id)
    have = set(db.session.scalars(known))
    new = [entry_id for entry_id in entries_of_stage(stage_id) if entry_id not in have]
    if not new:
        raise DrawnAlready if have else NobodyTakesPart
    if run.secret is None:
        run.secret = secret or secrets.token_bytes(SECRET_BYTES)
        run.commitment, run.drawn_at, run.drawn_by_account_id = commitment(run.secret), now, account_id
    highest = select(func.max(PracticalBlindNumber.number)).where(PracticalBlindNumber.run_id == run.id)
    made = blind_numbers(run.secret, code, new, db.session.scalar(highest) or 0)
    rows = [{"run_id": run.id, "entry_id": entry, "number": number} for entry, number in made.items()]
    db.session.execute(insert(PracticalBlindNumber), rows)
    _open_more(run)
    record("practical.draw", "stage", stage_id, module=code, added=len(rows), commitment=run.commitment)
    return Drawn(len(rows), run.commitment)


def open_sheets(stage_id: int, code: str, account_id: int, now: datetime, reason: str = "") -> int:
    """Make the sheet of every judge for every number; the items are fixed from now on. Return how many are new.

    reason: why fewer judges are enough than module and file ask for; kept in the trail. raise (TooFewJudges): there
    is none; (TooFewForTheRules): the file allows no exception; whatever a gate refuses; (NotDrawn, ItemsMissing, NoJudges, DecodedAlready,
    ModuleGone)."""
    stage, module = module_of(stage_id, code)
    run = locked_run(stage_id, code)
    if run.decoded_at is not None:
        raise DecodedAlready
    gates.ask(stage_id, now)
    if run.drawn_at is None:
        raise NotDrawn
    items = items_of(stage_id, code)
    if items is None:
        raise ItemsMissing
    judges = select(func.count()).select_from(PracticalJudge).where(
        PracticalJudge.stage_id == stage_id, PracticalJudge.module == code,
        PracticalJudge.removed_at.is_(None), PracticalJudge.is_chief.is_(False),
    )  # fmt: skip
    found = db.session.scalar(judges) or 0
    if not found:
        raise NoJudges
    require_judges(rules_of(stage.contest_id), module, found, reason)
    db.session.execute(
        update(PracticalItems)
        .where(PracticalItems.id == items.items_id, PracticalItems.fixed_at.is_(None))
        .values(fixed_at=now)
    )
    made = _make_sheets(run, items.items_id)
    record(
        "practical.sheets.open", "stage", stage_id, why=reason.strip()[:500], module=code, sheets=made,
        judges=found, by=account_id,
    )  # fmt: skip
    return made


def require_judges(rules: Contest, module: PracticalModule, found: int, reason: str) -> None:
    """raise (TooFewForTheRules): the file asks for more without exception; (TooFewJudges): fewer than module or file ask
    for, without a reason."""
    hard = needs_judges(rules)
    if found < hard:
        raise TooFewForTheRules(found=found, fewest=hard)
    fewest = max(module.judges, fewest_judges(rules) or 0)
    if found < fewest and not reason.strip():
        raise TooFewJudges(found=found, fewest=fewest)


def note_absent(stage_id: int, code: str, number: int, *, is_absent: bool, account_id: int) -> None:
    """Note that nobody came with this number, or take it back: sheets of it are not asked for then.

    raise (ModuleGone, SheetGone): no such number. raise (DecodedAlready)."""
    run = locked_run(stage_id, code)
    if run.decoded_at is not None:
        raise DecodedAlready
    changed = db.session.execute(
        update(PracticalBlindNumber)
        .where(PracticalBlindNumber.run_id == run.id, PracticalBlindNumber.number == number)
        .values(is_absent=is_absent)
        .returning(PracticalBlindNumber.entry_id)
    ).scalar_one_or_none()
    if changed is None:
        raise SheetGone
    record(
        "practical.absent", "stage", stage_id, module=code, number=number, absent=is_absent, by=account_id
    )  # fmt: skip


def tell_judge(account_id: int, words: str, params: dict[str, Any]) -> None:
    """Leave a notice for the person of an account, with the way to the sheets."""
    person_id = db.session.scalar(_PERSON, {"account_id": account_id})
    if person_id is not None:
        notify(person_id, words, params, "/judging")


def locked_run(stage_id: int, code: str) -> PracticalModuleRun:
    """The row of a module, made when it is missing, locked until the transaction ends. raise (ModuleGone)."""
    module_of(stage_id, code)
    db.session.execute(
        insert(PracticalModuleRun)
        .values(stage_id=stage_id, module=code)
        .on_conflict_do_nothing(index_elements=["stage_id", "module"])
    )
    row = db.session.scalars(
        select(PracticalModuleRun)
        .where(PracticalModuleRun.stage_id == stage_id, PracticalModuleRun.module == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise ModuleGone
    return row


def _open_more(run: PracticalModuleRun) -> None:
    """Sheets for a judge or a number that came when the sheets were open already."""
    items = items_of(run.stage_id, run.module)
    if items is not None and items.is_fixed:
        _make_sheets(run, items.items_id)


def _make_sheets(run: PracticalModuleRun, items_id: int) -> int:
    given = {"run_id": run.id, "items_id": items_id, "stage_id": run.stage_id, "module": run.module}
    return len(db.session.execute(_OPEN, given).all())


def sheets_are_open(run_id: int) -> bool:
    """Whether any sheet of this run exists."""
    return (
        db.session.scalar(select(PracticalSheet.id).where(PracticalSheet.run_id == run_id).limit(1))
        is not None
    )
