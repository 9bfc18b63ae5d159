"""A person's own result: marks with their derivation, and the key once it may be shown."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from webapp.banks.formats.sanitise import links_of
from webapp.banks.queries.contents import explained
from webapp.banks.rules.schema import QuestionKey
from webapp.banks.rules.storage import key_from_json
from webapp.core.db import db, keys_engine
from webapp.exam.errors import AttemptNotFound
from webapp.exam.queries.essays import WAITS_FOR_PEOPLE
from webapp.exam.queries.plans import plan


@dataclass(frozen=True)
class ResultHead:
    """The grade of one attempt and where it goes."""

    attempt_id: int
    exam_id: int
    kind: str
    state: str
    participation_id: int
    stage_id: int
    stage_code: str
    component: str
    title: dict[str, str]
    event_title: dict[str, str]
    submitted_at: datetime | None
    submitted_by: str
    time_used_s: int
    paper_digest: str
    receipt: str
    secret_digest: str
    mark: Decimal | None
    full_mark: Decimal | None
    score: Decimal | None
    marks: list[str]
    sections: list[dict[str, Any]]
    version: int | None
    graded_at: datetime | None
    is_quarantined: bool
    waits_for_people: bool


@dataclass(frozen=True)
class Weight:
    """One component of the stage's combined score."""

    component: str
    weight_pct: Decimal


_HEAD = text(
    f"""
    SELECT s.attempt_id, s.exam_id, e.kind, s.state, s.participation_id, e.stage_id, st.code AS stage_code,
           e.component, e.title, ev.title AS event_title, s.submitted_at, s.submitted_by,
           coalesce(s.time_used_s, 0) AS time_used_s, a.paper_digest, s.receipt, e.secret_digest,
           g.mark, g.full_mark, g.score, coalesce(g.marks, '[]'::jsonb) AS marks,
           coalesce(g.sections, '[]'::jsonb) AS sections, g.version, g.graded_at,
           EXISTS (SELECT FROM grading_failures f WHERE f.attempt_id = s.attempt_id AND f.solved_at IS NULL)
               AS is_quarantined,
           {WAITS_FOR_PEOPLE} AS waits_for_people
    FROM sheets s
    JOIN attempts a ON a.id = s.attempt_id
    JOIN exams e ON e.id = s.exam_id
    JOIN stages st ON st.id = e.stage_id
    JOIN events ev ON ev.id = e.event_id
    LEFT JOIN grades g ON g.id = s.current_grade_id
    WHERE s.attempt_id = :attempt_id AND s.person_id = :person_id
    """  # noqa: S608 - no value of anybody is spliced in
)
_WEIGHTS = text(
    "SELECT component, weight_pct FROM stage_components WHERE stage_id = :stage_id ORDER BY position"
)

# The last instant at which anybody may still write: the end of the window with all extra time and grace.
_LAST = text(
    """
    SELECT e.id, greatest(e.closes_at, coalesce(max(s.deadline_at), e.closes_at))
                     + make_interval(secs => e.grace_s) AS last,
           bool_or(coalesce(s.state = 'open', false)) AS somebody_writes
    FROM exams e LEFT JOIN sheets s ON s.exam_id = e.id AND s.state <> 'created'
    WHERE e.id = ANY(:ids) GROUP BY e.id
    """
)
# The key that was corrected last for this exam, else the first one.
_KEYS = text(
    """
    SELECT k.question_version_id, coalesce(later.answer, k.answer) AS answer,
           coalesce(later.rules, k.rules) AS rules, k.explanation,
           (SELECT jsonb_object_agg(m.key, jsonb_build_array(s.public_name, s.media_type))
            FROM jsonb_each_text(k.rules->'media') m JOIN stored_files s ON s.id = m.value::bigint) AS media
    FROM keys.question_keys k
    LEFT JOIN LATERAL (
        SELECT c.answer, c.rules FROM rulings r JOIN keys.corrected_keys c ON c.id = r.key_id
        WHERE r.exam_id = :exam_id AND r.question_version_id = k.question_version_id AND r.state = 'applied'
        ORDER BY r.applied_at DESC, r.id DESC LIMIT 1
    ) later ON true
    WHERE k.question_version_id = ANY(:ids)
    """
)


def result_head(attempt_id: int, person_id: int) -> ResultHead:
    """A person's own attempt with its grade. raise (AttemptNotFound)."""
    row = db.session.execute(_HEAD, {"attempt_id": attempt_id, "person_id": person_id}).mappings()
    found = row.one_or_none()
    if found is None:
        raise AttemptNotFound
    return ResultHead(**found)


def weights(stage_id: int) -> list[Weight]:
    """The components of a stage and their weights, in the order of the file."""
    return [Weight(**row) for row in db.session.execute(_WEIGHTS, {"stage_id": stage_id}).mappings()]


def keys_are_released(exam_id: int, now: datetime) -> bool:
    """Whether key and explanation may be shown: the file says so, and the exam has closed for everybody,
    the last extra time and grace included, and nobody is writing any more."""
    return plan(exam_id).blueprint.key_release == "after_close" and is_over(exam_id, now)


def is_over(exam_id: int, now: datetime) -> bool:
    """Whether the exam has closed for everybody, the last extra time and grace included, and nobody writes."""
    return exam_id in over_among([exam_id], now)


def over_among(exam_ids: list[int], now: datetime) -> frozenset[int]:
    """Those of the exams that are over in this sense. One statement."""
    rows = db.session.execute(_LAST, {"ids": exam_ids})
    return frozenset(row.id for row in rows if now >= row.last and not row.somebody_writes)


def released_keys(exam_id: int, version_ids: list[int], now: datetime) -> dict[int, QuestionKey]:
    """version id -> key, its explanation ready to be shown; empty until the keys are released.

    The only reading of keys for contestants: the check and the reading are one function on purpose."""
    if not keys_are_released(exam_id, now):
        return {}
    with keys_engine().connect() as connection:
        rows = connection.execute(_KEYS, {"ids": version_ids, "exam_id": exam_id}).all()
    return {
        row.question_version_id: explained(
            key_from_json(row.answer, row.rules, row.explanation), links_of(row.media)
        )
        for row in rows
    }
