"""Who has a place by a nomination and is no longer named by the list that is final now."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.stages.models import StageList
from webapp.stages.queries.admissions import PlaceView, places, seats
from webapp.stages.queries.candidates import decisions
from webapp.stages.rules.attendance import HOLDING, Origin
from webapp.stages.rules.states import ListState

_BEGUN = text(
    """
    SELECT a.entry_id FROM stage_admissions a JOIN entries e ON e.id = a.entry_id
    WHERE a.stage_id = :stage_id AND a.entry_id = ANY(:entries)
      AND (EXISTS (SELECT FROM sheets s JOIN exams x ON x.id = s.exam_id
                   WHERE x.stage_id = a.stage_id AND x.kind = 'formal' AND s.participation_id = e.participation_id
                     AND s.state NOT IN ('created', 'void'))
           OR EXISTS (SELECT FROM practical_blind_numbers b JOIN practical_runs r ON r.id = b.run_id
                      WHERE r.stage_id = a.stage_id AND b.entry_id = a.entry_id))
    """
)
_NOMINATED = text("SELECT entry_id FROM stage_admissions WHERE stage_id = :stage_id AND origin = :origin")


@dataclass(frozen=True)
class Struck:
    """One such person. why: the reason of the re-check that took the person off, '' where there is none; has_begun: an exam of
    the stage, or has drawn a number of its practical test: the place stays."""

    place: PlaceView
    why: str
    has_begun: bool


def struck(stage: StageView, before: StageList | None, *, whole_names: bool) -> list[Struck]:
    """In the order of the places. before: the newest list of the stage before; nobody is struck unless it is final."""
    entries = struck_entries(stage, before)
    if not entries or before is None:
        return []
    begun = begun_entries(stage.stage_id, entries)
    why = {entry: one.reason for entry, one in decisions(before.id).items() if one.decision.takes_off}
    return [
        Struck(one, why.get(one.entry_id, ""), one.entry_id in begun)
        for one in places(stage.stage_id, entries, whole_names=whole_names)
    ]


def struck_entries(stage: StageView, before: StageList | None) -> list[int]:
    """Entries that hold a place by nomination and stand on the final list no more."""
    if before is None or not before.is_nominated or before.state != ListState.FINAL:
        return []
    named = {row["entry_id"] for row in rows_by_id(before.final_snapshot_id or before.snapshot_id)}
    wanted = {"stage_id": stage.stage_id, "origin": Origin.NOMINATION}
    nominated = set(db.session.scalars(_NOMINATED, wanted))
    return [
        seat.entry_id
        for seat in seats(stage.stage_id)
        if seat.state in HOLDING and seat.entry_id in nominated - named
    ]


def begun_entries(stage_id: int, entry_ids: list[int]) -> frozenset[int]:
    """Who of these has begun an exam of the stage, or has drawn a number of its practical test."""
    return frozenset(db.session.scalars(_BEGUN, {"stage_id": stage_id, "entries": entry_ids}))
