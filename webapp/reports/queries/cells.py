"""Numbers by slice and place: counted now for a contest that is small, else as they were counted last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.reports.queries.facts import MEASURES, cells_sql
from webapp.reports.queries.measures import Amounts, amounts
from webapp.reports.queries.outline import Outline, parameters
from webapp.reports.rules import funnel

LIVE_MOST = 5000
"""A contest with more applications or participations than this is counted in the background."""
EVERYWHERE = 0
NO_UNIT = -1

_SIZES = text(
    """
    SELECT c.id, greatest(
        (SELECT count(*) FROM (SELECT FROM events e JOIN applications a ON a.event_id = e.id
                               WHERE e.contest_id = c.id LIMIT :most) x),
        (SELECT count(*) FROM (SELECT FROM participations p WHERE p.contest_id = c.id LIMIT :most) y)) AS size
    FROM contests c WHERE c.id = ANY(:ids)
    """
)
_NEWEST = text(
    """
    SELECT DISTINCT ON (r.contest_id) r.id, r.contest_id, r.steps, r.topics, r.as_of FROM contest_reports r
    WHERE r.contest_id = ANY(:ids) AND r.state = 'ready' ORDER BY r.contest_id, r.id DESC
    """
)
_STORED = """WITH cells AS (
    SELECT place, slice, key, units, events, steps, amounts FROM report_cells WHERE report_id = :report_id
)"""
_CELLS = """
    SELECT place, key, units, events, steps, amounts FROM cells
    WHERE place = ANY(:places) AND slice = :slice AND (CAST(:key AS text) IS NULL OR key = :key)"""
_OF_UNITS = """, wanted AS (
    SELECT o.industry AS key, c.units, c.steps, c.amounts FROM cells c
    JOIN organisations o ON o.id = c.place AND o.kind = 'unit'
    WHERE c.slice = :slice AND c.key = :key AND (:place = 0 OR EXISTS (
        SELECT FROM organisation_closure l WHERE l.ancestor_id = :place AND l.descendant_id = c.place))
), counted AS (
    SELECT key, n, sum(v) AS v FROM wanted, unnest(steps) WITH ORDINALITY AS s(v, n) GROUP BY 1, 2
), summed AS (
    SELECT key, n, sum(v) AS v FROM wanted, unnest(amounts) WITH ORDINALITY AS s(v, n) GROUP BY 1, 2
)
SELECT w.key, CAST(:place AS bigint) AS place, sum(w.units) AS units, 0 AS events,
       (SELECT array_agg(c.v ORDER BY c.n) FROM counted c WHERE c.key = w.key) AS steps,
       (SELECT array_agg(s.v ORDER BY s.n) FROM summed s WHERE s.key = w.key) AS amounts
FROM wanted w GROUP BY w.key ORDER BY w.key"""


@dataclass(frozen=True)
class Cell:
    """The numbers of one slice at one place. units, events: of how many enterprises, in how many
    events they are. steps: people by key of the step."""

    place: int
    key: str
    units: int
    events: int
    steps: Mapping[str, int]
    amounts: Amounts

    def people(self, step: str = funnel.REGISTERED) -> int:
        """How many people have come to the step."""
        return self.steps.get(step, 0)


@dataclass(frozen=True)
class Source:
    """Where the numbers of a contest come from. report_id None: counted now. is_ready: there are numbers at all."""

    outline: Outline
    keys: tuple[str, ...]
    report_id: int | None = None
    as_of: datetime | None = None
    topics: tuple[Mapping[str, Any], ...] = ()
    is_ready: bool = True

    @property
    def is_live(self) -> bool:
        return self.is_ready and self.report_id is None


def sources(many: Sequence[Outline]) -> list[Source]:
    """Of each contest where its numbers come from. Two statements."""
    ids = [one.contest_id for one in many]
    sizes = {row.id: row.size for row in db.session.execute(_SIZES, {"ids": ids, "most": LIVE_MOST + 1})}
    kept = {row.contest_id: row for row in db.session.execute(_NEWEST, {"ids": ids})}
    return [_source(one, sizes.get(one.contest_id, 0), kept.get(one.contest_id)) for one in many]


def _source(one: Outline, size: int, row: Any) -> Source:
    if size <= LIVE_MOST:
        return Source(one, tuple(step.key for step in one.steps))
    if row is None:
        return Source(one, (), is_ready=False)
    return Source(one, tuple(row.steps), row.id, row.as_of, tuple(row.topics))


def is_being_made(contest_id: int) -> bool:
    """Whether the contest is being counted in the background now."""
    return bool(
        db.session.scalar(
            text(
                "SELECT EXISTS (SELECT FROM contest_reports WHERE contest_id = :id AND state = 'computing')"
            ),
            {"id": contest_id},
        )
    )


def last_failed(contest_id: int) -> bool:
    """Whether the last count in the background broke."""
    state = db.session.scalar(
        text("SELECT state FROM contest_reports WHERE contest_id = :id ORDER BY id DESC LIMIT 1"),
        {"id": contest_id},
    )
    return str(state) == "failed"


def read(source: Source, slice_: str, key: str | None, places: Sequence[int]) -> list[Cell]:
    """The cells of a slice at these places; key None: of all its keys. One statement."""
    if not source.is_ready:
        return []
    values = {"slice": slice_, "key": key, "places": list(places)}
    return _read(source, _CELLS, values)


def of_units(source: Source, slice_: str, key: str, place: int) -> list[Cell]:
    """The cells of the units at and below a place, put together by the industry of the unit; '' where none is known."""
    if not source.is_ready:
        return []
    return _read(source, _OF_UNITS, {"slice": slice_, "key": key, "place": place})


def side_by_side(many: Sequence[Source], place: int) -> dict[int, Cell]:
    """Contest -> its numbers at a place, with the steps that every contest has. Two statements at most."""
    live = [one.outline for one in many if one.is_live]
    found: dict[int, Cell] = {}
    if live:
        steps = funnel.plan()
        rows = db.session.execute(
            text(cells_sql(len(steps)) + _CELLS),
            {**parameters(live, steps), "slice": "contest", "key": None, "places": [place]},
        )
        found |= {int(row.key): _cell(row, [step.key for step in steps]) for row in rows}
    kept = {one.report_id: one for one in many if one.report_id is not None}
    if kept:
        rows = db.session.execute(
            text(
                "SELECT report_id, place, key, units, events, steps, amounts FROM report_cells"
                " WHERE report_id = ANY(:ids) AND place = :place AND slice = 'contest'"
            ),
            {"ids": list(kept), "place": place},
        )
        found |= {int(row.key): _cell(row, kept[row.report_id].keys) for row in rows}
    return found


def _read(source: Source, select: str, values: Mapping[str, object]) -> list[Cell]:
    if source.report_id is not None:
        rows = db.session.execute(text(_STORED + select), {**values, "report_id": source.report_id})
    else:
        steps = source.outline.steps
        rows = db.session.execute(
            text(cells_sql(len(steps)) + select), {**values, **parameters([source.outline], steps)}
        )
    return [_cell(row, source.keys) for row in rows]


def _cell(row: Any, keys: Sequence[str]) -> Cell:
    counts = {key: int(number) for key, number in zip(keys, row.steps, strict=True)}
    return Cell(int(row.place), row.key, int(row.units), int(row.events), counts, amounts(row.amounts))


def nothing() -> Amounts:
    """The amounts where there is nobody."""
    return amounts([Decimal(0)] * len(MEASURES))
