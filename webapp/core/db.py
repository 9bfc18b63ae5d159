"""The database: one typed base, one session, two engines.

The default engine runs as the role that pages use; the `keys` engine runs as the role that may
also read answer keys (DECISIONS 11). Which one a statement takes is decided by `keys_scope()`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import DateTime, Engine, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Instant = DateTime(timezone=True)
"""A point in time, stored in UTC."""

KEYS_SCHEMA = "keys"
"""The schema of answer keys and explanations: closed to the role that serves pages."""


class Base(DeclarativeBase):
    """Parent of every table. Inherit this, not db.Model, so that types are checked."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSONB, list[Any]: JSONB}  # noqa: RUF012 - SQLAlchemy reads it from the class


_in_keys_scope: ContextVar[bool] = ContextVar("in_keys_scope", default=False)


class ScopedSession(Session):
    """Flask-SQLAlchemy's session, sent to the keys engine inside `keys_scope()`."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        if _in_keys_scope.get():
            return keys_engine()
        return super().get_bind(*args, **kwargs)


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": ScopedSession})


def let_go() -> None:
    """Give the connection of this request's session back, when there is one: what was read is done with.

    Before a hot statement, which takes a connection of its own: nobody should hold two."""
    if db.session.registry.has():
        db.session.rollback()


def keys_engine() -> Engine:
    """The engine whose role may read answer keys."""
    return db.engines["keys"]


@contextmanager
def keys_scope() -> Iterator[None]:
    """Statements inside go through the keys engine, in one transaction of their own.

    Only bank, learning-marking and grading code enters it (a test holds the list)."""
    token = _in_keys_scope.set(True)
    try:
        yield
    finally:
        _in_keys_scope.reset(token)
