"""Grading: the jobs of the site make marks, component scores and the standing; its digest goes into the report."""

import hashlib
import json

from sqlalchemy import text

from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.exam import jobs
from webapp.rehearsal.play import EventPlay, Play, StepReport

_EXAM = text("SELECT id, closes_at FROM exams WHERE stage_id = :stage_id AND kind = 'formal'")
_SHEETS = text(
    """
    SELECT count(*) FILTER (WHERE s.state = 'graded') AS graded, count(*) FILTER (WHERE s.state = 'open') AS open,
           count(*) FILTER (WHERE s.state = 'submitted') AS waiting
    FROM sheets s WHERE s.exam_id = :exam_id
    """
)
_STANDING = text(
    """
    SELECT p.number, t.combined, t.derivation->'components' AS components,
           rank() OVER (ORDER BY t.tie_key) AS rank
    FROM standings t JOIN entries e ON e.id = t.entry_id JOIN participations p ON p.id = e.participation_id
    WHERE t.stage_id = :stage_id ORDER BY rank, p.number
    """
)


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """Grade what was handed in, combine, and look at the standing."""
    if stage is None or stage.rules.exam is None:
        return None
    exam = db.session.execute(_EXAM, {"stage_id": stage.stage_id}).one_or_none()
    db.session.rollback()
    if exam is None:
        return None
    play.travel(exam.closes_at)
    jobs.grade_pending(exam.id)
    play.work()
    sheets = db.session.execute(_SHEETS, {"exam_id": exam.id}).one()
    count, digest = standing(stage.stage_id)
    report = StepReport("grading", stage.code, event.code, people_in=sheets.graded, people_out=count)
    if sheets.open or sheets.waiting:
        report.problems.append(
            f"{event.code}/{stage.code}: {sheets.open} papers still open, {sheets.waiting} not graded"
        )
    needs_more = any(part.key not in {"theory", "learning"} for part in stage.rules.components)
    if count != sheets.graded and not needs_more:
        report.problems.append(
            f"{event.code}/{stage.code}: {sheets.graded} papers graded, {count} in the standing"
        )
    report.facts = {"standing": digest}
    db.session.rollback()
    return report


def standing(stage_id: int) -> tuple[int, str]:
    """How many stand in a stage's standing, and the SHA-256 of it: number, combined score, components, rank."""
    rows = [
        [row.number, str(row.combined), row.components, row.rank]
        for row in db.session.execute(_STANDING, {"stage_id": stage_id})
    ]
    written = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return len(rows), hashlib.sha256(written.encode()).hexdigest()
