"""The teams of an event: who leads, who belongs."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.accounts import queries as people
from webapp.core.db import db
from webapp.leaderboard.rules.masking import masked_name

_ROWS = text(
    """
    SELECT m.entry_id, m.is_leader, p.number, p.person_id, p.state = 'active' AS is_here
    FROM team_members m
    JOIN entries e ON e.id = m.entry_id
    JOIN participations p ON p.id = m.participation_id
    WHERE e.event_id = :event_id ORDER BY m.entry_id, m.is_leader DESC, p.number
    """
)


@dataclass(frozen=True)
class TeamPerson:
    """Somebody of a team."""

    number: str
    name: str
    is_here: bool


@dataclass(frozen=True)
class TeamView:
    """A team. entry_id: what is ranked and awarded, through the leader."""

    entry_id: int
    leader: TeamPerson
    members: tuple[TeamPerson, ...]


def teams_of(event_id: int, *, whole_names: bool) -> list[TeamView]:
    """The teams of an event, in the order they were made. Two statements."""
    rows = db.session.execute(_ROWS, {"event_id": event_id}).all()
    cards = people.cards(row.person_id for row in rows)
    found: dict[int, list[TeamPerson]] = {}
    for row in rows:
        name = cards[row.person_id].name
        person = TeamPerson(row.number, name if whole_names else masked_name(name), row.is_here)
        found.setdefault(row.entry_id, []).append(person)
    return [TeamView(entry_id, team[0], tuple(team[1:])) for entry_id, team in found.items()]


def members_of(entry_ids: list[int]) -> dict[int, list[int]]:
    """entry -> participations of its team, the leader first; entries without a team are left out."""
    rows = db.session.execute(
        text(
            "SELECT entry_id, participation_id FROM team_members WHERE entry_id = ANY(:ids)"
            " ORDER BY entry_id, is_leader DESC, participation_id"
        ),
        {"ids": entry_ids},
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.entry_id, []).append(row.participation_id)
    return found
