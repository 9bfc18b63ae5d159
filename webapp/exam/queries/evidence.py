"""What is stored of a closed attempt: its receipt worked out again, and the history of every answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from webapp.core.db import db
from webapp.exam.errors import AttemptNotFound
from webapp.exam.rules.receipt import Claim, Submission, receipt_code, submission_digest

MOST_EVENTS = 5000


@dataclass(frozen=True)
class Stored:
    """A closed attempt as the database holds it. digest: of the receipt; recomputed: from the answers now.

    stray: numbers of questions (from 1) whose newest stored save is not the answer of the paper."""

    attempt_id: int
    exam_id: int
    person_id: int
    title: dict[str, str]
    event_title: dict[str, str]
    state: str
    submitted_at: datetime
    closes_at: datetime
    digest: str
    recomputed: str
    code: str
    questions: int
    answered: int
    saves: int
    stray: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        """Whether answers, saves and digest agree with one another."""
        return self.digest == self.recomputed and not self.stray

    def fits(self, claim: Claim) -> bool:
        """Whether a receipt is the one of this attempt: everything that it says, and that the rows agree."""
        return (
            self.is_whole
            and claim.attempt_id in {None, self.attempt_id}
            and claim.code in {"", self.code}
            and claim.digest in {"", self.digest}
        )


_STORED = text(
    """
    SELECT s.attempt_id, s.exam_id, s.person_id, s.participation_id, e.title, ev.title AS event_title, s.state,
           s.submitted_at, e.closes_at, s.receipt, s.answers, s.seqs, a.paper_digest,
           (SELECT count(*) FROM answer_events v
            WHERE v.exam_id = s.exam_id AND v.attempt_id = s.attempt_id AND v.outcome = 'saved') AS saves,
           ARRAY(SELECT i FROM generate_series(1, cardinality(s.seqs)) AS i
                 WHERE s.seqs[i] > 0 AND NOT EXISTS (
                     SELECT FROM answer_events v
                     WHERE v.exam_id = s.exam_id AND v.attempt_id = s.attempt_id AND v.slot = i - 1
                       AND v.seq = s.seqs[i] AND v.answer = s.answers[i]
                       AND v.outcome IN ('saved', 'paper'))) AS stray
    FROM sheets s
    JOIN attempts a ON a.id = s.attempt_id
    JOIN exams e ON e.id = s.exam_id
    JOIN events ev ON ev.id = e.event_id
    WHERE s.submitted_at IS NOT NULL AND s.receipt <> ''
      AND (CAST(:person_id AS bigint) IS NULL OR s.person_id = :person_id)
      AND (CAST(:attempt_id AS bigint) IS NULL OR s.attempt_id = :attempt_id)
    ORDER BY s.submitted_at DESC LIMIT 200
    """
)


_PERSON = text("SELECT person_id FROM sheets WHERE exam_id = :exam_id AND attempt_id = :attempt_id")


def stored_attempts(person_id: int) -> list[Stored]:
    """A person's own attempts that were handed in, the newest first."""
    rows = db.session.execute(_STORED, {"person_id": person_id, "attempt_id": None})
    return [_stored(row) for row in rows]


def stored_attempt(attempt_id: int) -> Stored | None:
    """One attempt, or None while it has not been handed in."""
    row = db.session.execute(_STORED, {"person_id": None, "attempt_id": attempt_id}).one_or_none()
    return None if row is None else _stored(row)


def person_in(exam_id: int, attempt_id: int) -> int:
    """Whose attempt of this exam it is. raise (AttemptNotFound): it belongs to another exam, or to none."""
    found: int | None = db.session.scalar(_PERSON, {"exam_id": exam_id, "attempt_id": attempt_id})
    if found is None:
        raise AttemptNotFound
    return found


def _stored(row: Row[Any]) -> Stored:
    submission = Submission(row.attempt_id, row.participation_id, row.paper_digest, row.answers, row.seqs)
    return Stored(
        attempt_id=row.attempt_id,
        exam_id=row.exam_id,
        person_id=row.person_id,
        title=row.title,
        event_title=row.event_title,
        state=row.state,
        submitted_at=row.submitted_at,
        closes_at=row.closes_at,
        digest=row.receipt,
        recomputed=submission_digest(submission),
        code=receipt_code(row.receipt, row.submitted_at),
        questions=len(row.answers),
        answered=sum(1 for answer in row.answers if answer),
        saves=row.saves,
        stray=tuple(row.stray),
    )


@dataclass(frozen=True)
class EventLine:
    """One save that arrived. page: which opening of the paper sent it, counted from 1; 0 = unknown."""

    slot: int
    seq: int
    answer: str
    outcome: str
    is_late: bool
    arrived_at: datetime
    page: int


@dataclass(frozen=True)
class LeaseLine:
    """A page that was opened, taken over, freed, or a part that was entered."""

    kind: str
    reason: str
    at: datetime


_EVENTS = text(
    """
    SELECT v.slot, v.seq, v.answer, v.outcome, v.is_late, v.arrived_at, coalesce(l.page, 0) AS page
    FROM answer_events v
    LEFT JOIN (SELECT lease, row_number() OVER (ORDER BY id) AS page FROM lease_events
               WHERE attempt_id = :attempt_id) l ON l.lease = v.lease AND v.lease <> ''
    WHERE v.attempt_id = :attempt_id
    ORDER BY v.slot, v.arrived_at, v.id LIMIT :most
    """
)
_LEASES = text("SELECT kind, reason, at FROM lease_events WHERE attempt_id = :attempt_id ORDER BY id")


def events_of(attempt_id: int) -> list[EventLine]:
    """Every save of an attempt, refused ones too, by question and time; MOST_EVENTS at most."""
    rows = db.session.execute(_EVENTS, {"attempt_id": attempt_id, "most": MOST_EVENTS})
    return [EventLine(**row) for row in rows.mappings()]


def leases_of(attempt_id: int) -> list[LeaseLine]:
    """From where an attempt was written, in order."""
    return [LeaseLine(**row) for row in db.session.execute(_LEASES, {"attempt_id": attempt_id}).mappings()]
