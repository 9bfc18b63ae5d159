"""Modules of practical tests: where each stands."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from webapp.contests.queries import StageView, rules_of, stage_by_id
from webapp.contests.rules.practical import PracticalModule
from webapp.contests.rules.schema import Contest
from webapp.core.db import db
from webapp.judging.errors import ModuleGone
from webapp.judging.models import PracticalItems, PracticalModuleRun
from webapp.judging.rules.items import Item

_PRACTICAL_STAGES = text(
    """
    SELECT c.id AS contest_id, e.id AS event_id, e.code AS event_code, e.title AS event_title,
           s.id AS stage_id, s.code, s.title
    FROM contests c JOIN events e ON e.contest_id = c.id AND NOT e.is_withdrawn AND e.track = 'competition'
    JOIN stages s ON s.event_id = e.id
    JOIN stage_components part ON part.stage_id = s.id AND part.component = 'practical'
    WHERE c.current_version_id IS NOT NULL ORDER BY c.id DESC, e.position, s.position
    """
)
_COUNTS = text(
    """
    SELECT r.module, r.id AS run_id,
           (SELECT count(*) FROM practical_blind_numbers n WHERE n.run_id = r.id) AS works,
           (SELECT count(*) FROM practical_blind_numbers n WHERE n.run_id = r.id AND n.is_absent) AS absent,
           count(s.id) AS sheets,
           count(s.id) FILTER (WHERE s.state = 'signed') AS signed,
           count(s.id) FILTER (WHERE s.state = 'submitted') AS submitted
    FROM practical_runs r
    LEFT JOIN practical_sheets s ON s.run_id = r.id AND NOT EXISTS (
        SELECT FROM practical_blind_numbers n WHERE n.run_id = r.id AND n.number = s.number AND n.is_absent)
    WHERE r.stage_id = :stage_id GROUP BY r.id
    """
)
_JUDGES = text(
    """
    SELECT module, count(*) FILTER (WHERE NOT is_chief) AS judges, count(*) FILTER (WHERE is_chief) AS chiefs
    FROM practical_judges WHERE stage_id = :stage_id AND removed_at IS NULL GROUP BY module
    """
)


@dataclass(frozen=True)
class StageLine:
    """A stage with a practical component. modules: how many; 0 = undecided."""

    stage_id: int
    contest_id: int
    event_id: int
    event_title: dict[str, str]
    title: dict[str, str]
    modules: int


@dataclass(frozen=True)
class ItemsView:
    """One version of a sheet's items."""

    items_id: int
    version: int
    items: tuple[Item, ...]
    is_fixed: bool
    made_at: datetime


@dataclass(frozen=True)
class RunView:
    """Where a module stands. A module that nothing was done for has run_id 0."""

    run_id: int = 0
    commitment: str = ""
    drawn_at: datetime | None = None
    decoded_at: datetime | None = None
    handed_out_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Counts:
    """Sheets of a module, without those of works noted as absent."""

    works: int = 0
    absent: int = 0
    sheets: int = 0
    signed: int = 0
    submitted: int = 0
    judges: int = 0
    chiefs: int = 0

    @property
    def is_done(self) -> bool:
        return self.sheets > 0 and self.signed == self.sheets


def practical_stages() -> list[StageLine]:
    """Every stage in which a practical component counts, the newest contests first.

    One statement, and the rules of each contest once."""
    rules: dict[int, Contest] = {}
    found = []
    for row in db.session.execute(_PRACTICAL_STAGES):
        if row.contest_id not in rules:
            rules[row.contest_id] = rules_of(row.contest_id)
        contest = rules[row.contest_id]
        event = contest.event(row.event_code)
        modules = contest.modules(event, contest.profile_of(event).stage(row.code))
        found.append(
            StageLine(row.stage_id, row.contest_id, row.event_id, row.event_title, row.title, len(modules))
        )
    return found


def module_of(stage_id: int, code: str) -> tuple[StageView, PracticalModule]:
    """A stage and its module of this code. raise (NotFound): no such stage. raise (ModuleGone)."""
    stage = stage_by_id(stage_id)
    for module in stage.rules.modules:
        if module.code == code:
            return stage, module
    raise ModuleGone


def run_of(stage_id: int, code: str) -> RunView:
    """Where a module stands."""
    row = db.session.scalars(
        select(PracticalModuleRun).where(
            PracticalModuleRun.stage_id == stage_id, PracticalModuleRun.module == code
        )
    ).one_or_none()
    return RunView() if row is None else _run(row)


def runs_of(stage_id: int) -> dict[str, RunView]:
    """Where every module of a stage stands, by its code; what nothing was done for too. One statement."""
    rows = db.session.scalars(select(PracticalModuleRun).where(PracticalModuleRun.stage_id == stage_id))
    return defaultdict(RunView, {row.module: _run(row) for row in rows})


def module_by_run(run_id: int) -> tuple[StageView, PracticalModule, RunView]:
    """The module that a run belongs to. raise (ModuleGone)."""
    row = db.session.get(PracticalModuleRun, run_id)
    if row is None:
        raise ModuleGone
    stage, module = module_of(row.stage_id, row.module)
    return stage, module, _run(row)


def _run(row: PracticalModuleRun) -> RunView:
    return RunView(row.id, row.commitment, row.drawn_at, row.decoded_at, row.handed_out_at, row.due_at)


def items_of(stage_id: int, code: str) -> ItemsView | None:
    """The items that count for a module: the newest version."""
    row = db.session.scalars(
        select(PracticalItems)
        .where(PracticalItems.stage_id == stage_id, PracticalItems.module == code)
        .order_by(PracticalItems.version.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _items(row)


def items_by_id(items_id: int) -> ItemsView:
    """One version of items."""
    return _items(db.session.get_one(PracticalItems, items_id))


def _items(row: PracticalItems) -> ItemsView:
    items = tuple(Item.from_json(one) for one in row.items)
    return ItemsView(row.id, row.version, items, row.fixed_at is not None, row.made_at)


def counts_of(stage_id: int) -> dict[str, Counts]:
    """module code -> how far its sheets are. Two statements."""
    judges = {row.module: row for row in db.session.execute(_JUDGES, {"stage_id": stage_id})}
    found = {code: Counts(judges=row.judges, chiefs=row.chiefs) for code, row in judges.items()}
    for row in db.session.execute(_COUNTS, {"stage_id": stage_id}):
        who = found.get(row.module, Counts())
        found[row.module] = Counts(
            row.works, row.absent, row.sheets, row.signed, row.submitted, who.judges, who.chiefs
        )
    return found


def secret_of(run_id: int) -> str:
    """The secret behind a draw in hex, once it is decoded; "" before."""
    row = db.session.get(PracticalModuleRun, run_id)
    return row.secret.hex() if row is not None and row.decoded_at is not None and row.secret else ""
