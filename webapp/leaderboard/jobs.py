"""Background work of boards. Every job takes ids and may run twice."""

import logging

from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError

from webapp.core import clock
from webapp.core.outbox import Waiting, done, enqueue, waiting
from webapp.core.queue import Job, job
from webapp.core.transaction import in_transaction, transaction
from webapp.exam.service.doors import register_weighing
from webapp.leaderboard.queries.inputs import forgotten
from webapp.leaderboard.service.closing import close_learning, due
from webapp.leaderboard.service.combining import BATCH, combine_scores, people_of
from webapp.leaderboard.service.parity import check
from webapp.leaderboard.service.publishing import active_stages, ask_rebuild, publish
from webapp.leaderboard.service.waking import wake_certificates
from webapp.leaderboard.service.weighing import weigh

log = logging.getLogger(__name__)

register_weighing(weigh)

RECENT_S = 180.0
BUSY_S = 1200.0


@job(Job.COMBINE_SCORES)
def combine() -> int:
    """Combine the scores of everybody somebody asked for since the last time; return how many standings
    changed.

    Each row that waits names a stage_id and participation_ids (ids with commas)."""
    changed = after = 0
    while True:
        with transaction():
            rows = waiting(Job.COMBINE_SCORES, after)
        if not rows:
            return changed
        by_stage: dict[int, list[Waiting]] = {}
        for row in rows:
            by_stage.setdefault(int(row.args["stage_id"]), []).append(row)
        changed += sum(_settle(stage_id, asked) for stage_id, asked in by_stage.items())
        after = rows[-1].id


def _settle(stage_id: int, asked: list[Waiting]) -> int:
    """Combine for these rows and close them. One that cannot be done stays, is tried again by the next
    wake-up and raises the alarm of waiting work; it does not stop the others."""
    people = sorted({int(part) for row in asked for part in row.args["participation_ids"].split(",") if part})
    try:
        changed = sum(
            _combine(stage_id, people[start : start + BATCH]) for start in range(0, len(people), BATCH)
        )
    except OperationalError:
        raise  # the database is away: nothing can be done for anybody
    except Exception:
        if len(asked) == 1:
            log.exception("stage %d: the scores of row %d could not be combined", stage_id, asked[0].id)
            return 0
        middle = len(asked) // 2
        return _settle(stage_id, asked[:middle]) + _settle(stage_id, asked[middle:])
    with transaction():
        done([row.id for row in asked])
    return changed


@job(Job.REBUILD_STANDINGS)
def rebuild_standings(stage_id: int, is_full: int = 1) -> int:
    """Compare Redis with SQL and rebuild it where needed; is_full: compute every standing from the truth
    before.

    Return the mismatches found in Redis."""
    if is_full:
        after = 0
        while ids := people_of(stage_id, after):
            _combine(stage_id, ids)
            after = ids[-1]
    with transaction():
        return check(stage_id).mismatches


def _combine(stage_id: int, ids: list[int]) -> int:
    def work() -> list[int]:
        moved = combine_scores(stage_id, ids)
        wake_certificates(stage_id, moved)
        return moved

    changed = in_transaction(work)
    if changed:
        _show(stage_id, changed)
    return len(changed)


def _show(stage_id: int, entry_ids: list[int]) -> None:
    """Publish; without Redis, or while a large board is being built, a check waits in the outbox."""
    try:
        with transaction():
            publish(stage_id, entry_ids)
    except (RedisError, OperationalError):
        log.warning("board of stage %d: not published, a rebuild will", stage_id, exc_info=True)
        with transaction():
            enqueue(Job.REBUILD_STANDINGS, stage_id=stage_id, is_full=0)


def drive_combining() -> None:
    """Combine whatever was graded and forgotten: its wake-up may have been lost."""
    with transaction():
        for stage_id, people in forgotten().items():
            for start in range(0, len(people), BATCH):
                ids = ",".join(map(str, people[start : start + BATCH]))
                enqueue(Job.COMBINE_SCORES, stage_id=stage_id, participation_ids=ids)


def check_boards() -> None:
    """Have the boards that changed lately compared with SQL."""
    with transaction():
        for stage_id in active_stages(RECENT_S):
            ask_rebuild(stage_id)


def recompute() -> None:
    """Have the standings of busy boards computed anew from the truth, whatever wake-up was lost."""
    with transaction():
        for stage_id in active_stages(BUSY_S):
            enqueue(Job.REBUILD_STANDINGS, stage_id=stage_id, is_full=1)


def keep_closed_learning() -> None:
    """Keep what everybody had learned, once, when a learning window has closed."""
    with transaction():
        stages = due(clock.now())
    for stage_id in stages:
        with transaction():
            close_learning(stage_id, clock.now())


PERIODIC = (
    ("leaderboard.keep_closed_learning", 60.0, keep_closed_learning),
    ("leaderboard.drive_combining", 30.0, drive_combining),
    ("leaderboard.check_boards", 60.0, check_boards),
    ("leaderboard.recompute", 600.0, recompute),
)
