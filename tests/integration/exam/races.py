"""Many callers at the same moment, each in a context and connection of its own."""

import contextvars
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from webapp.core.db import db


def together(app: Flask, calls: Sequence[Callable[[], Any]], workers: int = 24) -> list[Any]:
    """Run all calls in threads, released together; each result is a value or the exception raised."""
    gate = threading.Barrier(min(workers, len(calls)))
    waiting = threading.local()

    def run(call: Callable[[], Any]) -> Any:
        if not getattr(waiting, "passed", False):
            waiting.passed = True
            gate.wait(timeout=30)
        with app.app_context():
            try:
                return call()
            except Exception as error:
                db.session.rollback()
                return error

    with ThreadPoolExecutor(min(workers, len(calls))) as pool:
        futures = [pool.submit(contextvars.Context().run, run, call) for call in calls]
        return [future.result(timeout=120) for future in futures]
