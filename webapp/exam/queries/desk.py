"""What the help desk sees of a person's exams: states and times. Never answers, never keys."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.core.db import db
from webapp.registration.queries.entrants import SITS


@dataclass(frozen=True)
class DeskExam:
    """One exam of one participation with its newest attempt; exam fields are empty where the event
    has no exam yet. state: '' (no paper yet) | created | open | submitted | graded | void."""

    participation_id: int
    participation_state: str
    number: str
    hall: str
    contest_id: int
    event_id: int
    contest_title: dict[str, str]
    event_title: dict[str, str]
    exam_id: int | None
    kind: str
    title: dict[str, str] | None
    exam_state: str
    opens_at: datetime | None
    closes_at: datetime | None
    attempt_id: int | None
    state: str
    started_at: datetime | None
    deadline_at: datetime | None
    seen_at: datetime | None
    saved_at: datetime | None
    device: str
    lease_at: datetime | None
    submitted_at: datetime | None
    submitted_by: str
    void_reason: str


# The name of a device is its cookie: only a short digest of it leaves the database.
_EXAMS = text(
    f"""
    SELECT p.id AS participation_id, p.state AS participation_state, p.number, p.hall, p.contest_id,
           p.event_id, c.title AS contest_title, ev.title AS event_title, e.id AS exam_id,
           coalesce(e.kind, '') AS kind, e.title, coalesce(e.state, '') AS exam_state, e.opens_at,
           e.closes_at, latest.attempt_id, coalesce(latest.state, '') AS state, latest.started_at,
           latest.deadline_at, latest.seen_at, latest.saved_at,
           CASE WHEN coalesce(latest.lease_device, '') = '' THEN ''
                ELSE left(md5(latest.lease_device), 6) END AS device,
           latest.lease_at, latest.submitted_at, coalesce(latest.submitted_by, '') AS submitted_by,
           coalesce(latest.void_reason, '') AS void_reason
    FROM participations p
    JOIN events ev ON ev.id = p.event_id
    JOIN contests c ON c.id = p.contest_id
    LEFT JOIN exams e ON e.event_id = p.event_id
        AND ({SITS} OR EXISTS (SELECT FROM sheets x WHERE x.exam_id = e.id AND x.participation_id = p.id))
    LEFT JOIN LATERAL (
        SELECT s.* FROM sheets s JOIN attempts a ON a.id = s.attempt_id
        WHERE s.exam_id = e.id AND s.participation_id = p.id ORDER BY a.number DESC LIMIT 1
    ) latest ON true
    WHERE p.person_id = :person_id
    ORDER BY e.kind NULLS LAST, e.closes_at DESC NULLS LAST, p.id
    """  # noqa: S608 - no value of anybody is spliced in
)
_OWNER = text("SELECT person_id FROM sheets WHERE attempt_id = :attempt_id")


def exams_of(person_id: int) -> list[DeskExam]:
    """All participations of a person with their exams, formal ones first."""
    return [DeskExam(**row) for row in db.session.execute(_EXAMS, {"person_id": person_id}).mappings()]


def person_of_attempt(attempt_id: int) -> int | None:
    """Whose attempt this is, or None."""
    found: int | None = db.session.scalar(_OWNER, {"attempt_id": attempt_id})
    return found
