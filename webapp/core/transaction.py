"""The only commit in the code.

Services write and never commit; the edge (route, job, command) wraps them in `transaction()`.
Jobs queued inside are rows of the outbox that commit with the change, and leave for Redis only
after the commit has returned (SQLAlchemy's after_commit event is too early)."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from webapp.core.db import db
from webapp.core.outbox import send_pending_of_session

T = TypeVar("T")

RETRYABLE = {"40001", "40P01", "08000", "08003", "08006", "57P01"}
"""SQLSTATEs after which a whole transaction may run again: serialization, deadlock, lost connection."""


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what happened inside, or nothing. Nested use joins the outer one."""
    session = db.session()
    if session.info.get("in_transaction"):
        yield
        return
    session.info["in_transaction"] = True
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        session.info.pop("outbox", None)
        raise
    finally:
        session.info["in_transaction"] = False
    send_pending_of_session(session)


def in_transaction(work: Callable[[], T], tries: int = 3) -> T:
    """Run `work` in a transaction; after a deadlock or a lost connection run all of it again,
    at most `tries` times with a short random pause (RELIABILITY rule 5)."""
    for attempt in range(1, tries + 1):
        try:
            with transaction():
                return work()
        except OperationalError as error:
            if attempt == tries or not is_retryable(error):
                raise
            time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def is_retryable(error: OperationalError) -> bool:
    """Whether running the whole transaction again is right after this error."""
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or state in RETRYABLE
