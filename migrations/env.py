"""Alembic's entry: runs migrations inside the app, as the owner of the database."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, text

from webapp.core.db import KEYS_SCHEMA, Base

config = context.config
LOCK_TIMEOUT = "2s"


def include_name(name: str | None, kind: str, parents: object) -> bool:
    """Compare our two schemas only."""
    return name in {None, "public", KEYS_SCHEMA} if kind == "schema" else True


def run() -> None:
    """Migrate with a lock timeout, so that a busy table makes the migration fail, not the site."""
    # An engine of its own: the app's engines drop to roles that may not change tables.
    engine = create_engine(current_app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_schemas=True,
            include_name=include_name,
            compare_type=True,
            compare_server_default=False,
            transaction_per_migration=True,
        )
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
