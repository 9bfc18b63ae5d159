"""Release, backup and restore.

A backup is a folder: the database (pg_dump's custom format), the stored files, and a manifest with
digests and row counts of the same instant. The keys are apart, in a file of their own beside the
folder, so that a copy of the folder alone opens no document number."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
from flask import current_app
from psycopg import sql
from sqlalchemy.exc import OperationalError

from webapp.config import Settings
from webapp.core.db import KEYS_SCHEMA, db
from webapp.operations import queries
from webapp.operations.database_tools import connect, restore_dump, run_tool
from webapp.operations.errors import (
    BackupDamaged,
    DatabaseInUse,
    FolderNotEmpty,
    KeysDiffer,
    NotDurable,
    TargetNotEmpty,
)
from webapp.operations.formats import DUMP, FILES, Manifest, check_digests, digest_of, read_manifest

ROLES = ("jiangsai_pages", "jiangsai_keys")
SCHEMAS = ("public", KEYS_SCHEMA)
KEY_SETTINGS = ("secret_key", "secret_key_old", "data_key", "data_key_old")
LEAVING_S = 3.0


def release() -> str:
    """Bring the database to the newest migration; the revision it then has.

    Raise NotDurable when the server could lose what was acknowledged (RELIABILITY rule 1)."""
    lax = queries.lax_durability()
    if lax and not current_app.testing:
        raise NotDurable(settings=", ".join(lax))
    flask_migrate.upgrade()
    return queries.database_revision()


def refuse_lax_database() -> None:
    """What every process asks before it begins to work (RELIABILITY rule 1).

    Raise NotDurable. A database that does not answer yet is no reason: /readyz tells of it, and of
    these settings again, at each question."""
    try:
        lax = queries.lax_durability()
    except OperationalError:
        return
    if lax and not current_app.testing:
        raise NotDurable(settings=", ".join(lax))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def data_key_id(key: str) -> str:
    """Names a data key without telling it."""
    return hashlib.sha256(b"jiangsai backup key id" + key.encode()).hexdigest()[:16] if key else ""


def back_up(folder: Path, keys_file: Path | None) -> Manifest:
    """Write a backup into an empty or new folder; keys_file: where the keys go, None leaves them out.

    Raise FolderNotEmpty, ToolFailed."""
    settings = _settings()
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmpty(folder=folder)
    if keys_file is not None and keys_file.exists():
        raise FolderNotEmpty(folder=keys_file)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    dump = folder / DUMP
    with connect(settings.database_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = _scalar(connection, "SELECT pg_export_snapshot()")
        tables = count_rows(connection)
        options = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={dump}"]
        run_tool("pg_dump", settings.database_url, options)
    dump.chmod(0o600)
    # After the database: a file is always on disk before the row that names it.
    files = copy_files(settings.files_dir, folder / FILES)
    if keys_file is not None:
        write_keys(settings, keys_file)
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        revision=queries.database_revision(),
        dump_sha256=digest_of(dump),
        dump_bytes=dump.stat().st_size,
        tables=tables,
        files=files,
        data_key_id=data_key_id(settings.data_key),
    )
    manifest.write(folder)
    return manifest


def restore(folder: Path, keys_file: Path | None, replace: bool) -> Manifest:
    """Put a backup in the place of the database and files of this installation.

    Everything is verified before anything is touched; the old tables stay until the new ones are
    complete. Raise BackupDamaged, KeysDiffer, DatabaseInUse, TargetNotEmpty, ToolFailed."""
    settings = _settings()
    manifest = read_manifest(folder)
    check_digests(folder, manifest)
    keys = read_keys(keys_file) if keys_file is not None else None
    key = keys["data_key"] if keys else settings.data_key
    if manifest.data_key_id and data_key_id(key) != manifest.data_key_id:
        raise KeysDiffer
    for engine in db.engines.values():
        engine.dispose()  # our own connections are not somebody else's
    _refuse_busy_or_full(settings.database_url, replace)
    _restore_database(settings.database_url, folder / DUMP, manifest)
    copy_files(folder / FILES, settings.files_dir)
    if keys is not None:
        place_keys(settings, keys)
    return manifest


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Rows of every table of ours, exactly."""
    names = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1, 2",
        [list(SCHEMAS)],
    ).fetchall()
    return {
        f"{schema}.{table}": int(
            _scalar(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table)))
        )
        for schema, table in names
    }


def _scalar(connection: psycopg.Connection, statement: Any, *params: object) -> Any:
    row = connection.execute(statement, params or None).fetchone()
    return row[0] if row else None


def _refuse_busy_or_full(url: str, replace: bool) -> None:
    with connect(url, autocommit=True) as connection:
        if _has_schema(connection, "public_before"):  # an earlier restore was cut off
            _put_back(connection)
        _refuse_busy(connection)
        full = [
            name for name, rows in count_rows(connection).items() if rows and name != "public.alembic_version"
        ]
    if full and not replace:
        raise TargetNotEmpty(tables=", ".join(full[:5]))


def _refuse_busy(connection: psycopg.Connection) -> None:
    """A connection that has just been closed is counted until its process is gone: give it that time."""
    until = time.monotonic() + LEAVING_S
    while others := _scalar(
        connection,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    ):
        if time.monotonic() > until:
            raise DatabaseInUse(count=others)
        time.sleep(0.1)


def _restore_database(url: str, dump: Path, manifest: Manifest) -> None:
    """The old schemas step aside, the new ones are filled; then the old go, or come back."""
    with connect(url, autocommit=True) as connection:
        for role in ROLES:
            _make_role(connection, role)
        with connection.transaction():
            for schema in SCHEMAS:
                if _has_schema(connection, schema):
                    name = sql.Identifier(f"{schema}_before")
                    connection.execute(
                        sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(schema), name)
                    )
            connection.execute("CREATE SCHEMA public")
        try:
            with tempfile.TemporaryDirectory() as place:
                restore_dump(url, dump, Path(place) / "contents")
            counted = count_rows(connection)
            if counted != dict(manifest.tables):
                differ = sorted(set(counted.items()) ^ set(manifest.tables.items()))
                raise BackupDamaged(what=f"rows after restoring differ: {differ[:6]}")
        except BaseException:
            _put_back(connection)
            raise
        for schema in SCHEMAS:
            connection.execute(_schema("DROP SCHEMA IF EXISTS {} CASCADE", f"{schema}_before"))


def _put_back(connection: psycopg.Connection) -> None:
    """After a failed restore: the old schemas return to their names."""
    with connection.transaction():
        for schema in SCHEMAS:
            connection.execute(_schema("DROP SCHEMA IF EXISTS {} CASCADE", schema))
            before = f"{schema}_before"
            if _has_schema(connection, before):
                name = sql.Identifier(schema)
                connection.execute(
                    sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(before), name)
                )


def _has_schema(connection: psycopg.Connection, name: str) -> bool:
    return bool(_scalar(connection, "SELECT 1 FROM pg_namespace WHERE nspname = %s", name))


def _schema(statement: str, name: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(name))


def _make_role(connection: psycopg.Connection, role: str) -> None:
    """The dump grants to roles that a new server does not have."""
    if _scalar(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role) is None:
        connection.execute(_schema("CREATE ROLE {} NOLOGIN", role))
        connection.execute(_schema("GRANT {} TO CURRENT_USER", role))


def copy_files(source: Path, target: Path) -> dict[str, str]:
    """Copy a tree of content-addressed files; digests by relative path. Present ones stay."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    found: dict[str, str] = {}
    for path in sorted(source.rglob("*")) if source.exists() else []:
        if not path.is_file() or path.name.startswith("tmp"):
            continue
        name = str(path.relative_to(source))
        copy = target / name
        found[name] = digest_of(path)
        if not copy.exists() or digest_of(copy) != found[name]:
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(path, copy)
            copy.chmod(0o600)
    return found


def write_keys(settings: Settings, path: Path) -> None:
    """The keys go into a file of their own, readable by us only."""
    keys = {name: getattr(settings, name) for name in KEY_SETTINGS}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump(keys, handle, indent=1)


def read_keys(path: Path) -> dict[str, Any]:
    """The keys of a backup. Raise BackupDamaged."""
    try:
        keys = json.loads(path.read_text(encoding="utf-8"))
        return {name: keys[name] for name in KEY_SETTINGS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupDamaged(what=f"{path}: {error}") from error


def place_keys(settings: Settings, keys: Mapping[str, Any]) -> None:
    """The demo keeps its keys in var/secrets; production brings them from outside and is not touched."""
    if not settings.demo:
        return
    folder = settings.var / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("secret_key", "data_key"):
        draft = folder / f"{name}.draft"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(f"{keys[name]}\n")
        draft.rename(folder / name)
