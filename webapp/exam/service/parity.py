"""The parity report of an exam: asked for by a host, made in the background, kept."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.exam.models import ParityReport
from webapp.exam.queries.plans import plan
from webapp.exam.rules.parity import PaperFacts, Tally

BATCH = 1000

_PAPERS = text(
    """
    SELECT s.attempt_id, a.paper, a.sections, g.marks
    FROM sheets s JOIN attempts a ON a.id = s.attempt_id JOIN grades g ON g.id = s.current_grade_id
    WHERE s.exam_id = :exam_id AND s.state = 'graded' AND s.attempt_id > :after
    ORDER BY s.attempt_id LIMIT :batch
    """
)


def ask_parity(exam_id: int, at: datetime) -> None:
    """Have the report of an exam made anew; the earlier one stays until then."""
    asked = insert(ParityReport).values(exam_id=exam_id, asked_at=at)
    db.session.execute(asked.on_conflict_do_update(index_elements=["exam_id"], set_={"asked_at": at}))
    enqueue(Job.PARITY_REPORT, exam_id=exam_id)


def make_parity(exam_id: int, at: datetime) -> None:
    """Count all graded papers and keep the report; an empty one when there are fewer than two."""
    frozen = plan(exam_id)
    full_of = [float(section.mark) for section in frozen.blueprint.sections]
    tally, after = Tally(), 0
    while rows := db.session.execute(_PAPERS, {"exam_id": exam_id, "after": after, "batch": BATCH}).all():
        for row in rows:
            full = [full_of[section] for section in row.sections]
            tally.add(PaperFacts(row.paper, [float(mark) for mark in row.marks], full))
        after = rows[-1].attempt_id
    found = tally.result()
    kept = db.session.get_one(ParityReport, exam_id)
    kept.report = asdict(found) if found else {}
    kept.made_at = at


def parity_of(exam_id: int) -> ParityReport | None:
    """The report that is kept, or None when nobody has asked for one."""
    return db.session.scalars(select(ParityReport).where(ParityReport.exam_id == exam_id)).one_or_none()


def difficulties(exam_id: int) -> dict[int, tuple[str, str, str]]:
    """Type, topic and difficulty of each question of the pool, by version."""
    return {one.version_id: (one.question_type, one.topic, one.difficulty) for one in plan(exam_id).pool}


def table_of(report: dict[str, Any], kinds: dict[int, tuple[str, str, str]]) -> list[list[Any]]:
    """The questions of a report as rows: number, type, topic, difficulty, papers, share, facility."""
    return [
        [
            item["version_id"],
            *kinds.get(item["version_id"], ("", "", "")),
            item["papers"],
            round(item["exposure"], 4),
            round(item["facility"], 4),
        ]
        for item in report.get("items", ())
    ]
