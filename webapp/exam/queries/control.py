"""What hosts see of a running exam. Never answers, never keys."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from webapp.core.db import db
from webapp.exam.errors import ExamNotFound
from webapp.registration.queries.entrants import SITS

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
class Line:
    """One person of the list. state: waiting | writing | silent | submitted | graded | void. late: how many
    answers were saved in the grace after the deadline."""

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
    late: int


@dataclass(frozen=True)
class Filter:
    """Whom the list shows. state: a key of _STATES or ''; hall: None = all, '' = without a hall."""

    state: str = ""
    hall: str | None = None
    words: str = ""


_HEADS = text(
    """
    SELECT e.id AS exam_id, e.kind, e.title, e.event_id, ev.contest_id, ev.title AS event_title,
           c.title AS contest_title, e.opens_at, e.closes_at, e.duration_s
    FROM exams e JOIN events ev ON ev.id = e.event_id JOIN contests c ON c.id = ev.contest_id
    WHERE (:exam_id = 0 OR e.id = :exam_id) AND (:exam_id <> 0 OR e.kind = 'formal')
    ORDER BY e.closes_at DESC, e.id
    """
)

# One row a participation with its newest paper (the one that no other supersedes), if it has one.
_FROM = f"""
    FROM participations p
    JOIN exams e ON e.id = :exam_id
    JOIN persons person ON person.id = p.person_id
    LEFT JOIN organisations unit ON unit.id = p.unit_id
    LEFT JOIN (
        SELECT x.* FROM sheets x
        WHERE x.exam_id = :exam_id
          AND NOT EXISTS (SELECT FROM attempts newer WHERE newer.supersedes_id = x.attempt_id)
    ) s ON s.participation_id = p.id
    WHERE p.contest_id = :contest_id AND p.event_id = :event_id AND p.state = 'active'
      AND (s.state <> 'created' OR {SITS})
"""  # noqa: S608 - no value of anybody is spliced in
_COLUMNS = """
    SELECT p.id AS participation_id, s.attempt_id, person.name, p.number, coalesce(unit.name, '') AS unit,
           p.hall, coalesce(cardinality(array_remove(s.answers, '')), 0) AS answered,
           coalesce(cardinality(s.answers), 0) AS questions, s.seen_at, s.deadline_at, s.submitted_at,
           coalesce(s.submitted_by, '') AS submitted_by, coalesce(s.late_count, 0) AS late,
           CASE WHEN s.state IS NULL OR s.state = 'created' THEN 'waiting'
                WHEN s.state = 'open' AND s.seen_at < :silent_before THEN 'silent'
                WHEN s.state = 'open' THEN 'writing' ELSE s.state END AS state
"""
_STATES = {
    "waiting": "AND (s.state IS NULL OR s.state = 'created')",
    "writing": "AND s.state = 'open'",
    "silent": "AND s.state = 'open' AND s.seen_at < :silent_before",
    "late": "AND s.late_count > 0",
    "submitted": "AND s.state = 'submitted'",
    "graded": "AND s.state = 'graded'",
    "void": "AND s.state = 'void'",
}
_HALL = "AND p.hall = :hall"
_WORDS = "AND (strpos(person.name, :words) > 0 OR p.number = :words OR strpos(unit.name, :words) > 0)"
_ORDER = "ORDER BY p.number LIMIT :page_size OFFSET :offset"
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


def lines(
    head: ExamHead, at: datetime, chosen: Filter, silent_after_s: int, page: int = 1
) -> tuple[list[Line], int | None]:
    """One page of the list by contestant number, and how many there are in all when words were searched
    for (otherwise the numbers of the exam know it already: None)."""
    condition = _STATES.get(chosen.state, "")
    if chosen.hall is not None:
        condition += f" {_HALL}"
    if chosen.words:
        condition += f" {_WORDS}"
    values = {
        "exam_id": head.exam_id,
        "contest_id": head.contest_id,
        "event_id": head.event_id,
        "silent_before": at - timedelta(seconds=silent_after_s),
        "hall": chosen.hall,
        "words": chosen.words,
        "page_size": PAGE,
        "offset": (max(1, page) - 1) * PAGE,
    }
    query = text(f"{_COLUMNS} {_FROM} {condition} {_ORDER}")
    rows = [Line(**row) for row in db.session.execute(query, values).mappings()]
    if not chosen.words:
        return rows, None
    count = text(f"SELECT count(*) {_FROM} {condition}")
    return rows, int(db.session.execute(count, values).scalar_one())


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
    effect: dict[str, Any]
    state: str
    asked_by_account_id: int | None
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None


_ACTIONS = text(
    """
    SELECT x.id AS action_id, x.exam_id, x.kind, x.payload, x.reason, x.effect, x.state,
           x.asked_by_account_id, coalesce(asker.name, '') AS asked_by, x.asked_at,
           coalesce(decider.name, '') AS decided_by, x.decided_at
    FROM exam_actions x
    LEFT JOIN accounts a ON a.id = x.asked_by_account_id LEFT JOIN persons asker ON asker.id = a.person_id
    LEFT JOIN accounts d ON d.id = x.decided_by_account_id LEFT JOIN persons decider ON decider.id = d.person_id
    WHERE x.exam_id = :exam_id AND (cardinality(CAST(:kinds AS text[])) = 0 OR x.kind = ANY(:kinds))
    ORDER BY x.state = 'waiting' DESC, x.id DESC LIMIT 30
    """
)


def actions(exam_id: int, kinds: Collection[str] = ()) -> list[ActionView]:
    """The latest requests, those that wait first; kinds: only these, none means all."""
    rows = db.session.execute(_ACTIONS, {"exam_id": exam_id, "kinds": list(kinds)}).mappings()
    return [ActionView(**row) for row in rows]


_HAS_ACTION = text("SELECT payload FROM exam_actions WHERE id = :action_id AND exam_id = :exam_id")


def action_payload(exam_id: int, action_id: int) -> dict[str, Any] | None:
    """The payload of a request, or None when it does not belong to this exam."""
    found: dict[str, Any] | None = db.session.scalar(
        _HAS_ACTION, {"exam_id": exam_id, "action_id": action_id}
    )
    return found
