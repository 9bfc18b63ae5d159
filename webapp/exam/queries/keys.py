"""Questions with their keys, for grading only: read through the engine whose role may."""

from collections.abc import Collection

from sqlalchemy import text

from webapp.banks.rules.schema import PublicQuestion, QuestionType, key_from_json
from webapp.core.db import keys_engine
from webapp.exam.rules.grading import MarkedQuestion

_SELECT = text(
    """
    SELECT q.id, q.type, q.stem, q.options, q.blanks, k.answer, k.rules
    FROM question_versions q JOIN keys.question_keys k ON k.question_version_id = q.id
    WHERE q.id = ANY(:ids)
    """
)


def marked_questions(version_ids: Collection[int]) -> dict[int, MarkedQuestion]:
    """Each version with its key; versions without one are missing from the answer."""
    with keys_engine().connect() as connection:
        rows = connection.execute(_SELECT, {"ids": list(version_ids)}).all()
    return {
        row.id: MarkedQuestion(
            row.id,
            PublicQuestion(QuestionType(row.type), row.stem, tuple(row.options), row.blanks),
            key_from_json(row.answer, row.rules),
        )
        for row in rows
    }
