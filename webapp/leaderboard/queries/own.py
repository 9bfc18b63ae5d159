"""One's own place, and the arithmetic behind it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text

from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.leaderboard.queries import order
from webapp.leaderboard.queries.rows import BoardRow, Cut, cut_of, rows_of
from webapp.leaderboard.rules.combine import Derivation
from webapp.leaderboard.rules.rank import last_key

_STAGE = text(
    """
    SELECT st.id FROM stages st JOIN participations p ON p.event_id = st.event_id
    WHERE p.id = :participation_id AND p.person_id = :person_id AND st.code = :stage_code
    """
)
_ENTRY = text(
    """
    SELECT e.id AS entry_id, p.id AS participation_id
    FROM entries e JOIN participations p ON p.id = e.participation_id
    WHERE p.person_id = :person_id AND p.event_id = :event_id
    """
)


@dataclass(frozen=True)
class OwnPlace:
    """Where one entry stands. tied: how many share its tie key, itself included. gap: combined score still
    missing to the last who goes on, '' when inside or without a line."""

    row: BoardRow
    total: int
    tied: int
    cut: Cut | None
    is_inside: bool
    gap: str
    derivation: Derivation
    time_used_s: int | None
    submitted_at: datetime | None
    last_key: str
    neighbours: tuple[BoardRow, ...]


def own_stage_id(participation_id: int, person_id: int, stage_code: str) -> int | None:
    """The stage of a person's own participation; None: not this person's, or no such stage."""
    values = {"participation_id": participation_id, "person_id": person_id, "stage_code": stage_code}
    found: int | None = db.session.scalar(_STAGE, values)
    return found


def own_entry(person_id: int, event_id: int) -> tuple[int, int] | None:
    """(entry id, participation id) of a person in an event."""
    row = db.session.execute(_ENTRY, {"person_id": person_id, "event_id": event_id}).first()
    return (row.entry_id, row.participation_id) if row else None


def place_of(stage: StageView, entry_id: int, mask: str) -> OwnPlace | None:
    """The place of an entry with its neighbours (masked); None: it has no standing (yet)."""
    seen = order.near(stage.stage_id, entry_id)
    rows = rows_of(stage, seen, mask)
    row = next((one for one in rows if one.entry_id == entry_id), None)
    if row is None:
        return None
    cut = cut_of(stage, seen.total)
    is_inside = cut is not None and row.position <= cut.position
    submitted = row.derivation["submitted_at"]
    return OwnPlace(
        row=row,
        total=seen.total,
        tied=order.group_at(stage.stage_id, row.position).tied,
        cut=cut,
        is_inside=is_inside,
        gap="" if cut is None or is_inside else f"{Decimal(cut.score) - Decimal(row.combined):.2f}",
        derivation=Derivation.from_json(row.derivation),
        time_used_s=row.derivation["time_used_s"],
        submitted_at=datetime.fromisoformat(submitted) if submitted else None,
        last_key=last_key(stage.contest_code, row.number).hex(),
        neighbours=rows,
    )
