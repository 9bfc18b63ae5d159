"""What hosts see of a running exam. Never answers, never keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from webapp.core.db import db
from webapp.exam.errors import ExamNotFound
from webapp.exam.models import ExamAction

SILENT_AFTER = timedelta(seconds=75)
"""A page says something every 20 s; three times nothing is a sign of trouble."""

PAGE = 50


@dataclass(frozen=True)
class ExamHead:
    """An exam and where it belongs, for scope checks and headings."""

    exam_id: int
    kind: str
    title: dict[str, str]
    event_id: int
    contest_id: int
    event_title: dict[str, str]
    contest_title: dict[str, str]
    opens_at: datetime
    closes_at: datetime
    duration_s: int


@dataclass(frozen=True)
class Counts:
    """People by what they are doing. silent are among writing."""

    admitted: int
    waiting: int
    writing: int
    silent: int
    submitted: int
    graded: int
    void: int
    quarantined: int


@dataclass(frozen=True)
class Line:
    """One person of the list. state: waiting | writing | silent | submitted | graded | void."""

    participation_id: int
    attempt_id: int | None
    name: str
    number: str
    unit: str
    hall: str
    state: str
    answered: int
    questions: int
    seen_at: datetime | None
    deadline_at: datetime | None
    submitted_at: datetime | None
    submitted_by: str


_HEADS = text(
    """
    SELECT e.id AS exam_id, e.kind, e.title, e.event_id, ev.contest_id, ev.title AS event_title,
           c.title AS contest_title, e.opens_at, e.closes_at, e.duration_s
    FROM exams e JOIN events ev ON ev.id = e.event_id JOIN contests c ON c.id = ev.contest_id
    WHERE (:exam_id = 0 OR e.id = :exam_id) AND (:exam_id <> 0 OR e.kind = 'formal')
    ORDER BY e.closes_at DESC, e.id
    """
)

# One row a participation: its newest attempt, if it has one, and what the person is doing.
_LINES = """
    SELECT p.id AS participation_id, s.attempt_id, person.name, p.number, coalesce(unit.name, '') AS unit,
           p.hall, coalesce(cardinality(array_remove(s.answers, '')), 0) AS answered,
           coalesce(cardinality(s.answers), 0) AS questions, s.seen_at, s.deadline_at, s.submitted_at,
           coalesce(s.submitted_by, '') AS submitted_by,
           CASE WHEN s.state IS NULL OR s.state = 'created' THEN 'waiting'
                WHEN s.state = 'open' AND s.seen_at < :silent_before THEN 'silent'
                WHEN s.state = 'open' THEN 'writing' ELSE s.state END AS state,
           s.attempt_id IN (SELECT f.attempt_id FROM grading_failures f WHERE f.solved_at IS NULL)
               AS quarantined
    FROM participations p
    JOIN exams e ON e.event_id = p.event_id
    JOIN persons person ON person.id = p.person_id
    LEFT JOIN organisations unit ON unit.id = p.unit_id
    LEFT JOIN LATERAL (
        SELECT x.* FROM sheets x JOIN attempts a ON a.id = x.attempt_id
        WHERE x.exam_id = e.id AND x.participation_id = p.id ORDER BY a.number DESC LIMIT 1
    ) s ON true
    WHERE e.id = :exam_id AND p.state = 'active'
"""
_COUNTS = text(
    f"""
    SELECT count(*) AS admitted, count(*) FILTER (WHERE state = 'waiting') AS waiting,
           count(*) FILTER (WHERE state IN ('writing', 'silent')) AS writing,
           count(*) FILTER (WHERE state = 'silent') AS silent,
           count(*) FILTER (WHERE state IN ('submitted', 'graded')) AS submitted,
           count(*) FILTER (WHERE state = 'graded') AS graded,
           count(*) FILTER (WHERE state = 'void') AS void,
           count(*) FILTER (WHERE quarantined) AS quarantined
    FROM ({_LINES}) lines
    """  # noqa: S608 - no value of anybody is spliced in
)
_PAGE = text(
    f"""
    SELECT lines.*, count(*) OVER () AS total FROM ({_LINES}) lines
    WHERE (:state = '' OR state = :state OR (:state = 'writing' AND state = 'silent'))
      AND (:hall = '' OR hall = :hall)
      AND (:words = '' OR strpos(name, :words) > 0 OR number = :words OR strpos(unit, :words) > 0)
    ORDER BY number LIMIT :page_size OFFSET :offset
    """  # noqa: S608 - no value of anybody is spliced in
)
_HALLS = text(
    """
    SELECT DISTINCT p.hall FROM participations p JOIN exams e ON e.event_id = p.event_id
    WHERE e.id = :exam_id AND p.hall <> '' ORDER BY 1
    """
)


def heads() -> list[ExamHead]:
    """All formal exams, those that end last first."""
    return [ExamHead(**row) for row in db.session.execute(_HEADS, {"exam_id": 0}).mappings()]


def head(exam_id: int) -> ExamHead:
    """One exam. raise (ExamNotFound)."""
    row = db.session.execute(_HEADS, {"exam_id": exam_id}).mappings().one_or_none() if exam_id else None
    if row is None:
        raise ExamNotFound
    return ExamHead(**row)


def counts(exam_id: int, at: datetime) -> Counts:
    """How many are doing what at `at`."""
    row = db.session.execute(_COUNTS, {"exam_id": exam_id, "silent_before": at - SILENT_AFTER})
    return Counts(**row.mappings().one())


def lines(
    exam_id: int, at: datetime, state: str = "", hall: str = "", words: str = "", page: int = 1
) -> tuple[list[Line], int]:
    """One page of the list by contestant number, and how many there are in all."""
    rows = (
        db.session.execute(
            _PAGE,
            {
                "exam_id": exam_id,
                "silent_before": at - SILENT_AFTER,
                "state": state,
                "hall": hall,
                "words": words.strip(),
                "page_size": PAGE,
                "offset": (max(1, page) - 1) * PAGE,
            },
        )
        .mappings()
        .all()
    )
    hidden = {"total", "quarantined"}
    found = [Line(**{name: row[name] for name in row if name not in hidden}) for row in rows]
    return found, int(rows[0]["total"]) if rows else 0


def halls(exam_id: int) -> list[str]:
    """The halls people of this exam sit in."""
    return list(db.session.scalars(_HALLS, {"exam_id": exam_id}))


@dataclass(frozen=True)
class ActionView:
    """A request or deed of the hosts."""

    action_id: int
    exam_id: int
    kind: str
    payload: dict[str, Any]
    reason: str
    state: str
    asked_by_account_id: int | None
    asked_at: datetime


def actions(exam_id: int) -> list[ActionView]:
    """The latest requests, those that wait first."""
    rows = db.session.scalars(
        select(ExamAction)
        .where(ExamAction.exam_id == exam_id)
        .order_by((ExamAction.state == "waiting").desc(), ExamAction.id.desc())
        .limit(30)
    )
    return [
        ActionView(
            row.id,
            row.exam_id,
            row.kind,
            row.payload,
            row.reason,
            row.state,
            row.asked_by_account_id,
            row.asked_at,
        )
        for row in rows
    ]
