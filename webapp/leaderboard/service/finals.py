"""The end of a stage without a review: its board becomes its final list."""

from typing import Any

from sqlalchemy import func, select, text

from webapp.audit.service import record
from webapp.contests.queries import stage_by_id
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.queries.finals import FINAL, newest_final
from webapp.leaderboard.rules.rank import ranks
from webapp.leaderboard.service.closing import digest_of
from webapp.leaderboard.service.combining import combine_scores, people_of
from webapp.leaderboard.service.publishing import ask_rebuild, lock_board

_ROWS = text(
    """
    SELECT s.entry_id, s.tie_key, s.combined, p.number
    FROM standings s
    JOIN entries e ON e.id = s.entry_id
    JOIN participations p ON p.id = e.participation_id
    WHERE s.stage_id = :stage_id ORDER BY s.sort_key, s.entry_id
    """
)


def freeze_final(stage_id: int, last_rank: int) -> BoardSnapshot:
    """Keep a stage's places down to `last_rank` (and whoever shares it) for good; done before: that list.

    Every standing is computed anew before. The digest is SHA-256 of the rows as JSON without spaces."""
    lock_board(stage_id)
    known = newest_final(stage_id)
    if known is not None:
        return db.session.get_one(BoardSnapshot, known)
    _settle(stage_id)
    rows = _places(stage_id, last_rank)
    last = db.session.scalar(select(func.max(BoardSnapshot.number)).where(BoardSnapshot.stage_id == stage_id))
    made = BoardSnapshot(
        stage_id=stage_id, number=(last or 0) + 1, kind=FINAL, rows=rows, digest=digest_of(rows)
    )
    db.session.add(made)
    db.session.flush()
    record("board.final", "stage", stage_id, entries=len(rows), digest=made.digest)
    return made


def _settle(stage_id: int) -> None:
    after, changed = 0, 0
    while ids := people_of(stage_id, after):
        changed += len(combine_scores(stage_id, ids))
        after = ids[-1]
    if changed:
        ask_rebuild(stage_id)


def _places(stage_id: int, last_rank: int) -> list[dict[str, Any]]:
    rows = db.session.execute(_ROWS, {"stage_id": stage_id}).all()
    shown = ranks([bytes(row.tie_key) for row in rows], stage_by_id(stage_id).rules.rank.display)
    return [
        {"entry_id": row.entry_id, "rank": rank, "number": row.number, "combined": f"{row.combined:.2f}"}
        for rank, row in zip(shown, rows, strict=True)
        if rank <= last_rank
    ]
