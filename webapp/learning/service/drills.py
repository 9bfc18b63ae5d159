"""Running a drill: begin, one judged step after the other, and the points at its end."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from webapp.contests.rules.blueprint import Text
from webapp.core.db import db, keys_scope
from webapp.core.errors import NotFound
from webapp.courses import queries as courses
from webapp.courses.rules.drill import Drill
from webapp.learning.errors import NotThisStep, StepUnknown
from webapp.learning.models import DrillRun, DrillStep
from webapp.learning.queries.drills import RunView, run_view
from webapp.learning.rules.drills import Action, BadAction, Verdict, is_over, judge, score
from webapp.learning.service.ledger import credit
from webapp.learning.service.places import Place

SOURCE = "drill"
FAST = "fast"
BELOW = "below"
FULL = Decimal(100)


@dataclass(frozen=True)
class Ending:
    """What a drill says when it is over."""

    debrief: Text
    sources: tuple[str, ...]


_LOCK = text(
    """
    SELECT r.id FROM drill_runs r JOIN participations p ON p.id = r.participation_id
    WHERE r.id = :run_id AND r.participation_id = :participation_id AND r.lesson_id = :lesson_id
      AND p.state IN ('active', 'provisional') FOR NO KEY UPDATE OF r
    """
)


def begin(place: Place, now: datetime, instead_of: int = 0) -> int:
    """The id of the open run of this drill, or of a new one: two clicks begin one run.

    instead_of: an open run that is left for a new one. A run of an earlier version of the course is left
    too. A run that was left has no score and earns nothing."""
    version_id = courses.drill_version(place.lesson.lesson_id)
    db.session.execute(
        update(DrillRun)
        .where(
            DrillRun.participation_id == place.participation_id,
            DrillRun.lesson_id == place.lesson.lesson_id,
            DrillRun.finished_at.is_(None),
            or_(DrillRun.id == instead_of, DrillRun.course_version_id != version_id),
        )
        .values(finished_at=now)
    )
    made = db.session.scalar(
        insert(DrillRun)
        .values(
            contest_id=place.learner.contest_id,
            participation_id=place.participation_id,
            lesson_id=place.lesson.lesson_id,
            course_version_id=version_id,
            seed=secrets.token_hex(8),
            started_at=now,
        )
        .on_conflict_do_nothing()
        .returning(DrillRun.id)
    )
    if made is not None:
        return int(made)
    found = db.session.scalar(
        select(DrillRun.id).where(
            DrillRun.participation_id == place.participation_id,
            DrillRun.lesson_id == place.lesson.lesson_id,
            DrillRun.finished_at.is_(None),
        )
    )
    if found is None:  # finished by another request in between
        raise NotThisStep
    return found


def act(place: Place, run_id: int, number: int, action: Action, now: datetime) -> RunView:
    """Judge step `number` of a run, in the caller's transaction; the same step again changes nothing.

    Raise NotFound: not this person's run of this drill. NotThisStep: another step was judged under this
    number, a step is left out, or the run is over. StepUnknown: nobody was offered this."""
    values = {
        "run_id": run_id,
        "participation_id": place.participation_id,
        "lesson_id": place.lesson.lesson_id,
    }
    if db.session.scalar(_LOCK, values) is None:
        raise NotFound
    run = db.session.get_one(DrillRun, run_id, populate_existing=True)
    seen = run_view(run)
    if number < seen.next_number:
        if not _is_same(run_id, number, action):
            raise NotThisStep
        return seen
    if number != seen.next_number or run.finished_at is not None:
        raise NotThisStep
    drill = _drill(run)
    try:
        verdict = judge(drill, seen.verdicts, action)
    except BadAction as error:
        raise StepUnknown from error
    db.session.add(
        DrillStep(run_id=run_id, number=number, action=action.as_json(), verdict=verdict.as_json(), at=now)
    )
    verdicts = (*seen.verdicts, verdict)
    if is_over(drill, verdicts):
        _finish(place, run, drill, verdicts, now)
    db.session.flush()
    return run_view(run)


def _finish(place: Place, run: DrillRun, drill: Drill, verdicts: tuple[Verdict, ...], now: datetime) -> None:
    """Close the run and credit what its score earns; a better run later brings the difference."""
    activity = place.activity
    run.finished_at = now
    run.score = score(drill, verdicts)
    run.took_s = int((now - run.started_at).total_seconds())
    run.is_fast = activity is not None and run.took_s < activity.min_time_s
    if activity is None:
        return
    if run.is_fast:
        run.cut_by = FAST
    elif run.score < activity.pass_pct:
        run.cut_by = BELOW
    else:
        made = credit(
            place.learner,
            place.kind,
            SOURCE,
            str(place.lesson.lesson_id),
            share=run.score / FULL,
            facts={"run": run.id, "score": str(run.score)},
            now=now,
        )
        run.points, run.cut_by = made.points, made.cut_by


def ending(run: RunView) -> Ending:
    """The debrief of a finished run. Raise NotFound while it goes on."""
    if not run.is_over:
        raise NotFound
    with keys_scope():
        drill = courses.drill_key(run.lesson_id, run.version_id)
    return Ending(drill.debrief, drill.sources)


def _drill(run: DrillRun) -> Drill:
    with keys_scope():
        return courses.drill_key(run.lesson_id, run.course_version_id)


def _is_same(run_id: int, number: int, action: Action) -> bool:
    stored = db.session.scalar(
        select(DrillStep.action).where(DrillStep.run_id == run_id, DrillStep.number == number)
    )
    return stored == action.as_json()
