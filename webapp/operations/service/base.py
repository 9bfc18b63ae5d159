"""Base backups of our own database, and going back to an instant: base + the archive of changes.

A base backup is the whole cluster as files, taken while the site works. With JIANGSAI_ARCHIVE every change
after it is kept too, so that the state at any instant since can be restored."""

import json
import shutil
from datetime import datetime
from pathlib import Path

from flask import current_app

from webapp.config import Settings
from webapp.core.db import db
from webapp.operations.database_tools import run_tool
from webapp.operations.errors import BackupDamaged, FolderNotEmpty
from webapp.operations.formats import FILES, digest_of
from webapp.operations.models import BackupRun
from webapp.operations.service import copy_files, place_keys, read_keys, write_keys
from webapp.supervisor.binaries import postgres_install
from webapp.supervisor.folders import Folders
from webapp.supervisor.placement import place
from webapp.supervisor.postgres import Postgres

BASE = "base"


def back_up_base(folder: Path, keys_file: Path | None) -> int:
    """Copy the running cluster, the files and the keys into an empty or new folder; its size in bytes.

    Raise FolderNotEmpty, ToolFailed."""
    settings: Settings = current_app.extensions["settings"]
    if (folder.exists() and any(folder.iterdir())) or (keys_file is not None and keys_file.exists()):
        raise FolderNotEmpty(folder=folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    options = [f"--pgdata={folder / BASE}", "--checkpoint=fast", "--wal-method=stream", "--no-password"]
    options.append("--manifest-checksums=SHA256")
    run_tool("pg_basebackup", settings.database_url, options)
    copy_files(settings.files_dir, folder / FILES)
    if keys_file is not None:
        write_keys(settings, keys_file)
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def verify_base(source: Path) -> None:
    """Compare every file with the manifest that PostgreSQL wrote. Raise BackupDamaged naming the first."""
    try:
        listed = json.loads((source / "backup_manifest").read_text(encoding="utf-8"))["Files"]
    except (OSError, ValueError, KeyError) as error:
        raise BackupDamaged(what=f"backup_manifest: {error}") from error
    for entry in listed:
        path = source / entry.get("Path", "")
        if not path.is_file() or digest_of(path) != entry["Checksum"]:
            raise BackupDamaged(what=f"{path} is missing or has changed since it was written")


def note_backup(kind: str, folder: Path, size_bytes: int) -> None:
    """Write down that a backup was completed: the readiness check asks for its age."""
    db.session.add(BackupRun(kind=kind, place=str(folder), size_bytes=size_bytes))


def restore_base(
    settings: Settings, folder: Path, archive: Path | None, until: datetime | None, keys_file: Path | None
) -> Path:
    """Put a base backup into an empty var folder, so that the next start replays the archive up to `until`
    (None: everything there is); the folder of the cluster. Nothing runs meanwhile.

    Raise BackupDamaged, FolderNotEmpty, AlreadyRunning."""
    source = folder / BASE
    if not (source / "PG_VERSION").exists():
        raise BackupDamaged(what=f"{source} holds no cluster")
    verify_base(source)
    folders = Folders(settings.var.absolute())
    folders.lock()
    try:
        placement = place(postgres_install(), folders.var, folders.location_file)
        if placement.data.exists():
            raise FolderNotEmpty(folder=placement.data)
        shutil.copytree(source, placement.data, symlinks=True)
        placement.data.chmod(0o700)
        server = Postgres(placement.install, placement.data, placement.data, placement.identity)
        if archive is not None:
            server.recover_from(archive.absolute(), until.isoformat() if until else "")
        server.own(placement.data)
        copy_files(folder / FILES, settings.files_dir)
        if keys_file is not None:
            place_keys(settings, read_keys(keys_file))
    finally:
        folders.unlock()
    return placement.data
