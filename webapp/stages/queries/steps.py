"""What stands in the way of the next step, for the host's page; the service asks the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.accounts import queries as people
from webapp.contests.queries import StageView
from webapp.contests.rules.undecided import missing_to_promote
from webapp.core.db import db
from webapp.core.words import Message
from webapp.stages.models import StageAction, StageList, StageRegrade
from webapp.stages.rules.ties import TieForecast, forecast

_WINDOW = text("SELECT max(closes_at) FROM exams WHERE stage_id = :stage_id AND kind = 'formal'")
_WAITING = text(
    """
    SELECT count(*) FROM sheets s JOIN exams e ON e.id = s.exam_id
    WHERE e.stage_id = :stage_id AND e.kind = 'formal' AND s.state IN ('open', 'submitted')
    """
)
_PEOPLE = text("SELECT count(*) FROM participations WHERE event_id = :event_id AND state = 'active'")
_RESULTS = text("SELECT count(*) FROM standings WHERE stage_id = :stage_id")


@dataclass(frozen=True)
class Readiness:
    """Whether a board can be frozen. ends_at: when the window is over; missing: what the file leaves open."""

    ends_at: datetime | None
    is_over: bool
    waiting: int
    results: int
    missing: tuple[Message, ...]

    @property
    def is_ready(self) -> bool:
        return self.is_over and not self.waiting and bool(self.results) and not self.missing


def readiness(stage: StageView, now: datetime) -> Readiness:
    """What must be true before the board of a stage is frozen."""
    values = {"stage_id": stage.stage_id}
    exams_end: datetime | None = db.session.scalar(_WINDOW, values)
    ends = [at for at in (stage.closes_at, exams_end) if at is not None]
    ends_at = max(ends) if ends else None
    return Readiness(
        ends_at=ends_at,
        is_over=ends_at is not None and ends_at <= now,
        waiting=db.session.scalar(_WAITING, values) or 0,
        results=db.session.scalar(_RESULTS, values) or 0,
        missing=_missing(stage),
    )


def _missing(stage: StageView) -> tuple[Message, ...]:
    return missing_to_promote(stage.rules)


def tie_forecast(stage: StageView) -> TieForecast | None:
    """What is to be expected at the line, for everybody who takes part by now."""
    exam, rules = stage.rules.exam, stage.rules
    if exam is None:
        return None
    people = db.session.scalar(_PEOPLE, {"event_id": stage.event_id}) or 0
    return forecast(exam, people, rules.quota, rules.rank.cut, rules.rank.breakers)


@dataclass(frozen=True)
class RegradeView:
    """The newest run. differences: [kind, what, stated, computed] each, at most as many as were kept."""

    regrade_id: int
    is_finished: bool
    papers: int
    results: int
    waiting: int
    differences: tuple[Any, ...]
    asked_at: datetime
    finished_at: datetime | None

    @property
    def agrees(self) -> bool:
        return self.is_finished and not self.differences and not self.waiting


def regrade_of(list_id: int) -> RegradeView | None:
    """The newest run of the second computation over a list."""
    row = db.session.scalars(
        select(StageRegrade).where(StageRegrade.list_id == list_id).order_by(StageRegrade.id.desc()).limit(1)
    ).one_or_none()
    if row is None:
        return None
    return RegradeView(
        row.id,
        row.finished_at is not None,
        row.papers,
        row.results,
        row.waiting,
        tuple(row.differences),
        row.asked_at,
        row.finished_at,
    )


@dataclass(frozen=True)
class ActionView:
    """A request, who asked and who decided."""

    action_id: int
    kind: str
    reason: str
    state: str
    asked_by_account_id: int
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None


def actions(stage_id: int) -> list[ActionView]:
    """All requests about a stage's lists, the newest first."""
    rows = db.session.scalars(
        select(StageAction)
        .join(StageList, StageList.id == StageAction.list_id)
        .where(StageList.stage_id == stage_id)
        .order_by(StageAction.id.desc())
    ).all()
    ids = {one for row in rows for one in (row.asked_by_account_id, row.decided_by_account_id) if one}
    names = people.names_of_accounts(ids)
    return [
        ActionView(
            row.id,
            row.kind,
            row.reason,
            row.state,
            row.asked_by_account_id,
            names.get(row.asked_by_account_id, ""),
            row.asked_at,
            names.get(row.decided_by_account_id or 0, ""),
            row.decided_at,
        )
        for row in rows
    ]
