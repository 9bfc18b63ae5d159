"""The item analysis of an exam: asked for after its close, computed in the background, kept beside the keys."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from webapp.contests.rules.blueprint import Section
from webapp.core.db import db, keys_engine
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.exam.errors import ExamNotOver
from webapp.exam.models import ItemAnalysis
from webapp.exam.queries.keys import marked_questions
from webapp.exam.queries.plans import plan
from webapp.exam.queries.results import is_over
from webapp.exam.rules.grading import MarkedQuestion, original_answer, policy_of
from webapp.exam.rules.item_analysis.analyse import Marks
from webapp.exam.rules.item_analysis.guessing import guess_share, key_letters, letters_of
from webapp.exam.rules.item_analysis.shapes import Item, Sitting
from webapp.exam.rules.item_analysis.storage import to_json
from webapp.exam.rules.rulings import RulingKind, ruled_mark
from webapp.exam.service.grading import sheet_input

BATCH = 500
MOST = 50_000
"""Attempts that are read: of more an even part is enough for figures that are read to a tenth of a percent."""
LOST_AFTER = timedelta(minutes=20)
"""A job takes ten minutes at most: a report asked for so long ago and not made has lost its job."""

# The first graded attempt of each person; one that hosts replaced by a new one no longer counts.
_COUNTING = text(
    """
    SELECT DISTINCT ON (a.participation_id) a.id
    FROM attempts a JOIN sheets s ON s.attempt_id = a.id
    WHERE a.exam_id = :exam_id AND s.state = 'graded' AND s.current_grade_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM attempts n WHERE n.supersedes_id = a.id AND n.origin <> 'own')
    ORDER BY a.participation_id, a.number
    """
)
_STATES = text(
    """
    SELECT count(*) FILTER (WHERE state = 'graded') AS graded,
           count(*) FILTER (WHERE state = 'submitted') AS waiting
    FROM sheets WHERE exam_id = :exam_id
    """
)
_ON_PAPERS = text(
    """
    SELECT DISTINCT slot.section, slot.version_id
    FROM attempts a CROSS JOIN LATERAL unnest(a.sections, a.paper) AS slot(section, version_id)
    WHERE a.id = ANY(:ids) ORDER BY 1, 2
    """
)
_SITTINGS = text(
    """
    SELECT a.id AS attempt_id, a.paper, a.sections, a.option_seed, a.paper_digest, s.answers, g.marks,
           NULL AS essays
    FROM attempts a JOIN sheets s ON s.attempt_id = a.id JOIN grades g ON g.id = s.current_grade_id
    WHERE a.id = ANY(:ids) ORDER BY a.id
    """
)
_PROGRESS = text("UPDATE item_analyses SET done = :done, total = :total WHERE exam_id = :exam_id")
_MADE = text("UPDATE item_analyses SET made_at = :at, done = :done, total = :done WHERE exam_id = :exam_id")
_KEEP = text(
    """
    INSERT INTO keys.item_reports (exam_id, made_at, report) VALUES (:exam_id, :at, CAST(:report AS jsonb))
    ON CONFLICT (exam_id) DO UPDATE SET made_at = excluded.made_at, report = excluded.report
    """
)
# Closed and marked but never analysed; or a question was ruled on since; or asked for and not made in time.
_DUE = text(
    """
    SELECT e.id FROM exams e LEFT JOIN item_analyses x ON x.exam_id = e.id
    WHERE e.closes_at < :at
      AND (x.exam_id IS NULL OR ((x.made_at IS NULL OR x.made_at < x.asked_at) AND x.asked_at < :lost_before)
           OR EXISTS (SELECT FROM rulings r WHERE r.exam_id = e.id AND r.applied_at > x.asked_at))
      AND EXISTS (SELECT FROM sheets s WHERE s.exam_id = e.id AND s.state = 'graded')
      AND NOT EXISTS (SELECT FROM sheets s WHERE s.exam_id = e.id AND s.state IN ('open', 'submitted'))
    ORDER BY e.id
    """
)


@dataclass
class Work:
    """An analysis in the making. places: (section, version) -> place among the items."""

    exam_id: int
    sections: tuple[Section, ...]
    questions: dict[int, MarkedQuestion]
    places: dict[tuple[int, int], int]
    items: list[Item]
    marks: Marks
    waiting_ids: list[int] = field(default_factory=list)
    facts: dict[str, int] = field(default_factory=dict)

    @property
    def is_unfinished(self) -> bool:
        return bool(self.waiting_ids)


def ask_analysis(exam_id: int, at: datetime) -> None:
    """Have the analysis of an exam made anew; the earlier report stays until then. raise (ExamNotOver)."""
    if not is_over(exam_id, at):
        raise ExamNotOver
    _ask(exam_id, at)
    enqueue(Job.ITEM_ANALYSIS, exam_id=exam_id)


def analyses_due(at: datetime) -> list[int]:
    """Exams that are over and marked but not analysed; they count as asked for from now on."""
    due = list(db.session.scalars(_DUE, {"at": at, "lost_before": at - LOST_AFTER}))
    over = [exam_id for exam_id in due if is_over(exam_id, at)]
    for exam_id in over:
        _ask(exam_id, at)
    return over


def _ask(exam_id: int, at: datetime) -> None:
    asked = insert(ItemAnalysis).values(exam_id=exam_id, asked_at=at)
    again = {"asked_at": at, "done": 0, "total": 0}
    db.session.execute(asked.on_conflict_do_update(index_elements=["exam_id"], set_=again))


def begin_analysis(exam_id: int, at: datetime) -> Work | None:
    """Which attempts count and which questions they held. None while somebody may still write."""
    if not is_over(exam_id, at):
        return None
    sections = plan(exam_id).blueprint.sections
    eligible = sorted(db.session.scalars(_COUNTING, {"exam_id": exam_id}))
    ids = even_part(eligible, MOST)
    states = db.session.execute(_STATES, {"exam_id": exam_id}).one()
    slots = [(row.section, row.version_id) for row in db.session.execute(_ON_PAPERS, {"ids": ids})]
    questions = marked_questions({version_id for _, version_id in slots}, exam_id)
    items = [_item(questions[version_id], sections[section]) for section, version_id in slots]
    db.session.execute(_PROGRESS, {"exam_id": exam_id, "done": 0, "total": len(ids)})
    return Work(
        exam_id=exam_id,
        sections=sections,
        questions=questions,
        places={slot: at for at, slot in enumerate(slots)},
        items=items,
        marks=Marks(items),
        waiting_ids=ids,
        facts={
            "graded": states.graded,
            "waiting": states.waiting,
            "eligible": len(eligible),
            "counted": len(ids),
        },
    )


def even_part(ids: list[int], most: int) -> list[int]:
    """At most so many of them, evenly spread over the list; the same ones every time."""
    count = len(ids)
    return ids if count <= most else [ids[at * count // most] for at in range(most)]


def read_sittings(work: Work, batch: int = BATCH) -> None:
    """Read the next attempts and note how far it is."""
    now, work.waiting_ids = work.waiting_ids[:batch], work.waiting_ids[batch:]
    for row in db.session.execute(_SITTINGS, {"ids": now}):
        sheet = sheet_input(row)
        places = [work.places[slot] for slot in zip(row.sections, row.paper, strict=True)]
        picks = [
            original_answer(sheet, slot, work.sections[row.sections[slot]], work.questions[version_id].public)
            if work.items[places[slot]].letters
            else ""
            for slot, version_id in enumerate(row.paper)
        ]
        work.marks.add(Sitting(places, [float(mark) for mark in row.marks], picks))
    progress = {"exam_id": work.exam_id, "done": len(work.marks), "total": work.facts["counted"]}
    db.session.execute(_PROGRESS, progress)


def keep_analysis(work: Work, at: datetime) -> int:
    """Compute the figures and keep them instead of earlier ones; how many attempts they are made from."""
    report = {"facts": work.facts, **to_json(work.marks.result())}
    with keys_engine().begin() as connection:
        connection.execute(
            _KEEP, {"exam_id": work.exam_id, "at": at, "report": json.dumps(report, allow_nan=False)}
        )
    db.session.execute(_MADE, {"exam_id": work.exam_id, "at": at, "done": len(work.marks)})
    return len(work.marks)


def _item(question: MarkedQuestion, section: Section) -> Item:
    """A question as this section marks it, with what was ruled about it."""
    _, maximum = ruled_mark(question.ruling, section.mark, section.mark, True)
    is_marked_by_key = question.ruling in {RulingKind.NONE, RulingKind.KEY}
    return Item(
        version_id=question.version_id,
        section=section.key,
        question_type=str(question.public.type),
        maximum=float(maximum),
        letters=letters_of(question.public),
        key=key_letters(question.public, question.key),
        guess=guess_share(question.public, question.key, policy_of(section)) if is_marked_by_key else None,
    )
