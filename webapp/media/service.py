"""One content-addressed store behind one interface: local disk now, object storage later."""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.media.models import StoredFile


def store(content: bytes, media_type: str) -> int:
    """Keep `content` and return its file id; the same content is kept once.

    The bytes are on disk (synced) before the row is written; the row commits with the caller."""
    digest = hashlib.sha256(content).hexdigest()
    _write(_path(digest), content)
    return _row(digest, len(content), media_type)


def store_file(path: Path, media_type: str) -> int:
    """Keep a file without holding it in memory and return its file id; the same content is kept once."""
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    _copy(path, _path(digest))
    return _row(digest, path.stat().st_size, media_type)


@contextmanager
def workroom() -> Iterator[Path]:
    """An empty folder beside the stored files, for what is not checked yet; it is gone afterwards."""
    root: Path = current_app.config["FILES_DIR"]
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="incoming-", dir=root) as room:
        yield Path(room)


@dataclass(frozen=True)
class FileFacts:
    """What is known of a stored file."""

    digest: str
    size_bytes: int
    media_type: str


def facts(file_ids: list[int]) -> dict[int, FileFacts]:
    """What is known of these files, by id."""
    rows = db.session.scalars(select(StoredFile).where(StoredFile.id.in_(file_ids)))
    return {row.id: FileFacts(row.digest, row.size_bytes, row.media_type) for row in rows}


def place_of(file_id: int) -> Path:
    """Where a stored file lies. Raise NotFound."""
    digest = db.session.scalar(select(StoredFile.digest).where(StoredFile.id == file_id))
    if digest is None:
        raise NotFound
    return _path(digest)


def read(file_id: int) -> bytes:
    """The bytes of a stored file. Raise NotFound when there is no such file."""
    digest = db.session.scalar(select(StoredFile.digest).where(StoredFile.id == file_id))
    if digest is None:
        raise NotFound
    return _path(digest).read_bytes()


def remove(file_id: int) -> None:
    """Delete a file that nothing else points to; done again it does nothing. The bytes go at once, the row
    with the caller's commit: what breaks in between is finished by doing it again."""
    digest = db.session.scalar(select(StoredFile.digest).where(StoredFile.id == file_id))
    if digest is not None:
        _path(digest).unlink(missing_ok=True)
        db.session.execute(delete(StoredFile).where(StoredFile.id == file_id))


def by_public_name(public_name: str) -> tuple[Path, str]:
    """Where a file lies and its media type, by its random name. Raise NotFound."""
    row = db.session.execute(
        select(StoredFile.digest, StoredFile.media_type).where(StoredFile.public_name == public_name)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _path(row.digest), row.media_type


def public_names(file_ids: list[int]) -> dict[int, str]:
    """Random names of files by id."""
    rows = db.session.execute(
        select(StoredFile.id, StoredFile.public_name).where(StoredFile.id.in_(file_ids))
    )
    return {row.id: row.public_name for row in rows}


def _row(digest: str, size_bytes: int, media_type: str) -> int:
    """The row of a file whose bytes are on disk; it commits with the caller."""
    db.session.execute(
        insert(StoredFile)
        .values(
            digest=digest,
            public_name=secrets.token_urlsafe(18),
            size_bytes=size_bytes,
            media_type=media_type,
        )
        .on_conflict_do_nothing(index_elements=["digest"])
    )
    return db.session.scalars(select(StoredFile.id).where(StoredFile.digest == digest)).one()


def _path(digest: str) -> Path:
    root: Path = current_app.config["FILES_DIR"]
    return root / digest[:2] / digest


def _write(path: Path, content: bytes) -> None:
    if not path.exists():
        _fill(path, lambda out: out.write(content))


def _copy(source: Path, path: Path) -> None:
    if not path.exists():
        with source.open("rb") as content:
            _fill(path, lambda out: shutil.copyfileobj(content, out, 1 << 20))


def _fill(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write to a temporary file, sync, rename: a crash leaves all or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as out:
        write(out)
        out.flush()
        os.fsync(out.fileno())
    Path(temporary).replace(path)
