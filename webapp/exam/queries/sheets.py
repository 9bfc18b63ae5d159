"""A person's own attempts: what the pages show."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from webapp.contests.rules.blueprint import Section
from webapp.core.db import db
from webapp.exam.errors import AttemptNotFound
from webapp.exam.queries.plans import plan
from webapp.exam.rules.draw import option_order, shuffles_options
from webapp.exam.rules.states import AttemptState
from webapp.registration.queries.entrants import SITS


@dataclass(frozen=True)
class SheetView:
    """One attempt of the signed-in person, with everything its page needs."""

    attempt_id: int
    exam_id: int
    participation_id: int
    kind: str
    title: dict[str, str]
    event_title: dict[str, str]
    hall: str
    state: AttemptState
    answers: tuple[str, ...]
    seqs: tuple[int, ...]
    flags: tuple[bool, ...]
    started_at: datetime | None
    deadline_at: datetime | None
    grace_s: int
    lease: str
    lease_device: str
    void_reason: str
    paper: tuple[int, ...]
    sections: tuple[int, ...]
    option_seed: bytes

    def section(self, slot: int) -> Section:
        """The blueprint section of a slot."""
        return plan(self.exam_id).blueprint.sections[self.sections[slot]]

    def order(self, slot: int, n_options: int) -> tuple[int, ...]:
        """The frozen option order of a slot."""
        return option_order(self.option_seed, slot, n_options, shuffle=shuffles_options(self.section(slot)))


_SELECT = text(
    """
    SELECT s.attempt_id, s.exam_id, s.participation_id, e.kind, e.title, ev.title AS event_title, p.hall,
           s.state, s.answers, s.seqs, s.flags, s.started_at, s.deadline_at, s.grace_s, s.lease,
           s.lease_device, s.void_reason, a.paper, a.sections, a.option_seed
    FROM sheets s
    JOIN attempts a ON a.id = s.attempt_id
    JOIN exams e ON e.id = s.exam_id
    JOIN events ev ON ev.id = e.event_id
    JOIN participations p ON p.id = s.participation_id
    WHERE s.attempt_id = :attempt_id AND s.person_id = :person_id
    """
)


def own_sheet(attempt_id: int, person_id: int) -> SheetView:
    """A person's own attempt. raise (AttemptNotFound): missing, or somebody else's."""
    row = (
        db.session.execute(_SELECT, {"attempt_id": attempt_id, "person_id": person_id})
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise AttemptNotFound
    values: dict[str, Any] = dict(row)
    for name in ("answers", "seqs", "flags", "paper", "sections"):
        values[name] = tuple(values[name])
    values["state"] = AttemptState(values["state"])
    values["option_seed"] = bytes(values["option_seed"])
    return SheetView(**values)


@dataclass(frozen=True)
class MyExam:
    """An exam that a person may sit, with the latest attempt if there is one."""

    exam_id: int
    kind: str
    title: dict[str, str]
    event_title: dict[str, str]
    contest_title: dict[str, str]
    opens_at: datetime
    closes_at: datetime
    duration_s: int
    attempts_allowed: int
    state: str
    participation_id: int
    time_factor: Decimal
    attempt_id: int | None
    attempt_number: int
    is_given: bool
    attempt_state: AttemptState | None
    deadline_at: datetime | None
    starts_until: datetime
    session_title: dict[str, str] | None
    has_sessions: bool

    @property
    def needs_session(self) -> bool:
        """The exam has sessions, and the person holds a seat in none of them."""
        return self.has_sessions and self.session_title is None


_MINE = text(
    f"""
    SELECT e.id AS exam_id, e.kind, e.title, ev.title AS event_title, c.title AS contest_title,
           coalesce(x.opens_at, e.opens_at) AS opens_at, coalesce(x.closes_at, e.closes_at) AS closes_at,
           coalesce(x.starts_until, e.closes_at) AS starts_until, x.title AS session_title,
           EXISTS (SELECT FROM exam_sessions y WHERE y.exam_id = e.id) AS has_sessions, e.duration_s, e.attempts_allowed, e.state, p.id AS participation_id, p.time_factor,
           latest.attempt_id, (SELECT count(*) FROM attempts own WHERE own.exam_id = e.id AND own.participation_id = p.id
            AND own.origin = 'own') AS attempt_number, coalesce(latest.origin <> 'own', false) AS is_given,
           latest.state AS attempt_state, latest.deadline_at
    FROM participations p
    JOIN exams e ON e.event_id = p.event_id
    JOIN events ev ON ev.id = e.event_id
    JOIN contests c ON c.id = ev.contest_id
    LEFT JOIN session_bookings b ON b.exam_id = e.id AND b.participation_id = p.id
    LEFT JOIN exam_sessions x ON x.id = b.session_id
    LEFT JOIN LATERAL (
        SELECT a.id AS attempt_id, a.number, a.origin, s.state, s.deadline_at
        FROM attempts a JOIN sheets s ON s.attempt_id = a.id
        WHERE a.exam_id = e.id AND a.participation_id = p.id
        ORDER BY a.number DESC LIMIT 1
    ) latest ON true
    WHERE p.person_id = :person_id AND p.state = 'active' AND (:exam_id = 0 OR e.id = :exam_id)
      AND (latest.state <> 'created' OR {SITS})
    ORDER BY e.kind, e.closes_at, e.id
    """  # noqa: S608 - no value of anybody is spliced in
)


def my_exams(person_id: int, exam_id: int = 0) -> list[MyExam]:
    """All exams of the person's participations (or one of them), formal ones first.

    Of later stages only those in which the person has a place, or has written."""
    rows = db.session.execute(_MINE, {"person_id": person_id, "exam_id": exam_id}).mappings()
    return [
        MyExam(
            **{**row, "attempt_state": AttemptState(row["attempt_state"]) if row["attempt_state"] else None}
        )
        for row in rows
    ]
