"""What waits for reviewers, for how long, and how much they have handled. Numbers of places, never of a reviewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from webapp.core.clock import SHANGHAI, datetime
from webapp.core.db import db

DAYS = 14
"""So many days back, today included, are told of what was handled."""

_AGE = (
    "floor(extract(epoch FROM (CAST(:now AS timestamptz) - coalesce(a.step_since, a.submitted_at))) / 86400)"
)
_WAITING = text(
    f"""
    SELECT level, node, count(*) AS waiting, count(*) FILTER (WHERE age < 2) AS d0,
           count(*) FILTER (WHERE age BETWEEN 2 AND 3) AS d2, count(*) FILTER (WHERE age BETWEEN 4 AND 7) AS d4,
           count(*) FILTER (WHERE age > 7) AS d8, max(age) AS oldest
    FROM (
        SELECT coalesce(a.chain->a.step->>'level', '') AS level, coalesce(a.awaiting_organisation_id, 0) AS node,
               {_AGE} AS age
        FROM applications a
        WHERE a.state = 'in_review' AND a.event_id = ANY(:event_ids) AND (:place = 0 OR a.awaiting_organisation_id IN (
            SELECT c.descendant_id FROM organisation_closure c WHERE c.ancestor_id = :place))
    ) w GROUP BY GROUPING SETS ((level), (node)) ORDER BY oldest DESC NULLS LAST, waiting DESC, level, node
    """  # noqa: S608 - a text of this file
)
_HANDLED = text(
    """
    SELECT day, node, sum(handled) AS handled, count(DISTINCT reviewer) AS reviewers, count(*) AS shifts
    FROM (
        SELECT (d.at AT TIME ZONE 'Asia/Shanghai')::date AS day, coalesce(d.organisation_id, 0) AS node,
               d.reviewer_account_id AS reviewer, count(*) AS handled
        FROM review_decisions d JOIN applications a ON a.id = d.application_id
        WHERE d.at >= :since AND a.event_id = ANY(:event_ids) AND (:place = 0 OR d.organisation_id IN (
            SELECT c.descendant_id FROM organisation_closure c WHERE c.ancestor_id = :place))
        GROUP BY 1, 2, 3
    ) w GROUP BY GROUPING SETS ((day), (node))
    """
)


@dataclass(frozen=True)
class Waiting:
    """What waits at a level or a node. ages: 0-1, 2-3, 4-7 and more days. oldest: days."""

    key: str
    waiting: int
    ages: tuple[int, int, int, int]
    oldest: int


@dataclass(frozen=True)
class Day:
    """What was handled on a Shanghai day by how many reviewers."""

    day: date
    handled: int
    reviewers: int


@dataclass(frozen=True)
class Backlog:
    """handled_by_node: node -> (decisions of the last DAYS days, days of a reviewer with at least one)."""

    by_level: tuple[Waiting, ...]
    by_node: tuple[Waiting, ...]
    days: tuple[Day, ...]
    handled_by_node: dict[int, tuple[int, int]]

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.by_level)


def backlog(event_ids: Sequence[int], place: int, now: datetime) -> Backlog:
    """What waits at the reviewers of a place and below it (0: everywhere) for these events. Two statements."""
    first = now.astimezone(SHANGHAI).date() - timedelta(days=DAYS - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=SHANGHAI)
    values = {"event_ids": list(event_ids), "place": place, "now": now, "since": since}
    waiting = db.session.execute(_WAITING, values).all()
    handled = db.session.execute(_HANDLED, values).all()
    known = {row.day: row for row in handled if row.day is not None}
    days = (first + timedelta(days=at) for at in range(DAYS))
    return Backlog(
        tuple(_waiting(row, row.level) for row in waiting if row.level is not None),
        tuple(_waiting(row, row.node) for row in waiting if row.node is not None),
        tuple(
            Day(day, int(known[day].handled), known[day].reviewers) if day in known else Day(day, 0, 0)
            for day in days
        ),
        {row.node: (int(row.handled), row.shifts) for row in handled if row.node is not None},
    )


def _waiting(row: Any, key: object) -> Waiting:
    return Waiting(str(key), row.waiting, (row.d0, row.d2, row.d4, row.d8), int(row.oldest or 0))
