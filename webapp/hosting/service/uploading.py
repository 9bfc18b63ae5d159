"""Photos and videos of a performance file: they come in pieces, and say of themselves how fine or long they are."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.core.db import db
from webapp.courses.formats.video import duration_of
from webapp.hosting.errors import UploadDiffers, UploadGone, UploadIncomplete, UploadRefused
from webapp.hosting.formats.joined import Joined
from webapp.hosting.formats.photos import read_photo
from webapp.hosting.models import HostingPiece, HostingUpload
from webapp.hosting.queries import loading
from webapp.hosting.queries.performance import arrived, places_of
from webapp.hosting.service.performing import own_file
from webapp.judging.rules import pieces
from webapp.media import service as media

MEDIA_TYPE = "application/octet-stream"
MOST_UPLOADS = 200
MOST_PHOTO_BYTES = 64 * 1024 * 1024
"""A larger file is not looked at as a photo."""
VIDEO_ENDINGS = frozenset({"mp4", "m4v", "mov", "avi", "mkv", "wmv", "webm", "mpg", "mpeg", "mts", "flv"})
MOST = pieces.MOST_BYTES // 1024 // 1024


def begin(application_id: int, name: str, size_bytes: int, digest: str, who: Principal, now: datetime) -> int:
    """Announce a file; return its id. The same one announced again and not complete goes on where it stopped.

    raise (UploadRefused, FileNotOpen, ApplicationMissing)."""
    own_file(application_id, who)
    name = name.strip().replace("\\", "/").rsplit("/", 1)[-1][:120]
    if not name or not 0 < size_bytes <= pieces.MOST_BYTES or not pieces.DIGEST.match(digest):
        raise UploadRefused(most=MOST)
    known = select(HostingUpload.id).where(
        HostingUpload.application_id == application_id, HostingUpload.digest == digest,
        HostingUpload.size_bytes == size_bytes, HostingUpload.removed_at.is_(None),
    )  # fmt: skip
    found = db.session.scalar(known.limit(1))
    if found is not None:
        return found
    count = select(func.count()).where(
        HostingUpload.application_id == application_id, HostingUpload.removed_at.is_(None)
    )
    if (db.session.scalar(count) or 0) >= MOST_UPLOADS:
        raise UploadRefused(most=MOST)
    made = HostingUpload(
        application_id=application_id, name=name, size_bytes=size_bytes, piece_bytes=pieces.PIECE_BYTES,
        digest=digest, by_account_id=who.account_id, started_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made.id


def put_piece(upload_id: int, number: int, content: bytes, who: Principal, now: datetime) -> int:
    """Keep a piece (from 0); return how many have arrived. The same piece again replaces nothing.

    raise (UploadGone, UploadRefused, FileNotOpen)."""
    row = _own(upload_id, who)
    if row.completed_at is not None:
        return len(arrived(upload_id))
    if not 0 <= number < pieces.count(row.size_bytes, row.piece_bytes):
        raise UploadRefused(most=MOST)
    if len(content) != pieces.length(number, row.size_bytes, row.piece_bytes):
        raise UploadRefused(most=MOST)
    db.session.execute(
        insert(HostingPiece)
        .values(upload_id=upload_id, number=number, file_id=media.store(content, MEDIA_TYPE), arrived_at=now)
        .on_conflict_do_nothing(index_elements=["upload_id", "number"])
    )
    return len(arrived(upload_id))


def complete(upload_id: int, who: Principal, now: datetime) -> str:
    """Take the file over; return its kind. Done again it changes nothing.

    raise (UploadIncomplete, UploadGone). raise (UploadDiffers, UploadRefused): it is not what was announced, or
    neither photo nor video; then `forget` it."""
    row = _own(upload_id, who)
    if row.completed_at is not None:
        return row.kind
    missing = pieces.count(row.size_bytes, row.piece_bytes) - len(arrived(upload_id))
    if missing:
        raise UploadIncomplete(missing=missing)
    places = places_of(upload_id)
    if pieces.list_digest(pieces.digest(place.read_bytes()) for place in places) != row.digest:
        raise UploadDiffers
    _read_facts(row, Joined(places, row.piece_bytes, row.size_bytes))
    row.completed_at = now
    record(
        "hosting.file.upload",
        "hosting",
        row.application_id,
        upload=row.id,
        kind=row.kind,
        size=row.size_bytes,
    )
    return row.kind


def _read_facts(row: HostingUpload, file: Joined) -> None:
    """Whether it is a photo or a video, how fine, how long. raise (UploadRefused): neither."""
    photo = read_photo(file.read()) if row.size_bytes <= MOST_PHOTO_BYTES else None
    if photo is not None:
        row.kind, (row.media_type, row.dpi) = "photo", photo
        return
    file.seek(0)
    try:
        row.length_s, row.media_type = duration_of(file, row.size_bytes), "video/mp4"
    except ValueError:
        if row.name.rsplit(".", 1)[-1].lower() not in VIDEO_ENDINGS:
            raise UploadRefused(most=MOST) from None
        row.media_type = MEDIA_TYPE
    row.kind = "video"


def forget(upload_id: int, who: Principal) -> None:
    """Throw away the pieces of a file that turned out wrong. raise (UploadGone)."""
    row = _own(upload_id, who)
    db.session.execute(delete(HostingPiece).where(HostingPiece.upload_id == upload_id))
    db.session.delete(row)


def remove(upload_id: int, who: Principal, now: datetime) -> int:
    """Take a file off; return the application. raise (UploadGone, FileNotOpen)."""
    row = _own(upload_id, who)
    row.removed_at = now
    record("hosting.file.remove", "hosting", row.application_id, upload=row.id)
    return row.application_id


def _own(upload_id: int, who: Principal) -> HostingUpload:
    """raise (UploadGone): not of an application of this person's organisation."""
    row = db.session.get(HostingUpload, upload_id)
    if row is None or row.removed_at is not None:
        raise UploadGone
    application = loading.joined_or_none(row.application_id, who)
    if application is None:
        raise UploadGone
    own_file(row.application_id, who)
    return row
