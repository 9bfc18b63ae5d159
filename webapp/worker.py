"""The RQ worker: imports the app once, then forks per job; each job runs inside an app context."""

import logging
import sys
from typing import Any

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from webapp.app import create_app
from webapp.config import Settings, require_secrets
from webapp.core.db import db
from webapp.core.queue import QueueName


def main() -> int:
    """Serve all queues until told to stop."""
    settings = Settings.from_env()
    require_secrets(settings)
    app = create_app(settings)

    class AppWorker(Worker):
        """A worker whose forked job process has the app around it."""

        def perform_job(self, *args: Any, **kwargs: Any) -> bool:
            with app.app_context():
                # The fork must not share the parent's sockets; nothing was opened before it.
                for engine in db.engines.values():
                    engine.dispose(close=False)
                return bool(super().perform_job(*args, **kwargs))

    connection = Redis.from_url(settings.redis_url)
    queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in QueueName]
    # RQ says four lines a job at INFO: thousands on an exam day. They show at DEBUG.
    level = "WARNING" if settings.log_level == "INFO" else settings.log_level
    logging.getLogger("rq").setLevel(level)
    AppWorker(queues, connection=connection, serializer=JSONSerializer).work(logging_level=level)
    return 0


if __name__ == "__main__":
    sys.exit(main())
