"""The records of one person in one exam, for the time line: one statement. Never an answer's text."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text

from webapp.core.db import db
from webapp.exam.errors import AttemptNotFound
from webapp.exam.rules.timeline import Fact, Moment, moment

MOST = 5000
"""Saves of a hundred questions come to some hundreds; more is a program that plays."""

# The name of a device is its cookie: only a short digest of it leaves the database.
_FACTS = text(
    """
    WITH papers AS (
        SELECT a.id, a.number, a.created_at FROM attempts a
        WHERE a.exam_id = :exam_id AND a.participation_id = :participation_id
    ), facts AS (
        SELECT created_at AS at, 'drawn' AS what, number, '' AS words, NULL::bigint AS by FROM papers
        UNION ALL
        SELECT l.at, CASE WHEN l.kind IN ('start', 'takeover', 'freed') THEN l.kind ELSE 'device' END, 0,
               concat_ws(' · ', nullif(left(md5(nullif(l.device, '')), 6), ''), nullif(l.reason, '')),
               CASE WHEN l.kind = 'freed' THEN l.by_account_id END
        FROM lease_events l JOIN papers ON papers.id = l.attempt_id
        UNION ALL
        SELECT e.arrived_at,
               CASE WHEN e.outcome <> 'saved' THEN e.outcome WHEN e.is_late THEN 'saved-late' ELSE 'saved' END,
               e.slot, '', NULL
        FROM answer_events e JOIN papers ON papers.id = e.attempt_id WHERE e.exam_id = :exam_id
        UNION ALL
        SELECT x.since, CASE WHEN x.until IS NULL THEN 'still-silent' ELSE 'silent' END,
               round(extract(epoch FROM x.until - x.since))::int, '', NULL
        FROM silences x JOIN papers ON papers.id = x.attempt_id
        UNION ALL
        SELECT s.submitted_at, s.submitted_by, 0, '', NULL
        FROM sheets s JOIN papers ON papers.id = s.attempt_id WHERE s.submitted_at IS NOT NULL
        UNION ALL
        SELECT g.granted_at, 'grant', g.extra_s / 60, g.reason, g.granted_by_account_id
        FROM time_grants g JOIN participations p ON p.id = :participation_id
        WHERE g.exam_id = :exam_id AND (g.attempt_id IS NULL OR g.attempt_id IN (SELECT id FROM papers))
          AND (g.participation_id IS NULL OR g.participation_id = p.id) AND (g.hall IS NULL OR g.hall = p.hall)
        UNION ALL
        SELECT n.at, 'said', 0, n.text, n.by_account_id
        FROM announcements n JOIN participations p ON p.id = :participation_id
        WHERE n.exam_id = :exam_id AND (n.hall IS NULL OR n.hall = p.hall)
          AND (n.participation_id IS NULL OR n.participation_id = p.id)
        UNION ALL
        SELECT r.at, 'read', 0, n.text, NULL
        FROM announcement_reads r JOIN announcements n ON n.id = r.announcement_id
        WHERE r.participation_id = :participation_id AND n.exam_id = :exam_id
        UNION ALL
        SELECT g.graded_at, 'graded', g.version, g.reason, NULL
        FROM grades g JOIN papers ON papers.id = g.attempt_id
        UNION ALL
        SELECT f.at, 'put-aside', 0, '', NULL
        FROM grading_failures f JOIN papers ON papers.id = f.attempt_id
    )
    SELECT facts.at, facts.what, coalesce(facts.number, 0) AS number, facts.words,
           coalesce(person.name, '') AS who
    FROM facts
    LEFT JOIN accounts c ON c.id = facts.by
    LEFT JOIN persons person ON person.id = c.person_id
    WHERE facts.at >= :since
    ORDER BY facts.at DESC LIMIT :most
    """
)
_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def moments(exam_id: int, participation_id: int, since: datetime = _EPOCH) -> list[Moment]:
    """What happened to a participation in an exam, the oldest first; the latest MOST of it."""
    rows = db.session.execute(
        _FACTS,
        {"exam_id": exam_id, "participation_id": participation_id, "since": since, "most": MOST},
    )
    return [moment(Fact(row.at, row.what, row.number, row.words, row.who)) for row in reversed(rows.all())]


_ATTEMPTS = text(
    "SELECT id FROM attempts WHERE exam_id = :exam_id AND participation_id = :participation_id ORDER BY number"
)


def attempts_of(exam_id: int, participation_id: int) -> list[int]:
    """The ids of all papers of a participation in an exam, the first one first."""
    values = {"exam_id": exam_id, "participation_id": participation_id}
    return list(db.session.scalars(_ATTEMPTS, values))


@dataclass(frozen=True)
class Sitter:
    """Who takes part in an exam's event."""

    person_id: int
    number: str
    hall: str
    time_factor: Decimal


_SITTER = text(
    """
    SELECT p.person_id, p.number, p.hall, p.time_factor
    FROM participations p JOIN exams e ON e.event_id = p.event_id
    WHERE e.id = :exam_id AND p.id = :participation_id
    """
)
_OWN = text(
    """
    SELECT s.exam_id, s.participation_id, e.event_id, ev.contest_id, s.state = 'open' AS is_running
    FROM sheets s JOIN exams e ON e.id = s.exam_id JOIN events ev ON ev.id = e.event_id
    WHERE s.attempt_id = :attempt_id AND s.person_id = :person_id
    """
)


def sitter(exam_id: int, participation_id: int) -> Sitter | None:
    """A participation of an exam's event; None when it is none of this exam."""
    values = {"exam_id": exam_id, "participation_id": participation_id}
    row = db.session.execute(_SITTER, values).mappings().one_or_none()
    return Sitter(**row) if row is not None else None


@dataclass(frozen=True)
class AttemptPlace:
    """Where an attempt belongs. is_running: it can be written now."""

    exam_id: int
    participation_id: int
    event_id: int
    contest_id: int
    is_running: bool


def place_of_attempt(attempt_id: int, person_id: int) -> AttemptPlace:
    """Where a person's own attempt belongs. raise (AttemptNotFound): missing, or somebody else's."""
    values = {"attempt_id": attempt_id, "person_id": person_id}
    row = db.session.execute(_OWN, values).mappings().one_or_none()
    if row is None:
        raise AttemptNotFound
    return AttemptPlace(**row)
