"""The questions of one exam as its hosts see them: where they are used, stopped, ruled. Never keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, text

from webapp.banks.formats.sanitise import to_plain
from webapp.core.db import db
from webapp.exam.errors import QuestionNotFound, RulingNotFound

PAGE = 30


@dataclass(frozen=True)
class QuestionRow:
    """A question of the exam's bank version. waiting, writing, closed: papers that hold it, by state."""

    version_id: int
    key: str
    question_type: str
    stem: str
    options: list[str]
    waiting: int
    writing: int
    closed: int
    stopped_at: datetime | None
    stop_reason: str


@dataclass(frozen=True)
class RulingRow:
    """A ruling with its progress and effect."""

    ruling_id: int
    version_id: int
    key: str
    kind: str
    reason: str
    state: str
    done: int
    total: int
    effect: dict[str, Any]
    by: str
    created_at: datetime
    applied_at: datetime | None

    @property
    def is_moving(self) -> bool:
        """Whether a job is at it."""
        return self.state in {"computing", "applying"}


_POSTED = text(
    """
    SELECT e.stage_id FROM exams e
    WHERE e.id = :exam_id AND EXISTS (
        SELECT FROM stage_lists l WHERE l.stage_id = e.stage_id AND l.state IN ('posted', 'final'))
    """
)


def stage_with_list(exam_id: int) -> int | None:
    """The stage of an exam whose list is posted or final already: what changes a rank now has to go on to it."""
    found: int | None = db.session.scalar(_POSTED, {"exam_id": exam_id})
    return found


_ROWS = """
    SELECT q.id AS version_id, own.key, q.type AS question_type, q.stem, q.options, used.*,
           x.stopped_at, coalesce(x.reason, '') AS stop_reason
    FROM exams e
    JOIN bank_version_questions b ON b.bank_version_id = e.bank_version_id
    JOIN question_versions q ON q.id = b.question_version_id
    JOIN questions own ON own.id = q.question_id
    LEFT JOIN stopped_questions x ON x.exam_id = e.id AND x.question_version_id = q.id
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE s.state = 'created') AS waiting,
               count(*) FILTER (WHERE s.state = 'open') AS writing,
               count(*) FILTER (WHERE s.state IN ('submitted', 'graded')) AS closed
        FROM sheets s JOIN attempts a ON a.id = s.attempt_id
        WHERE s.exam_id = e.id AND a.paper @> ARRAY[q.id::int]
    ) used
    WHERE e.id = :exam_id
"""
_ONE = text(_ROWS + " AND q.id = :version_id")
_FOUND = text(
    _ROWS  # noqa: S608 - no value of anybody is spliced in
    + """
      AND q.id IN (
        SELECT v.id FROM bank_version_questions bb
        JOIN exams ee ON ee.bank_version_id = bb.bank_version_id AND ee.id = :exam_id
        JOIN question_versions v ON v.id = bb.question_version_id JOIN questions o ON o.id = v.question_id
        WHERE (:is_open AND :words <> '' AND (strpos(v.stem, :words) > 0 OR o.key = :words))
           OR v.id = (SELECT a.paper[:slot] FROM attempts a WHERE a.id = :attempt_id AND a.exam_id = :exam_id)
        ORDER BY v.id LIMIT :page_size)
    ORDER BY q.id
    """
)
_STOPPED = text(_ROWS + " AND x.id IS NOT NULL ORDER BY x.id DESC")
_RULINGS = """
    SELECT r.id AS ruling_id, r.question_version_id AS version_id, o.key, r.kind, r.reason, r.state, r.done,
           r.total, r.effect, coalesce(person.name, '') AS by, r.created_at, r.applied_at
    FROM rulings r
    JOIN question_versions v ON v.id = r.question_version_id JOIN questions o ON o.id = v.question_id
    LEFT JOIN accounts a ON a.id = r.by_account_id LEFT JOIN persons person ON person.id = a.person_id
    WHERE r.exam_id = :exam_id
"""
_RULING_LIST = text(_RULINGS + " ORDER BY r.id DESC LIMIT 50")
_RULING = text(_RULINGS + " AND r.id = :ruling_id")


@dataclass(frozen=True)
class Search:
    """What a host looks for: words of the stem or the question's key, or a place on somebody's paper."""

    words: str = ""
    attempt_id: int = 0
    number: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.words and not (self.attempt_id and self.number)


def find_questions(exam_id: int, search: Search, is_open: bool) -> list[QuestionRow]:
    """Up to PAGE questions. is_open: the exam has begun; before, stems of the bank are not searched."""
    if search.is_empty:
        return []
    values = {
        "exam_id": exam_id,
        "words": search.words,
        "attempt_id": search.attempt_id,
        "slot": search.number,
        "is_open": is_open,
        "page_size": PAGE,
    }
    return [_row(row) for row in db.session.execute(_FOUND, values).mappings()]


def _row(row: RowMapping) -> QuestionRow:
    """For lists: the stem without tags and names of files."""
    return QuestionRow(**{**row, "stem": to_plain(row["stem"])})


_BANK = text(
    "SELECT b.code FROM exams e JOIN bank_versions v ON v.id = e.bank_version_id JOIN banks b ON b.id = v.bank_id"
    " WHERE e.id = :exam_id"
)


def stopped_questions(exam_id: int) -> list[QuestionRow]:
    """The questions that are drawn no more, the newest stop first."""
    return [_row(row) for row in db.session.execute(_STOPPED, {"exam_id": exam_id}).mappings()]


def bank_code_of(exam_id: int) -> str:
    """The code of the bank that an exam draws from."""
    return str(db.session.execute(_BANK, {"exam_id": exam_id}).scalar_one())


def question_of(exam_id: int, version_id: int) -> QuestionRow:
    """One question of an exam. raise (QuestionNotFound)."""
    values = {"exam_id": exam_id, "version_id": version_id}
    row = db.session.execute(_ONE, values).mappings().one_or_none()
    if row is None:
        raise QuestionNotFound
    return QuestionRow(**row)


def rulings_of(exam_id: int) -> list[RulingRow]:
    """The latest rulings of an exam."""
    return [RulingRow(**row) for row in db.session.execute(_RULING_LIST, {"exam_id": exam_id}).mappings()]


def ruling_of(exam_id: int, ruling_id: int) -> RulingRow:
    """One ruling. raise (RulingNotFound)."""
    values = {"exam_id": exam_id, "ruling_id": ruling_id}
    row = db.session.execute(_RULING, values).mappings().one_or_none()
    if row is None:
        raise RulingNotFound
    return RulingRow(**row)
