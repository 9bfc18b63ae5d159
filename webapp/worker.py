"""The RQ worker: imports the app once, then forks per job; each job runs inside an app context.

Without arguments it serves every queue in two lanes, each a process of its own: reading a workbook or
making certificates may take minutes, and no board may stand still meanwhile. With names of queues as
arguments it serves only those, in that order, for machines that do one kind of work."""

import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from flask import Flask
from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from webapp.app import create_app
from webapp.config import Settings, require_secrets
from webapp.core import clock
from webapp.core.db import db
from webapp.core.queue import QueueName
from webapp.keeper import Keeper
from webapp.operations.service import beats, refuse_lax_database
from webapp.registry import at_worker_start

log = logging.getLogger(__name__)

LANES: tuple[tuple[QueueName, ...], ...] = ((QueueName.GRADING, QueueName.BOARDS), (QueueName.FILES,))


def main(names: Sequence[str] = ()) -> int:
    """Serve these queues, or all, until told to stop. Return the exit status. raise (ValueError): no such
    queue."""
    queues = tuple(QueueName(name) for name in names)
    settings = Settings.from_env()
    require_secrets(settings)
    app = create_app(settings)
    with app.app_context():
        _begin()
    if queues:
        return _serve(app, settings, queues)
    return Keeper().keep({", ".join(lane): partial(_serve, app, settings, lane) for lane in LANES})


def _serve(app: Flask, settings: Settings, names: Sequence[QueueName]) -> int:
    class AppWorker(Worker):
        """A worker whose forked job process has the app around it."""

        def perform_job(self, job: Any, queue: Any) -> bool:
            if queue.name == QueueName.FILES:
                give_way()
            with app.app_context():
                # The fork must not share the parent's sockets; nothing was opened before it.
                for engine in db.engines.values():
                    engine.dispose(close=False)
                with suppress(SQLAlchemyError):  # the job itself will tell
                    clock.measure_offset(db.engine)
                    beats.beat(db.engine, "worker")
                return bool(super().perform_job(job, queue))

    connection = Redis.from_url(settings.redis_url)
    queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in names]
    # RQ says four lines a job at INFO: thousands on an exam day. They show at DEBUG.
    level = "WARNING" if settings.log_level == "INFO" else settings.log_level
    logging.getLogger("rq").setLevel(level)
    AppWorker(queues, connection=connection, serializer=JSONSerializer).work(logging_level=level)
    return 0


def give_way() -> None:
    """Reading files takes seconds of a core and may wait; saves on the same machine may not (RELIABILITY row
    I01). A niced process still keeps others waiting for milliseconds, an idle one leaves the core at once."""
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.nice(19)


def _begin() -> None:
    """Refuse a database that could lose answers; take up what a worker that was killed has left.

    The connections are closed again: jobs run in forked processes."""
    refuse_lax_database()
    for wake in at_worker_start():
        try:
            wake()
        except Exception:
            log.exception("what was left could not be looked for; the clock process will")
    for engine in db.engines.values():
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
