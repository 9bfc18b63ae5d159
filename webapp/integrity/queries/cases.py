"""Cases: for the hosts, and for the person whom one is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from webapp.core.db import db
from webapp.integrity.errors import CaseNotFound


@dataclass(frozen=True)
class CaseView:
    """A case with its head."""

    case_id: int
    exam_id: int
    attempt_id: int
    person_id: int
    name: str
    number: str
    state: str
    decision: str
    opened_at: datetime
    told_at: datetime | None
    decided_at: datetime | None
    exam_title: dict[str, str]
    event_title: dict[str, str]


@dataclass(frozen=True)
class EntryView:
    """One thing written into a case."""

    kind: str
    text: str
    facts: dict[str, Any]
    by: str
    at: datetime


_CASES = """
    SELECT c.id AS case_id, c.exam_id, c.attempt_id, c.person_id, person.name, p.number, c.state, c.decision,
           c.opened_at, c.told_at, c.decided_at, e.title AS exam_title, ev.title AS event_title
    FROM integrity_cases c
    JOIN sheets s ON s.attempt_id = c.attempt_id
    JOIN participations p ON p.id = s.participation_id
    JOIN persons person ON person.id = c.person_id
    JOIN exams e ON e.id = c.exam_id
    JOIN events ev ON ev.id = e.event_id
"""
_ONE = text(f"{_CASES} WHERE c.id = :case_id")
_OF_EXAM = text(f"{_CASES} WHERE c.exam_id = :exam_id ORDER BY c.state DESC, c.id DESC LIMIT 200")
_OF_PERSON = text(
    f"{_CASES} WHERE c.person_id = :person_id AND c.told_at IS NOT NULL ORDER BY c.id DESC LIMIT 50"
)
_ENTRIES = text(
    """
    SELECT n.kind, n.text, n.facts, coalesce(person.name, '') AS by, n.at
    FROM integrity_case_entries n
    LEFT JOIN accounts a ON a.id = n.by_account_id
    LEFT JOIN persons person ON person.id = a.person_id
    WHERE n.case_id = :case_id AND (:for_staff OR n.kind IN ('told', 'statement', 'decision'))
    ORDER BY n.id
    """
)


def case_of_exam(exam_id: int, case_id: int) -> CaseView:
    """A case of this exam, for its hosts. raise (CaseNotFound)."""
    row = db.session.execute(_ONE, {"case_id": case_id}).mappings().one_or_none()
    if row is None or row["exam_id"] != exam_id:
        raise CaseNotFound
    return CaseView(**row)


def own_case(case_id: int, person_id: int) -> CaseView:
    """A case that was shown to the person it is about. raise (CaseNotFound): somebody else's, or not shown."""
    row = db.session.execute(_ONE, {"case_id": case_id}).mappings().one_or_none()
    if row is None or row["person_id"] != person_id or row["told_at"] is None:
        raise CaseNotFound
    return CaseView(**row)


def cases_of_exam(exam_id: int) -> list[CaseView]:
    """The cases of an exam, open ones first."""
    return [CaseView(**row) for row in db.session.execute(_OF_EXAM, {"exam_id": exam_id}).mappings()]


def cases_of_person(person_id: int) -> list[CaseView]:
    """What a person was shown about themselves."""
    return [CaseView(**row) for row in db.session.execute(_OF_PERSON, {"person_id": person_id}).mappings()]


def entries(case_id: int, *, for_staff: bool) -> list[EntryView]:
    """What was written, in order; notes of the hosts only for them."""
    rows = db.session.execute(_ENTRIES, {"case_id": case_id, "for_staff": for_staff}).mappings()
    return [EntryView(**row) for row in rows]
