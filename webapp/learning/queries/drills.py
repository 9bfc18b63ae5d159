"""Reading runs of drills."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, func, or_, select

from webapp.core.db import db
from webapp.core.words import N_, Message
from webapp.learning.models import DrillRun, DrillStep
from webapp.learning.rules.drills import Verdict
from webapp.learning.rules.progress import Progress, State


@dataclass(frozen=True)
class RunView:
    """A run with its verdicts so far. next_number: of the step that comes now, from 1."""

    run_id: int
    lesson_id: int
    version_id: int
    seed: str
    started_at: datetime
    finished_at: datetime | None
    score: Decimal | None
    took_s: int | None
    is_fast: bool
    points: Decimal
    cut_by: str
    verdicts: tuple[Verdict, ...]

    @property
    def next_number(self) -> int:
        return len(self.verdicts) + 1

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None


@dataclass(frozen=True)
class RunLine:
    """A finished run in a list."""

    finished_at: datetime
    score: Decimal
    took_s: int
    points: Decimal


@dataclass(frozen=True)
class History:
    """What a person has done of one drill. best: None without a finished run; latest: newest first."""

    finished: int
    best: Decimal | None
    latest: tuple[RunLine, ...]


def latest_run(participation_id: int, lesson_id: int, version_id: int) -> RunView | None:
    """The open run of this version of a drill, else the last finished one; None when there is none."""
    row = db.session.scalars(
        select(DrillRun)
        .where(
            DrillRun.participation_id == participation_id,
            DrillRun.lesson_id == lesson_id,
            or_(
                and_(DrillRun.finished_at.is_(None), DrillRun.course_version_id == version_id),
                DrillRun.score.is_not(None),
            ),
        )
        .order_by(DrillRun.id.desc())
        .limit(1)
    ).one_or_none()
    return run_view(row) if row else None


def run_view(row: DrillRun) -> RunView:
    """The view of a run row."""
    steps = db.session.scalars(
        select(DrillStep.verdict).where(DrillStep.run_id == row.id).order_by(DrillStep.number)
    )
    return RunView(
        row.id,
        row.lesson_id,
        row.course_version_id,
        row.seed,
        row.started_at,
        row.finished_at,
        row.score,
        row.took_s,
        row.is_fast,
        row.points,
        row.cut_by,
        tuple(Verdict.from_json(verdict) for verdict in steps),
    )


def history(participation_id: int, lesson_id: int, most: int = 5) -> History:
    """How often a drill was finished, the best score, and the latest runs. Runs that were left do not count."""
    mine = (
        DrillRun.participation_id == participation_id,
        DrillRun.lesson_id == lesson_id,
        DrillRun.score.is_not(None),
    )
    row = db.session.execute(select(func.count(DrillRun.id), func.max(DrillRun.score)).where(*mine)).one()
    latest = db.session.execute(
        select(DrillRun.finished_at, DrillRun.score, DrillRun.took_s, DrillRun.points)
        .where(*mine)
        .order_by(DrillRun.id.desc())
        .limit(most)
    ).all()
    return History(row[0], row[1], tuple(RunLine(*line) for line in latest))


def progress(participation_id: int, lesson_ids: Collection[int]) -> dict[int, Progress]:
    """How far each drill is: done once a run is finished; its percentage is the best score."""
    rows = db.session.execute(
        select(
            DrillRun.lesson_id,
            func.max(DrillRun.score).label("best"),
            func.sum(DrillRun.points).label("points"),
        )
        .where(DrillRun.participation_id == participation_id, DrillRun.lesson_id.in_(lesson_ids))
        .group_by(DrillRun.lesson_id)
    )
    return {
        row.lesson_id: Progress(
            State.BEGUN if row.best is None else State.DONE,
            int(row.best or 0),
            None if row.best is None else Message(N_("best score %(score)s"), {"score": f"{row.best:g}"}),
            row.points or Decimal(0),
        )
        for row in rows
    }
