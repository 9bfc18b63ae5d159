"""Print files: all certificates of a stage, an event or a contest as PDFs for a printer, in one ZIP with an index.

A part is set, kept and noted before the next one begins: whatever ends a worker, another goes on where it stopped.
What is set already of a print file that came to nothing, and files after their time, are removed by the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from webapp.audit.service import record
from webapp.certificates.errors import NothingToPrint, PrintBeingMade, PrintMissing, PrintOver
from webapp.certificates.models import CertificatePrint, CertificatePrintPart
from webapp.certificates.queries.certificates import by_ids
from webapp.certificates.queries.prints import Scope, ordered
from webapp.certificates.rules.printing import divided, part_name
from webapp.certificates.service.document import Sheets, sheets
from webapp.certificates.service.indexing import write_index
from webapp.contests.queries import stage_by_id
from webapp.core import turns
from webapp.core.db import db
from webapp.core.i18n import locale, speaking
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.media import service as media

KEEP = timedelta(days=14)
"""So long a print file lies here (p): it is full of names and can be made anew."""
ZIP, PDF = "application/zip", "application/pdf"
INDEX = "index.xlsx"


@dataclass(frozen=True)
class Task:
    """A part that is to be set."""

    print_id: int
    number: int
    pages: tuple[int, ...]
    sheets: Sheets


def ask_print(scope: Scope, why: str, account_id: int, now: datetime) -> int:
    """Have a print file made of what is valid now; return its id.

    raise (PrintBeingMade): one is under way; (NothingToPrint)."""
    parts = list(divided(ordered(scope)))
    if not parts:
        raise NothingToPrint
    made = CertificatePrint(
        contest_id=scope.contest_id, event_id=scope.event_id, stage_id=scope.stage_id, reason=why,
        total=sum(len(part.certificate_ids) for part in parts), parts=len(parts), asked_by_account_id=account_id,
        asked_at=now, language=locale(),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:
        raise PrintBeingMade from None
    db.session.add_all(
        CertificatePrintPart(
            print_id=made.id, number=part.number, stage_id=part.kind.stage_id, award_code=part.kind.award_code,
            template_version=part.kind.template_version, certificate_ids=list(part.certificate_ids),
        )
        for part in parts
    )  # fmt: skip
    db.session.flush()
    record(
        "certificate.print.ask", "contest", scope.contest_id, why=why, print=made.id, event=scope.event_id,
        stage=scope.stage_id, certificates=made.total,
    )  # fmt: skip
    enqueue(Job.PRINT_CERTIFICATES, print_id=made.id)
    return made.id


def cancel(print_id: int, now: datetime) -> None:
    """Give a print file up that is being made. raise (PrintMissing), (PrintOver): it is not being made."""
    row = _locked(print_id)
    if row.state != "making":
        raise PrintOver
    row.state, row.made_at = "cancelled", now
    record("certificate.print.cancel", "contest", row.contest_id, print=row.id, done=row.done)


def take(print_id: int, why: str) -> int:
    """Note that somebody takes a print file away; return the stored file. raise (PrintMissing): it is not there."""
    row = db.session.get(CertificatePrint, print_id)
    if row is None or row.state != "ready" or row.file_id is None:
        raise PrintMissing
    record(
        "certificate.print.take", "contest", row.contest_id, why=why, print=row.id, certificates=row.done,
        digest=row.digest,
    )  # fmt: skip
    return row.file_id


def release(print_id: int, token: str) -> None:
    """Let go of the work and have it carried on by another run, so that other files get their turn between."""
    row = turns.held(CertificatePrint, print_id, token)
    if row is not None:
        row.worker = ""
        enqueue(Job.PRINT_CERTIFICATES, print_id=print_id)


def next_task(print_id: int, after: int = 0) -> Task | None:
    """The first part after this number that is not set yet, with what its template reads; None: all are."""
    part = db.session.scalars(
        select(CertificatePrintPart)
        .where(
            CertificatePrintPart.print_id == print_id,
            CertificatePrintPart.number > after,
            CertificatePrintPart.pages.is_(None),
        )
        .order_by(CertificatePrintPart.number)
        .limit(1)
    ).one_or_none()
    if part is None:
        return None
    row = db.session.get_one(CertificatePrint, print_id)
    found = by_ids(part.certificate_ids)
    valid = [found[one] for one in part.certificate_ids if found[one].is_valid]
    title = f"{_part_name(part)} ({print_id})"
    return Task(
        print_id,
        part.number,
        tuple(one.certificate_id for one in valid),
        sheets(part.template_version, valid, title, row.asked_at),
    )


def keep_part(task: Task, token: str, made: bytes, now: datetime) -> bool:
    """Keep a part that is set; False: the file is not wanted any more, or another worker is at it."""
    row = turns.held(CertificatePrint, task.print_id, token)
    if row is None:
        return False
    part = db.session.get_one(CertificatePrintPart, (task.print_id, task.number))
    if part.pages is None:
        part.pages = list(task.pages)
        part.file_id = media.store(made, PDF) if made else None
        row.done += len(part.certificate_ids)
    row.beat_at = now
    return True


def contents(print_id: int, room: Path) -> list[tuple[Path, str]]:
    """Write the index into this folder, in the language of whoever asked; return what the ZIP holds, in its order:
    (where it lies, its name inside)."""
    index = room / INDEX
    with speaking(db.session.get_one(CertificatePrint, print_id).language):
        write_index(index, print_id)
    parts = [
        (media.place_of(part.file_id), _part_name(part))
        for part in _parts(print_id)
        if part.file_id is not None
    ]
    return [(index, INDEX), *parts]


def finish(print_id: int, token: str, path: Path, now: datetime) -> bool:
    """Keep the file; its parts go. False: it is not wanted any more, or another worker is at it."""
    row = turns.held(CertificatePrint, print_id, token)
    if row is None:
        return False
    file_id = media.store_file(path, ZIP)
    digest = media.facts([file_id])[file_id].digest
    row.state, row.file_id, row.digest, row.size_bytes = "ready", file_id, digest, path.stat().st_size
    row.made_at, row.remove_after = now, now + KEEP
    record("certificate.print.make", "contest", row.contest_id, actor="print", print=row.id, digest=digest)
    return True


def over(now: datetime) -> list[int]:
    """Print files of which something lies here that should go: parts of what is not being made, files after their time."""
    parts = select(CertificatePrintPart.print_id).where(CertificatePrintPart.file_id.is_not(None))
    return list(
        db.session.scalars(
            select(CertificatePrint.id).where(
                CertificatePrint.state != "making",
                or_(
                    CertificatePrint.id.in_(parts),
                    (CertificatePrint.state == "ready") & (CertificatePrint.remove_after < now),
                ),
            )
        )
    )


def clear(print_id: int, now: datetime) -> None:
    """Delete the parts that lie here, and the file itself when its time is over."""
    row = _locked(print_id)
    gone = [part.file_id for part in _parts(print_id) if part.file_id is not None]
    for part in _parts(print_id):
        part.file_id = None
    if row.state == "ready" and row.file_id is not None and row.remove_after and row.remove_after < now:
        gone.append(row.file_id)
        row.state, row.file_id = "removed", None
        record("certificate.print.remove", "contest", row.contest_id, actor="print", print=row.id)
    db.session.flush()
    for file_id in gone:
        media.remove(file_id)


def _locked(print_id: int) -> CertificatePrint:
    row = db.session.get(CertificatePrint, print_id, with_for_update=True)
    if row is None:
        raise PrintMissing
    return row


def _parts(print_id: int) -> Sequence[CertificatePrintPart]:
    return db.session.scalars(
        select(CertificatePrintPart)
        .where(CertificatePrintPart.print_id == print_id)
        .order_by(CertificatePrintPart.number)
    ).all()


def _part_name(part: CertificatePrintPart) -> str:
    stage = stage_by_id(part.stage_id)
    return part_name(part.number, stage.event_code, stage.code, part.award_code)
