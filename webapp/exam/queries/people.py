"""From a contestant number to the attempt that staff mean, and from an attempt to the person."""

from collections.abc import Collection

from sqlalchemy import text

from webapp.core.db import db

_LATEST = text(
    """
    SELECT a.id FROM participations p
    JOIN exams e ON e.event_id = p.event_id
    JOIN attempts a ON a.exam_id = e.id AND a.participation_id = p.id
    WHERE e.id = :exam_id AND p.number = :number AND p.state = 'active'
    ORDER BY a.number DESC LIMIT 1
    """
)
_WHO = text(
    """
    SELECT a.id, p.number || ' ' || person.name AS name
    FROM attempts a JOIN participations p ON p.id = a.participation_id
    JOIN persons person ON person.id = p.person_id
    WHERE a.exam_id = :exam_id AND a.id = ANY(:attempt_ids)
    """
)


def attempt_of_number(exam_id: int, number: str) -> int | None:
    """The latest attempt of whoever has this contestant number; None: nobody, or no paper yet."""
    found: int | None = db.session.scalar(_LATEST, {"exam_id": exam_id, "number": number.strip()})
    return found


def people_of_attempts(exam_id: int, attempt_ids: Collection[int]) -> dict[int, str]:
    """Contestant number and name by attempt; attempts of other exams are left out."""
    if not attempt_ids:
        return {}
    rows = db.session.execute(_WHO, {"exam_id": exam_id, "attempt_ids": list(attempt_ids)})
    return {row.id: row.name for row in rows}
