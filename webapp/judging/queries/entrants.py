"""Who takes a practical test, and who bears which blind number."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.core.db import db
from webapp.registration.queries.entrants import takes_part

COMPETES = f"""
    {takes_part("s.id", "p.id")}
    AND NOT EXISTS (SELECT FROM team_members m WHERE m.participation_id = p.id AND NOT m.is_leader)
    """
"""Whether entry e with participation p competes in stage s; of a team its leader."""

_ENTRANTS = text(
    f"""
    SELECT e.id FROM stages s JOIN entries e ON e.event_id = s.event_id
    JOIN participations p ON p.id = e.participation_id AND p.state = 'active'
    WHERE s.id = :stage_id AND {COMPETES} ORDER BY e.id
    """  # noqa: S608 - fixed text
)
_NUMBERS = text(
    """
    SELECT n.number, n.entry_id, n.is_absent, p.id AS participation_id, p.person_id, p.number AS contestant,
           person.name, coalesce(o.name, '') AS unit
    FROM practical_blind_numbers n JOIN entries e ON e.id = n.entry_id
    JOIN participations p ON p.id = e.participation_id JOIN persons person ON person.id = p.person_id
    LEFT JOIN organisations o ON o.id = p.unit_id
    WHERE n.run_id = :run_id ORDER BY n.number
    """
)
_PEOPLE = text(
    """
    SELECT e.id AS entry_id, p.id AS participation_id, p.number, person.name
    FROM entries e JOIN participations p ON p.id = e.participation_id
    JOIN persons person ON person.id = p.person_id
    WHERE e.id = ANY(:entries) ORDER BY p.number
    """
)
_PERSONS = text(
    """
    SELECT DISTINCT p.person_id FROM participations p
    WHERE p.state = 'active' AND (
        p.id IN (SELECT e.participation_id FROM entries e WHERE e.id = ANY(:entries))
        OR p.id IN (SELECT m.participation_id FROM team_members m WHERE m.entry_id = ANY(:entries)))
    ORDER BY p.person_id
    """
)


@dataclass(frozen=True)
class Bearer:
    """Somebody with a blind number. contestant: the contestant number."""

    number: int
    entry_id: int
    is_absent: bool
    participation_id: int
    person_id: int
    contestant: str
    name: str
    unit: str


@dataclass(frozen=True)
class Entrant:
    """An entry with the person behind it. number: the contestant number."""

    entry_id: int
    participation_id: int
    number: str
    name: str


def entries_of_stage(stage_id: int) -> list[int]:
    """The entries that may take the practical test of a stage."""
    return list(db.session.scalars(_ENTRANTS, {"stage_id": stage_id}))


def bearers(run_id: int) -> list[Bearer]:
    """Everybody with a blind number of this module, by number. Never for a judge's page before decoding."""
    return [Bearer(**row) for row in db.session.execute(_NUMBERS, {"run_id": run_id}).mappings()]


def entrants(entry_ids: list[int]) -> list[Entrant]:
    """People behind entries, by contestant number."""
    return [Entrant(**row) for row in db.session.execute(_PEOPLE, {"entries": entry_ids}).mappings()]


def people_of_stage(stage_id: int) -> list[int]:
    """The person ids behind the entries that may take the practical test of a stage, everybody of a team."""
    return list(db.session.scalars(_PERSONS, {"entries": entries_of_stage(stage_id)}))
