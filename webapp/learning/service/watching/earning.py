"""From enough to points: asked of the ledger once, in a transaction, however often a beat says enough."""

from datetime import timedelta

from sqlalchemy import select

from webapp.contests.rules.schema import ActivityKind
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.learning.models import WatchProgress
from webapp.learning.queries.watching import SOURCE
from webapp.learning.service.learners import of_participation
from webapp.learning.service.ledger import Credit, credit

NO_MORE = frozenset({"", "already"})
LEFT_BEHIND = timedelta(minutes=1)


def settle(participation_id: int, lesson_id: int, now: datetime) -> Credit | None:
    """Credit a video that was watched enough; None when there is nothing to ask the ledger for.

    The first time it counts for the moment when enough was watched, even if the process died in between;
    what a cap cut off is asked for again at `now`. In the caller's transaction."""
    progress = db.session.scalars(
        select(WatchProgress)
        .where(
            WatchProgress.participation_id == participation_id,
            WatchProgress.lesson_id == lesson_id,
            WatchProgress.enough_at.is_not(None),
            WatchProgress.settled_at.is_(None),
        )
        .order_by(WatchProgress.enough_at)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    if progress is None or progress.enough_at is None:
        return None
    earned_at = now if progress.tried_at else progress.enough_at
    made = credit(
        of_participation(participation_id, earned_at),
        ActivityKind.VIDEO,
        SOURCE,
        str(lesson_id),
        facts={"by": "watching", "seconds": progress.credited_s, "length": progress.length_s},
        now=earned_at,
    )
    progress.tried_at = now
    if made.cut_by in NO_MORE:
        progress.settled_at = now
    return made


def left_behind(now: datetime, most: int = 200) -> list[tuple[int, int]]:
    """Participation and lesson of videos watched enough whose points nobody asked for (a process died)."""
    rows = db.session.execute(
        select(WatchProgress.participation_id, WatchProgress.lesson_id)
        .where(
            WatchProgress.enough_at.is_not(None),
            WatchProgress.tried_at.is_(None),
            WatchProgress.enough_at < now - LEFT_BEHIND,
        )
        .limit(most)
    )
    return [(row.participation_id, row.lesson_id) for row in rows]
