"""What came of camera pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from webapp.core.db import db
from webapp.integrity.models import Snapshot, SnapshotConsent


@dataclass(frozen=True)
class Shot:
    """Something came at one moment. has_picture: it can still be looked at."""

    snapshot_id: int
    number: int
    at: datetime
    has_picture: bool
    failure: str
    keep_until: datetime


@dataclass(frozen=True)
class Came:
    """An attempt of somebody who agreed. length_s: how long it was written."""

    attempt_id: int
    length_s: int
    duration_s: int
    got: int
    failed: int


_CAME = text(
    """
    SELECT s.attempt_id, extract(epoch FROM s.submitted_at - s.started_at)::int AS length_s,
           extract(epoch FROM s.deadline_at - s.started_at)::int AS duration_s,
           (SELECT count(*) FROM snapshots x WHERE x.attempt_id = s.attempt_id AND x.failure = '') AS got,
           (SELECT count(*) FROM snapshots x WHERE x.attempt_id = s.attempt_id AND x.failure <> '') AS failed
    FROM sheets s
    WHERE s.exam_id = :exam_id AND s.state = 'graded' AND s.started_at IS NOT NULL
      AND s.submitted_at IS NOT NULL AND (
        SELECT c.agreed FROM snapshot_consents c WHERE c.exam_id = s.exam_id AND c.person_id = s.person_id
        ORDER BY c.id DESC LIMIT 1)
    ORDER BY s.attempt_id
    """
)


def answer_of(exam_id: int, person_id: int) -> bool | None:
    """Whether somebody agreed; None without an answer."""
    return db.session.scalars(
        select(SnapshotConsent.agreed)
        .where(SnapshotConsent.exam_id == exam_id, SnapshotConsent.person_id == person_id)
        .order_by(SnapshotConsent.id.desc())
        .limit(1)
    ).one_or_none()


def shots(attempt_id: int) -> list[Shot]:
    """What came of one attempt, in order."""
    rows = db.session.scalars(
        select(Snapshot).where(Snapshot.attempt_id == attempt_id).order_by(Snapshot.number)
    )
    return [
        Shot(row.id, row.number, row.at, row.file_id is not None, row.failure, row.keep_until) for row in rows
    ]


def came(exam_id: int) -> Iterator[Came]:
    """All marked attempts of those who agreed."""
    for row in db.session.execute(_CAME, {"exam_id": exam_id}).mappings():
        yield Came(**row)
