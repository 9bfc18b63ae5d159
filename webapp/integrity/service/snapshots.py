"""Camera pictures as an optional check: asked before the start, taken while writing, deleted after some days."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.audit.service import record
from webapp.contests.rules.blueprint import Snapshots
from webapp.core.crypto import keyring
from webapp.core.db import db, let_go
from webapp.core.errors import NotFound
from webapp.exam.errors import ExamNotFound
from webapp.exam.queries.sheets import my_exams, own_sheet
from webapp.exam.rules.states import AttemptState
from webapp.integrity.errors import SnapshotAnswerNeeded, SnapshotRefused
from webapp.integrity.formats.camera import rewritten
from webapp.integrity.models import Snapshot, SnapshotConsent
from webapp.integrity.queries.snapshots import answer_of, shots
from webapp.integrity.rules.snapshots import Next, is_due, moments, next_of
from webapp.integrity.service.checks import Asking, Check, Who, checks_of, register
from webapp.media import service as media

NO_CAMERA = "no-camera"
BATCH = 500


@dataclass(frozen=True)
class Running:
    """An attempt in which pictures are taken. planned: seconds after the start."""

    exam_id: int
    attempt_id: int
    settings: Snapshots
    planned: tuple[int, ...]
    elapsed_s: int


def settings_for(exam_id: int, person_id: int) -> Snapshots:
    """What an exam of this person asks for. raise (ExamNotFound): not theirs, or it takes no pictures."""
    settings = checks_of(exam_id).snapshots if my_exams(person_id, exam_id) else None
    if settings is None:
        raise ExamNotFound
    return settings


def answer(exam_id: int, person_id: int, agreed: bool, at: datetime) -> None:
    """Keep what somebody answered; the last answer before the start counts."""
    settings_for(exam_id, person_id)
    db.session.add(SnapshotConsent(exam_id=exam_id, person_id=person_id, agreed=agreed, at=at))
    record("snapshot.answer", "exam", exam_id, agreed=agreed)


def planned_moments(attempt_id: int, count: int, duration_s: int) -> tuple[int, ...]:
    """The moments of an attempt: the same whenever they are asked for, known to the server only."""
    return moments(keyring().lookup_hash(str(attempt_id), "snapshots"), count, duration_s)


def running(attempt_id: int, person_id: int, at: datetime) -> Running | None:
    """The person's open attempt, when its exam takes pictures and the person agreed. raise (AttemptNotFound)."""
    sheet = own_sheet(attempt_id, person_id)
    settings = checks_of(sheet.exam_id).snapshots
    if settings is None or sheet.state is not AttemptState.OPEN or not answer_of(sheet.exam_id, person_id):
        return None
    if sheet.started_at is None or sheet.deadline_at is None:
        return None
    length = int((sheet.deadline_at - sheet.started_at).total_seconds())
    planned = planned_moments(attempt_id, settings.count, length)
    return Running(sheet.exam_id, attempt_id, settings, planned, int((at - sheet.started_at).total_seconds()))


def next_moment(found: Running) -> Next | None:
    """The next picture of a running attempt."""
    done = {shot.number for shot in shots(found.attempt_id)}
    return next_of(found.planned, done, found.elapsed_s)


def take(found: Running, number: int, content: bytes | None, at: datetime) -> None:
    """Keep what came at a moment: a picture, or None when the camera failed. What came before stays, and what
    is not due now is not kept. raise (SnapshotRefused): no small JPEG."""
    if not is_due(found.planned, number, found.elapsed_s):
        return
    if any(shot.number == number for shot in shots(found.attempt_id)):
        return
    file_id = None if content is None else keep(found.attempt_id, content)
    db.session.add(
        Snapshot(
            exam_id=found.exam_id,
            attempt_id=found.attempt_id,
            number=number,
            file_id=file_id,
            failure=NO_CAMERA if content is None else "",
            at=at,
            keep_until=at + timedelta(days=found.settings.keep_days),
        )
    )
    db.session.flush()


def look(exam_id: int, attempt_id: int, snapshot_id: int) -> bytes:
    """The picture, for a host of the exam; that it was looked at is noted. raise (NotFound)."""
    row = db.session.scalars(
        select(Snapshot).where(
            Snapshot.id == snapshot_id, Snapshot.exam_id == exam_id, Snapshot.attempt_id == attempt_id
        )
    ).one_or_none()
    if row is None or row.file_id is None:
        raise NotFound
    record("snapshot.view", "attempt", attempt_id, snapshot=row.number + 1)
    return base64.b64decode(keyring().decrypt(media.read(row.file_id), _owner(attempt_id)))


def forget(at: datetime) -> int:
    """Delete pictures whose time is over, BATCH at once; that one was taken stays known. -> how many."""
    rows = db.session.scalars(
        select(Snapshot)
        .where(Snapshot.file_id.is_not(None), Snapshot.keep_until < at)
        .order_by(Snapshot.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    gone = [row.file_id for row in rows if row.file_id is not None]
    for row in rows:
        row.file_id = None
    db.session.flush()
    for file_id in gone:
        media.remove(file_id)
    return len(gone)


def keep(attempt_id: int, content: bytes) -> int:
    """Store a picture encrypted for this attempt; the file's id. raise (SnapshotRefused): no small JPEG."""
    clean = rewritten(content)
    if clean is None:
        raise SnapshotRefused
    sealed = keyring().encrypt(base64.b64encode(clean).decode(), _owner(attempt_id))
    return media.store(sealed, "application/octet-stream")


def _owner(attempt_id: int) -> str:
    return f"snapshot:{attempt_id}"


def _before_start(settings: Snapshots, who: Who, _asking: Asking) -> None:
    """raise (SnapshotAnswerNeeded): nothing was answered, or no where the file makes it a condition."""
    agreed = answer_of(who.exam_id, who.person_id)
    if agreed or (agreed is False and not settings.required):
        let_go()
        return
    if not my_exams(who.person_id, who.exam_id):
        raise ExamNotFound
    raise SnapshotAnswerNeeded(who.exam_id)


def _nothing(_settings: Snapshots, _who: Who, _asking: Asking) -> None:
    """Pictures come by a door of their own."""


register(Check("snapshots", lambda checks: checks.snapshots, _before_start, _nothing))
