"""The clock process: what runs periodically, and how often. One of many holds the lock."""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Connection, text

from webapp.app import create_app
from webapp.config import Settings, require_secrets
from webapp.core import clock
from webapp.core.db import db
from webapp.operations.service import refuse_lax_database
from webapp.registry import periodic

log = logging.getLogger(__name__)

CLOCK_LOCK = 7_304_000


@dataclass
class Task:
    """One periodic call. `every_s` counts from the end of one run to the start of the next."""

    name: str
    every_s: float
    run: Callable[[], object]
    next_at: float = 0.0


def main() -> int:
    """Hold the lock, run what is due, until told to stop."""
    settings = Settings.from_env()
    require_secrets(settings)
    app = create_app(settings)
    with app.app_context():
        refuse_lax_database()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    tasks = [Task(name, every_s, run) for name, every_s, run in periodic()]
    while not stop.is_set():
        try:
            with app.app_context(), db.engine.connect() as connection:
                _serve_while_locked(app, connection, tasks, stop)
        except Exception:
            log.exception("the clock lost its database; trying again")
            stop.wait(2)
    return 0


def _serve_while_locked(app: Flask, connection: Connection, tasks: list[Task], stop: threading.Event) -> None:
    """Only one clock works: the lock belongs to the connection and ends with it."""
    connection = connection.execution_options(isolation_level="AUTOCOMMIT")
    while not stop.is_set() and not connection.scalar(
        text("SELECT pg_try_advisory_lock(:key)"), {"key": CLOCK_LOCK}
    ):
        stop.wait(2)
    while not stop.is_set():
        connection.scalar(text("SELECT 1"))
        clock.measure_offset(db.engine)
        run_due(app, tasks, time.monotonic())
        stop.wait(0.5)


def run_due(app: Flask, tasks: list[Task], at: float) -> list[str]:
    """Run every task whose time has come; a failing one never stops the others. Return their names."""
    done = []
    for task in tasks:
        if at < task.next_at:
            continue
        try:
            with app.app_context():
                task.run()
        except Exception:
            log.exception("periodic task %s failed", task.name)
        done.append(task.name)
        task.next_at = time.monotonic() + task.every_s
    return done


if __name__ == "__main__":
    sys.exit(main())
