"""The migrations and the models say the same, both ways, and the roles hold."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests import database
from tests.conftest import make_settings
from webapp.core.db import KEYS_SCHEMA, Base, db, keys_scope


def test_migrations_make_exactly_the_tables_of_the_models(session: Session) -> None:
    engine = create_engine(str(db.engine.url.render_as_string(hide_password=False)))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "compare_type": True,
                "include_name": lambda name, kind, parents: (
                    name in {None, "public", KEYS_SCHEMA} if kind == "schema" else True
                ),
            },
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert [entry for entry in differences if "alembic_version" not in str(entry)] == []


def test_every_migration_has_a_way_back(tmp_path: object) -> None:
    import flask_migrate

    from webapp.app import create_app

    name = "test_way_back"
    cluster = database.start_cluster()
    database.drop(name)
    with cluster.connect() as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    app = create_app(make_settings(cluster.database_url(name), cluster.redis_url, Path("/nonexistent")))
    with app.app_context():
        flask_migrate.upgrade()
        flask_migrate.downgrade(revision="base")
        flask_migrate.upgrade()
        for engine in db.engines.values():
            engine.dispose()
    with cluster.connect(name) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'keys')"
        ).fetchone()
    database.drop(name)
    assert tables is not None
    assert tables[0] == len(Base.metadata.tables) + 1


def test_pages_cannot_read_answer_keys(session: Session) -> None:
    with pytest.raises(ProgrammingError) as refused:
        session.execute(text("SELECT * FROM keys.question_keys"))
    assert isinstance(refused.value.orig, InsufficientPrivilege)
    session.rollback()
    with keys_scope():
        assert session.execute(text("SELECT * FROM keys.question_keys")).all() == []


@pytest.mark.parametrize(
    "table",
    [
        "audit_rows",
        "answer_events",
        "point_entries",
        "grades",
        "component_scores",
        "quiz_answers",
        "certificates",
        "certificate_revocations",
    ],
)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_append_only_tables_refuse_changes(session: Session, table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError) as refused:
        session.execute(text(statement.format(table)))
    assert isinstance(refused.value.orig, InsufficientPrivilege)
