"""The worker of a running site: a long file job holds up no board, and no lane outlives its parent."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from rq import Queue
from rq.command import send_stop_job_command
from rq.job import Job as QueuedJob
from rq.serializers import JSONSerializer
from sqlalchemy import select

from tests.browser.site import Site
from webapp.core.db import db
from webapp.core.outbox import OutboxRow, enqueue
from webapp.core.queue import Job, QueueName
from webapp.core.redis import redis_client
from webapp.core.transaction import transaction
from webapp.supervisor import processes
from webapp.supervisor.services import CHILD_MARK
from webapp.worker import LANES

pytestmark = pytest.mark.browser

LONG_S = 60
PATIENCE_S = 40.0


def worker_pids(site: Site) -> list[int]:
    """The worker's parent, its lanes, and what they have forked for jobs; the parent first."""
    mark = f"{site.environ['JIANGSAI_VAR']}|worker|"
    return sorted(
        pid
        for pid in processes.all_pids()
        if processes.is_alive(pid) and processes.environment_of(pid).get(CHILD_MARK) == mark
    )


def wait_until(is_true: Callable[[], bool]) -> None:
    assert processes.wait_until(is_true, PATIENCE_S, 0.1)


@pytest.fixture
def file_job(backstage: Flask) -> Iterator[QueuedJob]:
    """A job that takes a minute, as reading a large workbook may, once the worker is at it."""
    with backstage.app_context():
        queue = Queue(QueueName.FILES, connection=redis_client(), serializer=JSONSerializer)
        made = queue.enqueue("time.sleep", LONG_S)
        wait_until(lambda: made.get_status() == "started")
        yield made
        send_stop_job_command(redis_client(), made.id, serializer=JSONSerializer)


def test_a_long_file_job_holds_up_no_board(file_job: QueuedJob) -> None:
    with transaction():
        enqueue(Job.COMBINE_SCORES, stage_id=1, participation_ids="")

    def is_combined() -> bool:
        waiting = select(OutboxRow.id).where(
            OutboxRow.job == Job.COMBINE_SCORES.value, OutboxRow.sent_at.is_(None)
        )
        found = db.session.scalars(waiting).first()
        db.session.rollback()
        return found is None

    wait_until(is_combined)
    assert file_job.get_status() == "started"


def test_no_lane_outlives_a_killed_parent(site: Site) -> None:
    before = idle_worker(site)
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(worker_pids(site)) == len(before) and not set(worker_pids(site)) & set(before))


def test_a_killed_lane_begins_anew_and_the_other_goes_on(site: Site) -> None:
    parent, lane, other = idle_worker(site)
    os.kill(lane, signal.SIGKILL)
    wait_until(lambda: len(worker_pids(site)) == 1 + len(LANES) and lane not in worker_pids(site))
    assert {parent, other} <= set(worker_pids(site))


def idle_worker(site: Site) -> list[int]:
    """The parent and its lanes, none of them at a job."""
    found: list[int] = []

    def is_idle() -> bool:
        found[:] = worker_pids(site)
        return len(found) == 1 + len(LANES)

    wait_until(is_idle)
    return found
