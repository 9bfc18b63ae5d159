"""An event written down as one file: asked for by a host, made by a worker, kept, downloaded, each time noted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.media import service as media
from webapp.reports.errors import ArchiveBeingMade, ArchiveMissing
from webapp.reports.formats.archive import Writer
from webapp.reports.models import EventArchive
from webapp.reports.service import packing

KEEP = timedelta(days=366)
"""So long an archive is kept at least (p); nothing deletes one by itself."""
STALE = timedelta(minutes=30)
ZIP = "application/zip"

_STEP = text("UPDATE event_archives SET done = :done, total = :total WHERE id = :id AND state = 'making'")


@dataclass(frozen=True)
class Wish:
    """What is to stand in an archive besides what always does. why: the reason that is noted."""

    why: str
    with_names: bool = False
    with_keys: bool = False


def ask_archive(event_id: int, wish: Wish, account_id: int | None, now: datetime) -> int:
    """Have an archive made after the commit; return its id. raise (ArchiveBeingMade): one is under way."""
    running = db.session.scalars(
        select(EventArchive)
        .where(EventArchive.event_id == event_id, EventArchive.state == "making")
        .with_for_update()
    ).one_or_none()
    if running is not None:
        if running.asked_at > now - STALE:
            raise ArchiveBeingMade
        running.state = "failed"
        db.session.flush()
    made = EventArchive(
        event_id=event_id, with_names=wish.with_names, with_keys=wish.with_keys, reason=wish.why,
        asked_by_account_id=account_id, asked_at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:
        raise ArchiveBeingMade from None
    record(
        "archive.ask", "event", event_id, why=wish.why, archive_id=made.id, with_names=wish.with_names,
        with_keys=wish.with_keys,
    )  # fmt: skip
    enqueue(Job.MAKE_ARCHIVE, archive_id=made.id)
    return made.id


def wanted(archive_id: int) -> packing.Asked | None:
    """What is to be packed; None when the archive is made already or was given up."""
    row = db.session.get(EventArchive, archive_id)
    if row is None or row.state != "making":
        return None
    return packing.Asked(row.event_id, row.with_names, row.with_keys)


def build(archive_id: int, asked: packing.Asked, path: Path, now: datetime) -> packing.Packed:
    """Write the archive to `path`. Everything is read in one snapshot of the database, and nothing written to it but
    how far it is; the caller is in no transaction and is left in none."""
    _read_all_at_once()
    try:
        return packing.pack(Writer(path), asked, now, lambda done, total: _step(archive_id, done, total))
    finally:
        db.session.rollback()


def keep(archive_id: int, path: Path, packed: packing.Packed, now: datetime) -> None:
    """Put a written archive into the store and note its digests."""
    row = db.session.get_one(EventArchive, archive_id, with_for_update=True)
    if row.state != "making":
        return
    file_id = media.store_file(path, ZIP)
    row.state, row.file_id, row.size_bytes = "ready", file_id, path.stat().st_size
    row.manifest_sha256, row.content_sha256 = packed.manifest, packed.content
    row.members, row.omitted = packed.members, [dict(one) for one in packed.omitted]
    row.made_at, row.keep_until = now, now + KEEP
    record(
        "archive.make", "event", row.event_id, actor="archive", archive_id=archive_id,
        manifest_sha256=packed.manifest, content_sha256=packed.content, bytes=row.size_bytes,
    )  # fmt: skip


def fail(archive_id: int) -> None:
    """Note that the making broke; it can be asked for again."""
    row = db.session.get(EventArchive, archive_id, with_for_update=True)
    if row is not None and row.state == "making":
        row.state = "failed"


def take(archive_id: int, why: str) -> EventArchive:
    """Note that somebody takes an archive away, and return it. raise (ArchiveMissing): it is not ready."""
    row = db.session.get(EventArchive, archive_id)
    if row is None or row.state != "ready" or row.file_id is None:
        raise ArchiveMissing
    record(
        "archive.take", "event", row.event_id, why=why, archive_id=archive_id, with_names=row.with_names,
        with_keys=row.with_keys, manifest_sha256=row.manifest_sha256,
    )  # fmt: skip
    return row


def _read_all_at_once() -> None:
    """What follows sees the database as it is now, whatever happens meanwhile."""
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    db.session.execute(text("SET TRANSACTION READ ONLY"))
    db.session.execute(text("SET LOCAL statement_timeout = '9min'"))


def _step(archive_id: int, done: int, total: int) -> None:
    """Say how far it is, on a connection of its own: the reading goes on in its snapshot."""
    with db.engine.begin() as connection:
        connection.execute(_STEP, {"id": archive_id, "done": done, "total": total})
