"""The RQ worker: imports the app once, then forks per job; each job runs inside an app context."""

import logging
import os
import sys
from contextlib import suppress
from typing import Any

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


def main() -> int:
    """Serve all queues until told to stop."""
    settings = Settings.from_env()
    require_secrets(settings)
    app = create_app(settings)
    with app.app_context():
        _begin()

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
    queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in QueueName]
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
    sys.exit(main())
