"""What a combined score is made of: exam scores, the ledger, and components filed by people."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.exam.queries.scores import counting_scores
from webapp.learning.queries.points import NOTHING, balances
from webapp.learning.rules.score import learning_score
from webapp.registration.queries.entrants import for_places

EXAM_COMPONENT = "theory"
LEARNING_COMPONENT = "learning"

# Of a team only the leader is ranked. A later stage is for those with a place in it; the first one, or one that only a selection
# outside stands before, is for everybody until somebody is named.
_ENTRIES = text(
    f"""
    WITH ask AS MATERIALIZED (SELECT {for_places(":stage_id")} AS for_places)
    SELECT e.id AS entry_id, p.id AS participation_id, p.number,
           p.state = 'active' AND (NOT (SELECT for_places FROM ask) OR EXISTS (
               SELECT FROM stage_admissions a
               WHERE a.stage_id = :stage_id AND a.entry_id = e.id AND a.state IN ('confirmed', 'admitted')
           )) AND NOT EXISTS (
               SELECT FROM team_members m WHERE m.participation_id = p.id AND NOT m.is_leader
           ) AS is_active
    FROM entries e JOIN participations p ON p.id = e.participation_id
    WHERE e.participation_id = ANY(:ids) AND e.event_id = :event_id
    ORDER BY e.id FOR NO KEY UPDATE OF e
    """  # noqa: S608 - no value is put in
)
_FILED = text(
    """
    SELECT DISTINCT ON (participation_id, component) participation_id, component, score, source
    FROM component_scores WHERE stage_id = :stage_id AND participation_id = ANY(:ids)
    ORDER BY participation_id, component, version DESC
    """
)
# Graded papers that no component score mentions: their job was lost, or has not run yet. And standings of
# people who take no further part: whoever withdraws or is disqualified leaves the board within a minute.
_FORGOTTEN = text(
    """
    SELECT e.stage_id, s.participation_id
    FROM sheets s JOIN exams e ON e.id = s.exam_id JOIN participations p ON p.id = s.participation_id
    WHERE e.kind = 'formal' AND s.state = 'graded' AND p.state = 'active'
      AND NOT EXISTS (
          SELECT FROM component_scores c
          WHERE c.participation_id = s.participation_id AND c.stage_id = e.stage_id
            AND c.component = e.component)
    UNION
    SELECT t.stage_id, p.id
    FROM participations p JOIN entries n ON n.participation_id = p.id JOIN standings t ON t.entry_id = n.id
    WHERE p.state <> 'active'
    ORDER BY 1, 2 LIMIT :limit
    """
)


@dataclass(frozen=True)
class EntryRow:
    """An entry to be ranked, its row locked until the transaction ends. is_active: takes part in the stage."""

    entry_id: int
    participation_id: int
    number: str
    is_active: bool


@dataclass
class Inputs:
    """The component scores of one participation, where each came from, and what breaks ties."""

    scores: dict[str, Decimal] = field(default_factory=dict)
    sources: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    time_used_s: int | None = None
    submitted_at: datetime | None = None


def lock_entries(event_id: int, participation_ids: Collection[int], stage_id: int) -> list[EntryRow]:
    """The entries of these participations, locked in order of id: two results of one person that come
    in together are combined one after the other, and the second sees the first."""
    values = {"ids": list(participation_ids), "event_id": event_id, "stage_id": stage_id}
    rows = db.session.execute(_ENTRIES, values).mappings()
    return [EntryRow(**row) for row in rows]


def inputs(
    stage: StageView, participation_ids: Collection[int], instead: Mapping[int, Decimal] | None = None
) -> dict[int, Inputs]:
    """By participation: the counting exam, the ledger's learning score, and what was filed otherwise.

    instead: attempt -> score, as if these attempts had these scores.

    Learning without ledger entries is 0. A component that the host left undecided stays missing."""
    found = {participation_id: Inputs() for participation_id in participation_ids}
    wanted = {part.key for part in stage.rules.components}
    made_here = {LEARNING_COMPONENT} | ({EXAM_COMPONENT} if stage.rules.exam else set())
    if LEARNING_COMPONENT in wanted:
        _add_learning(stage, found)
    if EXAM_COMPONENT in wanted and stage.rules.exam:
        _add_exam(stage, found, instead)
    if wanted - made_here:
        _add_filed(stage, wanted - made_here, found)
    return found


def _add_learning(stage: StageView, found: dict[int, Inputs]) -> None:
    learning = stage.profile.learning
    if learning is None or learning.full_points is None:
        return
    ledger = balances(stage.contest_id, found)
    for participation_id, one in found.items():
        balance = ledger.get(participation_id, NOTHING)
        one.scores[LEARNING_COMPONENT] = learning_score(balance.points, learning.full_points)
        one.sources[LEARNING_COMPONENT] = {
            "points": f"{balance.points:.2f}",
            "full": learning.full_points,
            "ledger_position": balance.position,
        }


def _add_exam(
    stage: StageView, found: dict[int, Inputs], instead: Mapping[int, Decimal] | None = None
) -> None:
    for score in counting_scores(stage.stage_id, list(found), instead):
        one = found[score.participation_id]
        one.scores[score.component] = score.score
        one.sources[score.component] = {
            "grade_id": score.grade_id,
            "attempt_id": score.attempt_id,
            "mark": f"{score.mark:.4f}",
            "full": f"{score.full_mark:.4f}",
        }
        one.time_used_s = score.time_used_s
        one.submitted_at = score.submitted_at


def _add_filed(stage: StageView, components: set[str], found: dict[int, Inputs]) -> None:
    rows = db.session.execute(_FILED, {"stage_id": stage.stage_id, "ids": list(found)})
    for row in rows:
        if row.component in components:
            found[row.participation_id].scores[row.component] = row.score
            found[row.participation_id].sources[row.component] = row.source


def forgotten(limit: int = 5000) -> dict[int, list[int]]:
    """stage id -> participations whose graded paper no component score mentions yet, or who have a standing
    and take no further part."""
    found: dict[int, list[int]] = {}
    for row in db.session.execute(_FORGOTTEN, {"limit": limit}):
        found.setdefault(row.stage_id, []).append(row.participation_id)
    return found
