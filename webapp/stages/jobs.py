"""Background work of lists."""

import logging

from sqlalchemy.exc import OperationalError

from webapp.contests.queries import stage_by_id
from webapp.core import clock, turns
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.core.outbox import enqueue
from webapp.core.queue import Job, job
from webapp.core.transaction import in_transaction, transaction
from webapp.exam.service.doors import register_lists
from webapp.leaderboard.queries.finals import closed_open_stages
from webapp.stages.models import StageRun
from webapp.stages.queries.lists import newest
from webapp.stages.queries.runs import under_way
from webapp.stages.rules.orders import Kind, Order
from webapp.stages.rules.states import LIVE, POSTED
from webapp.stages.service import attending, regrading, reminding, running
from webapp.stages.service.ordering import last_rank

log = logging.getLogger(__name__)


def is_frozen(stage_id: int) -> bool:
    """Whether a list of this stage is under way: frozen and not posted yet."""
    found = newest(stage_id)
    return found is not None and found.state in LIVE - POSTED


def is_posted(stage_id: int) -> bool:
    """Whether the list of this stage is posted or final."""
    found = newest(stage_id)
    return found is not None and found.state in POSTED


register_lists(is_frozen, is_posted)


@job(Job.REGRADE_STAGE)
def regrade_stage(regrade_id: int) -> bool:
    """Compute a list a second time; running again leaves a finished run as it is."""
    with transaction():
        return regrading.regrade(regrade_id, clock.now())


@job(Job.RUN_LIST)
def run_list(run_id: int) -> None:
    """Carry out a step of a large list: all of it in one transaction, or nothing."""
    token = in_transaction(lambda: turns.claim(StageRun, run_id, clock.now()))
    if not token or not in_transaction(lambda: running.begin(run_id, token)):
        return
    try:
        in_transaction(lambda: running.work(run_id, token, clock.now()))
    except running.TakenOver:
        log.warning("run %d of a list was taken over by another worker", run_id)
    except DomainError as why:
        refusal = why
        in_transaction(lambda: running.refuse(run_id, token, refusal, clock.now()))
    except OperationalError:
        db.session.rollback()
        in_transaction(lambda: running.let_go(run_id, token))
        raise
    except Exception:
        db.session.rollback()
        in_transaction(lambda: running.fail(run_id, token, clock.now()))
        raise


def look_after_runs() -> None:
    """Carry on with what a killed worker left."""
    with transaction():
        for run_id in turns.left_behind(StageRun, clock.now()):
            enqueue(Job.RUN_LIST, run_id=run_id)


def close_open_track() -> None:
    """Have the final list made of open stages that are over and by the file need no notice, once, and their certificates
    issued. The others go the way of every list."""
    now = clock.now()
    with transaction():
        over = [one for one in closed_open_stages(now) if not running.has_tried(one, now)]
        for stage_id in over:
            if not stage_by_id(stage_id).rules.closes_alone:
                continue
            if last_rank(stage_id) and under_way(stage_id) is None:
                running.ask(Order(Kind.CLOSE, stage_id), None, two_person=False, now=now)


def ask_substitutes() -> int:
    """Note who did not say in time whether they come, and ask the next in rank; return in how many stages."""
    with transaction():
        stages = attending.due(clock.now())
    for stage_id in stages:
        with transaction():
            attending.move_up(stage_id, clock.now())
    return len(stages)


def remind_hosts() -> int:
    """Tell hosts once a day how many lists are due; return how many were told."""
    with transaction():
        return reminding.remind(clock.now())


PERIODIC = (
    ("stages.ask_substitutes", 300.0, ask_substitutes),
    ("stages.look_after_runs", 30.0, look_after_runs),
    ("stages.close_open_track", 60.0, close_open_track),
    ("stages.remind_hosts", 1800.0, remind_hosts),
)
