"""What hosts see of the evidence of an exam. Never answers, never keys."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.core.db import db
from webapp.exam.errors import AttemptNotFound
from webapp.integrity.models import EvidenceRun

PAGE = 50


@dataclass(frozen=True)
class RunView:
    """One gathering."""

    run_id: int
    state: str
    progress: int
    facts: dict[str, Any]
    asked_at: datetime
    done_at: datetime | None

    @property
    def is_under_way(self) -> bool:
        return self.state in {"waiting", "running"}


@dataclass(frozen=True)
class PersonLine:
    """One attempt of the list. case: state of its latest case, '' = none."""

    attempt_id: int
    name: str
    number: str
    unit: str
    weight: float
    kinds: tuple[str, ...]
    case_id: int | None
    case: str


@dataclass(frozen=True)
class Piece:
    """One finding about an attempt."""

    kind: str
    weight: float
    facts: dict[str, Any]


@dataclass(frozen=True)
class AttemptView:
    """Whose attempt it is and what was found."""

    attempt_id: int
    exam_id: int
    person_id: int
    participation_id: int
    name: str
    number: str
    unit: str
    state: str
    pieces: tuple[Piece, ...] = field(default=())


_LINES = text(
    """
    SELECT f.attempt_id, person.name, p.number, coalesce(unit.name, '') AS unit, f.weight, f.kinds,
           c.id AS case_id, coalesce(nullif(c.decision, ''), c.state, '') AS case
    FROM (
        SELECT attempt_id, sum(weight) AS weight, array_agg(DISTINCT kind) AS kinds
        FROM evidence WHERE run_id = :run_id GROUP BY attempt_id
    ) f
    JOIN sheets s ON s.attempt_id = f.attempt_id
    JOIN participations p ON p.id = s.participation_id
    JOIN persons person ON person.id = s.person_id
    LEFT JOIN organisations unit ON unit.id = p.unit_id
    LEFT JOIN LATERAL (
        SELECT id, state, decision FROM integrity_cases WHERE attempt_id = f.attempt_id ORDER BY id DESC LIMIT 1
    ) c ON true
    WHERE f.weight >= :least
    ORDER BY f.weight DESC, p.number LIMIT :size OFFSET :offset
    """
)
_COUNT = text(
    "SELECT count(*) FROM (SELECT FROM evidence WHERE run_id = :run_id"
    " GROUP BY attempt_id HAVING sum(weight) >= :least) f"
)
_ATTEMPT = text(
    """
    SELECT s.attempt_id, s.exam_id, s.person_id, s.participation_id, person.name, p.number,
           coalesce(unit.name, '') AS unit, s.state
    FROM sheets s
    JOIN participations p ON p.id = s.participation_id
    JOIN persons person ON person.id = s.person_id
    LEFT JOIN organisations unit ON unit.id = p.unit_id
    WHERE s.attempt_id = :attempt_id AND s.exam_id = :exam_id
    """
)
_PIECES = text(
    "SELECT kind, weight, facts FROM evidence WHERE run_id = :run_id AND attempt_id = :attempt_id"
    " ORDER BY weight DESC, id LIMIT 100"
)


def latest_run(exam_id: int, done: bool = False) -> RunView | None:
    """The newest gathering of an exam; done=True: the newest that came to its end."""
    query = select(EvidenceRun).where(EvidenceRun.exam_id == exam_id).order_by(EvidenceRun.id.desc()).limit(1)
    row = db.session.scalars(query.where(EvidenceRun.state == "done") if done else query).one_or_none()
    if row is None:
        return None
    return RunView(row.id, row.state, row.progress, row.facts, row.asked_at, row.done_at)


def lines(run_id: int, page: int, least: float = 0.0) -> tuple[list[PersonLine], int]:
    """One page of the attempts with evidence of at least this weight, the heaviest first, and their number."""
    values = {"run_id": run_id, "least": least, "size": PAGE, "offset": (max(1, page) - 1) * PAGE}
    rows = db.session.execute(_LINES, values).mappings()
    found = [
        PersonLine(**{**row, "weight": float(row["weight"]), "kinds": tuple(sorted(row["kinds"]))})
        for row in rows
    ]
    return found, int(db.session.scalar(_COUNT, {"run_id": run_id, "least": least}) or 0)


def attempt_view(exam_id: int, attempt_id: int) -> AttemptView:
    """One attempt with the pieces of the newest finished gathering. raise (AttemptNotFound)."""
    row = (
        db.session.execute(_ATTEMPT, {"exam_id": exam_id, "attempt_id": attempt_id}).mappings().one_or_none()
    )
    if row is None:
        raise AttemptNotFound
    return AttemptView(**row, pieces=tuple(pieces(exam_id, attempt_id)))


def pieces(exam_id: int, attempt_id: int) -> list[Piece]:
    """What was found about an attempt, the heaviest first."""
    run = latest_run(exam_id, done=True)
    if run is None:
        return []
    rows = db.session.execute(_PIECES, {"run_id": run.run_id, "attempt_id": attempt_id})
    return [Piece(row.kind, float(row.weight), row.facts) for row in rows]


def attempt_ids(exam_id: int) -> list[int]:
    """All attempts of an exam, to find one by its watermark."""
    query = text("SELECT id FROM attempts WHERE exam_id = :exam_id ORDER BY id")
    return list(db.session.scalars(query, {"exam_id": exam_id}))
