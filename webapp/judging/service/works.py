"""Works that are made at home: they come as a file in pieces, with a digest, a deadline and a receipt."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.words import N_
from webapp.judging.errors import (
    ModuleGone,
    NothingToHandIn,
    PieceWrong,
    TooLate,
    WorkDiffers,
    WorkGone,
    WorkIncomplete,
    WorkRefused,
)
from webapp.judging.models import PracticalDeliverable, PracticalModuleRun, PracticalPiece
from webapp.judging.queries.entrants import people_of_stage
from webapp.judging.queries.modules import module_of
from webapp.judging.rules import pieces
from webapp.judging.service import gates
from webapp.judging.service.setting_up import locked_run
from webapp.media import service as media
from webapp.notifications.service import notify_all

HANDED_OUT = N_("The work “%(module)s” is handed out. You have %(hours)s hours.")
MEDIA_TYPE = "application/octet-stream"


def hand_out(stage_id: int, code: str, account_id: int, now: datetime) -> datetime:
    """Start the time of a work made at home; return the instant until which it can be handed in.

    raise (ModuleGone, NothingToHandIn): the module names no hours, or it runs already; whatever a gate refuses."""
    _, module = module_of(stage_id, code)
    run = locked_run(stage_id, code)
    if module.take_home_h is None or run.handed_out_at is not None:
        raise NothingToHandIn
    gates.ask(stage_id, now)
    run.handed_out_at, run.due_at = now, now + timedelta(hours=module.take_home_h)
    told = {"module": {"zh": module.title.zh, "en": module.title.en}, "hours": module.take_home_h}
    notify_all(people_of_stage(stage_id), HANDED_OUT, told, f"/my/practical/{stage_id}/{code}")
    record("practical.hand-out", "stage", stage_id, module=code, due_at=run.due_at.isoformat(), by=account_id)
    return run.due_at


def begin(
    run_id: int, entry_id: int, name: str, size_bytes: int, digest: str, account_id: int, now: datetime
) -> int:
    """Announce a file; return its id, to which the pieces are sent. The same file announced again by the same entry
    and not complete yet goes on where it stopped.

    raise (ModuleGone, NothingToHandIn, TooLate, WorkRefused)."""
    _open_run(run_id, now)
    name = name.strip().replace("\\", "/").rsplit("/", 1)[-1][:120]
    if not name or not 0 < size_bytes <= pieces.MOST_BYTES or not pieces.DIGEST.match(digest):
        raise WorkRefused(most=pieces.MOST_BYTES // 1024 // 1024)
    known = select(PracticalDeliverable.id).where(
        PracticalDeliverable.run_id == run_id, PracticalDeliverable.entry_id == entry_id,
        PracticalDeliverable.digest == digest, PracticalDeliverable.size_bytes == size_bytes,
        PracticalDeliverable.completed_at.is_(None),
    )  # fmt: skip
    found = db.session.scalar(known.limit(1))
    if found is not None:
        return found
    made = PracticalDeliverable(
        run_id=run_id, entry_id=entry_id, name=name, size_bytes=size_bytes, piece_bytes=pieces.PIECE_BYTES,
        digest=digest, by_account_id=account_id, started_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    record("practical.work.begin", "practical-work", made.id, run_id=run_id, size=size_bytes, digest=digest)
    return made.id


def put_piece(work_id: int, entry_ids: list[int], number: int, content: bytes, now: datetime) -> int:
    """Keep a piece (from 0); return how many have arrived. The same piece again replaces nothing.

    raise (WorkGone): not of these entries, or complete. raise (PieceWrong, TooLate, NothingToHandIn)."""
    work = _own(work_id, entry_ids)
    _open_run(work.run_id, now)
    if not 0 <= number < pieces.count(work.size_bytes, work.piece_bytes):
        raise PieceWrong
    if len(content) != pieces.length(number, work.size_bytes, work.piece_bytes):
        raise PieceWrong
    db.session.execute(
        insert(PracticalPiece)
        .values(
            deliverable_id=work_id, number=number, file_id=media.store(content, MEDIA_TYPE), arrived_at=now
        )
        .on_conflict_do_nothing(index_elements=["deliverable_id", "number"])
    )
    return len(arrived(work_id))


def complete(work_id: int, entry_ids: list[int], now: datetime) -> str:
    """Hand the work in; return the receipt. Done again it gives the same receipt.

    A file whose pieces all arrived in time is taken even when this call comes after the deadline: what counts is
    when the last piece came. raise (WorkGone, WorkIncomplete). raise (WorkDiffers): the digest is another; the
    pieces are thrown away by `throw_away`."""
    work = _own(work_id, entry_ids, or_complete=True)
    if work.completed_at is not None:
        return work.receipt
    missing = pieces.count(work.size_bytes, work.piece_bytes) - len(arrived(work_id))
    if missing:
        raise WorkIncomplete(missing=missing)
    whole, parts = hashlib.sha256(), []
    for part in content_of(work_id):
        whole.update(part)
        parts.append(pieces.digest(part))
    if pieces.list_digest(parts) != work.digest:
        raise WorkDiffers
    work.completed_at, work.file_digest = now, whole.hexdigest()
    work.receipt = pieces.receipt(work_id, work.file_digest, now.isoformat())
    record(
        "practical.work.complete", "practical-work", work_id, run_id=work.run_id, digest=work.file_digest,
        receipt=work.receipt,
    )  # fmt: skip
    return work.receipt


def complete_work_of(work_id: int, entry_ids: list[int]) -> str | None:
    """The name of a work that was handed in for one of these entries; None when there is none."""
    return db.session.scalar(
        select(PracticalDeliverable.name).where(
            PracticalDeliverable.id == work_id,
            PracticalDeliverable.entry_id.in_(entry_ids),
            PracticalDeliverable.completed_at.is_not(None),
        )
    )


def throw_away(work_id: int, entry_ids: list[int]) -> None:
    """Forget the pieces of a work that turned out wrong, so that they can be sent again. raise (WorkGone)."""
    _own(work_id, entry_ids)
    db.session.execute(delete(PracticalPiece).where(PracticalPiece.deliverable_id == work_id))


def arrived(work_id: int) -> list[int]:
    """The pieces that have arrived, from 0."""
    query = select(PracticalPiece.number).where(PracticalPiece.deliverable_id == work_id)
    return list(db.session.scalars(query.order_by(PracticalPiece.number)))


def content_of(work_id: int) -> Iterator[bytes]:
    """The bytes of a work, piece after piece: never more than one in memory. The database is asked at once, so
    that what comes later can be read when the request is over. Raise FileNotFoundError before the first byte
    when a piece is lost on disk."""
    query = select(PracticalPiece.file_id).where(PracticalPiece.deliverable_id == work_id)
    places = [media.place_of(one) for one in db.session.scalars(query.order_by(PracticalPiece.number))]
    for place in places:
        place.stat()
    return (place.read_bytes() for place in places)


def _own(work_id: int, entry_ids: list[int], *, or_complete: bool = False) -> PracticalDeliverable:
    row = db.session.scalars(
        select(PracticalDeliverable)
        .where(PracticalDeliverable.id == work_id, PracticalDeliverable.entry_id.in_(entry_ids))
        .with_for_update()
    ).one_or_none()
    if row is None or (row.completed_at is not None and not or_complete):
        raise WorkGone
    return row


def _open_run(run_id: int, now: datetime) -> None:
    run = db.session.get(PracticalModuleRun, run_id)
    if run is None:
        raise ModuleGone
    if run.due_at is None:
        raise NothingToHandIn
    if now >= run.due_at:
        raise TooLate
