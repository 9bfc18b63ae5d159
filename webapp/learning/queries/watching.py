"""How far videos and texts are: for the player, the reading page and the course list."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from webapp.core.db import db
from webapp.learning.models import PointEntry, Reading, WatchProgress
from webapp.learning.rules.progress import Progress, State
from webapp.learning.rules.watching import Span

SOURCE = "lesson"
"""Kind of source of a video, its text version and a text lesson: whatever comes first brings the points."""


@dataclass(frozen=True)
class Standing:
    """How one video file stands for a participation. spent_s: time of sessions in which it was played."""

    spans: tuple[Span, ...] = ()
    credited_s: int = 0
    resume_s: int = 0
    spent_s: Decimal = Decimal(0)
    is_enough: bool = False
    is_settled: bool = False


def standing(participation_id: int, lesson_id: int, file_digest: str) -> Standing:
    """What counts of this file up to now."""
    row = db.session.get(WatchProgress, (participation_id, lesson_id, file_digest))
    if row is None:
        return Standing()
    return Standing(
        tuple((span.lower, span.upper) for span in row.spans),
        row.credited_s,
        row.resume_s,
        row.spent_s,
        row.enough_at is not None,
        row.settled_at is not None,
    )


def is_owed(participation_id: int, lesson_id: int) -> bool:
    """Whether a video was watched enough and the ledger may still have points for it (a cap had cut them)."""
    return (
        db.session.scalar(
            select(WatchProgress.lesson_id)
            .where(
                WatchProgress.participation_id == participation_id,
                WatchProgress.lesson_id == lesson_id,
                WatchProgress.enough_at.is_not(None),
                WatchProgress.settled_at.is_(None),
            )
            .limit(1)
        )
        is not None
    )


def progress(participation_id: int, lesson_ids: Collection[int]) -> dict[int, Progress]:
    """Videos (watched or read) and texts: three statements, whatever the number of lessons."""
    watched = _watched(participation_id, lesson_ids)
    read = set(
        db.session.scalars(
            select(Reading.lesson_id).where(
                Reading.participation_id == participation_id,
                Reading.lesson_id.in_(lesson_ids),
                Reading.done_at.is_not(None),
            )
        )
    )
    points = earned(participation_id, lesson_ids)
    found = {}
    for lesson_id in {*watched, *read, *points}:
        pct = 100 if lesson_id in read else watched.get(lesson_id, 0)
        state = State.DONE if pct == 100 else State.BEGUN if pct else State.NEW
        found[lesson_id] = Progress(state, pct, points=points.get(lesson_id, Decimal(0)))
    return found


def earned(participation_id: int, lesson_ids: Collection[int]) -> dict[int, Decimal]:
    """Points of each of these lessons, reversals counted against them."""
    rows = db.session.execute(
        select(PointEntry.source_id, func.sum(PointEntry.points).label("points"))
        .where(
            PointEntry.participation_id == participation_id,
            PointEntry.source_kind == SOURCE,
            PointEntry.source_id.in_([str(lesson_id) for lesson_id in lesson_ids]),
        )
        .group_by(PointEntry.source_id)
    )
    return {int(row.source_id): row.points for row in rows}


def _watched(participation_id: int, lesson_ids: Collection[int]) -> dict[int, int]:
    """Percent by lesson: 100 once enough was watched of any file, else of the file watched last."""
    rows = db.session.execute(
        select(
            WatchProgress.lesson_id, WatchProgress.credited_s, WatchProgress.length_s, WatchProgress.enough_at
        )
        .where(WatchProgress.participation_id == participation_id, WatchProgress.lesson_id.in_(lesson_ids))
        .order_by(WatchProgress.changed_at)
    )
    found: dict[int, int] = {}
    for row in rows:
        pct = 100 if row.enough_at else min(99, 100 * row.credited_s // max(1, row.length_s))
        found[row.lesson_id] = 100 if found.get(row.lesson_id) == 100 else pct
    return found
