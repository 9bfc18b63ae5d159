"""The end of a stage without a review: its board becomes its final list."""

from webapp.audit.service import record
from webapp.contests.queries import stage_by_id
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.queries.finals import FINAL, newest_final
from webapp.leaderboard.service.closing import digest_of
from webapp.leaderboard.service.keeping import frozen_rows, keep, settle
from webapp.leaderboard.service.publishing import lock_board


def freeze_final(stage_id: int, last_rank: int) -> BoardSnapshot:
    """Keep a stage's places down to `last_rank` (and whoever shares it) for good; done before: that list.

    Every standing is computed anew before. The digest is SHA-256 of the rows as JSON without spaces."""
    lock_board(stage_id)
    known = newest_final(stage_id)
    if known is not None:
        return db.session.get_one(BoardSnapshot, known)
    settle(stage_id)
    rows = [row for row in frozen_rows(stage_by_id(stage_id)) if row["rank"] <= last_rank]
    made = keep(stage_id, FINAL, rows, digest_of(rows), None)
    record("board.final", "stage", stage_id, entries=len(rows), digest=made.digest)
    return made
