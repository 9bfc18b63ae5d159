"""Grading closed sheets in batches. It may run twice, in parallel, and be killed at any point: a sheet
is claimed by its lock, and its grade is unique per version."""

import json
import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.exam.queries.essays import ESSAY_MARKS, WAITS_FOR_PEOPLE
from webapp.exam.queries.keys import marked_questions
from webapp.exam.queries.plans import plan
from webapp.exam.rules.essays import Written, settled_marks
from webapp.exam.rules.grading import (
    GRADING_VERSION,
    Graded,
    MarkedQuestion,
    SheetInput,
    grade_sheet,
    written_answers,
)
from webapp.exam.service.essays import hand_out

log = logging.getLogger(__name__)

BATCH = 500
TRIES = 3

# Sheets that wait for people are not claimed: the last settled answer wakes grading again.
_CLAIM = text(
    f"""
    SELECT s.attempt_id, s.participation_id, s.answers, s.grade_tries, a.paper, a.sections, a.option_seed,
           a.paper_digest, {ESSAY_MARKS},
           (SELECT coalesce(max(g.version), 0) + 1 FROM grades g WHERE g.attempt_id = s.attempt_id) AS version
    FROM sheets s JOIN attempts a ON a.id = s.attempt_id
    WHERE s.exam_id = :exam_id AND s.state = 'submitted' AND s.grade_tries < :tries
      AND s.attempt_id > :after AND NOT {WAITS_FOR_PEOPLE}
    ORDER BY s.attempt_id LIMIT :batch
    FOR UPDATE OF s SKIP LOCKED
    """  # noqa: S608 - no value of anybody is spliced in
)
_STORE = text(
    """
    WITH graded AS (
        SELECT * FROM jsonb_to_recordset(CAST(:grades AS jsonb)) AS g(
            attempt_id bigint, version int, marks jsonb, sections jsonb, mark numeric, full_mark numeric,
            score numeric, input_digest text)
    ), stored AS (
        INSERT INTO grades (attempt_id, version, marks, sections, mark, full_mark, score, input_digest,
                            code_version)
        SELECT attempt_id, version, marks, sections, mark, full_mark, score, input_digest, :code_version
        FROM graded
        RETURNING id, attempt_id
    )
    UPDATE sheets s SET state = 'graded', current_grade_id = stored.id
    FROM stored WHERE s.attempt_id = stored.attempt_id AND s.state = 'submitted'
    """
)
_FAILED = text(
    "UPDATE sheets SET grade_tries = grade_tries + 1 WHERE attempt_id = :attempt_id RETURNING grade_tries"
)
_QUARANTINE = text(
    """
    INSERT INTO grading_failures (attempt_id, error) VALUES (:attempt_id, :error)
    ON CONFLICT (attempt_id) DO UPDATE SET error = excluded.error, at = clock_timestamp(), solved_at = NULL
    """
)


@dataclass(frozen=True)
class Batch:
    """What one round did. waiting: sheets laid before the markers. last: highest attempt id looked at,
    where the next round goes on."""

    graded: int
    failed: int
    last: int
    waiting: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.graded and not self.failed and not self.waiting


def grade_batch(exam_id: int, after: int = 0, batch: int = BATCH) -> Batch:
    """Grade up to `batch` closed sheets of an exam with attempt ids above `after`, in the caller's
    transaction. A sheet that cannot be graded is counted, and after TRIES rounds put aside with an alarm;
    the others are graded all the same; a sheet with written answers waits until people have marked them.
    Scores of the graded are combined after the commit."""
    rows = db.session.execute(
        _CLAIM, {"exam_id": exam_id, "tries": TRIES, "after": after, "batch": batch}
    ).all()
    if not rows:
        return Batch(0, 0, after)
    frozen = plan(exam_id)
    hold_rulings(exam_id)
    questions = marked_questions({version_id for row in rows for version_id in row.paper}, exam_id)
    graded: list[tuple[Row[Any], Graded]] = []
    waiting: list[tuple[Row[Any], list[tuple[int, Written]]]] = []
    for row in rows:
        outcome = _try(row, exam_id, questions)
        if isinstance(outcome, Graded):
            graded.append((row, outcome))
        elif outcome is not None:
            waiting.append((row, outcome))
    if waiting:
        hand_out(exam_id, waiting)
    if graded:
        facts = [facts_of(row, outcome) for row, outcome in graded]
        db.session.execute(_STORE, {"grades": json.dumps(facts), "code_version": GRADING_VERSION})
        if frozen.kind == "formal":
            people = ",".join(str(row.participation_id) for row, _ in graded)
            enqueue(Job.COMBINE_SCORES, stage_id=frozen.stage_id, participation_ids=people)
    failed = len(rows) - len(graded) - len(waiting)
    return Batch(len(graded), failed, rows[-1].attempt_id, len(waiting))


_HOLD = text("SELECT pg_advisory_xact_lock_shared(:space, :exam_id)")
RULINGS_LOCK = 7201


def hold_rulings(exam_id: int) -> None:
    """No ruling takes effect while this transaction grades: every grade is made by the rulings that hold."""
    db.session.execute(_HOLD, {"space": RULINGS_LOCK, "exam_id": exam_id})


def _try(
    row: Row[Any], exam_id: int, questions: dict[int, MarkedQuestion]
) -> Graded | list[tuple[int, Written]] | None:
    """The grade, or the written answers that people have to mark first, or None when the sheet is damaged."""
    sections = plan(exam_id).blueprint.sections
    try:
        sheet = sheet_input(row)
        missing = [
            (slot, one)
            for slot, one in written_answers(sheet, sections, questions)
            if (slot, one.part) not in sheet.essay_marks
        ]
        return missing or grade_sheet(sheet, sections, questions)
    except Exception as error:
        # One damaged sheet must not stop the others; it is counted and shown to a person.
        _count_failure(row.attempt_id, error)
        return None


def sheet_input(row: Row[Any]) -> SheetInput:
    """The frozen input of a row that has the columns of a sheet, its attempt, and ESSAY_MARKS."""
    return SheetInput(
        row.attempt_id,
        row.paper,
        row.sections,
        bytes(row.option_seed),
        row.paper_digest,
        row.answers,
        settled_marks(row.essays),
    )


def facts_of(row: Row[Any], graded: Graded) -> dict[str, Any]:
    """A grade as the column values of `grades`, decimals as text."""
    return {
        "attempt_id": row.attempt_id,
        "version": row.version,
        "marks": [str(slot.mark) for slot in graded.marks],
        "sections": [
            {"key": s.section, "mark": str(s.mark), "full": str(s.maximum), "questions": s.questions}
            for s in graded.paper.sections
        ],
        "mark": str(graded.paper.mark),
        "full_mark": str(graded.paper.maximum),
        "score": str(graded.paper.score),
        "input_digest": graded.input_digest,
    }


def _count_failure(attempt_id: int, error: Exception) -> None:
    tries = db.session.execute(_FAILED, {"attempt_id": attempt_id}).scalar_one()
    log.warning("attempt %d could not be graded (try %d)", attempt_id, tries, exc_info=error)
    if tries < TRIES:
        return
    reason = f"{type(error).__name__}: {error}"[:500]
    db.session.execute(_QUARANTINE, {"attempt_id": attempt_id, "error": reason})
    record("attempt.quarantine", "attempt", attempt_id, why=reason, actor="grading")
    log.error("ALARM: attempt %d is quarantined and waits for a person: %s", attempt_id, reason)


_UNGRADED = text(
    f"""
    SELECT DISTINCT s.exam_id FROM sheets s
    WHERE s.state = 'submitted' AND s.grade_tries < :tries AND NOT {WAITS_FOR_PEOPLE}
    """  # noqa: S608 - no value of anybody is spliced in
)


def ungraded_exams() -> list[int]:
    """Exams with closed sheets that nobody graded yet, that are not put aside and wait for no person."""
    return list(db.session.scalars(_UNGRADED, {"tries": TRIES}))
