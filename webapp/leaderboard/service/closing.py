"""What everybody had learned when learning closed: kept once, never changed (RELIABILITY P05)."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from webapp.audit.service import record
from webapp.contests.queries import StageView, event_by_id, stage_by_id
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.service.publishing import lock_board
from webapp.learning.rules.score import learning_score

KIND = "learning"

_SUMS = text(
    """
    SELECT p.number, coalesce(sum(l.points), 0) AS points, coalesce(max(l.id), 0) AS position
    FROM participations p
    LEFT JOIN point_entries l ON l.contest_id = p.contest_id AND l.participation_id = p.id
         AND l.earned_at < :closes_at
    WHERE p.event_id = :event_id AND p.state = 'active'
    GROUP BY p.id ORDER BY p.number
    """
)
_DUE = text(
    """
    SELECT st.id, st.event_id FROM stages st JOIN events e ON e.id = st.event_id
    WHERE NOT e.is_withdrawn AND e.track = 'competition' AND st.kind = 'online'
      AND NOT EXISTS (SELECT FROM board_snapshots b WHERE b.stage_id = st.id AND b.kind = 'learning')
    """
)


def due(now: datetime) -> list[int]:
    """Stages whose learning closed and is not kept yet."""
    found = []
    for row in db.session.execute(_DUE).all():
        window = event_by_id(row.event_id, now).windows.learning
        if window is not None and window.closes_at <= now:
            found.append(row.id)
    return found


def close_learning(stage_id: int, now: datetime) -> BoardSnapshot | None:
    """Keep the points and learning scores of everybody as they stood at the close of the window.

    None: there is nothing to keep (no window, not closed yet, full points undecided) or it is kept already.
    The rows are [number, points, learning score, last ledger entry], ordered by number; digest: SHA-256 of
    their canonical JSON."""
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    learning, window = stage.profile.learning, event_by_id(stage.event_id, now).windows.learning
    if learning is None or learning.full_points is None or window is None or window.closes_at > now:
        return None
    if db.session.scalar(
        select(BoardSnapshot.id).where(BoardSnapshot.stage_id == stage_id, BoardSnapshot.kind == KIND)
    ):
        return None
    rows = learning_rows(stage, window.closes_at)
    made = BoardSnapshot(
        stage_id=stage_id,
        number=_next_number(stage_id),
        kind=KIND,
        rows=rows,
        digest=digest_of(rows),
        taken_at=now,
    )
    db.session.add(made)
    db.session.flush()
    record("board.learning-closed", "stage", stage_id, people=len(rows), digest=made.digest)
    return made


def learning_rows(stage: StageView, closes_at: datetime) -> list[Any]:
    """The rows of `close_learning`, computed from the ledger as of `closes_at` (half-open)."""
    full = stage.profile.learning.full_points if stage.profile.learning else None
    assert full is not None
    return [
        [row.number, f"{row.points:.2f}", f"{learning_score(row.points, full):.4f}", row.position]
        for row in db.session.execute(_SUMS, {"event_id": stage.event_id, "closes_at": closes_at})
    ]


def digest_of(rows: list[Any]) -> str:
    """SHA-256 of the rows as JSON without spaces."""
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _next_number(stage_id: int) -> int:
    last = db.session.scalar(select(func.max(BoardSnapshot.number)).where(BoardSnapshot.stage_id == stage_id))
    return (last or 0) + 1
