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
_WAITING = f"""
    SELECT {{key}} AS key, count(*) AS waiting, count(*) FILTER (WHERE {_AGE} < 2) AS d0,
           count(*) FILTER (WHERE {_AGE} BETWEEN 2 AND 3) AS d2,
           count(*) FILTER (WHERE {_AGE} BETWEEN 4 AND 7) AS d4, count(*) FILTER (WHERE {_AGE} > 7) AS d8,
           max({_AGE}) AS oldest
    FROM applications a
    WHERE a.state = 'in_review' AND a.event_id = ANY(:event_ids) AND (:place = 0 OR a.awaiting_organisation_id IN (
        SELECT c.descendant_id FROM organisation_closure c WHERE c.ancestor_id = :place))
    GROUP BY 1 ORDER BY oldest DESC NULLS LAST, waiting DESC, 1
"""  # noqa: S608 - both are texts of this file
_BY_LEVEL = text(_WAITING.format(key="coalesce(a.chain->a.step->>'level', '')"))
_BY_NODE = text(_WAITING.format(key="coalesce(a.awaiting_organisation_id, 0)"))
_HANDLED = """
    FROM review_decisions d JOIN applications a ON a.id = d.application_id
    WHERE d.at >= :since AND a.event_id = ANY(:event_ids) AND (:place = 0 OR d.organisation_id IN (
        SELECT c.descendant_id FROM organisation_closure c WHERE c.ancestor_id = :place))
"""
_DAY = "(d.at AT TIME ZONE 'Asia/Shanghai')::date"
_BY_DAY = text(
    f"SELECT {_DAY} AS day, count(*) AS handled, count(DISTINCT d.reviewer_account_id) AS reviewers"
    f"{_HANDLED} GROUP BY 1 ORDER BY 1"
)
_DONE_BY_NODE = text(
    f"SELECT coalesce(d.organisation_id, 0) AS key, count(*) AS handled,"
    f" count(DISTINCT (d.reviewer_account_id, {_DAY})) AS shifts {_HANDLED} GROUP BY 1"
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
    """What waits at the reviewers of a place and below it (0: everywhere) for these events. Four statements."""
    first = now.astimezone(SHANGHAI).date() - timedelta(days=DAYS - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=SHANGHAI)
    values = {"event_ids": list(event_ids), "place": place, "now": now, "since": since}
    known = {row.day: row for row in db.session.execute(_BY_DAY, values)}
    days = (first + timedelta(days=at) for at in range(DAYS))
    return Backlog(
        tuple(_waiting(row) for row in db.session.execute(_BY_LEVEL, values)),
        tuple(_waiting(row) for row in db.session.execute(_BY_NODE, values)),
        tuple(
            Day(day, known[day].handled, known[day].reviewers) if day in known else Day(day, 0, 0)
            for day in days
        ),
        {row.key: (row.handled, row.shifts) for row in db.session.execute(_DONE_BY_NODE, values)},
    )


def _waiting(row: Any) -> Waiting:
    return Waiting(str(row.key), row.waiting, (row.d0, row.d2, row.d4, row.d8), int(row.oldest or 0))
