"""Written answers between the close of a sheet and its grade: handed out once, settled once."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text

from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.exam.rules.essays import Written

Found = tuple[Row[Any], Sequence[tuple[int, Written]]]
"""A sheet and its written answers, with their slots."""

_HAND_OUT = text(
    """
    INSERT INTO essay_answers (exam_id, attempt_id, slot, part, section, question_version_id, answer_digest, out_of)
    SELECT :exam_id, w.attempt_id, w.slot, w.part, w.section, w.version_id, w.digest, w.out_of
    FROM jsonb_to_recordset(CAST(:answers AS jsonb)) AS w(
        attempt_id bigint, slot int, part int, section int, version_id int, digest text, out_of numeric)
    ON CONFLICT (attempt_id, slot, part) DO NOTHING
    """
)
_SETTLE = text(
    """
    UPDATE essay_answers SET mark = :mark, settled_at = clock_timestamp()
    WHERE id = :answer_id AND mark IS NULL RETURNING exam_id, attempt_id
    """
)
_LEFT = text("SELECT count(*) FROM essay_answers WHERE attempt_id = :attempt_id AND mark IS NULL")


def hand_out(exam_id: int, found: Sequence[Found]) -> None:
    """Lay the written answers of closed sheets before the markers; what lies there already stays."""
    rows = [
        {
            "attempt_id": row.attempt_id,
            "slot": slot,
            "part": one.part,
            "section": row.sections[slot],
            "version_id": row.paper[slot],
            "digest": one.digest,
            "out_of": str(one.out_of),
        }
        for row, answers in found
        for slot, one in answers
    ]
    db.session.execute(_HAND_OUT, {"exam_id": exam_id, "answers": json.dumps(rows)})


def settle(answer_id: int, mark: Decimal) -> bool:
    """Keep the mark that people agreed on; whether it was new. With the last one of a sheet grading goes on.

    Two last ones at once may both see the other one missing: then the sweeper wakes grading.
    mark: within 0 .. out_of, else the database refuses it. A settled mark is never changed here."""
    row = db.session.execute(_SETTLE, {"answer_id": answer_id, "mark": mark}).one_or_none()
    if row is None:
        return False
    if not db.session.scalar(_LEFT, {"attempt_id": row.attempt_id}):
        enqueue(Job.GRADE_PENDING, exam_id=row.exam_id)
    return True
