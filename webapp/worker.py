"""The RQ worker: imports the app once, then forks per job; each job runs inside an app context.

Without arguments it serves every queue in two lanes, each a process of its own: reading a workbook or
making certificates may take minutes, and no board may stand still meanwhile. With names of queues as
arguments it serves only those, in that order, for machines that do one kind of work."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
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
from webapp.operations.service import beats, refuse_lax_database
from webapp.registry import at_worker_start

log = logging.getLogger(__name__)

FILES_NICE = 10
"""Reading files takes minutes of a core and may wait; saves on the same machine may not (RELIABILITY row I01)."""

LANES: tuple[tuple[QueueName, ...], ...] = ((QueueName.GRADING, QueueName.BOARDS), (QueueName.FILES,))

PAUSE_S = 0.5
"""Before a lane that ended begins anew."""


def main(names: Sequence[str] = ()) -> int:
    """Serve these queues, or all, until told to stop. Return the exit status. raise (ValueError): no such
    queue."""
    queues = tuple(QueueName(name) for name in names)
    settings = Settings.from_env()
    require_secrets(settings)
    app = create_app(settings)
    with app.app_context():
        _begin()
    return _serve(app, settings, queues) if queues else _serve_lanes(app, settings)


def _serve_lanes(app: Flask, settings: Settings) -> int:
    """One process a lane, begun anew when it ends, until we are told to stop."""
    alive, _held = os.pipe()  # our end closes when we die, however we die
    lanes: dict[int, tuple[QueueName, ...]] = {}
    told_to_stop = threading.Event()

    def begin(queues: tuple[QueueName, ...]) -> None:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.close(_held)
            threading.Thread(target=_end_with_parent, args=(alive,), daemon=True).start()
            os._exit(_serve(app, settings, queues))
        lanes[pid] = queues

    def stop(*_: object) -> None:
        told_to_stop.set()
        for pid in list(lanes):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    for queues in LANES:
        begin(queues)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while lanes:
        pid, status = os.wait()
        queues = lanes.pop(pid)
        if not told_to_stop.is_set():
            log.error("the lane of %s ended (%d); it begins anew", ", ".join(queues), status)
            time.sleep(PAUSE_S)
            begin(queues)
            if told_to_stop.is_set():  # told while it began
                stop()
    return 0


def _end_with_parent(alive: int) -> None:
    """A lane whose parent was killed must not go on beside the lanes of the next one."""
    os.read(alive, 1)
    os._exit(1)


def _serve(app: Flask, settings: Settings, names: Sequence[QueueName]) -> int:
    class AppWorker(Worker):
        """A worker whose forked job process has the app around it."""

        def perform_job(self, job: Any, queue: Any) -> bool:
            if queue.name == QueueName.FILES:
                os.nice(FILES_NICE)
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
