"""Who stands behind the entries of an event, without names."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import text

from webapp.core.db import db

_ENTRANTS = text(
    """
    SELECT e.id AS entry_id, e.kind = 'team' AS is_team, p.number, p.person_id, p.state <> 'active' AS has_left,
           EXISTS (SELECT FROM team_members m WHERE m.participation_id = p.id AND NOT m.is_leader) AS is_member
    FROM entries e JOIN participations p ON p.id = e.participation_id WHERE e.event_id = :event_id
    """
)


@dataclass(frozen=True, slots=True)
class Entrant:
    """number: the contestant number. person: equal for one person within one document, meaningless outside.

    has_left: takes part no longer. is_team: the leader of a team; is_member: of a team, not its leader."""

    number: str
    person: str
    has_left: bool
    is_team: bool
    is_member: bool

    def told(self) -> dict[str, object]:
        """The values of the document; what is false is left out."""
        flags = {"left": self.has_left, "team": self.is_team, "member": self.is_member}
        return {"number": self.number, "person": self.person} | {
            name: True for name, is_so in flags.items() if is_so
        }


Entrants = dict[int, Entrant]


def entrants(event_id: int, salt: bytes) -> Entrants:
    """Entry id -> who stands behind it. salt: of one document, kept nowhere."""
    return {
        row.entry_id: Entrant(
            row.number, salted(salt, row.person_id), row.has_left, row.is_team, row.is_member
        )
        for row in db.session.execute(_ENTRANTS, {"event_id": event_id})
    }


def salted(salt: bytes, person_id: int) -> str:
    """The code of a person within one document."""
    return hashlib.sha256(salt + str(person_id).encode()).hexdigest()[:16]
