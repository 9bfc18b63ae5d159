"""The pictures and sounds of a paper, those of explanations left out, by their random names: what a waiting room fetches beforehand."""

from sqlalchemy import text

from webapp.core.db import db

_PICTURES = text(
    """
    SELECT f.public_name
    FROM attempts a
    JOIN question_versions q ON q.id = ANY(a.paper)
    JOIN stored_files f ON f.id = q.picture_file_id
    WHERE a.id = :attempt_id
    UNION
    SELECT f.public_name
    FROM attempts a
    JOIN question_versions q ON q.id = ANY(a.paper)
    CROSS JOIN LATERAL jsonb_each_text(q.extra->'media') m
    JOIN stored_files f ON f.id = m.value::bigint
    WHERE a.id = :attempt_id
    ORDER BY public_name
    """
)


def paper_pictures(attempt_id: int) -> list[str]:
    """Random public names in the order of the names, which tells nothing of the order of the questions."""
    return list(db.session.scalars(_PICTURES, {"attempt_id": attempt_id}))
