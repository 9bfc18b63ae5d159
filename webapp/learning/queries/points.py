"""Reading the points ledger: balances, what caps leave, and every entry."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, text

from webapp.contests.rules.schema import Activity, Learning
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.learning.models import PointEntry
from webapp.learning.rules.points import Totals
from webapp.learning.rules.score import learning_score


@dataclass(frozen=True)
class Balance:
    """The sum of a participation's ledger. position: id of its last entry, 0 without any."""

    points: Decimal
    position: int


NOTHING = Balance(Decimal(0), 0)

# Reversed entries are left out with their reversals: what was taken back uses up no cap.
_TOTALS = text(
    """
    SELECT coalesce(sum(e.points), 0) AS total,
           coalesce(sum(e.points) FILTER (WHERE e.earned_at >= :day), 0) AS day,
           coalesce(sum(e.points) FILTER (WHERE e.earned_at >= :week), 0) AS week,
           coalesce(sum(e.points) FILTER (WHERE e.rule = :rule), 0) AS activity_total,
           coalesce(sum(e.points) FILTER (WHERE e.rule = :rule AND e.earned_at >= :day), 0) AS activity_day
    FROM point_entries e
    WHERE e.contest_id = :contest_id AND e.participation_id = :participation_id AND e.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM point_entries r WHERE r.contest_id = e.contest_id
                      AND r.participation_id = e.participation_id AND r.reverses_id = e.id)
    """
)
_SOURCE = text(
    """
    SELECT coalesce(sum(points), 0) FROM point_entries
    WHERE contest_id = :contest_id AND participation_id = :participation_id
      AND source_kind = :source_kind AND source_id = :source_id AND (:period = '' OR period = :period)
    """
)
_BY_RULE = text(
    """
    SELECT e.rule, sum(e.points) AS total,
           coalesce(sum(e.points) FILTER (WHERE e.earned_at >= :day), 0) AS day,
           coalesce(sum(e.points) FILTER (WHERE e.earned_at >= :week), 0) AS week
    FROM point_entries e
    WHERE e.contest_id = :contest_id AND e.participation_id = :participation_id AND e.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM point_entries r WHERE r.contest_id = e.contest_id
                      AND r.participation_id = e.participation_id AND r.reverses_id = e.id)
    GROUP BY e.rule
    """
)


@dataclass(frozen=True)
class Line:
    """One kind of activity: earned in all and today; left: points that caps leave today, None without a cap."""

    activity: Activity
    total: Decimal
    today: Decimal
    left: Decimal | None


@dataclass(frozen=True)
class Summary:
    """A contestant's points. score: the learning score 0-100, None while full points are undecided."""

    balance: Decimal
    score: Decimal | None
    full: int | None
    finished_points: int | None
    today: Decimal
    daily_cap: Decimal | None
    left_today: Decimal | None
    week: Decimal
    weekly_cap: Decimal | None
    total_cap: Decimal | None
    lines: tuple[Line, ...]

    @property
    def is_finished(self) -> bool:
        return self.finished_points is not None and self.balance >= self.finished_points


@dataclass(frozen=True)
class EntryView:
    """One row of the ledger as its owner and the host read it. reversed_by: id of the entry that took it back."""

    entry_id: int
    earned_at: datetime
    rule: str
    source_kind: str
    source_id: str
    period: str
    points: Decimal
    facts: dict[str, Any]
    reverses_id: int | None
    reversed_by: int | None
    running: Decimal


def balances(contest_id: int, participation_ids: Collection[int]) -> dict[int, Balance]:
    """The balance of each participation that has ledger entries; reversals are counted."""
    rows = db.session.execute(
        select(
            PointEntry.participation_id,
            func.sum(PointEntry.points).label("points"),
            func.max(PointEntry.id).label("position"),
        )
        .where(PointEntry.contest_id == contest_id, PointEntry.participation_id.in_(participation_ids))
        .group_by(PointEntry.participation_id)
    )
    return {row.participation_id: Balance(row.points, row.position) for row in rows}


def totals(
    contest_id: int, participation_id: int, rule: str, source: tuple[str, str, str], now: datetime
) -> Totals:
    """What counts against the caps at `now`; source: kind, id and period ('' = ever). Two queries."""
    found = db.session.execute(
        _TOTALS,
        {
            "contest_id": contest_id,
            "participation_id": participation_id,
            "rule": rule,
            "day": day_start(now),
            "week": week_start(now),
        },
    ).one()
    of_source = db.session.scalar(
        _SOURCE,
        {
            "contest_id": contest_id,
            "participation_id": participation_id,
            "source_kind": source[0],
            "source_id": source[1],
            "period": source[2],
        },
    )
    return Totals(
        day=found.day,
        week=found.week,
        total=found.total,
        activity_day=found.activity_day,
        activity_total=found.activity_total,
        source=of_source or Decimal(0),
    )


def summary(contest_id: int, participation_id: int, learning: Learning, now: datetime) -> Summary:
    """Points, caps, what is left today and the learning score. Two queries."""
    balance = balances(contest_id, [participation_id]).get(participation_id, NOTHING).points
    rows = {
        row.rule: row
        for row in db.session.execute(
            _BY_RULE,
            {
                "contest_id": contest_id,
                "participation_id": participation_id,
                "day": day_start(now),
                "week": week_start(now),
            },
        )
    }
    today = sum((row.day for row in rows.values()), Decimal(0))
    week = sum((row.week for row in rows.values()), Decimal(0))
    total = sum((row.total for row in rows.values()), Decimal(0))
    left_today = _least(
        _left(learning.daily_cap, today), _left(learning.weekly_cap, week), _left(learning.total_cap, total)
    )
    lines = []
    for activity in learning.activities:
        row = rows.get(activity.kind.value)
        earned, earned_today = (row.total, row.day) if row else (Decimal(0), Decimal(0))
        left = _least(left_today, _left(activity.daily_cap, earned_today), _left(activity.total_cap, earned))
        lines.append(Line(activity, earned, earned_today, left))
    return Summary(
        balance=balance,
        score=learning_score(balance, learning.full_points) if learning.full_points else None,
        full=learning.full_points,
        finished_points=learning.finished_points,
        today=today,
        daily_cap=learning.daily_cap,
        left_today=left_today,
        week=week,
        weekly_cap=learning.weekly_cap,
        total_cap=learning.total_cap,
        lines=tuple(lines),
    )


def entries(contest_id: int, participation_id: int) -> list[EntryView]:
    """Every entry, oldest first, with the running balance."""
    rows = db.session.scalars(
        select(PointEntry)
        .where(PointEntry.contest_id == contest_id, PointEntry.participation_id == participation_id)
        .order_by(PointEntry.id)
    ).all()
    taken_back = {row.reverses_id: row.id for row in rows if row.reverses_id is not None}
    found, running = [], Decimal(0)
    for row in rows:
        running += row.points
        found.append(
            EntryView(
                row.id,
                row.earned_at,
                row.rule,
                row.source_kind,
                row.source_id,
                row.period,
                row.points,
                row.facts,
                row.reverses_id,
                taken_back.get(row.id),
                running,
            )
        )
    return found


def earned_by_source(
    contest_id: int, participation_id: int, source_kind: str, source_ids: Collection[str]
) -> dict[str, Decimal]:
    """Points of each of these sources, reversals counted against them."""
    rows = db.session.execute(
        select(PointEntry.source_id, func.sum(PointEntry.points).label("points"))
        .where(
            PointEntry.contest_id == contest_id,
            PointEntry.participation_id == participation_id,
            PointEntry.source_kind == source_kind,
            PointEntry.source_id.in_(source_ids),
        )
        .group_by(PointEntry.source_id)
    )
    return {row.source_id: row.points for row in rows}


def day_start(now: datetime) -> datetime:
    """Midnight in Shanghai of the day of `now`."""
    return now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)


def week_start(now: datetime) -> datetime:
    """Midnight in Shanghai of the Monday of the week of `now`."""
    start = day_start(now)
    return start - timedelta(days=start.weekday())


def _left(cap: Decimal | None, used: Decimal) -> Decimal | None:
    return None if cap is None else max(cap - used, Decimal(0))


def _least(*amounts: Decimal | None) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return min(known) if known else None
