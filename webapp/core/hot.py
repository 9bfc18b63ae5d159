"""A plain psycopg cursor for the statements that thousands send at once.

Save, start, submit and heartbeat are single guarded statements (DECISIONS 7); the ORM would
cost them two thirds of their speed. The connection comes from the same pool as everything else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.types.numeric import Int8
from sqlalchemy.exc import OperationalError as DatabaseGone

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


def hot_row(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """The one row of a reading statement, or None: one round trip, no transaction around it.

    A broken connection is tried once more with a new one; then raise SQLAlchemy's OperationalError,
    which becomes the page that says so."""
    for last in (False, True):
        try:
            return hot_statement(statement, values)
        except psycopg.OperationalError as error:
            if last:
                raise DatabaseGone(statement, {}, error) from error
    raise AssertionError("unreachable")


def hot_statement(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """The first row of one statement, which commits by itself, or None. One round trip instead of two.

    The row comes only after the commit, so it may be acknowledged. raise (psycopg.OperationalError): the
    connection was lost; whether the statement took effect is unknown, so it must be safe to repeat."""
    connection = db.engines["hot"].raw_connection()
    try:
        driver: psycopg.Connection[tuple[Any, ...]] = connection.driver_connection  # type: ignore[assignment]  # the pool is psycopg's
        return driver.execute(statement, _alike(values)).fetchone()
    except BaseException:
        # Its state is unknown: the pool makes a new one.
        connection.invalidate()
        raise
    finally:
        connection.close()


def _alike(values: dict[str, Any]) -> dict[str, Any]:
    """Whole numbers always as bigint: left alone they travel in the smallest type that holds them, and the
    server would have to plan the statement once for every mixture of types."""
    return {name: Int8(value) if type(value) is int else value for name, value in values.items()}
