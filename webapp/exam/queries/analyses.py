"""Item analyses as staff read them. A report is read through the keys engine and only after the close."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from webapp.core.db import db, keys_engine
from webapp.exam.models import ItemAnalysis
from webapp.exam.queries.results import over_among
from webapp.exam.rules.item_analysis.shapes import Analysis
from webapp.exam.rules.item_analysis.storage import from_json


@dataclass(frozen=True)
class Progress:
    """How far an analysis is. done of total: attempts read."""

    asked_at: datetime
    made_at: datetime | None
    done: int
    total: int

    @property
    def is_waiting(self) -> bool:
        return self.made_at is None or self.made_at < self.asked_at


@dataclass(frozen=True)
class Report:
    """What is kept. counted: attempts it is made from; eligible: first ones that could be, more in a very large exam;
    graded: all with marks; waiting: not marked at that time."""

    analysis: Analysis
    counted: int
    eligible: int
    graded: int
    waiting: int


@dataclass(frozen=True)
class ExamBank:
    """The bank an exam drew from. is_sealed: its questions are closed to people now."""

    bank_id: int
    code: str
    title: dict[str, str]
    organisation_id: int | None
    is_sealed: bool


@dataclass(frozen=True)
class Named:
    """What tells a question from others. stem and options are empty while the bank is sealed."""

    key: str
    topic: str
    difficulty: str
    stem: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class PastExam:
    """An exam that drew from a bank and was analysed."""

    exam_id: int
    title: dict[str, str]
    event_title: dict[str, str]
    kind: str
    closes_at: datetime


_REPORTS = text("SELECT exam_id, report FROM keys.item_reports WHERE exam_id = ANY(:ids)")
# Marks of an exam that is over: without attempts or a full mark there is no facility.
_FACILITIES = text(
    """
    SELECT CAST(item->>'version_id' AS bigint) AS version_id,
           sum(CAST(item->>'facility' AS float) * CAST(item->>'attempts' AS int))
               / sum(CAST(item->>'attempts' AS int)) AS facility
    FROM keys.item_reports, jsonb_array_elements(report->'items') AS item
    WHERE item->>'facility' IS NOT NULL AND CAST(item->>'version_id' AS bigint) = ANY(:ids)
    GROUP BY 1 HAVING sum(CAST(item->>'attempts' AS int)) >= :least
    """
)
_BANK = text(
    """
    SELECT b.id AS bank_id, b.code, b.title, b.organisation_id, b.is_sealed
    FROM exams e JOIN bank_versions v ON v.id = e.bank_version_id JOIN banks b ON b.id = v.bank_id
    WHERE e.id = :exam_id
    """
)
_NAMES = text(
    """
    SELECT q.id, own.key, coalesce(t.key, '') AS topic, q.difficulty,
           CASE WHEN :is_sealed THEN '' ELSE q.stem END AS stem,
           CASE WHEN :is_sealed THEN '[]'::jsonb ELSE q.options END AS options
    FROM question_versions q JOIN questions own ON own.id = q.question_id LEFT JOIN topics t ON t.id = q.topic_id
    WHERE q.id = ANY(:ids)
    """
)
_OF_BANK = text(
    """
    SELECT e.id AS exam_id, e.title, ev.title AS event_title, e.kind, e.closes_at
    FROM exams e
    JOIN bank_versions v ON v.id = e.bank_version_id
    JOIN events ev ON ev.id = e.event_id
    JOIN item_analyses x ON x.exam_id = e.id AND x.made_at IS NOT NULL
    WHERE v.bank_id = :bank_id
    ORDER BY e.closes_at DESC, e.id DESC LIMIT 30
    """
)
_VERSIONS = text("SELECT v.id FROM question_versions v JOIN questions q ON q.id = v.question_id"
                 " WHERE q.bank_id = :bank_id AND q.key = :key")  # fmt: skip


def progress_of(exam_id: int) -> Progress | None:
    """None when nobody has asked for one yet."""
    row = db.session.scalars(select(ItemAnalysis).where(ItemAnalysis.exam_id == exam_id)).one_or_none()
    return Progress(row.asked_at, row.made_at, row.done, row.total) if row else None


def report_of(exam_id: int, now: datetime) -> Report | None:
    """The report that is kept; None without one, and while anybody may still write.

    It tells the keys: the check and the reading are one function on purpose."""
    return reports_of([exam_id], now).get(exam_id)


def reports_of(exam_ids: list[int], now: datetime) -> dict[int, Report]:
    """The same for several exams, by id. Two statements however many there are."""
    over = over_among(exam_ids, now)
    if not over:
        return {}
    with keys_engine().connect() as connection:
        rows = connection.execute(_REPORTS, {"ids": sorted(over)}).all()
    return {
        row.exam_id: Report(
            from_json(row.report),
            row.report["facts"]["counted"],
            row.report["facts"]["eligible"],
            row.report["facts"]["graded"],
            row.report["facts"]["waiting"],
        )
        for row in rows
    }


def measured_facilities(version_ids: list[int], least: int) -> dict[int, float]:
    """How questions did in all analysed exams together (0 .. 1), where at least so many attempts tell it.

    For jobs: it reads reports whoever asks, so only sums of it may be shown."""
    with keys_engine().connect() as connection:
        rows = connection.execute(_FACILITIES, {"ids": version_ids, "least": least}).all()
    return {row.version_id: min(max(row.facility, 0.0), 1.0) for row in rows}


def bank_of(exam_id: int) -> ExamBank:
    """The bank of an exam that exists."""
    return ExamBank(**db.session.execute(_BANK, {"exam_id": exam_id}).mappings().one())


def names_of(version_ids: list[int], is_sealed: bool) -> dict[int, Named]:
    """By version id; without texts while their bank is sealed."""
    rows = db.session.execute(_NAMES, {"ids": version_ids, "is_sealed": is_sealed})
    return {row.id: Named(row.key, row.topic, row.difficulty, row.stem, tuple(row.options)) for row in rows}


def analysed_exams(bank_id: int) -> list[PastExam]:
    """The latest exams that drew from any version of a bank and have a report."""
    return [PastExam(**row) for row in db.session.execute(_OF_BANK, {"bank_id": bank_id}).mappings()]


def versions_of_key(bank_id: int, key: str) -> frozenset[int]:
    """All versions of one question of a bank."""
    return frozenset(db.session.scalars(_VERSIONS, {"bank_id": bank_id, "key": key}))
