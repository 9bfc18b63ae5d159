"""Reading a text: the server's clock from opening to "I have read this"; no second counts for two texts."""

import math
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from webapp.contests.rules.schema import ActivityKind
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.learning.errors import ReadTooSoon
from webapp.learning.models import Reading
from webapp.learning.queries.watching import SOURCE
from webapp.learning.rules.watching import reading_seconds
from webapp.learning.service.learners import Learner
from webapp.learning.service.ledger import Credit, credit
from webapp.learning.service.watching.earning import NO_MORE

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('reading'), :person_id)")


@dataclass(frozen=True)
class Opened:
    """A text that is being read. left_s: until the button counts. is_settled: no more points to come."""

    left_s: int
    least_s: int
    is_done: bool
    is_settled: bool


def least_seconds(learner: Learner, kind: ActivityKind, length_s: int) -> int:
    """The shortest time for a text: the contest's; for the text version of a video at least as long as the
    honest viewer at full speed needs."""
    activity, watching = learner.learning.activity(kind), learner.learning.watching
    least_s = activity.min_time_s if activity else 0
    if kind is ActivityKind.VIDEO and watching is not None:
        least_s = max(least_s, reading_seconds(length_s, watching.enough_pct, watching.max_speed))
    return least_s


def open_text(learner: Learner, kind: ActivityKind, lesson_id: int, length_s: int, now: datetime) -> Opened:
    """Note that the text is open and since when; a reload or another device goes on from there.

    Time counts within the window only. In the caller's transaction."""
    least_s = least_seconds(learner, kind, length_s)
    if learner.is_open(now):
        db.session.execute(
            insert(Reading)
            .values(participation_id=learner.participation_id, lesson_id=lesson_id, opened_at=now)
            .on_conflict_do_nothing()
        )
    found = _reading(learner.participation_id, lesson_id)
    if found is None:
        return Opened(least_s, least_s, False, False)
    return Opened(
        _left(found, least_s, now), least_s, found.done_at is not None, found.settled_at is not None
    )


def finish(learner: Learner, kind: ActivityKind, lesson_id: int, length_s: int, now: datetime) -> Credit:
    """ "I have read this": give the points. Doing it again gives what a cap had cut off, or nothing.

    In the caller's transaction. raise (LearningNotOpen, LearningClosed, ReadTooSoon): nothing is lost."""
    learner.require_open(now)
    db.session.execute(_ONE_AT_A_TIME, {"person_id": learner.person_id})
    least_s = least_seconds(learner, kind, length_s)
    found = _reading(learner.participation_id, lesson_id)
    if found is None:
        open_text(learner, kind, lesson_id, length_s, now)
        raise ReadTooSoon(seconds=least_s)
    left_s = _left(found, least_s, now)
    if left_s > 0:
        raise ReadTooSoon(seconds=left_s)
    made = credit(
        learner,
        kind,
        SOURCE,
        str(lesson_id),
        facts={"by": "reading", "opened_at": found.opened_at.isoformat()},
        now=now,
    )
    if found.settled_at is None:
        found.done_at = now
        found.settled_at = now if made.cut_by in {*NO_MORE, "closed"} else None
    return made


def _reading(participation_id: int, lesson_id: int) -> Reading | None:
    return db.session.get(Reading, (participation_id, lesson_id), populate_existing=True)


def _left(found: Reading, least_s: int, now: datetime) -> int:
    """Seconds until the text counts as read: since it was opened, and since the last one was read."""
    if found.settled_at is not None:
        return 0
    before = db.session.scalar(
        select(func.max(Reading.done_at)).where(
            Reading.participation_id == found.participation_id, Reading.lesson_id != found.lesson_id
        )
    )
    since = max(found.opened_at, before) if before else found.opened_at
    return max(0, math.ceil(least_s - (now - since).total_seconds()))
