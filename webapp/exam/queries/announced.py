"""Announcements of an exam as its hosts see them: to how many, and who has not read them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.core.db import db
from webapp.exam.errors import AnnouncementNotFound
from webapp.registration.queries.entrants import SITS

PAGE = 50


@dataclass(frozen=True)
class Announced:
    """One announcement. to: people it is said to; writing: those of them who write now; read: who pressed
    "read"; unread: who write now and have not. person: to whom alone, by number and name."""

    announcement_id: int
    at: datetime
    by: str
    hall: str | None
    person: str
    text: str
    needs_ack: bool
    to: int
    writing: int
    read: int
    unread: int


@dataclass(frozen=True)
class Unread:
    """Somebody who has not pressed "read" yet. is_writing: sits the exam now."""

    participation_id: int
    number: str
    name: str
    hall: str
    is_writing: bool
    seen_at: datetime | None


# To whom an announcement n of an exam is said: participations p, with the newest paper s.
_ADDRESSED = f"""
    FROM announcements n
    JOIN exams e ON e.id = n.exam_id
    JOIN participations p ON p.event_id = e.event_id AND p.state = 'active' AND {SITS}
        AND (n.hall IS NULL OR n.hall = p.hall)
        AND (n.participation_id IS NULL OR n.participation_id = p.id)
    LEFT JOIN (
        SELECT x.participation_id, x.state, x.seen_at FROM sheets x
        WHERE x.exam_id = :exam_id
          AND NOT EXISTS (SELECT FROM attempts newer WHERE newer.supersedes_id = x.attempt_id)
    ) s ON s.participation_id = p.id
    LEFT JOIN announcement_reads r ON r.announcement_id = n.id AND r.participation_id = p.id
"""  # noqa: S608 - no value of anybody is spliced in
_LIST = text(
    f"""
    SELECT n.id AS announcement_id, n.at, coalesce(author.name, '') AS by, n.hall,
           CASE WHEN n.participation_id IS NULL THEN '' ELSE min(p.number || ' ' || person.name) END AS person,
           n.text, n.needs_ack, count(p.id) AS to, count(p.id) FILTER (WHERE s.state = 'open') AS writing,
           count(r.participation_id) AS read,
           count(p.id) FILTER (WHERE s.state = 'open' AND r.participation_id IS NULL) AS unread
    {_ADDRESSED.replace("JOIN participations", "LEFT JOIN participations", 1)}
    LEFT JOIN persons person ON person.id = p.person_id AND n.participation_id IS NOT NULL
    LEFT JOIN accounts c ON c.id = n.by_account_id
    LEFT JOIN persons author ON author.id = c.person_id
    WHERE n.exam_id = :exam_id
    GROUP BY n.id, author.name ORDER BY n.id DESC LIMIT 30
    """
)
_UNREAD = text(
    f"""
    SELECT p.id AS participation_id, p.number, person.name, p.hall, coalesce(s.state = 'open', false) AS is_writing,
           s.seen_at, count(*) OVER () AS total
    {_ADDRESSED}
    JOIN persons person ON person.id = p.person_id
    WHERE n.id = :announcement_id AND n.exam_id = :exam_id AND r.participation_id IS NULL
    ORDER BY (s.state = 'open') DESC NULLS LAST, p.number LIMIT :page_size OFFSET :offset
    """
)
_PERSON = text(
    f"""
    SELECT p.id FROM participations p JOIN exams e ON e.event_id = p.event_id
    WHERE e.id = :exam_id AND p.number = :number AND p.state = 'active' AND {SITS}
    """  # noqa: S608 - no value of anybody is spliced in
)


def announced(exam_id: int) -> list[Announced]:
    """The latest thirty announcements, the newest first."""
    return [Announced(**row) for row in db.session.execute(_LIST, {"exam_id": exam_id}).mappings()]


def one(exam_id: int, announcement_id: int) -> Announced:
    """One of the latest. raise (AnnouncementNotFound)."""
    for found in announced(exam_id):
        if found.announcement_id == announcement_id:
            return found
    raise AnnouncementNotFound


def unread(exam_id: int, announcement_id: int, page: int = 1) -> tuple[list[Unread], int]:
    """Who has not read it, those who write now first; and how many in all."""
    values = {
        "exam_id": exam_id,
        "announcement_id": announcement_id,
        "page_size": PAGE,
        "offset": (max(1, page) - 1) * PAGE,
    }
    rows = db.session.execute(_UNREAD, values).mappings().all()
    found = [Unread(**{name: row[name] for name in row if name != "total"}) for row in rows]
    return found, int(rows[0]["total"]) if rows else 0


def participation_of_number(exam_id: int, number: str) -> int | None:
    """Who has this contestant number in the exam's event, or None."""
    found: int | None = db.session.scalar(_PERSON, {"exam_id": exam_id, "number": number})
    return found
