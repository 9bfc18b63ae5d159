"""Keeping a list for good: what was frozen, what was posted. Rows of snapshots are never changed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text

from webapp.contests.queries import StageView
from webapp.core import clock, progress
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.queries.kept import FROZEN
from webapp.leaderboard.rules.rank import ranks, tie_part
from webapp.leaderboard.service.combining import combine_scores, people_of
from webapp.leaderboard.service.publishing import ask_rebuild, lock_board
from webapp.organisations import queries as organisations

_ROWS = text(
    """
    SELECT s.entry_id, s.sort_key, s.combined, s.derivation, p.number, p.unit_id
    FROM standings s
    JOIN entries e ON e.id = s.entry_id
    JOIN participations p ON p.id = e.participation_id
    WHERE s.stage_id = :stage_id ORDER BY s.sort_key, s.entry_id
    """
)


def keep(stage_id: int, kind: str, rows: Sequence[Any], digest: str, account_id: int | None) -> BoardSnapshot:
    """Store an immutable list under the stage's next number, in the caller's transaction."""
    lock_board(stage_id)
    last = db.session.scalar(select(func.max(BoardSnapshot.number)).where(BoardSnapshot.stage_id == stage_id))
    made = BoardSnapshot(
        stage_id=stage_id,
        number=(last or 0) + 1,
        kind=kind,
        rows=list(rows),
        digest=digest,
        taken_at=clock.now(),
        taken_by_account_id=account_id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def settle(stage_id: int) -> int:
    """Compute every standing of a stage anew from grades and ledger; return how many had to change.

    What changed is shown by a rebuild after the commit."""
    lock_board(stage_id)
    after, changed, done = 0, 0, 0
    while ids := people_of(stage_id, after):
        changed += len(combine_scores(stage_id, ids))
        after, done = ids[-1], done + len(ids)
        progress.tell("standings", done)
    if changed:
        ask_rebuild(stage_id)
    return changed


def frozen_rows(stage: StageView) -> list[dict[str, Any]]:
    """Every standing as a row of a frozen list, best first: place, number, scores, unit and order key.

    No names: they are read when shown, masked. scores: four places; parts: two, as boards show them."""
    rows = db.session.execute(_ROWS, {"stage_id": stage.stage_id}).all()
    progress.tell("rows", 0, len(rows))
    shown = ranks([tie_part(bytes(row.sort_key)) for row in rows], stage.rules.rank.display)
    units = organisations.names(row.unit_id for row in rows)
    return [
        {
            "entry_id": row.entry_id,
            "position": at,
            "rank": rank,
            "number": row.number,
            "unit": units.get(row.unit_id, ""),
            "scores": {term["component"]: term["score"] for term in row.derivation["terms"]},
            "combined": f"{row.combined:.2f}",
            "time_used_s": row.derivation["time_used_s"],
            "submitted_at": row.derivation["submitted_at"],
            "sort_key": bytes(row.sort_key).hex(),
        }
        for at, (rank, row) in enumerate(zip(shown, rows, strict=True), 1)
    ]


def keep_frozen(stage: StageView, rows: Sequence[Any], digest: str, account_id: int | None) -> BoardSnapshot:
    """Freeze the public board at these rows until it is thawed or a list is posted."""
    return keep(stage.stage_id, FROZEN, rows, digest, account_id)
