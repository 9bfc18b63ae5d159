"""Boards that no longer move: frozen after the exam, or as posted in the public notice.

The newest of a stage's snapshots decides: 'frozen' holds the board still, 'thawed' lets it move again,
'published' is the list of the notice. Rows are immutable, so a process keeps those it has read."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import text

from webapp.accounts import queries as people
from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.core.weighed import Weighed
from webapp.leaderboard.queries.rows import PAGE_SIZE, BoardPage, BoardRow, Cut
from webapp.leaderboard.rules.combine import PLACES
from webapp.leaderboard.rules.masking import masked_name
from webapp.leaderboard.rules.rank import cut_size, tie_part
from webapp.leaderboard.rules.visibility import Shown

FROZEN = "frozen"
THAWED = "thawed"
PUBLISHED = "published"
NOMINATED = "nominated"
"""Lines of a list that was brought in from outside; no board shows them."""

MOST_LINES = 250_000
"""So many lines of kept lists a process remembers (p): some 1.2 KB each."""

_NEWEST = text(
    """
    SELECT id, kind, number, digest, taken_at FROM board_snapshots
    WHERE stage_id = :stage_id AND kind = ANY(:kinds) ORDER BY number DESC LIMIT 1
    """
)
_ROWS = text("SELECT rows FROM board_snapshots WHERE id = :id")
_DIGEST = text("SELECT digest FROM board_snapshots WHERE id = :id")
_PEOPLE = text(
    """
    SELECT e.id AS entry_id, p.id AS participation_id, p.person_id
    FROM entries e JOIN participations p ON p.id = e.participation_id
    WHERE e.id = ANY(:entry_ids) AND p.state = 'active'
    """
)


@dataclass(frozen=True)
class Kept:
    """A snapshot that stands in place of the live board."""

    snapshot_id: int
    stage_id: int
    kind: str
    digest: str
    taken_at: datetime

    @property
    def rows(self) -> tuple[dict[str, Any], ...]:
        """All rows, best first. A published row has 'is_substitute' besides."""
        return _rows(self.snapshot_id)


def kept_list(stage_id: int, state: Shown) -> Kept | None:
    """What the public sees in place of live standings: the posted list once published, before that the
    frozen board. None: the board is live."""
    kinds = [PUBLISHED] if state is Shown.PUBLISHED else [FROZEN, THAWED, PUBLISHED]
    row = db.session.execute(_NEWEST, {"stage_id": stage_id, "kinds": kinds}).one_or_none()
    if row is None or row.kind == THAWED:
        return None
    return Kept(row.id, stage_id, row.kind, row.digest, row.taken_at)


def rows_by_id(snapshot_id: int) -> tuple[dict[str, Any], ...]:
    """The rows of one snapshot that the caller knows to exist."""
    return _rows(snapshot_id)


def digest_of(snapshot_id: int) -> str:
    """The digest of one snapshot that the caller knows to exist."""
    return str(db.session.execute(_DIGEST, {"id": snapshot_id}).scalar_one())


def page_of_kept(stage: StageView, kept: Kept, page: int, mask: str, size: int = PAGE_SIZE) -> BoardPage:
    """As `rows.page_of`, from a kept list. Who takes part no longer is left out, wherever it stands (B03);
    version: of the snapshot, so that a page notices another list."""
    total = len(kept.rows)
    pages = max(1, -(-total // size))
    page = min(page, pages)
    first = (page - 1) * size
    return BoardPage(
        rows=_shown(kept.rows[first : first + size], mask, [part.key for part in stage.rules.components]),
        components=tuple(part.key for part in stage.rules.components),
        first=first + 1,
        total=total,
        page=page,
        pages=pages,
        version=kept.snapshot_id,
        cut=_cut(stage, kept) if kept.kind == FROZEN else None,
    )


def find_kept(stage: StageView, kept: Kept, number: str, mask: str) -> BoardRow | None:
    """The row of a contestant number, or None."""
    found = [row for row in kept.rows if row["number"] == number]
    shown = _shown(tuple(found), mask, [part.key for part in stage.rules.components])
    return shown[0] if shown else None


def _shown(chosen: tuple[dict[str, Any], ...], mask: str, components: list[str]) -> tuple[BoardRow, ...]:
    ids = [row["entry_id"] for row in chosen]
    present = {row.entry_id: row for row in db.session.execute(_PEOPLE, {"entry_ids": ids})}
    cards = people.cards(row.person_id for row in present.values())
    return tuple(
        BoardRow(
            position=row["position"],
            rank=row["rank"],
            entry_id=row["entry_id"],
            participation_id=present[row["entry_id"]].participation_id,
            person_id=present[row["entry_id"]].person_id,
            number=row["number"],
            # A posted list carries the name as it was posted; a frozen one is masked when shown.
            name=row.get("name") or masked_name(cards[present[row["entry_id"]].person_id].name, mask),
            unit=row["unit"],
            parts=tuple(_two_places(row["scores"][key]) for key in components),
            combined=row["combined"],
            derivation={},
        )
        for row in chosen
        if row["entry_id"] in present
    )


def _cut(stage: StageView, kept: Kept) -> Cut | None:
    quota, rows = stage.rules.quota, kept.rows
    if quota is None or not rows:
        return None
    ties = [tie_part(bytes.fromhex(row["sort_key"])) for row in rows]
    last = ties[min(quota, len(ties)) - 1]
    better, tied = sum(tie < last for tie in ties), ties.count(last)
    position = cut_size(len(ties), quota, better, tied, stage.rules.rank.cut)
    if not position:
        return None
    return Cut(quota, position, rows[position - 1]["combined"], len(rows) >= quota)


def _read(snapshot_id: int) -> tuple[dict[str, Any], ...]:
    return tuple(db.session.execute(_ROWS, {"id": snapshot_id}).scalar_one())


_rows = Weighed(_read, len, MOST_LINES)


def _two_places(score: str) -> str:
    return str(Decimal(score).quantize(PLACES, ROUND_HALF_UP))
