"""Final lists: the snapshots of kind 'final' that certificates are issued from.

Their rows are objects with "entry_id", "rank" and, where the list decides who goes on, "promoted"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.leaderboard.models import BoardSnapshot

FINAL = "final"

_CLOSED = text(
    """
    SELECT st.id FROM stages st JOIN events e ON e.id = st.event_id
    WHERE NOT e.is_withdrawn AND e.track = 'popularisation' AND st.kind = 'online' AND st.closes_at <= :now
      AND EXISTS (SELECT FROM standings s WHERE s.stage_id = st.id)
      AND NOT EXISTS (SELECT FROM board_snapshots b WHERE b.stage_id = st.id AND b.kind = 'final')
      AND NOT EXISTS (
          SELECT FROM exams x JOIN sheets s ON s.exam_id = x.id
          WHERE x.stage_id = st.id AND x.kind = 'formal' AND s.state IN ('open', 'submitted'))
      AND NOT EXISTS (
          SELECT FROM exams x JOIN sheets s ON s.exam_id = x.id JOIN participations p ON p.id = s.participation_id
          WHERE x.stage_id = st.id AND x.kind = 'formal' AND s.state = 'graded' AND p.state = 'active'
            AND NOT EXISTS (SELECT FROM component_scores c WHERE c.participation_id = p.id
                            AND c.stage_id = st.id AND c.component = x.component))
    ORDER BY st.id
    """
)

_NEWEST = text(
    """
    SELECT DISTINCT ON (stage_id) stage_id, id, jsonb_array_length(rows) AS size
    FROM board_snapshots WHERE stage_id = ANY(:stages) AND kind = 'final' ORDER BY stage_id, number DESC
    """
)


@dataclass(frozen=True)
class FinalRow:
    """goes_on: None where the list does not decide it."""

    entry_id: int
    rank: int
    goes_on: bool | None


@dataclass(frozen=True)
class FinalList:
    """One final list, best first."""

    snapshot_id: int
    stage_id: int
    rows: tuple[FinalRow, ...]


def final_list(snapshot_id: int) -> FinalList:
    """The rows of a final list. raise (NotFound): there is none with this id."""
    found = db.session.execute(
        select(BoardSnapshot.stage_id, BoardSnapshot.rows).where(
            BoardSnapshot.id == snapshot_id, BoardSnapshot.kind == FINAL
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    rows = tuple(FinalRow(row["entry_id"], row["rank"], row.get("promoted")) for row in found.rows)
    return FinalList(snapshot_id, found.stage_id, rows)


def size_of(snapshot_id: int) -> int:
    """How many rows a final list has, without reading them. raise (NotFound)."""
    found = db.session.scalar(
        select(func.jsonb_array_length(BoardSnapshot.rows)).where(
            BoardSnapshot.id == snapshot_id, BoardSnapshot.kind == FINAL
        )
    )
    if found is None:
        raise NotFound
    return int(found)


def taken_at(snapshot_id: int) -> datetime:
    """When a final list was made. raise (NotFound)."""
    found = db.session.scalar(select(BoardSnapshot.taken_at).where(BoardSnapshot.id == snapshot_id))
    if found is None:
        raise NotFound
    return found


def newest_final(stage_id: int) -> int | None:
    """The id of a stage's newest final list."""
    return db.session.scalar(
        select(BoardSnapshot.id)
        .where(BoardSnapshot.stage_id == stage_id, BoardSnapshot.kind == FINAL)
        .order_by(BoardSnapshot.number.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class Newest:
    """A stage's newest final list and how many rows it has."""

    snapshot_id: int
    size: int


def newest_finals(stage_ids: Iterable[int]) -> dict[int, Newest]:
    """The newest final list of each of these stages that has one. One statement; the rows are not read."""
    found = db.session.execute(_NEWEST, {"stages": list(stage_ids)})
    return {row.stage_id: Newest(row.id, row.size) for row in found}


def closed_open_stages(now: datetime) -> list[int]:
    """Stages of the open track that are over: closed, every paper graded and combined, not final yet."""
    return list(db.session.scalars(_CLOSED, {"now": now}))
