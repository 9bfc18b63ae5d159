"""A plain psycopg cursor for the statements that thousands send at once.

Save, start, submit and heartbeat are single guarded statements (DECISIONS 7); the ORM would
cost them two thirds of their speed. The connection comes from the same pool as everything else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from webapp.core.db import db


@contextmanager
def hot_cursor() -> Iterator["psycopg.Cursor[tuple[Any, ...]]"]:
    """A cursor in a transaction of its own: committed on leaving, rolled back on an error."""
    connection = db.engine.raw_connection()
    try:
        driver: psycopg.Connection[tuple[Any, ...]] = connection.driver_connection  # type: ignore[assignment]  # the pool is psycopg's
        with driver.cursor() as cursor:
            yield cursor
        connection.commit()
    except psycopg.OperationalError:
        connection.invalidate()
        raise
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.close()
