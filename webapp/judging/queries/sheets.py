"""Sheets: a judge's own, and all of a module."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from webapp.core.db import db
from webapp.judging.errors import SheetGone
from webapp.judging.models import PracticalJudge, PracticalSheet
from webapp.judging.rules.scores import JudgeScore

_MINE = text(
    """
    SELECT r.id AS run_id, r.stage_id, r.module, s.id AS sheet_id, s.number, s.state, s.score, s.reason,
           (SELECT count(DISTINCT e.item) FROM practical_entries e
            JOIN jsonb_array_elements(i.items) one ON one->>'code' = e.item
            WHERE e.sheet_id = s.id AND e.reading = 1 AND e.value <> ''
              AND one->>'kind' IN ('measured', 'judged')) AS filled,
           (SELECT count(*) FROM jsonb_array_elements(i.items) one
            WHERE one->>'kind' IN ('measured', 'judged')) AS items
    FROM practical_sheets s JOIN practical_judges j ON j.id = s.judge_id AND j.removed_at IS NULL
    JOIN practical_runs r ON r.id = s.run_id JOIN practical_items i ON i.id = s.items_id
    JOIN practical_blind_numbers n ON n.run_id = s.run_id AND n.number = s.number AND NOT n.is_absent
    WHERE j.account_id = :account_id AND r.decoded_at IS NULL
    ORDER BY r.stage_id, r.module, s.number
    """
)
_VALUES = text(
    """
    SELECT DISTINCT ON (item) item, value, seq FROM practical_entries
    WHERE sheet_id = :sheet_id AND reading = :reading AND (:reading = 1 OR round = :round)
    ORDER BY item, seq DESC, id DESC
    """
)
_ALL = text(
    """
    SELECT s.id AS sheet_id, s.number, s.judge_id, j.account_id, s.state, s.score, s.is_disqualified, s.reason,
           s.signed_at, s.items_id, n.is_absent, n.entry_id
    FROM practical_sheets s JOIN practical_judges j ON j.id = s.judge_id
    JOIN practical_blind_numbers n ON n.run_id = s.run_id AND n.number = s.number
    WHERE s.run_id = :run_id ORDER BY s.number, s.judge_id
    """
)
_VALUES_OF_RUN = text(
    """
    SELECT DISTINCT ON (e.sheet_id, e.item) e.sheet_id, e.item, e.value
    FROM practical_entries e JOIN practical_sheets s ON s.id = e.sheet_id
    WHERE s.run_id = :run_id AND e.reading = 1 ORDER BY e.sheet_id, e.item, e.seq DESC, e.id DESC
    """
)


@dataclass(frozen=True)
class OwnSheet:
    """A line of a judge's list. items: those that need a value; filled: of these, how many have one."""

    run_id: int
    stage_id: int
    module: str
    sheet_id: int
    number: int
    state: str
    score: Decimal | None
    reason: str
    filled: int
    items: int


@dataclass(frozen=True)
class SheetView:
    """One sheet. is_open: values can be typed."""

    sheet_id: int
    run_id: int
    items_id: int
    judge_id: int
    account_id: int
    number: int
    state: str
    score: Decimal | None
    is_disqualified: bool
    reason: str
    round: int

    @property
    def is_open(self) -> bool:
        return self.state in {"open", "reopened"}


@dataclass(frozen=True)
class SheetLine:
    """One sheet of a module's table."""

    sheet_id: int
    number: int
    judge_id: int
    account_id: int
    state: str
    score: Decimal | None
    is_disqualified: bool
    reason: str
    signed_at: datetime | None
    items_id: int
    is_absent: bool
    entry_id: int

    @property
    def judged(self) -> JudgeScore:
        return JudgeScore(self.judge_id, self.score or Decimal(0), self.is_disqualified)


def own_sheets(account_id: int) -> list[OwnSheet]:
    """The sheets of a judge in modules that are not decoded. One statement."""
    return [OwnSheet(**row) for row in db.session.execute(_MINE, {"account_id": account_id}).mappings()]


def sheet(sheet_id: int, *, lock: bool = False) -> SheetView:
    """One sheet. raise (SheetGone)."""
    query: Any = (
        select(PracticalSheet, PracticalJudge.account_id, PracticalJudge.removed_at)
        .join(PracticalJudge, PracticalJudge.id == PracticalSheet.judge_id)
        .where(PracticalSheet.id == sheet_id)
        .execution_options(populate_existing=True)
    )
    if lock:
        query = query.with_for_update(of=PracticalSheet)
    row = db.session.execute(query).one_or_none()
    if row is None or row.removed_at is not None:
        raise SheetGone
    one = row.PracticalSheet
    return SheetView(
        one.id, one.run_id, one.items_id, one.judge_id, row.account_id, one.number, one.state, one.score,
        one.is_disqualified, one.reason, one.round,
    )  # fmt: skip


def values(one: SheetView, reading: int = 1) -> dict[str, str]:
    """item -> its newest value. The second reading counts only in the round in which it was typed."""
    given = {"sheet_id": one.sheet_id, "reading": reading, "round": one.round}
    return {row.item: row.value for row in db.session.execute(_VALUES, given)}


def values_of_run(run_id: int) -> dict[int, dict[str, str]]:
    """sheet -> item -> the judge's newest value, of every sheet of a module. One statement."""
    found: dict[int, dict[str, str]] = {}
    for row in db.session.execute(_VALUES_OF_RUN, {"run_id": run_id}):
        found.setdefault(row.sheet_id, {})[row.item] = row.value
    return found


def sequences(one: SheetView) -> dict[str, int]:
    """item -> the number of its newest change."""
    given = {"sheet_id": one.sheet_id, "reading": 1, "round": one.round}
    return {row.item: row.seq for row in db.session.execute(_VALUES, given)}


def sheets_of(run_id: int) -> list[SheetLine]:
    """Every sheet of a module, by number and judge. One statement."""
    return [SheetLine(**row) for row in db.session.execute(_ALL, {"run_id": run_id}).mappings()]
