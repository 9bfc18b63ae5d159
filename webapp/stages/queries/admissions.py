"""Who has a place in a stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text

from webapp.accounts import queries as people
from webapp.contests.queries import StageView, stage_by_id, stages_of_event
from webapp.core.db import db
from webapp.leaderboard.rules.masking import masked_name
from webapp.organisations import queries as organisations
from webapp.registration.queries.entrants import for_places
from webapp.stages.models import StageAdmission
from webapp.stages.rules.attendance import COMPETING, Admission, Seat

SELECTION = "selection"
"""The kind of a stage that units may run by themselves."""

_FOR_PLACES = text(f"SELECT {for_places(':stage_id')}")
_EVERYBODY = text(
    """
    SELECT e.id FROM entries e
    JOIN stages st ON st.event_id = e.event_id
    JOIN participations p ON p.id = e.participation_id
    WHERE st.id = :stage_id AND p.state = 'active'
      AND NOT EXISTS (SELECT FROM team_members m WHERE m.participation_id = p.id AND NOT m.is_leader)
    ORDER BY e.id
    """
)
_WITH_PLACES = text(
    """
    SELECT a.entry_id FROM stage_admissions a
    JOIN entries e ON e.id = a.entry_id
    JOIN participations p ON p.id = e.participation_id
    WHERE a.stage_id = :stage_id AND a.state = ANY(:states) AND p.state = 'active' ORDER BY a.position, a.id
    """
)
_ROWS = text(
    """
    SELECT a.entry_id, a.origin, a.rank, a.answer_by, a.answered_at, a.reason, a.state,
           p.person_id, p.unit_id, p.number, p.state = 'active' AS is_here, other.number AS replaces
    FROM stage_admissions a
    JOIN entries e ON e.id = a.entry_id
    JOIN participations p ON p.id = e.participation_id
    LEFT JOIN entries gone ON gone.id = a.replaces_entry_id
    LEFT JOIN participations other ON other.id = gone.participation_id
    WHERE a.stage_id = :stage_id AND a.entry_id = ANY(:entries)
    ORDER BY a.position, a.id
    """
)
_SEATS = text(
    """
    SELECT a.entry_id, a.state, a.answer_by, p.state = 'active' AS is_here
    FROM stage_admissions a
    JOIN entries e ON e.id = a.entry_id
    JOIN participations p ON p.id = e.participation_id
    WHERE a.stage_id = :stage_id ORDER BY a.position, a.id
    """
)
_BY_NUMBER = text(
    """
    SELECT a.entry_id FROM stage_admissions a
    JOIN entries e ON e.id = a.entry_id
    JOIN participations p ON p.id = e.participation_id
    WHERE a.stage_id = :stage_id AND p.number = :number
    """
)
_OWN = text(
    """
    SELECT a.id, a.stage_id, a.state, a.origin, a.rank, a.answer_by, a.reason, a.answered_at, v.title
    FROM stage_admissions a
    JOIN entries e ON e.id = a.entry_id
    JOIN events v ON v.id = e.event_id
    JOIN participations p ON p.id = e.participation_id
    WHERE p.person_id = :person_id AND p.state = 'active'
      AND (CAST(:stage_id AS bigint) IS NULL OR a.stage_id = :stage_id)
    ORDER BY a.id DESC
    """
)


@dataclass(frozen=True)
class PlaceView:
    """One line of the host's list of places. rank: in the stage before, None for nominations.

    replaces: the contestant number whose place this is."""

    entry_id: int
    number: str
    name: str
    unit: str
    origin: str
    state: Admission
    rank: int | None
    answer_by: datetime | None
    answered_at: datetime | None
    reason: str
    replaces: str
    is_here: bool


@dataclass(frozen=True)
class OwnPlace:
    """A contestant's own place in a stage."""

    stage: StageView
    event_title: dict[str, str]
    state: Admission
    rank: int | None
    is_substitute: bool
    answer_by: datetime | None
    reason: str
    answered_at: datetime | None


def is_for_places(stage_id: int) -> bool:
    """Whether only those with a place compete: places were given, or another stage of ours comes before, a selection that is
    held or listed here too."""
    return bool(db.session.scalar(_FOR_PLACES, {"stage_id": stage_id}))


def entries_of(stage_id: int) -> list[int]:
    """The entries that may compete in a stage: those that have confirmed or need not, in the order of the list;
    in the first stage everybody with an active participation."""
    if not is_for_places(stage_id):
        return list(db.session.scalars(_EVERYBODY, {"stage_id": stage_id}))
    return list(db.session.scalars(_WITH_PLACES, {"stage_id": stage_id, "states": sorted(COMPETING)}))


def stage_before(stage: StageView) -> StageView | None:
    """The stage that comes right before; None for the first."""
    before = None
    for each in stages_of_event(stage.event_id):
        if each.stage_id == stage.stage_id:
            return before
        before = each
    return None


def stage_after(stage: StageView) -> StageView | None:
    """The stage that comes right after; None for the last."""
    every = stages_of_event(stage.event_id)
    at = next(number for number, each in enumerate(every) if each.stage_id == stage.stage_id)
    return every[at + 1] if at + 1 < len(every) else None


def is_last(stage: StageView) -> bool:
    """Whether no stage of the event comes after."""
    return stage.profile.stages[-1].code == stage.code


def followed(stage: StageView) -> bool:
    """Whether people have places in the stage after, so that the final list of this one has gone on."""
    after = stage_after(stage)
    return after is not None and has_places(after.stage_id)


def has_places(stage_id: int) -> bool:
    """Whether places of a stage were given."""
    return (
        db.session.scalar(select(StageAdmission.id).where(StageAdmission.stage_id == stage_id).limit(1))
        is not None
    )


def holders(stage_id: int) -> frozenset[int]:
    """Entries that have a place in a stage, or had one; not those whose place was ended, who may be named anew."""
    return frozenset(seat.entry_id for seat in seats(stage_id) if seat.state is not Admission.ENDED)


def is_outside(stage: StageView) -> bool:
    """Whether units select outside and nothing of the stage is scored here: its list is brought in."""
    return stage.rules.kind == SELECTION and not stage.rules.components and stage_after(stage) is not None


def seats(stage_id: int) -> list[Seat]:
    """Everybody with a place, or who had one, in the order of the list. Who takes part no longer has declined."""
    return [
        Seat(row.entry_id, _state(row), row.answer_by)
        for row in db.session.execute(_SEATS, {"stage_id": stage_id})
    ]


def entry_of_number(stage_id: int, number: str) -> int | None:
    """The entry with a place in this stage that has this contestant number."""
    found: int | None = db.session.scalar(_BY_NUMBER, {"stage_id": stage_id, "number": number.strip()})
    return found


def places(stage_id: int, entry_ids: Sequence[int], *, whole_names: bool) -> list[PlaceView]:
    """These places for the host, in the order of the list; names masked for those who only read."""
    rows = db.session.execute(_ROWS, {"stage_id": stage_id, "entries": list(entry_ids)}).all()
    cards = people.cards(row.person_id for row in rows)
    units = organisations.names(row.unit_id for row in rows if row.unit_id is not None)
    return [
        PlaceView(
            row.entry_id,
            row.number,
            cards[row.person_id].name if whole_names else masked_name(cards[row.person_id].name),
            units.get(row.unit_id or 0, ""),
            row.origin,
            _state(row),
            row.rank,
            row.answer_by,
            row.answered_at,
            row.reason,
            row.replaces or "",
            row.is_here,
        )
        for row in rows
    ]


def own_places(person_id: int, stage_id: int | None = None) -> list[OwnPlace]:
    """A person's places, the newest first; of one stage where it is given."""
    rows = db.session.execute(_OWN, {"person_id": person_id, "stage_id": stage_id})
    return [
        OwnPlace(
            stage_by_id(row.stage_id),
            row.title,
            Admission(row.state),
            row.rank,
            row.origin == "substitute",
            row.answer_by,
            row.reason,
            row.answered_at,
        )
        for row in rows
    ]


def _state(row: Row[Any]) -> Admission:
    state = Admission(row.state)
    settled = {Admission.REPLACED, Admission.ENDED}
    return Admission.DECLINED if not row.is_here and state not in settled else state
