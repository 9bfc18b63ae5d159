"""What anybody may know of how the papers of an exam were drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.core.db import db
from webapp.exam.errors import DrawsNotPublic, ExamNotFound
from webapp.exam.models import Exam, PastDrawSecret
from webapp.exam.queries.plans import plan, revealed_secret
from webapp.exam.rules.drawfile import FORMAT


@dataclass(frozen=True)
class DrawSecret:
    """One promise. secret: hex, '' until it is revealed."""

    digest: str
    committed_at: datetime
    revealed_at: datetime | None
    secret: str


@dataclass(frozen=True)
class DrawHead:
    """An exam and the promises made for its draws, the first one first."""

    exam_id: int
    title: dict[str, str]
    event_title: dict[str, str]
    contest_title: dict[str, str]
    opens_at: datetime
    closes_at: datetime
    papers: int
    secrets: tuple[DrawSecret, ...]

    @property
    def is_public(self) -> bool:
        """Whether every secret that papers were drawn from can be read."""
        return all(one.secret for one in self.secrets)


@dataclass(frozen=True)
class OwnPaper:
    """What a contestant needs to find the own papers in the file."""

    participation_id: int
    number: int
    digest: str


_LIST = text(
    """
    SELECT e.id, e.title, ev.title AS event_title, c.title AS contest_title, e.opens_at, e.closes_at,
           (SELECT count(*) FROM attempts a WHERE a.exam_id = e.id) AS papers
    FROM exams e JOIN events ev ON ev.id = e.event_id JOIN contests c ON c.id = ev.contest_id
    WHERE e.kind = 'formal' AND c.is_listed AND NOT ev.is_withdrawn AND (:exam_id = 0 OR e.id = :exam_id)
    ORDER BY e.closes_at DESC, e.id DESC LIMIT 200
    """
)
# A reopened paper is the earlier one with its seed; it was not drawn again.
_PAPERS = text(
    """
    SELECT a.participation_id, a.number, a.paper_digest FROM attempts a
    WHERE a.exam_id = :exam_id
      AND a.origin <> 'reopened'
    ORDER BY a.participation_id, a.number
    """
)
_STOPPED = text("SELECT question_version_id FROM stopped_questions WHERE exam_id = :exam_id ORDER BY id")
_OWN = text(
    """
    SELECT a.participation_id, a.number, a.paper_digest AS digest
    FROM attempts a JOIN participations p ON p.id = a.participation_id
    WHERE a.exam_id = :exam_id AND p.person_id = :person_id ORDER BY a.number
    """
)


_STOPPED = text("SELECT question_version_id FROM stopped_questions WHERE exam_id = :exam_id ORDER BY id")


def draw_heads(exam_id: int = 0) -> list[DrawHead]:
    """Formal exams of listed contests, the latest first, 200 at most; or only one."""
    rows = db.session.execute(_LIST, {"exam_id": exam_id}).all()
    ids = [row.id for row in rows]
    exams = {exam.id: exam for exam in db.session.scalars(select(Exam).where(Exam.id.in_(ids)))}
    past: dict[int, list[DrawSecret]] = {}
    for one in db.session.scalars(
        select(PastDrawSecret).where(PastDrawSecret.exam_id.in_(ids)).order_by(PastDrawSecret.number)
    ):
        kept = DrawSecret(one.digest, one.committed_at, one.revealed_at, one.secret)
        past.setdefault(one.exam_id, []).append(kept)
    return [
        DrawHead(
            row.id,
            row.title,
            row.event_title,
            row.contest_title,
            row.opens_at,
            row.closes_at,
            row.papers,
            (*past.get(row.id, ()), _present(exams[row.id])),
        )
        for row in rows
    ]


def draw_head(exam_id: int) -> DrawHead:
    """One of them. raise (ExamNotFound): missing, a mock exam, or of a contest that is not listed."""
    found = draw_heads(exam_id) if exam_id else []
    if not found:
        raise ExamNotFound
    return found[0]


def own_papers(exam_id: int, person_id: int) -> list[OwnPaper]:
    """The papers of one person in an exam, by number."""
    return [
        OwnPaper(**row)
        for row in db.session.execute(_OWN, {"exam_id": exam_id, "person_id": person_id}).mappings()
    ]


def draw_file(exam_id: int) -> dict[str, Any]:
    """The file with which `rules.drawfile.verify` draws everything again; no texts of questions, no names.

    raise (DrawsNotPublic): a secret is still needed. raise (ExamNotFound)."""
    head = draw_head(exam_id)
    if not head.is_public:
        raise DrawsNotPublic
    frozen = plan(exam_id)
    papers = db.session.execute(_PAPERS, {"exam_id": exam_id})
    return {
        "format": FORMAT,
        "exam": exam_id,
        "contest": head.contest_title,
        "event": head.event_title,
        "blueprint": _public(db.session.get_one(Exam, exam_id).blueprint),
        "pool": [[one.version_id, one.question_type, one.topic, one.difficulty] for one in frozen.pool],
        "stopped": list(db.session.scalars(_STOPPED, {"exam_id": exam_id})),
        "secrets": [{"digest": one.digest, "secret": one.secret} for one in head.secrets],
        "papers": [[row.participation_id, row.number, row.paper_digest] for row in papers],
    }


def _present(exam: Exam) -> DrawSecret:
    return DrawSecret(
        exam.secret_digest, exam.secret_committed_at, exam.secret_revealed_at, revealed_secret(exam)
    )


def _public(blueprint: Mapping[str, Any]) -> dict[str, Any]:
    """What papers are drawn from; the keys of an exam browser are nobody else's business."""
    return {name: value for name, value in blueprint.items() if name != "checks"}
