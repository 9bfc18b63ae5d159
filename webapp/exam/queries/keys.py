"""Questions with their keys, for grading only: read through the engine whose role may."""

import json
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import text

from webapp.banks.rules.schema import QuestionKey
from webapp.banks.rules.storage import key_from_json, key_to_json, public_of
from webapp.core.db import keys_engine
from webapp.exam.rules.grading import MarkedQuestion
from webapp.exam.rules.rulings import RulingKind

_SELECT = text(
    """
    SELECT q.id, q.type, q.stem, q.options, q.blanks, q.extra, k.answer, k.rules
    FROM question_versions q JOIN keys.question_keys k ON k.question_version_id = q.id
    WHERE q.id = ANY(:ids)
    """
)


# The newest applied ruling on a question holds; `instead` puts one that is only being weighed in its place.
_RULINGS = text(
    """
    SELECT DISTINCT ON (r.question_version_id) r.question_version_id, r.kind, c.answer, c.rules
    FROM rulings r LEFT JOIN keys.corrected_keys c ON c.id = r.key_id
    WHERE r.exam_id = :exam_id AND (r.state = 'applied' OR r.id = :instead)
    ORDER BY r.question_version_id, r.id = :instead DESC, r.applied_at DESC, r.id DESC
    """
)
_CORRECT = text(
    """
    INSERT INTO keys.corrected_keys (exam_id, question_version_id, answer, rules, by_account_id)
    VALUES (:exam_id, :version_id, CAST(:answer AS jsonb), CAST(:rules AS jsonb), :account_id) RETURNING id
    """
)


def marked_questions(
    version_ids: Collection[int], exam_id: int = 0, instead: int = 0
) -> dict[int, MarkedQuestion]:
    """Each version with its key; versions without one are missing from the answer.

    exam_id: with what was ruled in this exam; instead: as if this ruling were applied too."""
    with keys_engine().connect() as connection:
        rows = connection.execute(_SELECT, {"ids": list(version_ids)}).all()
        ruled = (
            connection.execute(_RULINGS, {"exam_id": exam_id, "instead": instead}).all() if exam_id else ()
        )
    found = {
        row.id: MarkedQuestion(
            row.id,
            public_of(row),
            key_from_json(row.answer, row.rules),
        )
        for row in rows
    }
    for row in ruled:
        if row.question_version_id not in found:
            continue
        one = found[row.question_version_id]
        kind = RulingKind(row.kind)
        key = key_from_json(row.answer, row.rules) if kind is RulingKind.KEY else one.key
        found[row.question_version_id] = replace(one, key=key, ruling=kind)
    return found


def correct_key(exam_id: int, version_id: int, key: QuestionKey, account_id: int) -> int:
    """Keep a later key of a question beside the first; its id. It holds once a ruling with it is applied."""
    answer, rules = key_to_json(key)
    values = {
        "exam_id": exam_id,
        "version_id": version_id,
        "answer": json.dumps(answer),
        "rules": json.dumps(rules),
        "account_id": account_id,
    }
    with keys_engine().begin() as connection:
        return int(connection.execute(_CORRECT, values).scalar_one())
