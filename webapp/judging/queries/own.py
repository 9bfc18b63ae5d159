"""What a contestant sees of a practical test: what is handed in, and the own scores after publication."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import text

from webapp.core.db import db
from webapp.judging.queries.entrants import COMPETES
from webapp.judging.rules.scores import rounded

# The entry of a team is its leader's (p); everybody in it (own) reads the same.
_MINE = text(
    f"""
    SELECT s.id AS stage_id, e.id AS entry_id, coalesce(leader.name, '') AS leader FROM participations own
    LEFT JOIN team_members t ON t.participation_id = own.id
    JOIN entries e ON CASE WHEN t.entry_id IS NULL THEN e.participation_id = own.id ELSE e.id = t.entry_id END
    JOIN participations p ON p.id = e.participation_id AND p.state = 'active'
    JOIN stages s ON s.event_id = p.event_id
    JOIN stage_components c ON c.stage_id = s.id AND c.component = 'practical'
    JOIN events ev ON ev.id = p.event_id AND NOT ev.is_withdrawn
    LEFT JOIN persons leader ON leader.id = p.person_id AND t.entry_id IS NOT NULL
    WHERE own.person_id = :person_id AND own.state = 'active' AND {COMPETES} ORDER BY own.id DESC, s.position
    """  # noqa: S608 - fixed text
)
_WORKS = text(
    """
    SELECT d.id AS work_id, d.run_id, d.entry_id, d.name, d.size_bytes, d.piece_bytes, d.digest, d.file_digest, d.receipt,
           d.started_at, d.completed_at,
           (SELECT count(*) FROM practical_pieces p WHERE p.deliverable_id = d.id) AS arrived
    FROM practical_deliverables d WHERE d.run_id = :run_id AND d.entry_id = ANY(:entries) ORDER BY d.id DESC
    """
)
_ALL_WORKS = text(
    """
    SELECT DISTINCT ON (n.number) n.number, d.id AS work_id, d.name, d.size_bytes, d.file_digest AS digest, d.receipt,
           d.completed_at
    FROM practical_blind_numbers n
    JOIN practical_deliverables d ON d.run_id = n.run_id AND d.entry_id = n.entry_id
         AND d.completed_at IS NOT NULL
    WHERE n.run_id = :run_id ORDER BY n.number, d.completed_at DESC, d.id DESC
    """
)
_FILED = text(
    """
    SELECT row->'modules' AS modules, row->>'score' AS score, f.at
    FROM practical_filings f, jsonb_array_elements(f.scores) AS row
    WHERE f.stage_id = :stage_id AND (row->>'entry_id')::bigint = :entry_id
      AND f.number = (SELECT max(number) FROM practical_filings WHERE stage_id = :stage_id)
    """
)


@dataclass(frozen=True)
class OwnStage:
    """A stage with a practical test in which a person takes part. leader: of the person's team, '' for single people;
    what a team hands in and is given counts for all of it."""

    stage_id: int
    entry_id: int
    leader: str


@dataclass(frozen=True)
class Work:
    """A file handed in, or on its way. arrived: pieces."""

    work_id: int
    run_id: int
    entry_id: int
    name: str
    size_bytes: int
    piece_bytes: int
    digest: str
    file_digest: str
    receipt: str
    started_at: datetime
    completed_at: datetime | None
    arrived: int


@dataclass(frozen=True)
class NumberedWork:
    """The newest complete work of a blind number: what judges may open."""

    number: int
    work_id: int
    name: str
    size_bytes: int
    digest: str
    receipt: str
    completed_at: datetime


@dataclass(frozen=True)
class OwnScores:
    """What was filed for an entry. modules: code -> points, rounded to two places for reading."""

    modules: dict[str, Decimal]
    score: Decimal
    at: datetime


def stages_of(person_id: int) -> list[OwnStage]:
    """Stages with a practical test of a person's events."""
    return [OwnStage(**row) for row in db.session.execute(_MINE, {"person_id": person_id}).mappings()]


def works_of(run_id: int, entry_ids: list[int]) -> list[Work]:
    """The files of entries in a module, the newest first."""
    given = {"run_id": run_id, "entries": entry_ids}
    return [Work(**row) for row in db.session.execute(_WORKS, given).mappings()]


def works_by_number(run_id: int) -> dict[int, NumberedWork]:
    """number -> the work that counts. The names of files are not shown to judges: they may tell who it is."""
    rows = db.session.execute(_ALL_WORKS, {"run_id": run_id}).mappings()
    return {row["number"]: NumberedWork(**row) for row in rows}


def scores_filed(stage_id: int, entry_id: int) -> OwnScores | None:
    """The scores of the newest filing; None when there is none for this entry."""
    row = db.session.execute(_FILED, {"stage_id": stage_id, "entry_id": entry_id}).one_or_none()
    if row is None:
        return None
    two = Decimal("0.01")
    modules = {code: rounded(Fraction(value), two) for code, value in row.modules.items()}
    return OwnScores(modules, Decimal(row.score), row.at)
