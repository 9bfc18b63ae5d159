"""Rows of a board with names, as the caller may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Row, text

from webapp.accounts import queries as people
from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.leaderboard.queries import order
from webapp.leaderboard.queries.order import Placed, Slice
from webapp.leaderboard.rules.combine import PLACES
from webapp.leaderboard.rules.masking import masked_name
from webapp.leaderboard.rules.rank import cut_size, ranks
from webapp.organisations import queries as organisations

PAGE_SIZE = 100
WHOLE_NAMES = "none"

_DETAILS = text(
    """
    SELECT s.entry_id, p.id AS participation_id, p.person_id, p.unit_id, p.number, s.derivation
    FROM standings s
    JOIN entries e ON e.id = s.entry_id
    JOIN participations p ON p.id = e.participation_id
    WHERE s.stage_id = :stage_id AND s.entry_id = ANY(:entry_ids)
    """
)
_BY_NUMBER = text(
    """
    SELECT s.entry_id FROM standings s
    JOIN entries e ON e.id = s.entry_id
    JOIN participations p ON p.id = e.participation_id
    WHERE s.stage_id = :stage_id AND p.number = :number
    """
)


@dataclass(frozen=True)
class BoardRow:
    """One line. name: masked unless asked otherwise; parts: component scores in the order of the file."""

    position: int
    rank: int
    entry_id: int
    participation_id: int
    person_id: int
    number: str
    name: str
    unit: str
    parts: tuple[str, ...]
    combined: str
    derivation: dict[str, Any]


@dataclass(frozen=True)
class Cut:
    """The line below the last who go on. position: of that entry; score: its combined score, as text.
    is_full: False while fewer have a result than the quota."""

    quota: int
    position: int
    score: str
    is_full: bool


@dataclass(frozen=True)
class BoardPage:
    """Consecutive rows of a board. version: of the projection, 0 when it was read from SQL."""

    rows: tuple[BoardRow, ...]
    components: tuple[str, ...]
    first: int
    total: int
    page: int
    pages: int
    version: int
    cut: Cut | None


def page_of(stage: StageView, page: int, mask: str, size: int = PAGE_SIZE) -> BoardPage:
    """One page of a board, from 1; a page beyond the end gives the last one."""
    seen = order.part(stage.stage_id, (page - 1) * size + 1, size)
    pages = max(1, -(-seen.total // size))
    if page > pages:
        page = pages
        seen = order.part(stage.stage_id, (page - 1) * size + 1, size)
    return BoardPage(
        rows=rows_of(stage, seen, mask),
        components=tuple(part.key for part in stage.rules.components),
        first=seen.first,
        total=seen.total,
        page=page,
        pages=pages,
        version=seen.version,
        cut=cut_of(stage, seen.total),
    )


def rows_of(stage: StageView, seen: Slice, mask: str) -> tuple[BoardRow, ...]:
    """The rows of a slice, names masked by `mask` ('none': whole names)."""
    numbers = ranks(
        [entry.tie_key for entry in seen.entries], stage.rules.rank.display, seen.first, seen.better
    )
    details = _details(stage.stage_id, seen.entries)
    cards = people.cards(row.person_id for row in details.values())
    units = organisations.names(row.unit_id for row in details.values())
    found = []
    for at, (entry, rank) in enumerate(zip(seen.entries, numbers, strict=True)):
        row = details.get(entry.entry_id)
        if row is None:  # left the board between the two readings
            continue
        found.append(
            BoardRow(
                position=seen.first + at,
                rank=rank,
                entry_id=entry.entry_id,
                participation_id=row.participation_id,
                person_id=row.person_id,
                number=row.number,
                name=masked_name(cards[row.person_id].name, mask),
                unit=units.get(row.unit_id, ""),
                parts=tuple(_two_places(term["score"]) for term in row.derivation["terms"]),
                combined=f"{entry.combined:.2f}",
                derivation=row.derivation,
            )
        )
    return tuple(found)


def cut_of(stage: StageView, total: int) -> Cut | None:
    """The cut line of a stage with a quota; None without one, or on an empty board."""
    quota = stage.rules.quota
    if quota is None or total == 0:
        return None
    group = order.group_at(stage.stage_id, min(quota, total))
    position = cut_size(total, quota, group.better, group.tied, stage.rules.rank.cut)
    if not position:
        return None
    last = order.part(stage.stage_id, position, 1).entries
    return Cut(quota, position, f"{last[0].combined:.2f}" if last else "", total >= quota)


def entry_by_number(stage_id: int, number: str) -> int | None:
    """The ranked entry of a contestant number."""
    found: int | None = db.session.scalar(_BY_NUMBER, {"stage_id": stage_id, "number": number})
    return found


def _details(stage_id: int, entries: Sequence[Placed]) -> dict[int, Row[Any]]:
    ids = [entry.entry_id for entry in entries]
    rows = db.session.execute(_DETAILS, {"stage_id": stage_id, "entry_ids": ids})
    return {row.entry_id: row for row in rows}


def _two_places(score: str) -> str:
    return str(Decimal(score).quantize(PLACES, ROUND_HALF_UP))
